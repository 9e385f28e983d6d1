import { CONFERENCE_CORE } from '../domain/conference.ts';
import type {
  AgendaItem,
  ConferenceReading,
  ConferenceRecord,
  ConferenceStore,
  ConferenceTransaction,
  LockedConference,
  LockedConferring,
} from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { entryJson } from './entry-store.ts';
import { bytes, only } from './read-json.ts';

type WithText<Item> = Omit<Item, 'sealedFileReference' | 'wrapped'> & {
  sealedFileReference: string | null;
  wrapped: string | null;
};
type ReadingJson<Reading extends ConferenceReading> = Omit<Reading, 'items'> & { items: WithText<AgendaItem>[] };

const opened = (base64: string | null): Buffer | null => (base64 === null ? null : bytes(base64));

const reading = <Reading extends ConferenceReading>(json: ReadingJson<Reading> | null): Reading | null =>
  json &&
  ({
    ...json,
    items: json.items.map((item) => ({
      ...item,
      sealedFileReference: opened(item.sealedFileReference),
      wrapped: opened(item.wrapped),
    })),
  } as unknown as Reading);

/** Also on a snapshot. */
export const listConferences =
  (caller: Caller): ConferenceStore['list'] =>
  async (actor, filter, position, most) => {
    const text = 'SELECT api.list_conferences($1, $2, $3, $4, $5) AS list';
    const values = [actor.agency, filter, position?.at ?? null, position?.id ?? null, most];
    return only(await caller.call<{ list: ConferenceRecord[] }>('list_conferences', text, values)).list;
  };

export const conferenceStore = (database: Caller): ConferenceStore => ({
  get: async (actor, id) => {
    const text = 'SELECT api.get_conference($1, $2) AS found';
    const rows = await database.call<{ found: ConferenceRecord | null }>('get_conference', text, [actor.agency, id]);
    return only(rows).found;
  },
  read: async (actor, id) => {
    const text = 'SELECT api.read_conference($1, $2, $3) AS found';
    const values = [actor.agency, id, CONFERENCE_CORE];
    type Found = { found: ReadingJson<ConferenceReading> | null };
    return reading(only(await database.call<Found>('read_conference', text, values)).found);
  },
  list: listConferences(database),
  tend: async (most) => {
    const text = 'SELECT api.tend_conferences($1) AS many';
    return only(await database.call<{ many: number }>('tend_conferences', text, [most])).many;
  },
});

/** Within the transaction that holds what is decided upon. */
export function conferenceTransaction(tx: Caller): ConferenceTransaction {
  const one = async <T>(name: string, text: string, values: unknown[]): Promise<T> =>
    only(await tx.call<{ found: T }>(name, text, values)).found;
  return {
    lockConferring: (actor, partner) =>
      one<LockedConferring>('lock_conferring', 'SELECT api.lock_conferring($1, $2) AS found', [actor, partner]),
    planConference: async (actor, conference) => {
      await tx.call('plan_conference', 'SELECT api.plan_conference($1, $2)', [actor, conference]);
    },
    lockConference: async (actor, id, { laufzettelId = null, handles = [], whole = false }) => {
      const text = 'SELECT api.lock_conference($1, $2, $3, $4, $5, $6) AS found';
      const values = [actor, id, CONFERENCE_CORE, laufzettelId, handles, whole];
      return reading(await one<ReadingJson<LockedConference> | null>('lock_conference', text, values));
    },
    stepConference: async (actor, { moved, ...step }) => {
      const text = 'SELECT api.step_conference($1, $2) AS found';
      return one<ConferenceRecord | null>('step_conference', text, [actor, { ...step, ...moved }]);
    },
    addAgendaItem: async (actor, { conferenceId, id, laufzettelId, at }) => {
      const text = 'SELECT api.add_conference_item($1, $2, $3, $4, $5)';
      await tx.call('add_conference_item', text, [actor, conferenceId, id, laufzettelId, at]);
    },
    removeAgendaItem: async (actor, { conferenceId, id, told, at }) => {
      const text = 'SELECT api.remove_conference_item($1, $2, $3, $4, $5)';
      await tx.call('remove_conference_item', text, [actor, conferenceId, id, told, at]);
    },
    writeMinutes: async (actor, { conferenceId, laufzettelId, entry, at }) => {
      const text = 'SELECT api.write_minutes($1, $2, $3, $4, $5, $6)';
      const values = [actor, conferenceId, laufzettelId, entryJson(entry), entry.sealed, at];
      await tx.call('write_minutes', text, values);
    },
    createTask: async (actor, { conferenceId, aboutLaufzettelId, ...laufzettel }, at) => {
      const sealed = laufzettel.entries.map((entry) => entry.sealed);
      const json = { ...laufzettel, entries: laufzettel.entries.map(entryJson) };
      const text = 'SELECT api.create_conference_task($1, $2, $3, $4, $5, $6) AS found';
      return one('create_conference_task', text, [actor, conferenceId, aboutLaufzettelId, json, sealed, at]);
    },
  };
}
