/** Looking at conferences: each side gets those Laufzettel that may be discussed at this moment, and whoever is none of the two nothing. */
import type { Random } from '../support/random.ts';
import { agendaFor } from './joint.ts';
import { Finding, type KnownConference, type Lane } from './lane.ts';
import { expectCode, named } from './look.ts';
import { door, type Kind, keysOf, recent } from './moves.ts';
import { holders } from './travel.ts';

export const sidesOf = ({ convener, partner }: KnownConference): number[] => [convener, partner];
export const otherOf = (known: KnownConference, by: number): number =>
  by === known.convener ? known.partner : known.convener;

/** Somebody of the two, and one of the conferences. */
export function chooseSide(lane: Lane, random: Random): { conference: string; by: number } | null {
  const going = keysOf(lane.conferences, ({ stood }) => stood === 'PLANNED' || stood === 'BEGUN');
  const all = going.length > 0 && random.chance(0.9) ? going : keysOf(lane.conferences);
  if (all.length === 0) return null;
  const conference = recent(random, all);
  return { conference, by: random.pick(sidesOf(lane.conferences.get(conference)!)) };
}

export interface ShownItem {
  laufzettelId: string;
  clientId: string;
  dropped: boolean;
  minutes: string[];
  tasks: string[];
}

interface Line {
  slip: string;
  text: string;
}

/** What the contract says is on it. */
function expected(lane: Lane, name: string, by: number): Line[] {
  const { conference, tasks } = lane.conferences.get(name)!;
  return agendaFor(conference, lane.partner(by).number, lane.hops(), lane.oracle).map(({ item, dropped, minutes }) => {
    const entries = minutes.map((one) => one.name).sort();
    const made = tasks
      .filter(({ task, about }) => about === item.slip && holders(lane, task).includes(by))
      .map((one) => one.task);
    return {
      slip: item.slip,
      text: `${item.slip}${dropped ? ' (dropped)' : ''} minutes ${entries} tasks ${made.sort()}`,
    };
  });
}

const nameOfSlip = (lane: Lane, id: string): string => keysOf(lane.slips, (one) => one.id === id)[0] ?? id;

const shownAs = (lane: Lane, { laufzettelId, dropped, minutes, tasks }: ShownItem): string =>
  `${nameOfSlip(lane, laufzettelId)}${dropped ? ' (dropped)' : ''} minutes ${named(lane, minutes)} ` +
  `tasks ${tasks.map((one) => nameOfSlip(lane, one)).sort()}`;

/** Whether that agency surely has a handle of its own: of one that it got while it was suspended the run does not know. */
export function hasHandle(lane: Lane, by: number, slip: string): boolean {
  const { person } = lane.handleNamed(lane.slips.get(slip)!.client)!;
  const { number } = lane.partner(by);
  return lane.allHandles().some((one) => one.agency === number && one.person === person && !one.erased);
}

/** @returns what was read; null: it is not that agency's conference. */
export async function readConference(
  lane: Lane,
  by: number,
  name: string,
  at: 'REST' | 'GraphQL',
  // biome-ignore lint/suspicious/noExplicitAny: whoever asked looks at what it holds
): Promise<any> {
  const known = lane.conferences.get(name)!;
  const what = `${name}, read by ${lane.nameOf(by)},`;
  const answer = await lane.call(by, 'getConference', { params: { conferenceId: known.id }, door: at });
  lane.did('getConference');
  lane.setting.counts.reads += 1;
  if (lane.isSuspended(by)) {
    expectCode(what, answer, 'agency-suspended');
    return null;
  }
  if (by !== known.convener && by !== known.partner) {
    expectCode(what, answer, 'not-found');
    return null;
  }
  if (answer.status !== 200) throw new Finding('miss', `${what} answered ${answer.status} ${answer.code}`);
  compare(lane, what, answer.value.agenda, expected(lane, name, by), by);
  known.stood = answer.value.status;
  return answer.value;
}

function compare(lane: Lane, what: string, agenda: readonly ShownItem[], ours: readonly Line[], by: number): void {
  for (const one of agenda) if (one.dropped) lane.did('agenda item dropped');
  // After a link was ended the run knows no more than what is not open.
  if (!lane.exact) {
    const open = ours.map((one) => one.slip);
    const more = agenda.filter((one) => !one.dropped && !open.includes(nameOfSlip(lane, one.laufzettelId)));
    if (more.length > 0) throw new Finding('leak', `${what} has ${more.map((one) => shownAs(lane, one))} on it`);
    return;
  }
  const theirs = agenda.map((one) => shownAs(lane, one));
  const allowed = ours.map((one) => one.text);
  for (const text of theirs) {
    const at = allowed.indexOf(text);
    if (at < 0)
      throw new Finding('leak', `${what} has ${text} on it, and by the contract ${ours.map((one) => one.text)}`);
    allowed.splice(at, 1);
  }
  const missing = ours.filter(({ slip, text }) => allowed.includes(text) && hasHandle(lane, by, slip));
  if (missing.length > 0) throw new Finding('miss', `${what} has ${theirs}, and not ${missing.map((one) => one.text)}`);
}

/** For a calendar, which knows nothing of the agenda, and to be printed. */
async function printConference(lane: Lane, by: number, name: string, accept: string): Promise<void> {
  const known = lane.conferences.get(name)!;
  const answer = await lane.page(by, 'getConference', accept, { params: { conferenceId: known.id } });
  lane.setting.counts.reads += 1;
  const isSide = by === known.convener || by === known.partner;
  if (!isSide && answer.status === 200) throw new Finding('leak', `${lane.nameOf(by)} was shown ${name} as ${accept}`);
  if (isSide && answer.status !== 200 && !lane.isSuspended(by))
    throw new Finding('miss', `${name} as ${accept} answered ${answer.status}`);
  if (accept !== 'text/calendar') return;
  const told = [...lane.slips, ...lane.handles, ...lane.entries].filter(([, { id }]) => answer.text.includes(id));
  if (told.length > 0) throw new Finding('leak', `the calendar of ${name} names ${told.map(([one]) => one)}`);
}

export async function sweepConferences(lane: Lane): Promise<void> {
  const many = lane.setting.network.partners.length;
  for (const [name, { convener, partner }] of lane.conferences) {
    for (const by of new Set([convener, partner, (convener + partner) % many]))
      await readConference(lane, by, name, 'REST');
    await printConference(lane, partner, name, 'text/html');
  }
}

export const lookConferences: Record<string, Kind> = {
  readConference: {
    weight: 9,
    choose(lane, random) {
      const all = keysOf(lane.conferences);
      if (all.length === 0) return null;
      const conference = recent(random, all);
      const { convener, partner } = lane.conferences.get(conference)!;
      const by = random.weighted([
        [4, convener],
        [4, partner],
        [2, random.below(lane.setting.network.partners.length)],
      ]);
      const as = random.pick(['application/json', 'application/json', 'text/html', 'text/calendar']);
      return { conference, by, as, door: door(random) };
    },
    async perform(lane, move) {
      if (!lane.conferences.has(move.conference)) return;
      if (move.as === 'application/json') await readConference(lane, move.by, move.conference, move.door);
      else await printConference(lane, move.by, move.conference, move.as);
    },
    tell: (move, name) => `${name(move.by)} reads ${move.conference} as ${move.as}`,
  },
};
