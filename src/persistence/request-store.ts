import type { LockedAsking, RequestRecord, RequestStore, RequestTransaction } from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { only } from './read-json.ts';

/** Also within a transaction. */
const stepRequest =
  (caller: Caller): RequestStore['step'] =>
  async (actor, id, expectedVersion, { status, declineCode }) => {
    const text = 'SELECT api.step_request($1, $2, $3, $4, $5) AS found';
    const values = [actor, id, expectedVersion, status, declineCode];
    return only(await caller.call<{ found: RequestRecord | null }>('step_request', text, values)).found;
  };

/** Also on a snapshot. */
export function requestStore(database: Caller): RequestStore {
  return {
    get: async (actor, id) => {
      const text = 'SELECT api.get_request($1, $2) AS found';
      const rows = await database.call<{ found: RequestRecord | null }>('get_request', text, [actor.agency, id]);
      return only(rows).found;
    },
    list: async (actor, { received, status }, position, most) => {
      const text = 'SELECT api.list_requests($1, $2, $3, $4, $5, $6) AS list';
      const values = [actor.agency, received, status, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: RequestRecord[] }>('list_requests', text, values)).list;
    },
    step: stepRequest(database),
    expire: async (most) => {
      const text = 'SELECT api.expire_requests($1) AS many';
      return only(await database.call<{ many: number }>('expire_requests', text, [most])).many;
    },
  };
}

/** Within the transaction that holds what asking is decided upon. */
export function requestTransaction(tx: Caller): RequestTransaction {
  return {
    lockAsking: async (actor, clientId, asked) => {
      const text = 'SELECT api.lock_asking($1, $2, $3) AS found';
      return only(await tx.call<{ found: LockedAsking | null }>('lock_asking', text, [actor, clientId, asked])).found;
    },
    createRequest: async (actor, request) => {
      await tx.call('create_request', 'SELECT api.create_request($1, $2)', [actor, request]);
    },
    stepRequest: stepRequest(tx),
  };
}
