/** Creating a Laufzettel, and seeing those one created or received. */
import { type Problem, problem } from '../domain/problem.ts';
import { concernsUnknown } from './add-entry.ts';
import { type Answer, notFound } from './answer.ts';
import { newEntries, type WrittenEntry } from './new-entries.ts';
import { narrowed, type Page, type PageQuery, paged } from './page.ts';
import { type Actor, type Deps, type LaufzettelFilter, type LaufzettelRecord, NotOwnClient } from './ports.ts';

export type NewLaufzettel = Pick<
  LaufzettelRecord,
  'clientId' | 'kind' | 'purpose' | 'urgency' | 'dueDate' | 'agreementId' | 'route' | 'entryIds'
> & { entries: readonly WrittenEntry[] };

const referring = (pointer: string, thing: string): Problem =>
  problem('rule-broken', `It refers to something that does not exist or is not yours: ${thing}.`, {
    errors: [{ pointer, detail: `no such ${thing}` }],
  });

export const REFERRING: Record<string, Problem> = {
  'client-not-found': notFound('client'),
  'entry-not-found': referring('/entryIds', 'entry'),
  'entry-of-another': problem('rule-broken', 'An entry on it is not about this client.', {
    errors: [{ pointer: '/entryIds', detail: 'every entry must be about the client of the Laufzettel' }],
  }),
  // Of others' corrections nothing is said: what they closed looks closed, whatever closed it.
  'entry-replaced': problem('rule-broken', 'It names entries that you have corrected. Name those that replace them.', {
    errors: [
      { pointer: '/entryIds', detail: 'an entry of yours was corrected; its `replacedBy` names the one to take' },
    ],
  }),
  'agency-not-found': referring('/route', 'agency'),
  'agreement-not-found': referring('/agreementId', 'agreement'),
};

export async function createLaufzettel(
  deps: Deps,
  actor: Actor,
  laufzettel: NewLaufzettel,
): Promise<Answer<LaufzettelRecord>> {
  const key = await deps.clients.key(actor, laufzettel.clientId);
  if (key === null) return notFound('client');
  const client = { id: laufzettel.clientId, ...key };
  const entries = newEntries(deps, laufzettel.entries, client, (index) => `/entries/${index}`);
  if ('problem' in entries) return entries;
  const id = deps.newId();
  try {
    const created = await deps.laufzettel.create(
      actor,
      { ...laufzettel, id, entries, entryIds: [...new Set(laufzettel.entryIds)] },
      key.at,
    );
    return created.outcome === 'ok' ? created.shown : REFERRING[created.outcome]!;
  } catch (error) {
    if (error instanceof NotOwnClient) return concernsUnknown('/entries');
    throw error;
  }
}

export async function getLaufzettel(deps: Deps, actor: Actor, laufzettelId: string): Promise<Answer<LaufzettelRecord>> {
  return (await deps.laufzettel.get(actor, laufzettelId)) ?? notFound('Laufzettel');
}

export const listLaufzettel = (
  deps: Deps,
  actor: Actor,
  query: PageQuery,
  filter: LaufzettelFilter,
): Promise<Answer<Page<LaufzettelRecord>>> =>
  paged(deps.vault, actor, query, {
    name: narrowed('laufzettel', filter),
    load: (after, most) => deps.laufzettel.list(actor, filter, after, most),
    positionOf: ({ id, createdAt, changedAt }) => ({
      at: filter.changedSince === undefined ? createdAt : changedAt,
      id,
    }),
  });
