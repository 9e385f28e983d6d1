/** Proposals: a yes that one agency brought and another one has to confirm before it counts. */
import type { Category, Purpose } from '../../domain/catalogue.ts';
import type { AgeBand, AgencyId, ConsentForm, Instant, StatedBy } from '../../domain/facts.ts';
import type { ProposalDecision, ProposalStatus } from '../../domain/proposal.ts';
import type { StatedType } from '../../domain/sheet.ts';
import type { Actor, Position, Sealed } from './ground.ts';

/** What is proposed: a whole yes. */
export interface ProposedYes {
  type: StatedType;
  /** Who has to confirm it: the discloser, of a release the origin. */
  giver: AgencyId;
  recipient: AgencyId;
  /** For a release null. */
  purpose: Purpose | null;
  categories: Category[];
  statedAt: Instant;
  statedBy: StatedBy;
  ageBand: AgeBand;
  validFrom: Instant;
  validUntil: Instant;
  form: ConsentForm;
  capacityConfirmed: boolean;
  explicitSpecialCategories: boolean;
  language: string;
  textHash: string;
  adultFrom: Instant | null;
}

/** A proposal as its reader may see it. */
export interface ProposalRecord extends ProposedYes {
  id: string;
  direction: 'SENT' | 'RECEIVED';
  status: ProposalStatus;
  /** The reader's own handle on the person. */
  clientId: string;
  proposedBy: AgencyId;
  proposedAt: Instant;
  lapsesAt: Instant;
  /** When it was confirmed, declined or withdrawn, as far as the reader may know. */
  decidedAt: Instant | null;
  /** What came of it; for who confirmed it alone. */
  statementId: string | null;
  releaseId: string | null;
}
/** With the proof, sealed under the proposer's key; null where it is not the reader's to read, or its key is destroyed. */
export type ProposalWithEvidence = ProposalRecord & { evidence: Sealed | null };

export interface ProposalStore {
  /** too-many: as many proposals about this client wait already as may. */
  propose(
    actor: Actor,
    proposal: ProposedYes & { id: string; clientId: string; proposedAt: Instant; lapsesAt: Instant },
    evidence: Buffer,
    mostOpen: number,
  ): Promise<'ok' | 'too-many'>;
  /** null: neither proposed by the actor nor to it about a person on whom it has a handle. */
  get(actor: Actor, id: string): Promise<ProposalWithEvidence | null>;
  list(actor: Actor, received: boolean, after: Position | null, most: number): Promise<ProposalWithEvidence[]>;
  /**
   * Settles it if it is still open: `ok`, or the status that it has by now. null: it is not the actor's to decide, or the
   * handle that it is confirmed for is not on the person whom it is about.
   */
  settle(
    actor: Actor,
    id: string,
    decision: ProposalDecision,
    /** To confirm: the actor's handle that the yes is recorded for. */
    clientId: string | null,
    /** The recording's instant; null: now. */
    at: Instant | null,
  ): Promise<'ok' | ProposalStatus | null>;
  withdraw(actor: Actor, id: string): Promise<'ok' | ProposalStatus | null>;
  /** Tells of what has lapsed, and how much that was. */
  tellLapsed(most: number): Promise<number>;
}
