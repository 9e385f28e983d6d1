/**
 * Chance alone seldom says yes to just what is sent. So a lane has a goal, some Laufzettel on its way to somebody, and now and then
 * takes the step that is missing: the consent, the release, at last the forwarding.
 */

import type { Random } from '../support/random.ts';
import { decideForwarding, type Entry } from './decide.ts';
import type { Lane } from './lane.ts';
import { door, type Kind, keysOf, recent } from './moves.ts';
import { holders, nameable } from './travel.ts';

export interface Goal {
  slip: string;
  by: number;
  to: number;
  /** Steps after which it is given up. */
  patience: number;
}

const DAY = 86_400_000;
/** A yes of a grown-up that begins now and lasts. */
export const PLAIN = {
  statedAgo: 0,
  beginsIn: 0,
  lasts: 200 * DAY,
  form: 'WRITTEN',
  explicit: true,
  capacity: true,
  statedBy: 'PERSON',
  ageBand: 'ADULT',
  key: false,
};

function newGoal(lane: Lane, random: Random): Goal | null {
  const slips = keysOf(lane.slips, ({ ended }) => !ended);
  if (slips.length === 0) return null;
  const slip = recent(random, slips);
  // Whoever got it last may pass it on: chains come from here.
  const have = holders(lane, slip);
  const by = random.chance(0.5) ? have.at(-1)! : random.pick(have);
  const to = random.below(lane.setting.network.partners.length);
  return to === by ? null : { slip, by, to, patience: 12 };
}

/** A handle of the entry's author on somebody whom it concerns and who has not said yes. */
export function whoIsMissing(lane: Lane, entry: Entry, random: Random): string | null {
  const persons = new Set(entry.concerns.map((one) => one.person));
  const clients = keysOf(
    lane.handles,
    ({ handle }) => handle.agency === entry.origin && persons.has(handle.person) && !handle.erased,
  );
  return clients.length === 0 ? null : random.pick(clients);
}

export const goals: Record<string, Kind> = {
  goal: {
    weight: 45,
    choose(lane, random) {
      if (lane.goal === null || lane.goal.patience <= 0) lane.goal = newGoal(lane, random);
      const { goal } = lane;
      if (goal === null) return null;
      goal.patience -= 1;
      const slip = lane.slips.get(goal.slip)!;
      const names = nameable(lane, slip, goal.by);
      const hop = {
        person: lane.handleNamed(slip.client)!.person,
        from: lane.partner(goal.by).number,
        to: lane.partner(goal.to).number,
        purpose: slip.purpose,
      };
      const asked = names.map((one) => lane.entries.get(one)!.entry);
      const decision = decideForwarding(asked, hop, { kind: slip.kind, strict: false }, lane.now, lane.oracle);
      const { slip: name, by, to } = goal;
      if (!decision.refused && (decision.withheld.length === 0 || random.chance(0.3))) {
        lane.goal = null;
        return {
          do: 'forward',
          slip: name,
          by,
          to,
          entries: names,
          strict: false,
          door: door(random),
          key: random.chance(0.1),
        };
      }
      if (decision.withheld.length === 0) {
        lane.goal = null;
        return null;
      }
      const { entry, reasons } = random.pick(decision.withheld);
      const client = whoIsMissing(lane, entry, random);
      if (client === null) return null;
      const categories = [...new Set(asked.flatMap((one) => [one.category, ...(one.filedUnder ?? [])]))];
      const said = { client, to, purpose: slip.purpose, categories, door: door(random), ...PLAIN };
      const secret =
        reasons.includes('SECRECY_RELEASE_MISSING') ||
        (reasons.includes('ONWARD_NOT_COVERED') && entry.secrecy && random.chance(0.5));
      return { do: secret && random.chance(0.6) ? 'release' : 'yes', ...said };
    },
    perform: async () => {},
    tell: () => '',
  },
};
