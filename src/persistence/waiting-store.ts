import type { WaitingRecord, WaitingStore } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import { only } from './read-json.ts';

export const waitingStore = (database: Database): WaitingStore => ({
  list: async (actor, position, most) => {
    const text = 'SELECT api.list_waiting($1, $2, $3, $4) AS list';
    const values = [actor.agency, position?.at ?? null, position?.id ?? null, most];
    return only(await database.call<{ list: WaitingRecord[] }>('list_waiting', text, values)).list;
  },
});
