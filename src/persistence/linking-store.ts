import type { LinkCodeRecord, LinkingStore, LinkingTransaction, LinkRecord } from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { only } from './read-json.ts';

/** ok with what was made, or the word for why not. */
type Outcome<Word extends string> = { outcome: 'ok'; code: LinkCodeRecord } | { outcome: Word };

const codeOrWord = <Word extends string>(found: Outcome<Word>): LinkCodeRecord | Word =>
  found.outcome === 'ok' ? (found as { code: LinkCodeRecord }).code : (found.outcome as Word);

export function linkingStore(database: Caller): LinkingStore {
  const one = async <T>(name: string, text: string, values: unknown[]): Promise<T> =>
    only(await database.call<{ found: T }>(name, text, values)).found;
  return {
    issueCode: async (actor, { hash, ...code }) =>
      codeOrWord<'client-not-found' | 'agency-unknown' | 'too-many'>(
        await one('issue_link_code', 'SELECT api.issue_link_code($1, $2, $3) AS found', [actor, code, hash]),
      ),
    revokeCode: async (actor, clientId, codeId) =>
      codeOrWord<'not-found' | 'conflict'>(
        await one('revoke_link_code', 'SELECT api.revoke_link_code($1, $2, $3) AS found', [actor, clientId, codeId]),
      ),
    codes: (actor, clientId, position, most) =>
      one<LinkCodeRecord[] | null>('list_link_codes', 'SELECT api.list_link_codes($1, $2, $3, $4, $5) AS found', [
        actor.agency,
        clientId,
        position?.at ?? null,
        position?.id ?? null,
        most,
      ]),
    links: (actor, clientId, position, most) =>
      one<LinkRecord[] | null>('list_links', 'SELECT api.list_links($1, $2, $3, $4, $5) AS found', [
        actor.agency,
        clientId,
        position?.at ?? null,
        position?.id ?? null,
        most,
      ]),
  };
}

const inBase64 = <Handle extends { wrapped: Buffer }>(handle: Handle) => ({
  ...handle,
  wrapped: handle.wrapped.toString('base64'),
});

export function linkingTransaction(tx: Caller): LinkingTransaction {
  const one = async <T>(name: string, text: string, values: unknown[]): Promise<T> =>
    only(await tx.call<{ found: T }>(name, text, values)).found;
  return {
    linkByCode: async (actor, hash, link) => {
      type Linked = { outcome: 'ok'; clientId: string; persons: string[] };
      const values = [actor, hash, { ...link, newHandle: inBase64(link.newHandle) }];
      const found = await one<Linked | { outcome: 'client-not-found' | 'refused' }>(
        'link_by_code',
        'SELECT api.link_by_code($1, $2, $3) AS found',
        values,
      );
      return found.outcome === 'ok' ? { clientId: found.clientId, persons: found.persons } : found.outcome;
    },
    lockLink: (actor, clientId, linkId) =>
      one('lock_link', 'SELECT api.lock_link($1, $2, $3) AS found', [actor, clientId, linkId]),
    endLink: (actor, clientId, linkId, newHandles) =>
      one('end_link', 'SELECT api.end_link($1, $2, $3, $4) AS found', [
        actor,
        clientId,
        linkId,
        JSON.stringify(newHandles.map(inBase64)),
      ]),
  };
}
