/** Adding entries to a Laufzettel that one created or received. They stay with their author until a forwarding discloses them. */
import { concernsUnknown } from './add-entry.ts';
import { type Answer, notFound } from './answer.ts';
import { notOpen } from './end-laufzettel.ts';
import { getLaufzettel, REFERRING } from './laufzettel.ts';
import { newEntries, type WrittenEntry } from './new-entries.ts';
import { type Actor, type Deps, type LaufzettelRecord, NotOwnClient } from './ports.ts';

export async function addToLaufzettel(
  deps: Deps,
  actor: Actor,
  laufzettelId: string,
  { entries: written, entryIds }: { entries: readonly WrittenEntry[]; entryIds: readonly string[] },
): Promise<Answer<LaufzettelRecord>> {
  const slip = await deps.laufzettel.get(actor, laufzettelId);
  if (slip === null) return notFound('Laufzettel');
  const { clientId, status } = slip;
  if (status !== 'OPEN') return notOpen('ADD', status);
  const key = await deps.clients.key(actor, clientId);
  if (key === null) return notFound('Laufzettel');
  const entries = newEntries(deps, written, { id: clientId, ...key }, (index) => `/entries/${index}`);
  if ('problem' in entries) return entries;
  const added = { laufzettelId, clientId, entries, entryIds: [...new Set(entryIds)] };
  try {
    const outcome = await deps.laufzettel.add(actor, added, key.at);
    if (outcome === 'not-found') return notFound('Laufzettel');
    if (outcome !== 'ok' && outcome !== 'not-open') return REFERRING[outcome]!;
    const present = await getLaufzettel(deps, actor, laufzettelId);
    return outcome === 'ok' || 'problem' in present ? present : notOpen('ADD', present.status);
  } catch (error) {
    if (error instanceof NotOwnClient) return concernsUnknown('/entries');
    throw error;
  }
}
