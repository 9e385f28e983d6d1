/** When something that could not be delivered is tried again. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** After each failed attempt (Standard Webhooks, "Retry schedule"): three days in all, and no more. */
const RETRIES_MS = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];

/** How long an address that takes nothing is left alone, by how often in a row; so that one that is back is soon noticed. */
const RESTS_MS = [5 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE];

/** A tenth more or less: those that failed together do not come back together. */
const JITTER = 0.1;

const around = (ms: number, random: number): number => Math.round(ms * (1 + JITTER * (2 * random - 1)));

/**
 * @param attempt how often it was tried, from 1 on
 * @param random from 0 to 1
 * @returns milliseconds until the next attempt; null: it is given up
 */
export function retryDelayMs(attempt: number, random: number): number | null {
  const delay = RETRIES_MS[attempt - 1];
  return delay === undefined ? null : around(delay, random);
}

/** @param failures how often in a row nothing got through, from 1 on */
export const restMs = (failures: number, random: number): number =>
  around(RESTS_MS[Math.min(failures, RESTS_MS.length) - 1]!, random);
