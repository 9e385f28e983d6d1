/** Inbox and outbox: headers only, newest first. */
import type { Answer } from './answer.ts';
import { narrowed, type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, ForwardingFilter, ForwardingHeader } from './ports.ts';

const list =
  (received: boolean) =>
  (deps: Deps, actor: Actor, query: PageQuery, filter: ForwardingFilter): Promise<Answer<Page<ForwardingHeader>>> =>
    paged(deps.vault, actor, query, {
      name: narrowed(received ? 'inbox' : 'sent', filter),
      load: (after, most) => deps.forwardings.list(actor, received, filter, after, most),
      positionOf: ({ id, sentAt, changedAt }) => ({ at: filter.changedSince === undefined ? sentAt : changedAt, id }),
    });

export const listInbox = list(true);
export const listSent = list(false);
