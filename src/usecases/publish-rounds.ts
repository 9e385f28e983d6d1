/**
 * The clock job of the rhythms: what agreements ask for is published, once, whichever instance comes first. Moments that
 * were missed, because no instance was there, are made up by one round: that of the last of them, whose window begins
 * where the round before ended.
 */
import type { Deps, DueRhythm } from './ports.ts';

const RHYTHMS_AT_ONCE = 100;
const FORGOTTEN_AT_ONCE = 500;

/** @returns how many rounds it published. Throws once all have been tried when one could not be. */
export async function publishRounds({ rounds, rhythms }: Pick<Deps, 'rounds' | 'rhythms'>): Promise<number> {
  const { at, due } = await rounds.due(RHYTHMS_AT_ONCE);
  let published = 0;
  const failures: unknown[] = [];
  for (const one of due) {
    try {
      published += await followRhythm(one, at);
    } catch (error) {
      failures.push(error);
    }
  }
  await rounds.forget(FORGOTTEN_AT_ONCE);
  if (failures.length > 0) throw failures[0];
  return published;

  async function followRhythm({ agreement, doneUntil, end, ...rhythm }: DueRhythm, now: number): Promise<number> {
    const until = end === null ? now : Math.min(now, end - 1);
    const { last, next } = rhythms.since(rhythm, doneUntil, until);
    let many = 0;
    let more = last === null ? 0 : await rounds.publish(agreement, doneUntil, last);
    while (more > 0) {
      many += more;
      more = await rounds.publish(agreement, doneUntil, last!);
    }
    await rounds.follow(agreement, doneUntil, last, next !== null && (end === null || next < end) ? next : null);
    return many;
  }
}
