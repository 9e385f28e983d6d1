import type { ClientRecord, OwnPageFacts, OwnPageStore, ReleaseRecord, StatementRecord } from '../usecases/ports.ts';
import { type StatedRow, withEvidence } from './consent-store.ts';
import type { Database } from './database.ts';
import { bytes, handlesJson, only, readAllSealed, type SealedJson } from './read-json.ts';

interface OwnPageJson extends Omit<OwnPageFacts, 'client' | 'sealed' | 'statements' | 'releases'> {
  client: Pick<ClientRecord, 'id' | 'createdAt'> & { sealedFileReference: string | null; wrapped: string | null };
  sealed: Record<string, SealedJson>;
  statements: StatedRow<StatementRecord>[];
  releases: StatedRow<ReleaseRecord>[];
}

/** Where the agency keeps the proof is not told to the person: it is left where it was read. */
function withoutEvidence<T extends StatementRecord | ReleaseRecord>(row: StatedRow<T>): T {
  const { evidence: _proof, ...said } = withEvidence<T>(row);
  return said as unknown as T;
}

export function ownPageStore(database: Database): OwnPageStore {
  return {
    read: async (actor, clientId, most, mostBytes) => {
      const text = 'SELECT api.read_own_page($1, $2, $3, $4) AS found';
      type Found = { found: OwnPageJson | { tooMuch: true } | null };
      const values = [actor.agency, clientId, most, mostBytes];
      const { found } = only(await database.call<Found>('read_own_page', text, values));
      if (found === null) return null;
      if ('tooMuch' in found) return 'too-much';
      const { sealedFileReference, wrapped, ...client } = found.client;
      return {
        ...found,
        client: {
          ...client,
          sealedFileReference: sealedFileReference === null ? null : bytes(sealedFileReference),
          wrapped: wrapped === null ? null : bytes(wrapped),
        },
        sealed: readAllSealed(found.sealed),
        statements: found.statements.map(withoutEvidence<StatementRecord>),
        releases: found.releases.map(withoutEvidence<ReleaseRecord>),
      };
    },
    markRead: async (actor, clientId, { firstReads, entries, at, newHandles }) => {
      const text = 'SELECT api.mark_own_page($1, $2, $3, $4, $5, $6) AS handles';
      const values = [actor, clientId, firstReads, entries, at, JSON.stringify(handlesJson(newHandles))];
      type Found = Awaited<ReturnType<OwnPageStore['markRead']>>;
      return only(await database.call<Found>('mark_own_page', text, values));
    },
  };
}
