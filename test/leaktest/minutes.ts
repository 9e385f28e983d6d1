/** Minutes of a conference: written on the Laufzettel that was discussed, and offered to the other side by a check of their own. */
import { decideForwarding } from './decide.ts';
import { PLAIN } from './goals.ts';
import { coreEntries } from './joint.ts';
import { Finding, type KnownConference, type KnownSlip, type Lane, type Outcome } from './lane.ts';
import { chooseSide, otherOf, readConference, type ShownItem } from './look-conferences.ts';
import { door, type Kind, keysOf, type Move } from './moves.ts';
import { keyOf, settleMarks, type Written, written } from './people.ts';
import { isEndedFor, learnForwarding, open } from './travel.ts';

const CATEGORIES: [number, string][] = [
  [6, 'RUECKMELDUNG'],
  [2, 'BERATUNGSNOTIZ'],
  [1, 'TERMIN'],
  [1, 'LEBENSLAGE'],
];

interface Writing {
  known: KnownConference;
  slip: string;
  made: Written;
  /** What goes to the other side if it goes: with what both know already. */
  expected: ReturnType<typeof decideForwarding>;
  goes: boolean;
  laufzettelId: string;
}

/** What is planned is begun first, where there is something to be discussed. */
async function begun(
  lane: Lane,
  move: Move,
  known: KnownConference,
  planned: { agenda: ShownItem[]; version: number; answer: string | null },
) {
  if (planned.agenda.every((one) => one.dropped) || lane.isSuspended(known.partner)) return planned;
  const step = (by: number, operation: 'acceptConference' | 'beginConference', expectedVersion: number) =>
    lane.call(by, operation, { params: { conferenceId: known.id }, body: { expectedVersion }, door: move.door });
  let { version } = planned;
  if (planned.answer !== 'ACCEPTED') {
    const accepted = await step(known.partner, 'acceptConference', version);
    if (accepted.status !== 200) return planned;
    version = accepted.value.version;
  }
  const { status, code } = await step(move.by, 'beginConference', version);
  if (status !== 200) throw new Finding('mismatch', `beginning ${move.conference} answered ${status} ${code}`);
  lane.did('beginConference');
  return readConference(lane, move.by, move.conference, 'REST');
}

/** Looks at the agenda, as its author has to. null: there is nothing to write minutes of. */
async function writing(lane: Lane, move: Move): Promise<Writing | null> {
  const known = lane.conferences.get(move.conference);
  if (known === undefined || lane.isSuspended(move.by)) return null;
  const before = await readConference(lane, move.by, move.conference, 'REST');
  const view = before?.status === 'PLANNED' ? await begun(lane, move, known, before) : before;
  const agenda: ShownItem[] = view?.agenda.filter((one: ShownItem) => !one.dropped) ?? [];
  const shown = agenda[move.which % Math.max(1, agenda.length)];
  if (shown === undefined || (view.status !== 'BEGUN' && view.status !== 'ENDED')) return null;
  const slip = keysOf(lane.slips, (one) => one.id === shown.laufzettelId)[0];
  const client = [...lane.handles.values()].find((one) => one.id === shown.clientId);
  if (slip === undefined || client === undefined || isEndedFor(lane, slip, move.by)) return null;
  const made = written(lane, move.by, client.handle, move, `e${move.n}`);
  if (made === null) return null;
  const { purpose, kind, client: about } = lane.slips.get(slip) as KnownSlip;
  const from = lane.partner(move.by).number;
  const to = lane.partner(otherOf(known, move.by)).number;
  const hop = { person: lane.handleNamed(about)!.person, from, to, purpose };
  const items = known.conference.items.filter((one) => one.slip === slip);
  const core = items
    .map((one) => coreEntries(known.conference, one, lane.hops(), lane.oracle))
    .find((one) => one.length > 0);
  const asked = [made.entry, ...(core ?? [])];
  const expected = decideForwarding(asked, hop, { kind, strict: move.strict }, lane.now, lane.oracle);
  const goes = !expected.refused && expected.permitted.includes(made.entry);
  return { known, slip, made, expected, goes, laufzettelId: shown.laufzettelId };
}

function compare(lane: Lane, { expected, made }: Writing, { value }: Outcome): void {
  const theirs = value.withheld.map((one: { reasons: string[] }) => one.reasons.join()).sort();
  const ours = expected.withheld.map((one) => one.reasons.join()).sort();
  if (lane.exact && theirs.join('; ') !== ours.join('; '))
    throw new Finding('mismatch', `minutes ${made.entry.name} were withheld for ${theirs}, the contract says ${ours}`);
}

async function record(lane: Lane, move: Move): Promise<void> {
  const one = await writing(lane, move);
  if (one === null) return;
  const { known, slip: name, made, goes } = one;
  const body = { laufzettelId: one.laufzettelId, entry: made.body, ...(move.strict ? { strict: true } : {}) };
  const input = { params: { conferenceId: known.id }, body, door: move.door, ...keyOf(lane, move) };
  const outcome = await lane.call(move.by, 'recordMinutes', input);
  const { status, code, value } = outcome;
  if (move.key && (status === 201 || code === 'consent-missing'))
    lane.keyed.set(`k${move.n}`, { by: move.by, operation: 'recordMinutes', input, at: lane.now });
  if (code === 'consent-missing') {
    lane.did('minutes refused');
    lane.setting.counts.refusals += 1;
    if (lane.exact && (goes || !move.strict)) throw new Finding('mismatch', 'minutes were refused that may go');
    return compare(lane, one, outcome);
  }
  // The conference has ended too long ago.
  if (code === 'transition-illegal') return;
  if (status !== 201)
    throw new Finding('mismatch', `recording minutes of ${move.conference} answered ${status} ${code}`);
  const { entry } = made;
  // The answer shows no marks; they are as the catalogue has them, and a reading would tell otherwise.
  const read = await lane.call(move.by, 'getEntry', { params: { entryId: value.entryId } });
  if (read.status === 200) settleMarks(entry, read.value, '');
  lane.entries.set(entry.name, { id: value.entryId, entry, marker: made.marker, by: move.by });
  const slip = lane.slips.get(name)!;
  slip.entries.push(entry.name);
  known.conference.minutes.push({ slip: name, entries: lane.oracle.newSuccession(entry) });
  lane.did(value.forwardingId === null ? 'minutes withheld' : 'minutes went');
  if (lane.exact && (value.forwardingId !== null) !== goes)
    throw new Finding(
      goes ? 'mismatch' : 'leak',
      `minutes ${entry.name} ${goes ? 'stayed' : 'went'}, against the contract`,
    );
  compare(lane, one, outcome);
  if (value.forwardingId === null) return;
  const to = otherOf(known, move.by);
  await learnForwarding(lane, `f${move.n}`, value.forwardingId, name, move.by, to);
  open(lane, `f${move.n}`, slip, move.by, to, one.expected.permitted);
}

export const minutes: Record<string, Kind> = {
  minutes: {
    weight: 24,
    choose(lane, random) {
      const side = chooseSide(lane, random);
      if (side === null || lane.conferences.get(side.conference)!.conference.items.length === 0) return null;
      const category = random.weighted(CATEGORIES);
      const known = lane.conferences.get(side.conference)!;
      const item = known.conference.items.at(-1);
      const said = item && lane.slips.get(item.slip)!;
      const person = said && lane.handleNamed(said.client)!.person;
      const { number } = lane.partner(side.by);
      const client = keysOf(lane.handles, ({ handle }) => handle.agency === number && handle.person === person)[0];
      // Now and then the person says yes to it before.
      if (client !== undefined && random.chance(0.35)) {
        const scope = { client, to: otherOf(known, side.by), purpose: 'FALLBESPRECHUNG', categories: [category] };
        return { do: 'yes', ...scope, door: door(random), ...PLAIN };
      }
      const entry = { category, title: '', concerns: [], filedUnder: null, secrecy: null };
      const how = { strict: random.chance(0.2), door: door(random), key: random.chance(0.15) };
      return { ...side, which: random.below(20), ...entry, ...how };
    },
    perform: record,
    tell: (move, name) =>
      `${name(move.by)} records minutes e${move.n} in ${move.conference}: ${move.category}${move.strict ? ', or nothing' : ''}`,
  },
};
