/** Looking at the page for a person: what its agency wrote first of all about that one and may read, as JSON and on paper. */
import { erasedOnOwnPage, onOwnPage } from './joint.ts';
import { Finding, type Lane } from './lane.ts';
import { contentsAre, expectCode, named, perhapsFetched, same } from './look.ts';
import { door, type Kind, keysOf } from './moves.ts';

const LANGUAGES = ['de', 'en', 'tr', 'ru', 'ar', 'uk', 'fa'];

async function readOwnPage(lane: Lane, client: string, language: string, at: 'REST' | 'GraphQL'): Promise<void> {
  const { id, handle } = lane.handles.get(client)!;
  const by = lane.indexOf(handle.agency);
  const what = `the page of ${client}, read by ${lane.nameOf(by)},`;
  const all = [...lane.entries.values()].map((one) => one.entry);
  const ours = onOwnPage(handle.agency, handle.person, all, lane.oracle).map((one) => one.name);
  const erased = erasedOnOwnPage(handle.agency, handle.person, all).map((one) => one.name);
  const input = { params: { clientId: id }, query: { language }, door: at };
  const answer = await lane.call(by, 'getOwnPage', input);
  lane.did('getOwnPage');
  lane.setting.counts.reads += 1;
  if (lane.isSuspended(by)) return expectCode(what, answer, 'agency-suspended');
  if (answer.status !== 200) throw new Finding('miss', `${what} answered ${answer.status} ${answer.code}`);
  const { entries, erasedEntries } = answer.value;
  const ids = (some: readonly { id: string }[]): string[] => some.map((one) => one.id);
  const theirs = named(lane, ids(entries));
  same(lane, what, theirs, ours);
  same(lane, `${what} of what was erased,`, named(lane, ids(erasedEntries)), erased);
  contentsAre(lane, what, entries);
  for (const row of lane.oracle.rows)
    if (row.to === handle.agency && !row.closed && theirs.includes(row.entry.name)) perhapsFetched(row);
}

/** On paper every content stands that is the agency's to give, and nothing else: that the search sees to. */
async function printOwnPage(lane: Lane, client: string, language: string): Promise<void> {
  const { id, handle } = lane.handles.get(client)!;
  const by = lane.indexOf(handle.agency);
  const all = [...lane.entries.values()].map((one) => one.entry);
  const ours = onOwnPage(handle.agency, handle.person, all, lane.oracle);
  const { status, text } = await lane.page(by, 'getOwnPage', 'text/html', {
    params: { clientId: id },
    query: { language },
  });
  lane.setting.counts.reads += 1;
  if (lane.isSuspended(by)) return;
  if (status !== 200) throw new Finding('miss', `the printed page of ${client} answered ${status}`);
  if (!text.includes(`lang="${language}"`))
    throw new Finding('mismatch', `the page of ${client} is not in ${language}`);
  const missing = ours.filter(({ name }) => !text.includes(lane.entries.get(name)!.marker ?? ''));
  if (missing.length > 0 && lane.exact)
    throw new Finding('miss', `the printed page of ${client} lacks ${missing.map((one) => one.name)}`);
  for (const row of lane.oracle.rows)
    if (row.to === handle.agency && !row.closed && ours.includes(row.entry)) perhapsFetched(row);
}

/** Somebody else's client is nobody's. */
async function tryOwnPage(lane: Lane, by: number, client: string, at: 'REST' | 'GraphQL'): Promise<void> {
  const { id, handle } = lane.handles.get(client)!;
  if (lane.indexOf(handle.agency) === by) return;
  const answer = await lane.call(by, 'getOwnPage', { params: { clientId: id }, query: { language: 'de' }, door: at });
  const what = `the page of ${client}, asked for by ${lane.nameOf(by)},`;
  expectCode(what, answer, lane.isSuspended(by) ? 'agency-suspended' : 'not-found');
}

export async function sweepOwnPages(lane: Lane): Promise<void> {
  for (const [index, client] of [...lane.handles.keys()].entries()) {
    const language = LANGUAGES[index % LANGUAGES.length]!;
    // Not the same ones each time.
    const turn = (index + lane.oracle.rows.length) % 4;
    if (turn === 0) await readOwnPage(lane, client, language, 'REST');
    if (turn === 1) await printOwnPage(lane, client, language);
  }
}

export const lookOwnPage: Record<string, Kind> = {
  ownPage: {
    weight: 7,
    choose(lane, random) {
      const all = keysOf(lane.handles);
      if (all.length === 0) return null;
      const by = random.chance(0.15) ? random.below(lane.setting.network.partners.length) : null;
      return {
        client: random.pick(all),
        by,
        language: random.pick(LANGUAGES),
        printed: random.chance(0.5),
        door: door(random),
      };
    },
    async perform(lane, move) {
      if (!lane.handles.has(move.client)) return;
      if (move.by !== null) await tryOwnPage(lane, move.by, move.client, move.door);
      else if (move.printed) await printOwnPage(lane, move.client, move.language);
      else await readOwnPage(lane, move.client, move.language, move.door);
    },
    tell: (move, name) =>
      `${move.by === null ? 'its agency' : name(move.by)} reads the page of ${move.client} in ${move.language}` +
      `${move.printed ? ', to print' : ''}`,
  },
};
