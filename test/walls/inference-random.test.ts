/**
 * Two exchanges that differ only in what is withheld from an agency answer it alike, to the byte: random pairs of worlds, and all
 * that the agency can ask. For a longer run, and for the same again:
 *
 *   INFERENCE_ROUNDS=200 INFERENCE_SEED=7 npm test -- --timeout=3600 --reporter=tap test/walls/inference-random.test.ts
 *
 * A failing pair is then made smaller, unless INFERENCE_SHRINK=no.
 */
import fc from 'fast-check';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { t } from '../support/t.ts';
import { ACTS } from './pairs/acts.ts';
import { firstDifference } from './pairs/canonical.ts';
import { type Observed, observed } from './pairs/observe.ts';
import { type Pair, pairs, SECRETS, WAYS } from './pairs/values.ts';

const ROUNDS = Number(process.env.INFERENCE_ROUNDS ?? 6);
const SEED = Number(process.env.INFERENCE_SEED ?? Date.now() % 2_147_483_647);
const IS_LONG = process.env.INFERENCE_ROUNDS !== undefined;
const SHRINKS = IS_LONG && process.env.INFERENCE_SHRINK !== 'no';
/** Of the values that a list can be narrowed by. */
const SHARE = 0.3;
/** In so many pairs everything comes about that can be withheld. */
const ENOUGH = 60;
const SHORT_RUN_MS = 15_000;

t.test('every operation that changes something is done by the observer, or said why not', async (t) => {
  const changing = OPERATIONS.filter((one) => one.method === 'POST').map((one) => one.id);
  t.same(Object.keys(ACTS).sort(), changing.sort());
});

t.test('two worlds that differ only in what is withheld from an agency read the same', { timeout: 0 }, async (t) => {
  let [pairsSeen, hidden, asks] = [0, 0, 0];
  const until = Date.now() + (IS_LONG ? Number.POSITIVE_INFINITY : SHORT_RUN_MS);
  const effects = new Map<string, number>();
  const holds = async (pair: Pair): Promise<void> => {
    // On a busy machine fewer pairs, but one at least in which something is withheld.
    if (hidden > 0 && Date.now() > until) return;
    pairsSeen += 1;
    const beginsAt = Math.floor(Date.now() / 1000) * 1000;
    const [one, other] = (await Promise.all([
      observed(pair, 0, beginsAt, SHARE),
      observed(pair, 1, beginsAt, SHARE),
    ])) as [Observed, Observed];
    hidden += one.hidden + other.hidden;
    asks += one.asks + other.asks;
    for (const [what, times] of [...one.effects, ...other.effects]) effects.set(what, (effects.get(what) ?? 0) + times);
    const difference = firstDifference(one.told, other.told);
    if (difference !== null) throw new Error(`as ${pair.position}, ${pair.observer}:\n${difference}`);
  };
  const result = await fc.check(fc.asyncProperty(pairs, holds), {
    seed: SEED,
    numRuns: ROUNDS,
    // A pair takes seconds, so a short run says what failed, and a long one looks for a smaller pair.
    endOnFailure: !SHRINKS,
  });
  t.comment(`seed ${SEED}: ${pairsSeen} pairs, ${asks} questions, ${hidden} things withheld`);
  t.notOk(result.failed, `no difference; repeat with INFERENCE_SEED=${SEED} INFERENCE_ROUNDS=${ROUNDS}`, {
    diagnostic: result.failed,
    found: result.failed ? `${result.errorInstance}\n${JSON.stringify(result.counterexample, null, 1)}` : null,
  });
  for (const [what, times] of [...effects].sort()) t.comment(`${what}: ${times}`);
  t.ok(hidden > 0 && asks > 0);
  if (ROUNDS < ENOUGH || result.failed) return;
  for (const what of [...SECRETS.map((one) => `secret ${one}`), ...WAYS.map((one) => `withheld by ${one}`)])
    t.ok(effects.has(what), `something is ${what}`);
  t.ok(effects.has('withheld: who made it'));
});
