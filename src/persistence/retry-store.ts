import type { Earlier, RetryStore } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import { only } from './read-json.ts';

export function retryStore(database: Database): RetryStore {
  return {
    lookUp: async (actor, key, request) => {
      const text = 'SELECT api.look_up_idempotency($1, $2, $3) AS found';
      return only(await database.call<{ found: Earlier }>('look_up_idempotency', text, [actor, key, request])).found;
    },
    sweep: async (most) => {
      const text = 'SELECT api.sweep_idempotency($1) AS swept';
      return only(await database.call<{ swept: number }>('sweep_idempotency', text, [most])).swept;
    },
  };
}
