/** Everything that goes on the page of a person, in one snapshot. */
import type { Category } from '../../domain/catalogue.ts';
import type { AgencyId, EntryId, Instant, PersonId } from '../../domain/facts.ts';
import type { EndedForwarding } from '../../domain/own-page.ts';
import type { ClientRecord, DisclosureRecord } from './clients.ts';
import type { ClosureRecord } from './closures.ts';
import type { ReleaseRecord, StatementRecord } from './consent.ts';
import type { ReadEntries, Reading } from './entries.ts';
import type { Actor } from './ground.ts';

/** An own entry whose key was destroyed. */
export interface ErasedEntry {
  id: EntryId;
  category: Category;
  createdAt: Instant;
  erasedAt: Instant;
}

export interface NamedAgency {
  id: AgencyId;
  name: string;
  sponsor: string;
  legalRegime: string;
  suspendedAt: Instant | null;
}

export interface NamedAgreement {
  id: string;
  title: string;
  from: Instant;
  until: Instant | null;
  terminatedAt: Instant | null;
  parties: { agencyId: AgencyId; leftAt: Instant | null }[];
}

/** Lists as their own operations give them, without what was written about somebody else in the first place. */
export interface OwnPageFacts extends ReadEntries {
  client: ClientRecord;
  erased: ErasedEntry[];
  statements: StatementRecord[];
  releases: ReleaseRecord[];
  disclosures: DisclosureRecord[];
  closures: ClosureRecord[];
  /** Forwardings by the reader that were recalled, rejected, or accepted by nobody. */
  endedForwardings: EndedForwarding[];
  /** Everybody whom the rest names. */
  agencies: NamedAgency[];
  /** Those that disclosures rely on, as far as the reader is a party. */
  agreements: NamedAgreement[];
}

export interface OwnPageStore {
  /**
   * Files come without their content. null: not the actor's client.
   *
   * @param most of all that is listed, together. @param mostBytes of ciphertext.
   */
  read(actor: Actor, clientId: string, most: number, mostBytes: number): Promise<OwnPageFacts | 'too-much' | null>;
  /**
   * Notes in the audit that the page was made, and in the same transaction what EntryStore.markRead does; throws as that does.
   *
   * @param read entries: those of others alone.
   */
  markRead(actor: Actor, clientId: string, read: Reading): Promise<{ handles: Record<PersonId, string | null> }>;
}
