import type { CorrectionTransaction, LockedEntry } from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { entryJson } from './entry-store.ts';
import { bytes, only } from './read-json.ts';

/** Within the transaction that closes what was disclosed of the old entry. */
export function correctionTransaction(tx: Caller): CorrectionTransaction {
  return {
    lockEntry: async (actor, entryId, handles) => {
      type Json = (Omit<LockedEntry, 'wrapped'> & { wrapped: string | null }) | { own: false } | null;
      const text = 'SELECT api.lock_entry($1, $2, $3) AS found';
      const { found } = only(await tx.call<{ found: Json }>('lock_entry', text, [actor, entryId, [...handles]]));
      if (found === null || !found.own) return found;
      return { ...found, wrapped: found.wrapped === null ? null : bytes(found.wrapped) };
    },
    correctEntry: async (actor, { entry, ...decided }) => {
      const text = 'SELECT api.correct_entry($1, $2, $3)';
      await tx.call('correct_entry', text, [actor, { ...decided, entry: entryJson(entry) }, entry.sealed]);
    },
  };
}
