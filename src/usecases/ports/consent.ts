/** What was said: statements and releases. */
import type { Category, Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { Actor, Position, Sealed } from './ground.ts';

/** What was said, as it is stored; `null` where a no leaves something out. */
export interface StatedRecord {
  id: string;
  clientId: string;
  statedAt: Instant;
  recordedAt: Instant;
  recordedBy: AgencyId | null;
  statedBy: string;
  ageBand: string;
  decision: string;
  recipient: AgencyId | null;
  categories: Category[] | null;
  validFrom: Instant | null;
  validUntil: Instant | null;
  form: string | null;
  capacityConfirmed: boolean | null;
  explicitSpecialCategories: boolean | null;
  language: string | null;
  textHash: string | null;
  adultFrom: Instant | null;
  /** The proposal that it came from; for its recorder alone. */
  proposalId: string | null;
  /** The own consent text whose hash it names; for its recorder alone. */
  consentTextId: string | null;
}
export interface StatementRecord extends StatedRecord {
  discloser: AgencyId | null;
  purpose: Purpose | null;
}
export interface ReleaseRecord extends StatedRecord {
  origin: AgencyId | null;
}
/** With its evidence, sealed; null where there is none or it is not the reader's. */
export type WithEvidence<T> = T & { evidence: Sealed | null };

export interface ConsentStore {
  statements(
    actor: Actor,
    clientId: string,
    after: Position | null,
    most: number,
  ): Promise<WithEvidence<StatementRecord>[] | null>;
  releases(
    actor: Actor,
    clientId: string,
    after: Position | null,
    most: number,
  ): Promise<WithEvidence<ReleaseRecord>[] | null>;
}
