import type { JsonWebKey } from 'node:crypto';
import type { Scope } from '../domain/permission.ts';
import type { Database } from './database.ts';
import { only } from './read-json.ts';

interface SystemRow {
  client_id: string;
  agency_id: string | null;
  scopes: string[];
  jwks: { keys: JsonWebKey[] };
}

/** What the built-in issuer asks: the systems that may get tokens, and which assertions were used (`auth/issuer-store.ts`). */
export function systemStore(database: Database) {
  return {
    async findClient(clientId: string) {
      const [row] = await database.call<SystemRow>('find_system', 'SELECT * FROM api.find_system($1)', [clientId]);
      if (row === undefined) return null;
      return { clientId: row.client_id, agency: row.agency_id, scopes: row.scopes as Scope[], jwks: row.jwks };
    },
    async rememberJti(clientId: string, jti: string, expiresAt: Date) {
      const text = 'SELECT api.use_assertion($1, $2, $3) AS first';
      return only(await database.call<{ first: boolean }>('use_assertion', text, [clientId, jti, expiresAt])).first;
    },
  };
}
