/** Moves about conferences: plan one, answer, put Laufzettel on the agenda, begin, record minutes, make tasks, end. */

import type { OperationId } from '../../src/contract/operations.ts';
import type { Random } from '../support/random.ts';
import { discussable, towardsAgenda } from './agenda-goal.ts';
import { coreEntries, mayConfer } from './joint.ts';
import { Finding, type KnownConference, type Lane } from './lane.ts';
import { chooseSide, hasHandle, readConference, type ShownItem, sidesOf } from './look-conferences.ts';
import { minutes } from './minutes.ts';
import { door, type Kind, keysOf, type Move, recent } from './moves.ts';
import { holders, isEndedFor } from './travel.ts';

const HOUR = 3_600_000;
const MOST_CONFERENCES = 12;
const MOST_GOING = 3;

/** Mostly so far that time does not pass it by. */
const ahead = (random: Random): number => (1 + random.below(random.chance(0.3) ? 70 : 8_000)) * HOUR;

/** Two who have disclosed something to each other for it. */
function chooseTwo(lane: Lane, random: Random): [number, number] {
  const hops = lane.hops().filter((one) => one.purpose === 'FALLBESPRECHUNG');
  if (hops.length > 0 && random.chance(0.9)) {
    const { from, to } = random.pick(hops);
    const two: [number, number] = [lane.indexOf(from), lane.indexOf(to)];
    return random.chance(0.5) ? two : [two[1], two[0]];
  }
  return [random.below(lane.setting.network.partners.length), random.below(lane.setting.network.partners.length)];
}

function chooseAgenda(lane: Lane, random: Random): Record<string, unknown> | null {
  const side = chooseSide(lane, random);
  if (side === null) return null;
  const known = lane.conferences.get(side.conference)!;
  const ready = discussable(lane, known).filter((one) => !known.conference.items.some(({ slip }) => slip === one));
  if (ready.length > 0 && random.chance(0.8)) return { ...side, slip: random.pick(ready), door: door(random) };
  if (ready.length === 0 && random.chance(0.9)) return towardsAgenda(lane, random, known, side.by);
  const sides = sidesOf(known);
  const between = [...lane.forwardings.values()]
    .filter((one) => sides.includes(one.from) && sides.includes(one.to))
    .map((one) => one.slip)
    .filter((one) => lane.slips.get(one)!.purpose === 'FALLBESPRECHUNG');
  const slips = between.length > 0 && random.chance(0.85) ? between : keysOf(lane.slips);
  return slips.length === 0 ? null : { ...side, slip: recent(random, slips), door: door(random) };
}

/** Which step comes next; now and then another one. */
function nextStep(
  view: { status: string; answer: string | null; agenda: unknown[] },
  { wish, hurry }: Move,
): OperationId | null {
  // Somebody has to have written something, or have had the time.
  if (view.status === 'BEGUN') return hurry ? 'endConference' : null;
  if (view.status !== 'PLANNED') return null;
  if (wish !== 'next') return wish as OperationId;
  if (view.answer !== 'ACCEPTED') return 'acceptConference';
  return view.agenda.length > 0 || hurry ? 'beginConference' : null;
}

async function step(lane: Lane, move: Move): Promise<void> {
  const known = lane.conferences.get(move.conference);
  if (known === undefined || lane.isSuspended(move.by)) return;
  const view = await readConference(lane, move.by, move.conference, 'REST');
  const operation = view && nextStep(view, move);
  if (!operation) return;
  // The partner alone answers, the convener alone moves.
  const by = ['acceptConference', 'declineConference'].includes(operation)
    ? known.partner
    : operation === 'moveConference'
      ? known.convener
      : move.by;
  if (lane.isSuspended(by)) return;
  const beginsAt = new Date(lane.now + move.ahead).toISOString();
  const moved = operation === 'moveConference' ? { beginsAt, endsAt: null, place: 'PHONE' } : {};
  const body = { expectedVersion: view.version, ...moved };
  const { status, code } = await lane.call(by, operation, {
    params: { conferenceId: known.id },
    body,
    door: move.door,
  });
  if (status === 200) lane.did(operation);
  const { convener, partner } = known.conference;
  if (operation === 'beginConference' && (status === 200) !== mayConfer(convener, partner, lane.now, lane.oracle))
    throw new Finding(status === 200 ? 'leak' : 'mismatch', `beginning ${move.conference} answered ${status} ${code}`);
}

/** Whether it may be put there, as the contract has it; null: there is something else against it. */
function mayAdd(lane: Lane, known: KnownConference, move: Move, view: { agenda: ShownItem[] }): boolean | null {
  const slip = lane.slips.get(move.slip)!;
  if (!holders(lane, move.slip).includes(move.by) || isEndedFor(lane, move.slip, move.by)) return null;
  if (view.agenda.some((one) => one.laufzettelId === slip.id && !one.dropped)) return null;
  const item = { slip: move.slip, addedAt: lane.now };
  return coreEntries(known.conference, item, lane.hops(), lane.oracle).length > 0;
}

async function add(lane: Lane, move: Move): Promise<void> {
  const known = lane.conferences.get(move.conference);
  const slip = lane.slips.get(move.slip);
  if (known === undefined || slip === undefined || lane.isSuspended(move.by)) return;
  const view = await readConference(lane, move.by, move.conference, 'REST');
  if (view === null) return;
  const isOpen = ['PLANNED', 'BEGUN'].includes(view.status);
  const may = isOpen ? mayAdd(lane, known, move, view) : null;
  const { status, code } = await lane.call(move.by, 'addToAgenda', {
    params: { conferenceId: known.id },
    body: { laufzettelId: slip.id },
    door: move.door,
  });
  if (status === 200 && may !== true)
    throw new Finding('leak', `${move.slip} was put on ${move.conference}, and may not be discussed`);
  if (status !== 200 && may === true && lane.exact && hasHandle(lane, move.by, move.slip))
    throw new Finding('mismatch', `putting ${move.slip} on ${move.conference} answered ${status} ${code}`);
  if (status !== 200) return lane.did('agenda refused');
  lane.did('agenda added');
  known.conference.items.push({ slip: move.slip, addedAt: lane.now });
}

async function remove(lane: Lane, move: Move): Promise<void> {
  const known = lane.conferences.get(move.conference);
  const slip = lane.slips.get(move.slip);
  if (known === undefined || slip === undefined) return;
  const input = { params: { conferenceId: known.id }, body: { laufzettelId: slip.id } };
  const { status } = await lane.call(move.by, 'removeFromAgenda', input);
  if (status !== 200) return;
  lane.did('agenda removed');
  const { items } = known.conference;
  const own = items.filter((one) => one.slip === move.slip);
  // Of several the one that may be discussed, else the first.
  const gone = own.find((one) => coreEntries(known.conference, one, lane.hops(), lane.oracle).length > 0) ?? own[0]!;
  items.splice(items.indexOf(gone), 1);
}

export const conferences: Record<string, Kind> = {
  planConference: {
    weight: 5,
    choose(lane, random) {
      const going = keysOf(lane.conferences, ({ stood }) => stood === 'PLANNED' || stood === 'BEGUN');
      if (going.length >= MOST_GOING || lane.conferences.size >= MOST_CONFERENCES) return null;
      const [by, partner] = chooseTwo(lane, random);
      return by === partner ? null : { by, partner, ahead: ahead(random), door: door(random) };
    },
    async perform(lane, move) {
      if (lane.isSuspended(move.by)) return;
      const beginsAt = lane.now + move.ahead;
      const body = {
        partner: lane.partner(move.partner).id,
        beginsAt: new Date(beginsAt).toISOString(),
        place: 'ONLINE',
      };
      const { status, code, value } = await lane.call(move.by, 'planConference', { body, door: move.door });
      const two = [lane.partner(move.by).number, lane.partner(move.partner).number] as const;
      const may = [lane.now, beginsAt].every((at) => mayConfer(...two, at, lane.oracle));
      if ((status === 201) !== may)
        throw new Finding(may ? 'mismatch' : 'leak', `planning a conference answered ${status} ${code}`);
      if (status !== 201) return;
      lane.did('conference planned');
      const conference = { convener: two[0], partner: two[1], items: [], minutes: [] };
      const known = { id: value.id, convener: move.by, partner: move.partner, conference, tasks: [], stood: 'PLANNED' };
      lane.conferences.set(`m${move.n}`, known);
    },
    tell: (move, name) => `${name(move.by)} plans a conference m${move.n} with ${name(move.partner)}`,
  },

  conferenceStep: {
    weight: 16,
    choose(lane, random) {
      const side = chooseSide(lane, random);
      const wish = random.weighted([
        [30, 'next'],
        [1, 'declineConference'],
        [1, 'moveConference'],
        [0.5, 'cancelConference'],
      ]);
      return side && { ...side, wish, hurry: random.chance(0.15), ahead: ahead(random), door: door(random) };
    },
    perform: step,
    tell: (move, name) => `${name(move.by)} takes a step of ${move.conference} (${move.wish})`,
  },

  addToAgenda: {
    weight: 36,
    choose: chooseAgenda,
    perform: add,
    tell: (move, name) => `${name(move.by)} puts ${move.slip} on ${move.conference}`,
  },

  removeFromAgenda: {
    weight: 0.7,
    choose: chooseAgenda,
    perform: remove,
    tell: (move, name) => `${name(move.by)} takes ${move.slip} off ${move.conference}`,
  },

  ...minutes,

  task: {
    weight: 2,
    choose(lane, random) {
      const side = chooseSide(lane, random);
      return side && { ...side, which: random.below(20), door: door(random) };
    },
    async perform(lane, move) {
      const known = lane.conferences.get(move.conference);
      if (known === undefined || lane.isSuspended(move.by)) return;
      const view = await readConference(lane, move.by, move.conference, 'REST');
      const agenda: ShownItem[] = view?.agenda.filter((one: ShownItem) => !one.dropped) ?? [];
      const item = agenda[move.which % Math.max(1, agenda.length)];
      if (item === undefined) return;
      const client = keysOf(lane.handles, (one) => one.id === item.clientId)[0];
      const about = keysOf(lane.slips, (one) => one.id === item.laufzettelId)[0];
      if (client === undefined || about === undefined || lane.slips.size > 16) return;
      const own = keysOf(
        lane.entries,
        ({ entry }) => entry.concerns[0] === lane.handleNamed(client) && !entry.replaced && !entry.concerns[0]!.erased,
      );
      const entryIds = own.map((one) => lane.entries.get(one)!.id);
      const task = { kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entryIds };
      const body = { aboutLaufzettelId: item.laufzettelId, ...task };
      const params = { conferenceId: known.id };
      const { status, value } = await lane.call(move.by, 'createConferenceTask', { params, body, door: move.door });
      if (status !== 201) return;
      lane.did('task made');
      const slip = {
        id: value.id,
        by: move.by,
        client,
        kind: task.kind,
        purpose: task.purpose,
        entries: own,
        ended: false,
      };
      lane.slips.set(`s${move.n}`, slip);
      known.tasks.push({ task: `s${move.n}`, about });
    },
    tell: (move, name) => `${name(move.by)} makes a task s${move.n} of ${move.conference}`,
  },
};
