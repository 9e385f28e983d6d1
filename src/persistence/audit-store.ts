import type { AuditStore } from '../usecases/ports.ts';
import type { Caller } from './database.ts';

/** Also within a transaction. */
export function auditStore(caller: Caller): AuditStore {
  return {
    note: async (actor, action, outcome, subject, at) => {
      await caller.call('note', 'SELECT api.note($1, $2, $3, $4, $5)', [actor, action, outcome, subject, at]);
    },
  };
}
