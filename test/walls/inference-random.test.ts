/**
 * Two exchanges that differ only in what is withheld from an agency answer it alike, to the byte: random pairs of worlds, and all
 * that the agency can ask. INFERENCE_ROUNDS and INFERENCE_SEED make it longer, and repeat it.
 */
import fc from 'fast-check';
import t from 'tap';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { ACTS } from './pairs/acts.ts';
import { firstDifference } from './pairs/canonical.ts';
import { type Observed, observed } from './pairs/observe.ts';
import { type Pair, pairs } from './pairs/values.ts';

const ROUNDS = Number(process.env.INFERENCE_ROUNDS ?? 5);
const SEED = Number(process.env.INFERENCE_SEED ?? Date.now() % 2_147_483_647);
const IS_LONG = process.env.INFERENCE_ROUNDS !== undefined;
/** Of the values that a list can be narrowed by. */
const SHARE = 0.3;

t.test('every operation that changes something is done by the observer, or said why not', async (t) => {
  const changing = OPERATIONS.filter((one) => one.method === 'POST').map((one) => one.id);
  t.same(Object.keys(ACTS).sort(), changing.sort());
});

t.test('two worlds that differ only in what is withheld from an agency read the same', { timeout: 0 }, async (t) => {
  let [hidden, asks] = [0, 0];
  const holds = async (pair: Pair): Promise<void> => {
    const beginsAt = Math.floor(Date.now() / 1000) * 1000;
    const [one, other] = (await Promise.all([
      observed(pair, 0, beginsAt, SHARE),
      observed(pair, 1, beginsAt, SHARE),
    ])) as [Observed, Observed];
    hidden += one.hidden + other.hidden;
    asks += one.asks + other.asks;
    const difference = firstDifference(one.told, other.told);
    if (difference !== null) throw new Error(`as ${pair.position}, ${pair.observer}:\n${difference}`);
  };
  const result = await fc.check(fc.asyncProperty(pairs, holds), {
    seed: SEED,
    numRuns: ROUNDS,
    // A pair takes seconds, so a short run says what failed, and a long one looks for a smaller pair.
    endOnFailure: !IS_LONG,
    ...(IS_LONG ? {} : { interruptAfterTimeLimit: 120_000 }),
  });
  t.comment(`seed ${SEED}: ${result.numRuns} pairs, ${asks} questions, ${hidden} things withheld`);
  t.notOk(result.failed, `no difference; repeat with INFERENCE_SEED=${SEED} INFERENCE_ROUNDS=${ROUNDS}`, {
    diagnostic: result.failed,
    found: result.failed ? `${result.errorInstance}\n${JSON.stringify(result.counterexample, null, 1)}` : null,
  });
  t.ok(hidden > 0 && asks > 0);
});
