/**
 * Chance alone seldom discloses just what two may discuss, so whoever holds a conference takes the step that is missing: a client,
 * the entry, a Laufzettel for it, the consent, at last the forwarding. As in goals.ts, and of the choosing alone.
 */
import type { Random } from '../support/random.ts';
import { decideForwarding } from './decide.ts';
import { PLAIN, whoIsMissing } from './goals.ts';
import { coreEntries } from './joint.ts';
import type { KnownConference, Lane } from './lane.ts';
import { otherOf } from './look-conferences.ts';
import { door, keysOf, recent } from './moves.ts';
import { nameable } from './travel.ts';

const CONFERENCE = 'FALLBESPRECHUNG';

/** Laufzettel that the two may discuss now. */
export const discussable = (lane: Lane, { conference }: KnownConference): string[] =>
  keysOf(
    lane.slips,
    ({ ended }, slip) =>
      !ended && coreEntries(conference, { slip, addedAt: lane.now }, lane.hops(), lane.oracle).length > 0,
  );

export function towardsAgenda(
  lane: Lane,
  random: Random,
  known: KnownConference,
  by: number,
): Record<string, unknown> | null {
  const hasCore = (names: readonly string[]): boolean =>
    names.map((one) => lane.entries.get(one)!.entry).some((one) => one.category === 'STAMMDATEN' && !one.replaced);
  const slips = keysOf(
    lane.slips,
    (one) => one.by === by && one.purpose === CONFERENCE && !one.ended && hasCore(one.entries),
  );
  if (slips.length === 0) return towardsSlip(lane, random, by, CONFERENCE, 'STAMMDATEN');
  const slip = recent(random, slips);
  const { client, kind, purpose } = lane.slips.get(slip)!;
  const names = nameable(lane, lane.slips.get(slip)!, by);
  const to = otherOf(known, by);
  const hop = {
    person: lane.handleNamed(client)!.person,
    from: lane.partner(by).number,
    to: lane.partner(to).number,
    purpose,
  };
  const asked = names.map((one) => lane.entries.get(one)!.entry);
  const decision = decideForwarding(asked, hop, { kind, strict: false }, lane.now, lane.oracle);
  if (!decision.refused)
    return { do: 'forward', slip, by, to, entries: names, strict: false, door: door(random), key: false };
  const missing = decision.withheld.find(({ entry }) => entry.category === 'STAMMDATEN')?.entry;
  const speaker = missing === undefined ? null : whoIsMissing(lane, missing, random);
  if (speaker === null) return null;
  const categories = ['STAMMDATEN', 'RUECKMELDUNG'];
  return { do: 'yes', client: speaker, to, purpose, categories, door: door(random), ...PLAIN };
}

/** A Laufzettel of that kind with such an entry on it, or what has to be there before. */
export function towardsSlip(
  lane: Lane,
  random: Random,
  by: number,
  kind: string,
  category: string,
): Record<string, unknown> | null {
  const { number } = lane.partner(by);
  const clients = keysOf(lane.handles, ({ handle }) => handle.agency === number && !handle.erased);
  if (clients.length === 0) return lane.handles.size > 18 ? null : { do: 'createClient', by, reference: true };
  const client = recent(random, clients);
  const handle = lane.handleNamed(client)!;
  const own = keysOf(lane.entries, ({ entry }) => entry.concerns[0] === handle && !entry.replaced);
  if (!own.some((one) => lane.entries.get(one)!.entry.category === category)) {
    const entry = { category, concerns: [], filedUnder: null, secrecy: null, title: '' };
    return { do: 'addEntry', client, door: door(random), key: false, ...entry };
  }
  const purpose = kind === CONFERENCE ? CONFERENCE : 'BERATUNG';
  return { do: 'slip', client, kind, purpose, entries: own, door: door(random) };
}
