/** One-time codes that a person carries from one agency to another, so that both know whom they mean. */
import { problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, Deps, LinkCodeRecord } from './ports.ts';

/** Open codes that a client may have at a time, in SQL too. */
const MOST_OPEN = 5;

/** A code as its issuer gets it to hand it out; never shown in a list. */
export interface IssuedLinkCode extends LinkCodeRecord {
  code: string;
}

export async function issueLinkCode(
  deps: Deps,
  actor: Actor,
  clientId: string,
  agencyId: string,
): Promise<Answer<IssuedLinkCode>> {
  const id = deps.newId();
  const code = deps.linkCodeKey.codeOf(id);
  const issued = await deps.linking.issueCode(actor, { id, clientId, agencyId, hash: deps.linkCodeKey.hashOf(code) });
  switch (issued) {
    case 'client-not-found':
      return notFound('client');
    case 'agency-unknown':
      return problem('rule-broken', 'A code is for another agency of this exchange.', {
        errors: [{ pointer: '/agencyId', detail: 'your own agency, or none of this exchange' }],
      });
    case 'too-many':
      return problem(
        'rule-broken',
        `A client has at most ${MOST_OPEN} open codes, each for another agency. Revoke one that is not needed any more.`,
      );
    default:
      return { ...issued, code };
  }
}

/** Codes of one client that are looked through; there are few, and the newest come first. */
const MOST_LOOKED_THROUGH = 200;

/** A code that was issued or revoked before, as it is now. The code itself follows from its id. */
export async function issuedBefore(
  deps: Deps,
  actor: Actor,
  clientId: string,
  linkCodeId: string,
): Promise<Answer<IssuedLinkCode>> {
  const codes = await deps.linking.codes(actor, clientId, null, MOST_LOOKED_THROUGH);
  const found = codes?.find(({ id }) => id === linkCodeId);
  return found === undefined ? notFound('code') : { ...found, code: deps.linkCodeKey.codeOf(linkCodeId) };
}

export async function revokeLinkCode(
  deps: Deps,
  actor: Actor,
  clientId: string,
  linkCodeId: string,
): Promise<Answer<LinkCodeRecord>> {
  const revoked = await deps.linking.revokeCode(actor, clientId, linkCodeId);
  if (revoked === 'not-found') return notFound('code');
  if (revoked === 'conflict')
    return problem('conflict', 'The code has ended already: used, revoked, replaced or expired.');
  return revoked;
}

export const listLinkCodes = (
  deps: Deps,
  actor: Actor,
  clientId: string,
  query: PageQuery,
): Promise<Answer<Page<LinkCodeRecord>>> =>
  paged(deps.vault, actor, query, {
    name: `link-codes:${clientId}`,
    load: (after, most) => deps.linking.codes(actor, clientId, after, most),
    positionOf: (code) => ({ at: code.issuedAt, id: code.id }),
    missing: notFound('client'),
  });
