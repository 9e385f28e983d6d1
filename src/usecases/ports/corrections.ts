/** Replacing an entry, within the transaction that closes what was disclosed of the old one. */
import type { EntryMeta, Instant, PersonId, ReliedOn } from '../../domain/facts.ts';
import type { LockedPersons } from './closing.ts';
import type { NewEntry } from './entries.ts';
import type { Actor } from './ground.ts';

/** An own entry, with everybody locked whom it concerns and who is behind the handles that were named. */
export interface LockedEntry extends LockedPersons {
  own: true;
  replaced: EntryMeta & { replacedBy: string | null };
  clientId: string;
  /** The data key of its client; null once destroyed. */
  wrapped: Buffer | null;
  /** The author's handles on everybody whom it concerns. */
  handles: string[];
  /** Each of these handles, and of those that were named, to its person. */
  personOf: Record<string, PersonId>;
  /** Its disclosures that are not closed, of `rows`; and until when their forwarding can last. */
  held: { id: string; notAfter: Instant | null }[];
}

export interface DecidedCorrection {
  at: Instant;
  persons: PersonId[];
  replaces: string;
  entry: NewEntry;
  /** Disclosures of the new entry; `of`: that of the old one which it follows. */
  rows: { id: string; of: string; goodUntil: Instant; reliedOn: ReliedOn }[];
  /** For the audit: ids and codes. */
  subject: Record<string, unknown>;
}

export interface CorrectionTransaction {
  /** null: not the actor's to name; own false: written by another agency. Throws NotOwnClient for a foreign handle. */
  lockEntry(actor: Actor, entryId: string, handles: readonly string[]): Promise<LockedEntry | { own: false } | null>;
  /** Throws NotOwnClient when the key of one of the handles was destroyed. */
  correctEntry(actor: Actor, decided: DecidedCorrection): Promise<void>;
}
