/** Case conferences. */
import type {
  ConferenceAction,
  ConferenceAnswer,
  ConferencePlace,
  ConferenceStatus,
  PlannedTime,
} from '../../domain/conference.ts';
import type { AgencyId, Facts, Instant, PersonId } from '../../domain/facts.ts';
import type { Land } from '../../domain/laender.ts';
import type { NewEntry, StoredEntry } from './entries.ts';
import type { Actor, Position } from './ground.ts';
import type { LaufzettelStore } from './laufzettel.ts';
import type { SealedReference } from './rounds.ts';

/** What both sides see alike. */
export interface ConferenceRecord extends PlannedTime {
  id: string;
  convener: AgencyId;
  convenerName: string;
  partner: AgencyId;
  partnerName: string;
  place: ConferencePlace;
  status: ConferenceStatus;
  answer: ConferenceAnswer | null;
  begunAt: Instant | null;
  endedAt: Instant | null;
  /** Counts the changes of all this, and nothing of the agenda. */
  version: number;
  createdAt: Instant;
  changedAt: Instant;
}

export interface ConferenceFilter {
  status?: readonly ConferenceStatus[];
  partner?: AgencyId;
}

/** A disclosure that was open in that snapshot, by its id in `facts.rows`. */
interface OpenRow {
  id: string;
  person: PersonId;
}

/** A Laufzettel on the agenda, not judged yet. Who has no handle on its person any more has no such item. */
export interface AgendaItem extends SealedReference {
  id: string;
  laufzettelId: string;
  addedBy: AgencyId;
  addedAt: Instant;
  atBeginning: boolean;
  /** Of the Laufzettel. */
  kind: string;
  /** The reader's own handle. */
  clientId: string;
  /** All of what had been forwarded of it between the two was sent by the reader, which knows when that ends. */
  disclosedByReader: boolean;
  /** By forwardings of the Laufzettel between the two, of its core. */
  rows: OpenRow[];
  /** The reader's own, and others' with the rows by which it may hold them. */
  minutes: { entry: string; own: boolean; rows: OpenRow[] }[];
  /** Laufzettel that the reader made, or received from who made it. */
  tasks: string[];
  /** How many of them it made. */
  ownTasks: number;
}

/** A conference with all that its agenda is judged by, in one snapshot. */
export interface ConferenceReading {
  at: Instant;
  conference: ConferenceRecord;
  /** In the order in which they were put there. */
  items: AgendaItem[];
  /** Of the rows. */
  entries: StoredEntry[];
  facts: Facts;
}

type Lands = Record<AgencyId, Land | null>;

export interface LockedConferring {
  at: Instant;
  partnerKnown: boolean;
  /** Conferences of the two that are planned or go on. */
  open: number;
  lands: Lands;
  facts: Facts;
}

export interface LockedConference extends ConferenceReading {
  lands: Lands;
  /** The status of the Laufzettel that was asked about, as the actor is told it; null: not the actor's to see. */
  slip: string | null;
}

interface Reminding {
  convenerRemindAt: Instant | null;
  partnerRemindAt: Instant | null;
}

export type NewConference = Pick<ConferenceRecord, 'id' | 'partner' | 'beginsAt' | 'endsAt' | 'place'> &
  Reminding & { at: Instant };

export interface ConferenceStep {
  id: string;
  expectedVersion: number;
  action: Exclude<ConferenceAction, 'LAPSE'>;
  status: ConferenceStatus;
  answer: ConferenceAnswer | null;
  at: Instant;
  /** Where it is moved to. */
  moved?: Pick<ConferenceRecord, 'beginsAt' | 'endsAt' | 'place'> & Reminding;
  /** Items that are there when it begins. */
  agenda?: readonly string[];
}

export interface ConferenceStore {
  get(actor: Actor, id: string): Promise<ConferenceRecord | null>;
  read(actor: Actor, id: string): Promise<ConferenceReading | null>;
  /** Newest first. */
  list(actor: Actor, filter: ConferenceFilter, after: Position | null, most: number): Promise<ConferenceRecord[]>;
  /** The clock job: ends what time has ended, and reminds. Gives how many conferences it looked at. */
  tend(most: number): Promise<number>;
}

/** Locks in the order agencies, agreements, persons, conference; what is read then is true until the transaction ends. */
export interface ConferenceTransaction {
  lockConferring(actor: Actor, partner: AgencyId): Promise<LockedConferring>;
  planConference(actor: Actor, conference: NewConference): Promise<void>;
  /** null: not the actor's. */
  lockConference(
    actor: Actor,
    id: string,
    wanted: {
      /** Judged beside the agenda, as if it were put there now: the item with the id of the conference. */
      laufzettelId?: string;
      /** Own handles whose persons are locked as well. */
      handles?: readonly string[];
      /** Everybody on the agenda is locked. */
      whole?: boolean;
    },
  ): Promise<LockedConference | null>;
  /** null: it is not the version that was judged. */
  stepConference(actor: Actor, step: ConferenceStep): Promise<ConferenceRecord | null>;
  addAgendaItem(
    actor: Actor,
    item: { conferenceId: string; id: string; laufzettelId: string; at: Instant },
  ): Promise<void>;
  /** told: the other side sees it there at this moment. */
  removeAgendaItem(actor: Actor, item: { conferenceId: string; id: string; told: boolean; at: Instant }): Promise<void>;
  writeMinutes(
    actor: Actor,
    minutes: { conferenceId: string; laufzettelId: string; entry: NewEntry; at: Instant },
  ): Promise<void>;
  createTask(
    actor: Actor,
    task: Parameters<LaufzettelStore['create']>[1] & { conferenceId: string; aboutLaufzettelId: string },
    at: Instant,
  ): ReturnType<LaufzettelStore['create']>;
}
