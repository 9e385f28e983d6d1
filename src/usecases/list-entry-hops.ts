/** Where an entry travelled: every hop for its origin; for others the hop by which they got it, and those they made. */
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, HopRecord } from './ports.ts';

export const listEntryHops = (
  deps: Deps,
  actor: Actor,
  entryId: string,
  query: PageQuery,
): Promise<Answer<Page<HopRecord>>> =>
  paged(deps.vault, actor, query, {
    name: `hops:${entryId}`,
    load: (after, most) => deps.entries.hops(actor, entryId, after, most),
    positionOf: ({ id, openedAt }) => ({ at: openedAt, id }),
    missing: notFound('entry'),
  });
