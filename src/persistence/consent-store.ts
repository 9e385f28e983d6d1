import type { ConsentStore, ReleaseRecord, StatedRecord, StatementRecord, WithEvidence } from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { only, readSealed } from './read-json.ts';

export type StatedRow<T extends StatedRecord> = T & {
  sealedUnder: string | null;
  evidenceSealed: string | null;
  wrapped: string | null;
};

export function withEvidence<T extends StatedRecord>({
  sealedUnder,
  evidenceSealed,
  wrapped,
  ...said
}: StatedRow<T>): WithEvidence<T> {
  const evidence =
    evidenceSealed === null || wrapped === null || sealedUnder === null
      ? null
      : readSealed({ clientId: sealedUnder, wrapped, sealed: evidenceSealed });
  return { ...(said as unknown as T), evidence };
}

/** Also on a snapshot. */
export function consentStore(database: Caller): ConsentStore {
  return {
    statements: async (actor, clientId, position, most) => {
      const text = 'SELECT api.list_statements($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, clientId, position?.at ?? null, position?.id ?? null, most];
      const rows = await database.call<{ list: StatedRow<StatementRecord>[] | null }>('list_statements', text, values);
      return only(rows).list?.map(withEvidence<StatementRecord>) ?? null;
    },
    releases: async (actor, clientId, position, most) => {
      const text = 'SELECT api.list_releases($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, clientId, position?.at ?? null, position?.id ?? null, most];
      const rows = await database.call<{ list: StatedRow<ReleaseRecord>[] | null }>('list_releases', text, values);
      return only(rows).list?.map(withEvidence<ReleaseRecord>) ?? null;
    },
  };
}
