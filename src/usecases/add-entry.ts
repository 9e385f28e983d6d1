/** Writing an entry about one's own client. It stays with its author until a forwarding discloses it. */
import { problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { newEntries, type WrittenEntry } from './new-entries.ts';
import { type Actor, type Deps, NotOwnClient } from './ports.ts';
import { getEntry, type ShownEntry } from './read-entries.ts';

/** For concerns that are no handles of the actor's: unknown and foreign are the same. */
export const concernsUnknown = (pointer: string) =>
  problem('rule-broken', 'An entry concerns somebody who is no client of yours.', {
    errors: [{ pointer, detail: 'only your own clients' }],
  });

export async function addEntry(
  deps: Deps,
  actor: Actor,
  clientId: string,
  written: WrittenEntry,
): Promise<Answer<ShownEntry>> {
  const key = await deps.clients.key(actor, clientId);
  if (key === null) return notFound('client');
  const entries = newEntries(deps, [written], { id: clientId, ...key }, () => '');
  if ('problem' in entries) return entries;
  try {
    await deps.entries.add(actor, entries, key.at);
  } catch (error) {
    if (error instanceof NotOwnClient) return concernsUnknown('/concerns');
    throw error;
  }
  return getEntry(deps, actor, entries[0]!.id);
}
