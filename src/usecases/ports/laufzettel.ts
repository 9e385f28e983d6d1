/** The routing slip itself. */
import type { Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { NewEntry } from './entries.ts';
import type { Actor, Position } from './ground.ts';

export interface LaufzettelRecord {
  id: string;
  kind: string;
  purpose: Purpose;
  clientId: string;
  createdBy: AgencyId;
  urgency: string;
  dueDate: string | null;
  agreementId: string | null;
  route: AgencyId[];
  entryIds: string[];
  status: string;
  createdAt: Instant;
  /** When it was opened, came to the reader, or its status last changed. */
  changedAt: Instant;
}

/** What a list is narrowed to; what is absent does not narrow. */
export interface LaufzettelFilter {
  status?: readonly string[];
  kind?: string;
  /** A handle of the reader; what is about the same person. */
  clientId?: string;
  role?: 'CREATED' | 'RECEIVED';
  changedSince?: Instant;
}

export interface LaufzettelStore {
  create(
    actor: Actor,
    laufzettel: Omit<LaufzettelRecord, 'createdBy' | 'status' | 'createdAt' | 'changedAt'> & { entries: NewEntry[] },
    at: Instant,
  ): Promise<
    'ok' | 'client-not-found' | 'entry-not-found' | 'entry-of-another' | 'agency-not-found' | 'agreement-not-found'
  >;
  get(actor: Actor, id: string): Promise<LaufzettelRecord | null>;
  /** Newest first; by last change, oldest first, when the filter has `changedSince`. */
  list(actor: Actor, filter: LaufzettelFilter, after: Position | null, most: number): Promise<LaufzettelRecord[]>;
}
