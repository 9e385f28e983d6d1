/** What is owed for disclosures that have closed after they were fetched. */
import type { Category, Purpose } from '../../domain/catalogue.ts';
import type { ClosureAnswer } from '../../domain/closure-answer.ts';
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { Actor, Position } from './ground.ts';

export interface OwedAnswer {
  disclosureId: string;
  forwardingId: string;
  entryId: string;
  category: Category;
  closedAt: Instant;
  /** The recipient's own handle. */
  clientId: string;
}

export interface GivenAnswer {
  answer: ClosureAnswer;
  statute: string | null;
}

/** What its recipient answered last when a disclosure had closed, or since when it should have. */
export interface ToldAnswer {
  answer: ClosureAnswer | null;
  statute: string | null;
  answeredAt: Instant | null;
  unacknowledgedSince: Instant | null;
}

export interface ToldAnswers {
  /** In order. */
  answers: (GivenAnswer & { answeredAt: Instant })[];
}

/** What has ended of what an agency gave or wrote. */
export interface ClosureRecord extends ToldAnswers {
  disclosureId: string;
  forwardingId: string | null;
  entryId: string;
  category: Category;
  origin: AgencyId;
  from: AgencyId;
  to: AgencyId;
  purpose: Purpose;
  openedAt: Instant;
  fetchedAt: Instant | null;
  closedAt: Instant;
  unacknowledgedSince: Instant | null;
}

export interface Unacknowledged {
  disclosureId: string;
  forwardingId: string | null;
  entryId: string;
  category: Category;
  /** The reader's own handle. */
  clientId: string;
  recipient: AgencyId;
  closedAt: Instant;
  unacknowledgedSince: Instant;
}

export interface UnacknowledgedRecipient {
  agencyId: AgencyId;
  since: Instant;
  disclosures: number | null;
}

export interface ClosureStore {
  /** null: not the actor's client. */
  ofClient(actor: Actor, clientId: string, after: Position | null, most: number): Promise<ClosureRecord[] | null>;
  unacknowledged(actor: Actor, after: Position | null, most: number): Promise<Unacknowledged[]>;
  /** For the admin. */
  unacknowledgedRecipients(actor: Actor, after: Position | null, most: number): Promise<UnacknowledgedRecipient[]>;
  /** Tells of what has become unacknowledged, and how much that was. */
  tellUnacknowledged(most: number): Promise<number>;
  owed(actor: Actor, after: Position | null, most: number): Promise<OwedAnswer[]>;
  /**
   * null: no closed disclosure that the actor had fetched. conflict: another answer stands that this one does not follow.
   *
   * @param follows the answers that this one may follow.
   */
  answer(
    actor: Actor,
    disclosureId: string,
    given: GivenAnswer,
    follows: readonly ClosureAnswer[],
  ): Promise<({ outcome: 'ok'; at: Instant } & GivenAnswer) | { outcome: 'conflict'; answer: ClosureAnswer } | null>;
}
