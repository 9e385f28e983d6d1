import type { EntryStore, HopRecord, NewEntry, ReadEntries } from '../usecases/ports.ts';
import type { Caller, Database } from './database.ts';
import { handlesJson, only, readAllSealed, type SealedJson } from './read-json.ts';
import type { NoteReading } from './reading-notes.ts';

/** What a new entry is, for the database's functions; its ciphertext goes beside it, as bytes. */
export const entryJson = ({ sealed: _sealed, ...entry }: NewEntry): Omit<NewEntry, 'sealed'> => entry;

type ReadJson = Omit<ReadEntries, 'sealed'> & { sealed: Record<string, SealedJson> };

/** Also within a transaction. */
export const addEntries =
  (caller: Caller): EntryStore['add'] =>
  async (actor, entries, at) => {
    const sealed = entries.map((entry) => entry.sealed);
    const text = 'SELECT api.add_entries($1, $2, $3, $4)';
    await caller.call('add_entries', text, [actor, JSON.stringify(entries.map(entryJson)), sealed, at]);
  };

export function entryStore(database: Database, note: NoteReading): EntryStore {
  return {
    add: addEntries(database),
    read: async (actor, wanted) => {
      const text = 'SELECT api.read_entries($1, $2, $3, $4, $5, $6) AS found';
      const values =
        'entryId' in wanted
          ? [actor.agency, null, wanted.entryId, null, null, 1]
          : [actor.agency, wanted.clientId, null, wanted.after?.at ?? null, wanted.after?.id ?? null, wanted.most];
      const { found } = only(await database.call<{ found: ReadJson | null }>('read_entries', text, values));
      return found && { ...found, sealed: readAllSealed(found.sealed) };
    },
    hops: async (actor, entryId, position, most) => {
      const text = 'SELECT api.list_entry_hops($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, entryId, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: HopRecord[] | null }>('list_entry_hops', text, values)).list;
    },
    markRead: async (actor, { firstReads, entries, at, newHandles }) => {
      if (firstReads.length === 0 && newHandles.length === 0) {
        const noted = await note({ actor, forwarding: null, subject: { entries }, at });
        if (noted !== 'first') return { handles: {} };
      }
      const text = 'SELECT api.mark_read($1, $2, NULL, $3, $4, $5) AS found';
      const values = [actor, firstReads, { entries }, at, JSON.stringify(handlesJson(newHandles))];
      type Found = Awaited<ReturnType<EntryStore['markRead']>>;
      return only(await database.call<{ found: Found }>('mark_entries_read', text, values)).found;
    },
  };
}
