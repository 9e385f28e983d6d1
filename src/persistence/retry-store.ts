import type { Claim, RetryStore } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import { only } from './read-json.ts';

export function retryStore(database: Database): RetryStore {
  return {
    claim: async (actor, key, request, attempt) => {
      const text = 'SELECT api.claim_idempotency($1, $2, $3, $4) AS claim';
      const values = [actor, key, request, attempt];
      return only(await database.call<{ claim: Claim }>('claim_idempotency', text, values)).claim;
    },
    release: async (actor, key, attempt) => {
      await database.call('release_idempotency', 'SELECT api.release_idempotency($1, $2, $3)', [key, attempt, actor]);
    },
    sweep: async (most) => {
      const text = 'SELECT api.sweep_idempotency($1) AS swept';
      return only(await database.call<{ swept: number }>('sweep_idempotency', text, [most])).swept;
    },
  };
}
