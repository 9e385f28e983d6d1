import type { EndedLaufzettel, LaufzettelRecord, LaufzettelStore } from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { entryJson } from './entry-store.ts';
import { only } from './read-json.ts';

/** Also within a transaction. */
export const endLaufzettel =
  (caller: Caller): LaufzettelStore['end'] =>
  async (actor, id, expectedVersion, next) => {
    const text = 'SELECT api.end_laufzettel($1, $2, $3, $4) AS found';
    const rows = await caller.call<{ found: EndedLaufzettel | null }>('end_laufzettel', text, [
      actor,
      id,
      expectedVersion,
      next,
    ]);
    return only(rows).found;
  };

/** Also on a snapshot. */
export function laufzettelStore(database: Caller): LaufzettelStore {
  return {
    create: async (actor, laufzettel, at) => {
      const sealed = laufzettel.entries.map((entry) => entry.sealed);
      const json = { ...laufzettel, entries: laufzettel.entries.map(entryJson) };
      const text = 'SELECT api.create_laufzettel($1, $2, $3, $4) AS outcome';
      type Outcome = Awaited<ReturnType<LaufzettelStore['create']>>;
      const values = [actor, json, sealed, at];
      return only(await database.call<{ outcome: Outcome }>('create_laufzettel', text, values)).outcome;
    },
    add: async (actor, added, at) => {
      const sealed = added.entries.map((entry) => entry.sealed);
      const json = { ...added, entries: added.entries.map(entryJson) };
      const text = 'SELECT api.add_to_laufzettel($1, $2, $3, $4) AS outcome';
      type Outcome = Awaited<ReturnType<LaufzettelStore['add']>>;
      const values = [actor, json, sealed, at];
      return only(await database.call<{ outcome: Outcome }>('add_to_laufzettel', text, values)).outcome;
    },
    end: endLaufzettel(database),
    get: async (actor, id) => {
      const text = 'SELECT api.get_laufzettel($1, $2) AS found';
      return only(await database.call<{ found: LaufzettelRecord | null }>('get_laufzettel', text, [actor.agency, id]))
        .found;
    },
    list: async (actor, filter, position, most) => {
      const text = 'SELECT api.list_laufzettel($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, filter, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: LaufzettelRecord[] }>('list_laufzettel', text, values)).list;
    },
  };
}
