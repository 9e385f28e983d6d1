/** Rounds, as their reader sees them now: by ids and counts, with its own file references. */
import { MOST_ROUND_ITEMS } from '../domain/round.ts';
import { type Answer, notFound } from './answer.ts';
import { openClient } from './clients.ts';
import { narrowed, type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, RoundFilter, RoundItem, RoundRecord } from './ports.ts';

export const listRounds = (
  deps: Deps,
  actor: Actor,
  query: PageQuery,
  filter: RoundFilter,
): Promise<Answer<Page<RoundRecord>>> =>
  paged(deps.vault, actor, query, {
    name: narrowed('rounds', filter),
    load: (after, most) => deps.rounds.list(actor, filter, after, most),
    positionOf: ({ at, id }) => ({ at, id }),
  });

export interface ShownRound {
  round: RoundRecord;
  items: (RoundItem & { fileReference: string | null })[];
}

export async function getRound(deps: Deps, actor: Actor, id: string): Promise<Answer<ShownRound>> {
  const found = await deps.rounds.get(actor, id, MOST_ROUND_ITEMS);
  if (found === null) return notFound('round');
  // One client may stand in many items.
  const opened = new Map<string, string | null>();
  const items = found.items.map(({ sealedFileReference, wrapped, ...item }) => {
    const { clientId } = item;
    if (!opened.has(clientId)) {
      const client = openClient(deps, { id: clientId, createdAt: 0, sealedFileReference, wrapped });
      opened.set(clientId, client.fileReference);
    }
    return { ...item, fileReference: opened.get(clientId)! };
  });
  return { round: found.round, items };
}
