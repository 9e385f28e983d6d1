/** The clock job: forgets the idempotency keys of yesterday. A key is as new again at that moment, swept already or not. */
import type { Deps } from './ports.ts';

const KEYS_AT_ONCE = 1_000;

/** @returns how many it forgot, all there were. */
export async function forgetKeys(deps: Deps): Promise<number> {
  let forgotten = 0;
  for (let swept = KEYS_AT_ONCE; swept === KEYS_AT_ONCE; forgotten += swept) {
    swept = await deps.retries.sweep(KEYS_AT_ONCE);
  }
  return forgotten;
}
