/** An agency's own handles on persons. */

import { problem } from '../domain/problem.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import { type Actor, type ClientRecord, type Deps, type DisclosureRecord, sealedAs } from './ports.ts';

export interface Client {
  id: string;
  fileReference: string | null;
  createdAt: number;
}

export async function createClient(deps: Deps, actor: Actor, fileReference: string | null): Promise<Answer<Client>> {
  const agency = agencyOf(actor);
  const id = deps.newId();
  const wrapped = deps.vault.newWrappedKey(id);
  const outcome = await deps.clients.create(actor, {
    id,
    wrapped,
    sealedFileReference:
      fileReference === null
        ? null
        : deps.vault.seal({ clientId: id, wrapped }, sealedAs.fileReference(id), fileReference),
    index: fileReference === null ? null : deps.vault.blindIndex(agency, fileReference),
  });
  if (outcome === 'conflict') {
    return problem(
      'conflict',
      'You have a client with this file reference already; find it with POST /v1/clients/find.',
    );
  }
  return getClient(deps, actor, id);
}

export async function getClient(deps: Deps, actor: Actor, clientId: string): Promise<Answer<Client>> {
  const found = await deps.clients.get(actor, clientId);
  return found === null ? notFound('client') : openClient(deps, found);
}

export async function findClient(deps: Deps, actor: Actor, fileReference: string): Promise<Answer<Client>> {
  const found = await deps.clients.find(actor, deps.vault.blindIndex(agencyOf(actor), fileReference));
  return found === null ? notFound('client') : openClient(deps, found);
}

export async function listClients(deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<Client>>> {
  const page = await paged(deps.vault, actor, query, {
    name: 'clients',
    load: (after, most) => deps.clients.list(actor, after, most),
    positionOf: (client) => ({ at: client.createdAt, id: client.id }),
  });
  if ('problem' in page) return page;
  return { ...page, items: page.items.map((client) => openClient(deps, client)) };
}

export const listDisclosures = (
  deps: Deps,
  actor: Actor,
  clientId: string,
  query: PageQuery,
): Promise<Answer<Page<DisclosureRecord>>> =>
  paged(deps.vault, actor, query, {
    name: `disclosures:${clientId}`,
    load: (after, most) => deps.clients.disclosures(actor, clientId, after, most),
    positionOf: (disclosure) => ({ at: disclosure.openedAt, id: disclosure.id }),
    missing: notFound('client'),
  });

/** Opens the file reference, for the agency whose handle it is. */
export function openClient(
  { vault }: Deps,
  { id, createdAt, sealedFileReference: sealed, wrapped }: ClientRecord,
): Client {
  // Without its key, which is destroyed with what was written under it, the reference is gone.
  const readable = sealed !== null && wrapped !== null;
  const fileReference = readable ? vault.open({ clientId: id, wrapped, sealed }, sealedAs.fileReference(id)) : null;
  return { id, createdAt, fileReference: fileReference as string | null };
}
