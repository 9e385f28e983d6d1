/** What recipients owe for what has closed, as the others see it: giver, author, the person who asks, and the admin. */
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, ClosureRecord, Deps, Unacknowledged, UnacknowledgedRecipient } from './ports.ts';

export const listUnacknowledged = (deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<Unacknowledged>>> =>
  paged(deps.vault, actor, query, {
    name: 'unacknowledged',
    load: (after, most) => deps.closures.unacknowledged(actor, after, most),
    positionOf: (one) => ({ at: one.unacknowledgedSince, id: one.disclosureId }),
  });

export const listUnacknowledgedRecipients = (
  deps: Deps,
  actor: Actor,
  query: PageQuery,
): Promise<Answer<Page<UnacknowledgedRecipient>>> =>
  paged(deps.vault, actor, query, {
    name: 'unacknowledged-recipients',
    load: (after, most) => deps.closures.unacknowledgedRecipients(actor, after, most),
    positionOf: (one) => ({ at: one.since, id: one.agencyId }),
  });

export const listClosureAnswers = (
  deps: Deps,
  actor: Actor,
  clientId: string,
  query: PageQuery,
): Promise<Answer<Page<ClosureRecord>>> =>
  paged(deps.vault, actor, query, {
    name: `closures:${clientId}`,
    load: (after, most) => deps.closures.ofClient(actor, clientId, after, most),
    positionOf: (closure) => ({ at: closure.closedAt, id: closure.disclosureId }),
    missing: notFound('client'),
  });
