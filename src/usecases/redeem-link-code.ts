/**
 * Using a code: the person behind the issuer's handle and the one behind the redeemer's are one from then on. In one
 * transaction everything that was said to both is united, and every open disclosure is decided again by it.
 */
import { readLinkCode } from '../domain/link-code.ts';
import { problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { type Client, getClient } from './clients.ts';
import type { Actor, Deps, Effect } from './ports.ts';
import { reviewPersons } from './review-persons.ts';

/** What is hashed in the place of something that is no code, so that it is refused like every other wrong one. */
const NO_CODE = '';

export interface Linked {
  client: Client;
  linkId: string;
}

const wrongCode = problem(
  'rule-broken',
  'This code does not link anything for your agency. Ask the client for a new one.',
);

/** @param clientId the redeemer's own handle; null: the one that it has on that person, or else a new one. */
export async function redeemLinkCode(
  deps: Deps,
  actor: Actor,
  typed: string,
  clientId: string | null,
): Promise<Answer<Linked>> {
  const hash = deps.linkCodeKey.hashOf(readLinkCode(typed) ?? NO_CODE);
  const linkId = deps.newId();
  const handleId = deps.newId();
  const newHandle = { id: handleId, wrapped: deps.vault.newWrappedKey(handleId) };
  const used = await deps.closing.run<Answer<{ clientId: string }>>(async (tx) => {
    const linked = await tx.linkByCode(actor, hash, { linkId, clientId, newHandle });
    if (linked === 'client-not-found') return { commit: false, value: notFound('client') };
    // One answer for every reason, so that it tells nothing of the code; committed, for the audit keeps the attempt.
    if (linked === 'refused') return { commit: true, value: wrongCode };
    await reviewPersons(tx, actor, linked.persons, 'CLIENT_LINKED');
    return { commit: true, value: linked };
  });
  if ('problem' in used) return used;
  const client = await getClient(deps, actor, used.clientId);
  return 'problem' in client ? client : { client, linkId };
}

/** What came of a code that was tried before. */
export async function redeemedBefore(deps: Deps, actor: Actor, { outcome, subject }: Effect): Promise<Answer<Linked>> {
  if (outcome === 'REFUSED') return wrongCode;
  const client = await getClient(deps, actor, subject.client as string);
  return 'problem' in client ? client : { client, linkId: subject.link as string };
}
