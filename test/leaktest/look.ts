/** Moves that only look: everybody asks for everything, and gets what the oracle says, no more and no less. */
import type { OperationId } from '../../src/contract/operations.ts';
import { isLive, type Row } from './decide.ts';
import { markFetched } from './handling.ts';
import { Finding, type KnownForwarding, type Lane } from './lane.ts';
import { door, type Kind, keysOf, recent } from './moves.ts';

const OWN_LISTS: OperationId[] = [
  'listInbox',
  'listSent',
  'listClients',
  'listOpenClients',
  'listLaufzettel',
  'listOwedAnswers',
  'listUnacknowledged',
  'listEvents',
  'listWaiting',
  'listRequests',
  'listProposals',
  'listAgreements',
  'listAgencies',
  'listPlans',
  'listConferences',
];
const LISTS_OF_CLIENT: OperationId[] = [
  'listDisclosures',
  'listClosureAnswers',
  'listStatements',
  'listReleases',
  'listLinks',
  'listLinkCodes',
  'listConsentTexts',
  'getClient',
];
/** What an agency of the exchange may ask for, and its admin may not. */
const NOT_FOR_THE_ADMIN: OperationId[] = [
  'getForwarding',
  'getLaufzettel',
  'getEntry',
  'listInbox',
  'listClients',
  'listProposals',
  'listUnacknowledged',
  'listEvents',
  'listPlans',
  'listConferences',
  'getPlan',
  'listPlanHistory',
  'getConference',
  'getConsentText',
  'getOwnPage',
];

export const named = (lane: Lane, ids: readonly string[]): string[] =>
  ids.map((id) => [...lane.entries].find(([, one]) => one.id === id)?.[0] ?? id).sort();

export function same(lane: Lane, what: string, theirs: readonly string[], ours: readonly string[]): void {
  within(what, theirs, ours, 'leak', 'showed');
  if (lane.exact) within(what, ours, theirs, 'miss', 'did not show');
}

export function within(
  what: string,
  some: readonly string[],
  all: readonly string[],
  kind: 'leak' | 'miss',
  verb: string,
): void {
  const more = some.filter((one) => !all.includes(one));
  if (more.length > 0) throw new Finding(kind, `${what} ${verb} ${more}`);
}

export const perhapsFetched = (row: Row): void => {
  if (row.fetched === 'no') row.fetched = 'perhaps';
};

export async function readForwarding(
  lane: Lane,
  by: number,
  name: string,
  at: 'REST' | 'GraphQL',
  conditional = false,
): Promise<void> {
  const forwarding = lane.forwardings.get(name)!;
  const what = `${name}, read by ${lane.nameOf(by)}`;
  const ours =
    by === forwarding.to
      ? lane.oracle
          .entriesOf(name)
          .map((one) => one.name)
          .sort()
      : [];
  const before = forwarding.tags.get(by);
  const headers: Record<string, string> = conditional && before !== undefined ? { 'if-none-match': before.tag } : {};
  const answer = await lane.call(by, 'getForwarding', { params: { forwardingId: forwarding.id }, headers, door: at });
  lane.setting.counts.reads += 1;
  if (lane.isSuspended(by)) return expectCode(what, answer, 'agency-suspended');
  if (by !== forwarding.to && by !== forwarding.from) return expectCode(what, answer, 'not-found');
  if (answer.status === 304) {
    if (before?.shown !== ours.join() && lane.exact)
      throw new Finding('leak', `${what}: unchanged, where ${before?.shown} has become ${ours}`);
    return;
  }
  if (answer.status !== 200) throw new Finding('mismatch', `${what} answered ${answer.status} ${answer.code}`);
  const { entries, closedEntries, disclosed } = answer.value;
  if (by === forwarding.from && entries.length > 0) throw new Finding('leak', `${what}: the sender was shown entries`);
  if (by === forwarding.to && disclosed.length > 0)
    throw new Finding('leak', `${what}: the recipient was shown what went`);
  const theirs = named(
    lane,
    entries.map((one: { id: string }) => one.id),
  );
  same(lane, what, theirs, ours);
  const number = lane.partner(by).number;
  const gone = lane.oracle.rows.filter(
    (row) => row.forwarding === name && row.to === number && !isLive(row, lane.now, lane.oracle),
  );
  const told = named(
    lane,
    closedEntries.map((one: { entryId: string }) => one.entryId),
  );
  const names = (rows: readonly Row[]): string[] => rows.map((row) => row.entry.name);
  if (by === forwarding.to && lane.exact) {
    const which = `${what}, of what has closed,`;
    within(which, told, names(gone.filter((row) => row.fetched !== 'no')), 'leak', 'showed');
    within(which, names(gone.filter((row) => row.fetched === 'yes')), told, 'miss', 'did not show');
  }
  contentsAre(lane, what, entries);
  markFetched(lane, name, by);
  if (typeof answer.headers.etag === 'string')
    forwarding.tags.set(by, { tag: answer.headers.etag, shown: theirs.join() });
}

/** Each entry that is shown is shown with its content; the search has seen to it that it is nobody else's. */
export function contentsAre(lane: Lane, what: string, shown: readonly { id: string; payload: object }[]): void {
  for (const one of shown) {
    const known = [...lane.entries.values()].find((entry) => entry.id === one.id);
    if (known?.marker == null) continue;
    if (!JSON.stringify(one.payload).includes(known.marker))
      throw new Finding('miss', `${what}: ${known.entry.name} without its content`);
  }
}

export function expectCode(what: string, answer: { status: number; code: string | null }, code: string): void {
  if (answer.code !== code)
    throw new Finding(answer.status < 400 ? 'leak' : 'mismatch', `${what} answered ${answer.status} ${answer.code}`);
}

export async function readEntry(lane: Lane, by: number, name: string, at: 'REST' | 'GraphQL'): Promise<void> {
  const { id, entry } = lane.entries.get(name)!;
  const { number } = lane.partner(by);
  const may = lane.oracle.mayRead(number, entry);
  const answer = await lane.call(by, 'getEntry', { params: { entryId: id }, door: at });
  lane.setting.counts.reads += 1;
  const what = `${name}, read by ${lane.nameOf(by)}`;
  if (lane.isSuspended(by)) return expectCode(what, answer, 'agency-suspended');
  if (answer.status === 200 && !may) throw new Finding('leak', `${what} was shown`);
  if (answer.status !== 200 && may && lane.exact)
    throw new Finding('miss', `${what} answered ${answer.status} ${answer.code}`);
  if (answer.status !== 200) return expectCode(what, answer, 'not-found');
  contentsAre(lane, what, [answer.value]);
  for (const row of lane.oracle.rows) if (row.entry === entry && row.to === number && !row.closed) perhapsFetched(row);
}

export async function readClient(lane: Lane, name: string, at: 'REST' | 'GraphQL'): Promise<void> {
  const { id, handle } = lane.handles.get(name)!;
  const by = lane.indexOf(handle.agency);
  const answer = await lane.call(by, 'listEntries', { params: { clientId: id }, query: { limit: 200 }, door: at });
  lane.setting.counts.reads += 1;
  const what = `the entries about ${name}, read by ${lane.nameOf(by)},`;
  if (lane.isSuspended(by)) return expectCode(what, answer, 'agency-suspended');
  if (answer.status !== 200) throw new Finding('mismatch', `${what} answered ${answer.status} ${answer.code}`);
  const theirs = named(
    lane,
    answer.value.items.map((one: { id: string }) => one.id),
  );
  const readable = keysOf(lane.entries, ({ entry }) => lane.oracle.mayRead(handle.agency, entry));
  const about = readable.filter((one) =>
    lane.entries.get(one)!.entry.concerns.every((other) => other.person === handle.person),
  );
  const more = theirs.filter((one) => !readable.includes(one));
  if (more.length > 0) throw new Finding('leak', `${what} showed ${more}`);
  const less = about.filter((one) => !theirs.includes(one));
  if (less.length > 0 && lane.exact) throw new Finding('miss', `${what} did not show ${less}`);
  contentsAre(lane, what, answer.value.items);
  for (const row of lane.oracle.rows) {
    if (row.to === handle.agency && !row.closed && theirs.includes(row.entry.name)) perhapsFetched(row);
  }
}

/** Everybody reads everything there is in the lane, and the admin tries to. */
export async function sweep(lane: Lane): Promise<void> {
  const everybody = lane.setting.network.partners.map((_, index) => index);
  for (const name of lane.forwardings.keys()) {
    const { to, from } = lane.forwardings.get(name) as KnownForwarding;
    for (const by of new Set([to, from, everybody[(to + from) % everybody.length]!]))
      await readForwarding(lane, by, name, 'REST');
  }
  for (const name of lane.handles.keys()) await readClient(lane, name, 'REST');
  for (const [index, name] of [...lane.entries.keys()].entries())
    await readEntry(lane, index % everybody.length, name, 'REST');
}

export const look: Record<string, Kind> = {
  read: {
    weight: 16,
    choose(lane, random) {
      const all = keysOf(lane.forwardings);
      if (all.length === 0) return null;
      const forwarding = recent(random, all);
      const { to, from } = lane.forwardings.get(forwarding)!;
      const by = random.weighted([
        [6, to],
        [1, from],
        [2, random.below(lane.setting.network.partners.length)],
      ]);
      return { forwarding, by, door: door(random), conditional: random.chance(0.3) };
    },
    async perform(lane, move) {
      if (lane.forwardings.has(move.forwarding))
        await readForwarding(lane, move.by, move.forwarding, move.door, move.conditional);
    },
    tell: (move, name) => `${name(move.by)} reads ${move.forwarding}`,
  },
  readEntry: {
    weight: 8,
    choose(lane, random) {
      const all = keysOf(lane.entries);
      return all.length === 0
        ? null
        : { entry: recent(random, all), by: random.below(lane.setting.network.partners.length), door: door(random) };
    },
    async perform(lane, move) {
      if (lane.entries.has(move.entry)) await readEntry(lane, move.by, move.entry, move.door);
    },
    tell: (move, name) => `${name(move.by)} reads ${move.entry}`,
  },
  readClient: {
    weight: 6,
    choose(lane, random) {
      const all = keysOf(lane.handles);
      return all.length === 0 ? null : { client: random.pick(all), door: door(random) };
    },
    async perform(lane, move) {
      if (lane.handles.has(move.client)) await readClient(lane, move.client, move.door);
    },
    tell: (move) => `its agency reads the entries about ${move.client}`,
  },
  list: {
    weight: 4,
    choose: (lane, random) => ({
      by: random.below(lane.setting.network.partners.length),
      list: random.pick(OWN_LISTS),
      limit: random.pick([1, 3, 50, 200]),
      door: door(random),
    }),
    async perform(lane, move) {
      const answer = await lane.call(move.by, move.list, { query: { limit: move.limit }, door: move.door });
      lane.setting.counts.reads += 1;
      if (answer.status !== 200 && answer.code !== 'agency-suspended')
        throw new Finding('mismatch', `${move.list} answered ${answer.status} ${answer.code}`);
      const cursor = answer.value?.nextCursor;
      if (typeof cursor === 'string')
        await lane.call(move.by, move.list, { query: { limit: move.limit, cursor }, door: move.door });
      const after = answer.value?.last;
      // What the agency was told last; the beginning it has seen.
      if (typeof after === 'string')
        await lane.call(move.by, move.list, {
          query: { limit: 200, after: String(Math.max(0, Number(after) - 200)) },
          door: move.door,
        });
    },
    tell: (move, name) => `${name(move.by)} asks ${move.list}`,
  },
  listOfClient: {
    weight: 4,
    choose(lane, random) {
      const all = keysOf(lane.handles);
      if (all.length === 0) return null;
      return {
        client: random.pick(all),
        list: random.pick(LISTS_OF_CLIENT),
        by: random.chance(0.2) ? random.below(lane.setting.network.partners.length) : null,
        door: door(random),
      };
    },
    async perform(lane, move) {
      const known = lane.handles.get(move.client);
      if (known === undefined) return;
      const own = lane.indexOf(known.handle.agency);
      const by = move.by ?? own;
      // Texts are large: a page of 200 costs more than a document of GraphQL may.
      const limit = move.list === 'listConsentTexts' ? 50 : 200;
      const query = move.list === 'getClient' ? {} : { query: { limit } };
      const answer = await lane.call(by, move.list, { params: { clientId: known.id }, ...query, door: move.door });
      lane.setting.counts.reads += 1;
      if (by !== own && answer.code !== 'not-found' && answer.code !== 'agency-suspended') {
        throw new Finding(
          'leak',
          `${move.list} of ${move.client} answered ${lane.nameOf(by)} with ${answer.status} ${answer.code}`,
        );
      }
    },
    tell: (move, name) => `${move.by === null ? 'its agency' : name(move.by)} asks ${move.list} of ${move.client}`,
  },
  admin: {
    weight: 1,
    choose(lane, random) {
      const all = keysOf(lane.forwardings);
      return all.length === 0
        ? null
        : { forwarding: random.pick(all), operation: random.pick(NOT_FOR_THE_ADMIN), door: door(random) };
    },
    async perform(lane, move) {
      const forwarding = lane.forwardings.get(move.forwarding);
      if (forwarding === undefined) return;
      const slip = lane.slips.get(forwarding.slip)!;
      const entryId = lane.entries.get(slip.entries[0]!)?.id;
      const params = {
        forwardingId: forwarding.id,
        laufzettelId: slip.id,
        entryId,
        planId: [...lane.plans.values()][0]?.id,
        conferenceId: [...lane.conferences.values()][0]?.id,
        consentTextId: [...lane.texts.values()][0]?.id,
        clientId: [...lane.handles.values()][0]?.id,
      };
      const operation = move.operation as OperationId;
      const own = Object.fromEntries(Object.entries(params).filter(([name]) => PARAMETER[operation] === name));
      if (operation in PARAMETER && own[PARAMETER[operation]!] === undefined) return;
      const answer = await lane.call(-1, operation, { params: own, door: move.door });
      if (answer.status !== 403) throw new Finding('leak', `the admin asked ${operation} and got ${answer.status}`);
      await lane.call(-1, 'listAgencies', { query: { limit: 200 } });
      await lane.call(-1, 'listAgreements', { query: { limit: 200 } });
    },
    tell: (move) => `the admin asks ${move.operation}`,
  },
};

const PARAMETER: Partial<Record<OperationId, string>> = {
  getForwarding: 'forwardingId',
  getLaufzettel: 'laufzettelId',
  getEntry: 'entryId',
  getPlan: 'planId',
  listPlanHistory: 'planId',
  getConference: 'conferenceId',
  getConsentText: 'consentTextId',
  getOwnPage: 'clientId',
};
