/** Handles on persons, and who received what about them. */
import type { Category, Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, Instant, PersonId, ReliedOn } from '../../domain/facts.ts';
import type { ToldAnswer } from './closures.ts';
import type { Actor, Position } from './ground.ts';

export interface ClientRecord {
  id: string;
  sealedFileReference: Buffer | null;
  /** Its data key; null once destroyed. */
  wrapped: Buffer | null;
  createdAt: Instant;
}

/** A handle under which something is open, and how much. */
export interface OpenMatters {
  forwardingsReceived: number;
  forwardingsSent: number;
  laufzettelOpen: number;
  /** The first day on which any of it is due. */
  nextDueDate: string | null;
}

export interface ClientStore {
  list(actor: Actor, after: Position | null, most: number): Promise<ClientRecord[]>;
  /** What is due first, first; what is due on no day stands at the end, in the place of 9999-12-31. */
  listOpen(actor: Actor, after: Position | null, most: number): Promise<(ClientRecord & OpenMatters)[]>;
  get(actor: Actor, id: string): Promise<ClientRecord | null>;
  /** The actor's own handles on these persons; null where it holds none. */
  handles(actor: Actor, persons: readonly PersonId[]): Promise<Record<PersonId, string | null>>;
  find(actor: Actor, index: Buffer): Promise<ClientRecord | null>;
  create(
    actor: Actor,
    client: { id: string; wrapped: Buffer; sealedFileReference: Buffer | null; index: Buffer | null },
  ): Promise<'ok' | 'conflict'>;
  /** The wrapped data key of an own handle and the database's clock; null when it is not the actor's, or was erased. */
  key(actor: Actor, id: string): Promise<{ wrapped: Buffer; at: Instant } | null>;
  /** Of these handles those whose data key has not been destroyed. */
  keptKeys(ids: string[]): Promise<string[]>;
  disclosures(actor: Actor, id: string, after: Position | null, most: number): Promise<DisclosureRecord[] | null>;
}

export interface DisclosureRecord extends ToldAnswer {
  id: string;
  entryId: string;
  category: Category;
  origin: AgencyId;
  from: AgencyId;
  to: AgencyId;
  purpose: Purpose;
  forwardingId: string | null;
  openedAt: Instant;
  closedAt: Instant | null;
  fetchedAt: Instant | null;
  /** For the origin of the entry alone: when it ends as far as known, and the facts it stands on. */
  goodUntil: Instant | null;
  basis: Omit<ReliedOn, 'row'> | null;
}
