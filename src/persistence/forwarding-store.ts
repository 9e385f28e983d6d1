import {
  type ForwardFacts,
  type ForwardingHeader,
  type ForwardingStore,
  NotOwnClient,
  type ReadForwarding,
  type Sealed,
} from '../usecases/ports.ts';
import type { Caller, Database } from './database.ts';
import { handlesJson, only, readSealed, type SealedJson } from './read-json.ts';

/** meta, sealed: of what is open, for the recipient; null as well where its key is gone. */
interface ShownJson {
  row: ReadForwarding['rows'][number];
  meta?: ReadForwarding['entries'][number] | null;
  sealed?: SealedJson | null;
}
type ReadJson = Omit<ReadForwarding, 'rows' | 'entries' | 'sealed'> & { shown: ShownJson[] };

function readShown({ shown, ...rest }: ReadJson): ReadForwarding {
  const sealed = new Map<string, Sealed>();
  for (const one of shown) if (one.sealed) sealed.set(one.row.entry, readSealed(one.sealed));
  return { ...rest, rows: shown.map((one) => one.row), entries: shown.flatMap((one) => one.meta ?? []), sealed };
}

/** Also within a transaction. */
export const stepForwarding =
  (caller: Caller): ForwardingStore['step'] =>
  async (actor, id, expectedVersion, { status, rejectCode }) => {
    const text = 'SELECT api.step_forwarding($1, $2, $3, $4, $5) AS found';
    const values = [actor, id, expectedVersion, status, rejectCode];
    return only(await caller.call<{ found: ForwardingHeader | null }>('step_forwarding', text, values)).found;
  };

export function forwardingStore(database: Database): ForwardingStore {
  return {
    load: async (actor, laufzettelId, recipient, asked, answering) => {
      const text = 'SELECT api.load_forward($1, $2, $3, $4, $5) AS found';
      const values = [actor.agency, laufzettelId, recipient, asked, answering];
      return only(await database.call<{ found: ForwardFacts | null }>('load_forward', text, values)).found;
    },
    commit: async (actor, decided) => {
      const newHandles = handlesJson(decided.newHandles);
      const text = 'SELECT api.commit_forward($1, $2) AS outcome';
      try {
        const values = [actor, { ...decided, newHandles }];
        return only(await database.call<{ outcome: 'ok' | 'stale' }>('commit_forward', text, values)).outcome;
      } catch (error) {
        // Since it was loaded a handle was moved to another person by a link, or erased: decide again by what is true now.
        if (error instanceof NotOwnClient) return 'stale';
        throw error;
      }
    },
    read: async (actor, id) => {
      const text = 'SELECT api.read_forwarding($1, $2) AS found';
      const { found } = only(
        await database.call<{ found: ReadJson | null }>('read_forwarding', text, [actor.agency, id]),
      );
      return found && readShown(found);
    },
    markRead: async (actor, { id, firstReads, entries, at, newHandles }) => {
      const text = 'SELECT api.mark_read($1, $2, $3, $4, $5, $6) AS found';
      const subject = { forwarding: id, entries };
      const values = [actor, firstReads, id, subject, at, JSON.stringify(handlesJson(newHandles))];
      type Found = Awaited<ReturnType<ForwardingStore['markRead']>>;
      return only(await database.call<{ found: Found }>('mark_read', text, values)).found;
    },
    header: async (actor, id) => {
      const text = 'SELECT api.get_forwarding_header($1, $2) AS found';
      type Found = Awaited<ReturnType<ForwardingStore['header']>>;
      const rows = await database.call<{ found: Found }>('get_forwarding_header', text, [actor.agency, id]);
      return only(rows).found;
    },
    list: async (actor, received, filter, position, most) => {
      const text = 'SELECT api.list_forwardings($1, $2, $3, $4, $5, $6) AS list';
      const values = [actor.agency, received, filter, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: ForwardingHeader[] }>('list_forwardings', text, values)).list;
    },
    step: stepForwarding(database),
  };
}
