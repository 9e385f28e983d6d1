import type { DisclosureRowFact } from '../domain/facts.ts';
import {
  type ForwardFacts,
  type ForwardingHeader,
  type ForwardingStore,
  NotOwnClient,
  type ReadForwarding,
  type Sealed,
  type StoredEntry,
  type ToldAnswer,
} from '../usecases/ports.ts';
import { byAge, type Columns, concernsOf, type FactsJson, factsOf, rowsOf } from './columns.ts';
import type { Caller, Database } from './database.ts';
import type { KnownNetwork, Network } from './network.ts';
import { bytes, handlesJson, only } from './read-json.ts';
import type { NoteReading } from './reading-notes.ts';

type ShownRow = ReadForwarding['rows'][number];

/** What api.read_forwarding answers; what only its recipient gets comes with `received`. */
interface ReadJson extends FactsJson {
  at: number;
  received: boolean;
  header: ForwardingHeader;
  shown: Columns;
  /** What the recipient answered to what has ended, by disclosure. */
  answers: Record<string, ToldAnswer> | null;
  /** By handle: person and wrapped key; the key null once destroyed. */
  keys: Record<string, [person: string, wrapped: string | null]> | null;
  handles: ReadForwarding['handles'];
}

const NOTHING_TOLD: ToldAnswer = { answer: null, statute: null, answeredAt: null, unacknowledgedSince: null };

/** A disclosure as either side may see it: the first columns of `shown`. */
function shownRow(values: unknown[], answers: ReadJson['answers']): ShownRow & { createdAt: number } {
  const [id, entry, person, category, origin, createdAt, openedAt, closedAt, goodUntil, fetched] = values;
  const told = answers?.[id as string] ?? NOTHING_TOLD;
  const row = { id, entry, person, category, origin, createdAt, openedAt, closedAt, goodUntil, fetched, ...told };
  return row as ShownRow & { createdAt: number };
}

const NO_FACTS = { agencies: [], agreements: [], statements: [], releases: [], rows: [] };

function readShown(found: ReadJson, network: Network | null): ReadForwarding {
  const { at, received, header, answers } = found;
  const shown = (found.shown ?? [])
    .map((values) => ({ values, row: shownRow(values, answers) }))
    .sort((one, other) => byAge(ageOf(one.row), ageOf(other.row)));
  const rows = shown.map(({ row: { createdAt: _createdAt, ...row } }) => row);
  const bare = { at, received, header, rows };
  if (network === null) return { ...bare, entries: [], sealed: new Map(), handles: {}, facts: NO_FACTS };
  const concerns = concernsOf(found.concerns);
  const wrappedKeys = new Map(
    Object.entries(found.keys ?? {}).map(([handle, [, wrapped]]) => [handle, wrapped === null ? null : bytes(wrapped)]),
  );
  const sealed = new Map<string, Sealed>();
  const entries: StoredEntry[] = [];
  const open: DisclosureRowFact[] = [];
  for (const { values, row } of shown) {
    if (row.closedAt !== null) continue;
    const [from, to, purpose, reliedOn, handle, secrecy, guardFrom, filedUnder, replaces, content] = values.slice(10);
    const { id, entry, category, origin, createdAt, openedAt: opened, goodUntil } = row;
    open.push({
      id,
      entry,
      from,
      to,
      purpose,
      opened,
      closed: null,
      goodUntil,
      reliedOn,
    } as unknown as DisclosureRowFact);
    entries.push({
      id: entry,
      category,
      origin,
      secrecy,
      subject: found.keys?.[handle as string]?.[0],
      concerns: concerns.get(entry) ?? [],
      guardFrom,
      filedUnder,
      replaces,
      // Its author learns by what an entry is replaced, and nobody who got it.
      replacedBy: null,
      replacesReadBy: found.readBy?.[replaces as string] ?? [],
      createdAt,
    } as StoredEntry);
    const wrapped = wrappedKeys.get(handle as string);
    if (wrapped) sealed.set(entry, { clientId: handle as string, wrapped, sealed: bytes(content as string) });
  }
  const facts = factsOf(found, {
    network,
    involved: [header.from, header.to],
    entries,
    rows: [...open, ...rowsOf(found.rows)],
  });
  return { ...bare, entries, sealed, handles: found.handles, facts };
}

const ageOf = (row: ShownRow & { createdAt: number }) => ({ createdAt: row.createdAt, id: row.entry });

interface LoadedJson extends Omit<ForwardFacts, 'entries' | 'facts'>, FactsJson {
  entries: Columns;
  /** Of persons. */
  versions: Record<string, number>;
}

function readLoaded(json: LoadedJson, network: Network, involved: readonly string[]): ForwardFacts {
  const {
    entries: columns,
    concerns: pairs,
    readBy,
    versions,
    network: _,
    statements,
    releases,
    rows,
    ...found
  } = json;
  const concerns = concernsOf(pairs);
  const entries = (columns ?? [])
    .map((values) => {
      const [id, subject, category, origin, createdAt, secrecy, guardFrom, filedUnder, replaces, replacedBy] = values;
      return {
        id,
        category,
        origin,
        secrecy,
        subject,
        concerns: concerns.get(id as string) ?? [],
        guardFrom,
        filedUnder,
        replaces,
        replacedBy,
        replacesReadBy: readBy?.[replaces as string] ?? [],
        createdAt,
      } as StoredEntry;
    })
    .sort(byAge);
  const facts = factsOf({ statements, releases }, { network, involved, entries, rows: rowsOf(rows) });
  return { ...found, entries, facts: { ...facts, versions: { persons: versions, ...facts.versions } } };
}

/** One list for each member of a header; null: there are none. */
type HeaderColumns = unknown[][] | null;

function headersOf(columns: HeaderColumns): ForwardingHeader[] {
  if (columns === null) return [];
  const [
    ids,
    slips,
    from,
    to,
    handles,
    kinds,
    purposes,
    urgencies,
    due,
    statuses,
    codes,
    answers,
    versions,
    sent,
    changed,
  ] = columns;
  return ids!.map((id, place) => ({
    id,
    laufzettelId: slips![place],
    from: from![place],
    to: to![place],
    clientId: handles![place],
    kind: kinds![place],
    purpose: purposes![place],
    urgency: urgencies![place],
    dueDate: due![place],
    status: statuses![place],
    rejectCode: codes![place],
    answers: answers![place],
    version: versions![place],
    sentAt: sent![place],
    changedAt: changed![place],
  })) as ForwardingHeader[];
}

/** Also within a transaction. */
export const stepForwarding =
  (caller: Caller): ForwardingStore['step'] =>
  async (actor, id, expectedVersion, { status, rejectCode }) => {
    const text = 'SELECT api.step_forwarding($1, $2, $3, $4, $5) AS found';
    const values = [actor, id, expectedVersion, status, rejectCode];
    return only(await caller.call<{ found: ForwardingHeader | null }>('step_forwarding', text, values)).found;
  };

/** Also on a snapshot. */
export const listForwardings =
  (caller: Caller): ForwardingStore['list'] =>
  async (actor, received, filter, position, most) => {
    const text = 'SELECT api.list_forwardings($1, $2, $3, $4, $5, $6) AS list';
    const values = [actor.agency, received, filter, position?.at ?? null, position?.id ?? null, most];
    return headersOf(only(await caller.call<{ list: HeaderColumns }>('list_forwardings', text, values)).list);
  };

/** Also within a transaction, which is then told as `tx`. */
const loadForward =
  (caller: Caller, known: KnownNetwork, tx?: Caller): ForwardingStore['load'] =>
  async (actor, laufzettelId, recipient, asked, answering) => {
    const text = 'SELECT api.load_forward($1, $2, $3, $4, $5) AS found';
    const { answer, network } = await known.with(async () => {
      const values = [actor.agency, laufzettelId, recipient, asked, answering];
      return only(await caller.call<{ found: LoadedJson | null }>('load_forward', text, values)).found;
    }, tx);
    return answer && network && readLoaded(answer, network, [actor.agency!, recipient]);
  };

/** Also within a transaction: of one that is stale nothing can go on. */
const commitForward =
  (caller: Caller): ForwardingStore['commit'] =>
  async (actor, decided) => {
    const newHandles = handlesJson(decided.newHandles);
    const text = 'SELECT api.commit_forward($1, $2) AS outcome';
    try {
      const values = [actor, { ...decided, newHandles }];
      const { outcome } = only(
        await caller.call<{ outcome: { stale: true } | ReadJson }>('commit_forward', text, values),
      );
      return 'stale' in outcome ? 'stale' : readShown(outcome, null);
    } catch (error) {
      // Since it was loaded a handle was moved to another person by a link, or erased: decide again by what is true now.
      if (error instanceof NotOwnClient) return 'stale';
      throw error;
    }
  };

/** Forwarding within a transaction that does more than that. */
export const forwardingTransaction = (tx: Caller, known: KnownNetwork): Pick<ForwardingStore, 'load' | 'commit'> => ({
  load: loadForward(tx, known, tx),
  commit: commitForward(tx),
});

export function forwardingStore(database: Database, known: KnownNetwork, note: NoteReading): ForwardingStore {
  return {
    load: loadForward(database, known),
    commit: commitForward(database),
    read: async (actor, id) => {
      const text = 'SELECT api.read_forwarding($1, $2) AS found';
      const { answer, network } = await known.with(async () => {
        const values = [actor.agency, id];
        return only(await database.call<{ found: ReadJson | null }>('read_forwarding', text, values)).found;
      });
      return answer && readShown(answer, network);
    },
    markRead: async (actor, { id, firstReads, entries, at, newHandles }) => {
      const subject = { forwarding: id, entries };
      if (firstReads.length === 0 && newHandles.length === 0) {
        const noted = await note({ actor, forwarding: id, subject, at });
        if (noted !== 'first') return { ...noted, handles: {} };
      }
      const text = 'SELECT api.mark_read($1, $2, $3, $4, $5, $6) AS found';
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
    list: listForwardings(database),
    step: stepForwarding(database),
  };
}
