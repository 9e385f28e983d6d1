import type { AuditStore } from '../usecases/ports.ts';
import type { Database } from './database.ts';

export function auditStore(database: Database): AuditStore {
  return {
    note: async (actor, action, outcome, subject, at) => {
      await database.call('note', 'SELECT api.note($1, $2, $3, $4, $5)', [actor, action, outcome, subject, at]);
    },
  };
}
