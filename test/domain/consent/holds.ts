/** Properties over random worlds that print the smallest counterexample readably, and the seed always. */
import fc from 'fast-check';
import type { Test } from 'tap';

/** The same run again: SEED=… node test/domain/consent/laws.test.ts; a longer one: RUNS=1000000. */
export const seed = Number(process.env.SEED ?? (Math.random() * 2 ** 31) | 0);

/**
 * @param drawn what is drawn at random
 * @param complaint what is wrong with it, readably; undefined when nothing is; 'not meant' when the law does not speak of it
 */
export function holds<T>(
  t: Test,
  drawn: fc.Arbitrary<T>,
  complaint: (one: T) => string | undefined,
  runs = 1000,
): void {
  const numRuns = Number(process.env.RUNS ?? runs);
  let meant = 0;
  const check = (one: T) => {
    const said = complaint(one);
    if (said !== NOT_MEANT) meant += 1;
    return said === undefined || said === NOT_MEANT;
  };
  const run = fc.check(fc.property(drawn, check), { seed, numRuns });
  if (run.failed) {
    const smallest = run.counterexample?.[0];
    t.comment(smallest === undefined ? String(run.errorInstance) : explain(smallest, complaint));
    t.fail(`fails; seed ${seed}, path ${run.counterexamplePath}`);
    return;
  }
  t.ok(meant > numRuns / 100, `${run.numRuns} worlds, ${meant} of them meant; seed ${seed}`);
}

export const NOT_MEANT = 'not meant';

function explain<T>(smallest: T, complaint: (one: T) => string | undefined): string {
  try {
    return complaint(smallest) ?? 'fails now and then: not a pure function';
  } catch (error) {
    return `${error instanceof Error ? error.stack : error}\nfor ${fc.stringify(smallest)}`;
  }
}
