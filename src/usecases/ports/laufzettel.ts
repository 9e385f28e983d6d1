/** The routing slip itself. */
import type { Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { LaufzettelStatus } from '../../domain/laufzettel.ts';
import type { NewEntry } from './entries.ts';
import type { Actor, Position } from './ground.ts';

export interface LaufzettelRecord {
  id: string;
  kind: string;
  purpose: Purpose;
  clientId: string;
  /** For its creator alone; null to everybody else. */
  createdBy: AgencyId | null;
  urgency: string;
  dueDate: string | null;
  agreementId: string | null;
  route: AgencyId[];
  entryIds: string[];
  /** The conference that it is a task of, for its creator alone. */
  conferenceId: string | null;
  /** As the reader is told it: who got it from another than its creator sees it OPEN. */
  status: LaufzettelStatus;
  /** Counts the changes of status that the reader is told. */
  version: number;
  /** When it was created; to the reader, if another created it: when it came. */
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

export type EndedLaufzettel =
  | { outcome: 'ok'; ending: string[] }
  | { outcome: 'not-allowed' }
  | { outcome: 'stale'; version: number }
  | { outcome: 'illegal'; status: LaufzettelStatus }
  | { outcome: 'open'; open: string[] };

export interface LaufzettelStore {
  create(
    actor: Actor,
    laufzettel: Omit<
      LaufzettelRecord,
      'createdBy' | 'conferenceId' | 'status' | 'version' | 'createdAt' | 'changedAt'
    > & {
      entries: NewEntry[];
    },
    at: Instant,
  ): Promise<
    | { outcome: 'ok'; shown: LaufzettelRecord }
    | {
        outcome:
          | 'client-not-found'
          | 'entry-not-found'
          | 'entry-of-another'
          | 'entry-replaced'
          | 'agency-not-found'
          | 'agreement-not-found';
      }
  >;
  add(
    actor: Actor,
    added: { laufzettelId: string; clientId: string; entryIds: string[]; entries: NewEntry[] },
    at: Instant,
  ): Promise<
    'ok' | 'not-found' | 'not-open' | 'client-not-found' | 'entry-not-found' | 'entry-of-another' | 'entry-replaced'
  >;
  /** null: not the actor's to see. ending: the disclosures of the hops that were recalled. */
  end(
    actor: Actor,
    id: string,
    expectedVersion: number,
    next: 'COMPLETED' | 'CANCELLED',
  ): Promise<EndedLaufzettel | null>;
  get(actor: Actor, id: string): Promise<LaufzettelRecord | null>;
  /** Newest first; by last change, oldest first, when the filter has `changedSince`. */
  list(actor: Actor, filter: LaufzettelFilter, after: Position | null, most: number): Promise<LaufzettelRecord[]>;
}
