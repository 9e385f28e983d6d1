/** Links of a client, and ending a mistaken one: the two persons stand apart again, and nothing that closes reopens. */
import { problem } from '../domain/problem.ts';
import { reviewRows } from '../domain/review.ts';
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, LinkRecord, NeededHandle } from './ports.ts';
import { untilUnchanged } from './read-entries.ts';
import { applyReview, openRows, rowsOf } from './review-persons.ts';

export const listLinks = (
  deps: Deps,
  actor: Actor,
  clientId: string,
  query: PageQuery,
): Promise<Answer<Page<LinkRecord>>> =>
  paged(deps.vault, actor, query, {
    name: `links:${clientId}`,
    load: (after, most) => deps.linking.links(actor, clientId, after, most),
    positionOf: (link) => ({ at: link.linkedAt, id: link.id }),
    missing: notFound('client'),
  });

/** Links of one client that are looked through; there are few, and the newest come first. */
const MOST_LOOKED_THROUGH = 200;

/** A link as it is now. */
export async function getLink(deps: Deps, actor: Actor, clientId: string, linkId: string): Promise<Answer<LinkRecord>> {
  const links = await deps.linking.links(actor, clientId, null, MOST_LOOKED_THROUGH);
  return links?.find(({ id }) => id === linkId) ?? notFound('link');
}

export function unlinkClient(
  deps: Deps,
  actor: Actor,
  clientId: string,
  linkId: string,
  confirm: boolean,
): Promise<Answer<LinkRecord>> {
  const withKey = (needed: NeededHandle) => {
    const id = deps.newId();
    return { ...needed, id, wrapped: deps.vault.newWrappedKey(id) };
  };
  const unlink = () =>
    deps.closing.run<Answer<LinkRecord>>(async (tx) => {
      const found = await tx.lockLink(actor, clientId, linkId);
      if (found === null) return { commit: false, value: notFound('link') };
      if (found.ended) return { commit: false, value: problem('conflict', 'The link has been ended already.') };
      const { link, persons, ending } = await tx.endLink(actor, clientId, linkId, found.missing.map(withKey));
      const locked = await tx.review(persons);
      const review = reviewRows(openRows(locked), locked.facts, locked.at, ending);
      const { closed } = await applyReview(tx, actor, locked, review, 'CLIENT_UNLINKED');
      if (confirm) return { commit: true, value: link };
      const own = rowsOf(actor.agency, closed).length;
      const detail = `This would part the two clients again, and close for good ${own} of the disclosures that you made, received, or wrote the entry of. What was closed before does not reopen. Nothing has happened yet. Send the request again with "confirm": true to do it.`;
      return {
        commit: false,
        value: problem('confirmation-required', detail, { extra: { confirmWith: { confirm: true } } }),
      };
    });
  // A first reading in that very moment may need a handle that was not made.
  return untilUnchanged(unlink);
}
