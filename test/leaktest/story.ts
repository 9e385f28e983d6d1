/** What happened, in its order, as a value; lived through again with parts left out, until what is left is short. */
import { conferences } from './conferences.ts';
import { goals } from './goals.ts';
import { handling } from './handling.ts';
import { Finding, Lane, type Setting } from './lane.ts';
import { look, sweep } from './look.ts';
import { lookAgreements } from './look-agreements.ts';
import { lookConferences, sweepConferences } from './look-conferences.ts';
import { lookOwnPage, sweepOwnPages } from './look-own-page.ts';
import { lookPlans, sweepPlans } from './look-plans.ts';
import { mischief } from './mischief.ts';
import type { Kind, Move } from './moves.ts';
import { newNetwork, type Turn, takeTurn, tellTurn } from './network.ts';
import { people } from './people.ts';
import { plans } from './plans.ts';
import type { Tested } from './service.ts';
import { lookTexts, sweepTexts, texts } from './texts.ts';
import { travel } from './travel.ts';
import { words } from './words.ts';

const looks: Record<string, Kind> = {
  ...look,
  ...lookPlans,
  ...lookConferences,
  ...lookOwnPage,
  ...lookTexts,
  ...lookAgreements,
};

export const KINDS: Record<string, Kind> = {
  ...goals,
  ...people,
  ...words,
  ...travel,
  ...handling,
  ...texts,
  ...plans,
  ...conferences,
  ...looks,
  ...mischief,
};

/**
 * What may be done once a link was ended: nothing that the oracle would have to know the sides of the link for. What was open
 * then is all that may be read from then on, and time, agreements and suspensions only make it less.
 */
const HARMLESS: Record<string, Kind> = { ...looks, ...mischief };

/** A move of the lane, a turn for everybody, or that everybody reads everything. */
export type Part = { move: Move } | { turn: Turn } | { sweep: true };

export async function live(lane: Lane, part: Part, tested: Tested): Promise<void> {
  if ('move' in part && (lane.exact || part.move.do in HARMLESS)) await KINDS[part.move.do]!.perform(lane, part.move);
  if ('turn' in part) await takeTurn(tested, lane.setting.network, part.turn, [lane.oracle]);
  if ('sweep' in part) await sweepAll(lane);
}

async function sweepAll(lane: Lane): Promise<void> {
  await sweep(lane);
  await sweepPlans(lane);
  await sweepConferences(lane);
  await sweepOwnPages(lane);
  await sweepTexts(lane);
}

/** What is found when these parts are lived through in a new network; null: nothing. */
export async function liveAgain(
  parts: readonly Part[],
  setting: Omit<Setting, 'network'>,
  firstAgency: number,
  now: number,
): Promise<Finding | null> {
  const { tested } = setting;
  await tested.setClock(now);
  const network = await newNetwork(tested, firstAgency, now);
  const lane = new Lane({ ...setting, network });
  try {
    for (const part of parts) await live(lane, part, tested);
    return null;
  } catch (error) {
    if (error instanceof Finding) return error;
    throw error;
  }
}

/**
 * Delta debugging (Zeller, Hildebrandt 2002): leaves out ever smaller pieces while something of the same kind is still found.
 *
 * @param most how often it may be lived through again.
 */
export async function shorten(
  parts: readonly Part[],
  fails: (parts: readonly Part[]) => Promise<boolean>,
  most = 120,
): Promise<Part[]> {
  let left = [...parts];
  let tried = 0;
  for (let size = Math.ceil(left.length / 2); size >= 1 && tried < most; ) {
    let grewShorter = false;
    for (let start = 0; start < left.length && tried < most; ) {
      const without = [...left.slice(0, start), ...left.slice(start + size)];
      tried += 1;
      if (without.length < left.length && (await fails(without))) {
        left = without;
        grewShorter = true;
      } else {
        start += size;
      }
    }
    if (size === 1 && !grewShorter) break;
    if (!grewShorter || size > left.length) size = Math.max(1, Math.floor(size / 2));
  }
  return left;
}

export function tell(parts: readonly Part[], isPublic: (index: number) => boolean): string {
  const name = (index: number): string => `agency ${index}${isPublic(index) ? ' (public)' : ''}`;
  const lines = parts.map((part) => {
    if ('sweep' in part) return 'everybody reads everything';
    return 'turn' in part ? tellTurn(part.turn, name) : KINDS[part.move.do]!.tell(part.move, name);
  });
  return lines.map((line, index) => `  ${String(index + 1).padStart(3)}. ${line}`).join('\n');
}
