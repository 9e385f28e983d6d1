/** Handles on persons, and who received what about them. */
import type { Category, Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, Instant, ReliedOn } from '../../domain/facts.ts';
import type { Actor, Position } from './ground.ts';

export interface ClientRecord {
  id: string;
  sealedFileReference: Buffer | null;
  /** Its data key; null once destroyed. */
  wrapped: Buffer | null;
  createdAt: Instant;
}

export interface ClientStore {
  list(actor: Actor, after: Position | null, most: number): Promise<ClientRecord[]>;
  get(actor: Actor, id: string): Promise<ClientRecord | null>;
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

export interface DisclosureRecord {
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
