/** Inbox and outbox: headers only, newest first. */
import type { Answer } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, ForwardingHeader } from './ports.ts';

const list =
  (received: boolean) =>
  (deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<ForwardingHeader>>> =>
    paged(deps.vault, actor, query, {
      name: received ? 'inbox' : 'sent',
      load: (after, most) => deps.forwardings.list(actor, received, after, most),
      positionOf: (header) => ({ at: header.sentAt, id: header.id }),
    });

export const listInbox = list(true);
export const listSent = list(false);
