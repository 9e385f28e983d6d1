/** What is owed for disclosures that have closed after they were fetched. */
import type { Category } from '../../domain/catalogue.ts';
import type { ClosureAnswer } from '../../domain/closure-answer.ts';
import type { Instant } from '../../domain/facts.ts';
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

export interface ClosureStore {
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
