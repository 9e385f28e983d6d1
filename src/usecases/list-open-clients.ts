/** The clients that something is open about, what is due first at the top. */
import type { Answer } from './answer.ts';
import { type Client, openClient } from './clients.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, OpenMatters } from './ports.ts';

/** Where what is due on no day stands. */
const NO_DAY = '9999-12-31';

export async function listOpenClients(
  deps: Deps,
  actor: Actor,
  query: PageQuery,
): Promise<Answer<Page<Client & OpenMatters>>> {
  const page = await paged(deps.vault, actor, query, {
    name: 'open-clients',
    load: (after, most) => deps.clients.listOpen(actor, after, most),
    positionOf: ({ id, nextDueDate }) => ({ at: Date.parse(nextDueDate ?? NO_DAY), id }),
  });
  if ('problem' in page) return page;
  const items = page.items.map(({ forwardingsReceived, forwardingsSent, laufzettelOpen, nextDueDate, ...client }) => ({
    ...openClient(deps, client),
    forwardingsReceived,
    forwardingsSent,
    laufzettelOpen,
    nextDueDate,
  }));
  return { ...page, items };
}
