/** Entries, written and read. */
import type { Category, Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, EntryMeta, Facts, Instant, PersonId } from '../../domain/facts.ts';
import type { Actor, Position, Sealed } from './ground.ts';

export interface NewEntry {
  id: string;
  clientId: string;
  category: Category;
  secrecy: boolean;
  guardFrom: Instant | null;
  filedUnder: Category[] | null;
  /** Own handles on everybody it is about. */
  concerns: string[];
  sealed: Buffer;
}

/** One hop of an entry, as far as the reader may know. */
export interface HopRecord {
  id: string;
  from: AgencyId;
  to: AgencyId;
  purpose: Purpose;
  /** null: the hop is between two others. */
  forwardingId: string | null;
  openedAt: Instant;
  fetchedAt: Instant | null;
  closedAt: Instant | null;
}

export type StoredEntry = EntryMeta & {
  createdAt: Instant;
  /** The person of the client under which it was written, one of `concerns`. */
  subject: PersonId;
  /** The entry that it corrects, and the one that corrects it. */
  replaces: string | null;
  replacedBy: string | null;
  /** Who had read the entry that it corrects. */
  replacesReadBy: AgencyId[];
};

/** A handle that the reader is to get, unless it holds one on that person by then. */
export interface NewHandle {
  id: string;
  person: PersonId;
  wrapped: Buffer;
}

/** Entries that the reader may name, with the facts to decide upon those that it did not write. */
export interface ReadEntries {
  at: Instant;
  entries: StoredEntry[];
  sealed: Map<string, Sealed>;
  /** Person to the reader's own handle. */
  handles: Record<PersonId, string | null>;
  rows: { id: string; person: PersonId; kind: string; fetched: boolean }[];
  facts: Facts;
}

export interface EntryStore {
  /** Throws NotOwnClient when a handle is not the actor's. */
  add(actor: Actor, entries: NewEntry[], at: Instant): Promise<void>;
  /** Own entries and those held, of a client after a position, or one by id; null: the client is not the reader's. */
  read(
    actor: Actor,
    wanted: { clientId: string; after: Position | null; most: number } | { entryId: string },
  ): Promise<ReadEntries | null>;
  /** Oldest first; null: nothing about the entry is the reader's to see. */
  hops(actor: Actor, entryId: string, after: Position | null, most: number): Promise<HopRecord[] | null>;
  /** Remembers the reading; throws ChangedMeanwhile when one of the first-read rows has closed meanwhile. */
  markRead(actor: Actor, read: Reading): Promise<{ handles: Record<PersonId, string | null> }>;
}

/** What was read: rows read for the first time, and every entry, for the audit. */
export interface Reading {
  firstReads: string[];
  entries: string[];
  at: Instant;
  newHandles: NewHandle[];
}

export class NotOwnClient extends Error {}
