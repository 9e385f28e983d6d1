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
}

export interface LaufzettelStore {
  create(
    actor: Actor,
    laufzettel: Omit<LaufzettelRecord, 'createdBy' | 'status' | 'createdAt'> & { entries: NewEntry[] },
    at: Instant,
  ): Promise<
    'ok' | 'client-not-found' | 'entry-not-found' | 'entry-of-another' | 'agency-not-found' | 'agreement-not-found'
  >;
  get(actor: Actor, id: string): Promise<LaufzettelRecord | null>;
  list(actor: Actor, after: Position | null, most: number): Promise<LaufzettelRecord[]>;
}
