/** Everything that waits for an agency, what waits longest first. */
import type { Answer } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, WaitingRecord } from './ports.ts';

export const listWaiting = (deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<WaitingRecord>>> =>
  paged(deps.vault, actor, query, {
    name: 'waiting',
    load: (after, most) => deps.waiting.list(actor, after, most),
    positionOf: ({ since, id }) => ({ at: since, id }),
  });
