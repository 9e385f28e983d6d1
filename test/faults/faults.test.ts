/** The planted faults do not rot, and what counts as found is an assertion that failed. They are planted by npm run mutants. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { t } from '../support/t.ts';
import { type Change, type Fault, isEdit, replaceOnce } from './fault.ts';
import { FAULTS } from './faults.ts';
import { copyOf } from './plant.ts';
import { failedAssertion, leaked, notCovered, refusedByCompiler } from './verdict.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ALL = Object.values(FAULTS).flat();
const textOf = (change: Change): string => JSON.stringify(change);

t.test('every fault finds its place in the tree exactly once, and is taken out again without a trace', async (t) => {
  const copy = await copyOf(ROOT);
  t.teardown(() => copy.remove());
  for (const fault of ALL) {
    const files = [...new Set(fault.changes.filter(isEdit).map(({ file }) => file))];
    const read = () => Promise.all(files.map((file) => readFile(join(copy.root, file), 'utf8')));
    const before = await read();
    const takeOut = await copy.plant(fault);
    const planted = (await read()).some((text, index) => text !== before[index]);
    t.equal(planted || fault.changes.some((change) => !isEdit(change)), true, fault.name);
    await takeOut();
    t.same(await read(), before, `${fault.name}: taken out`);
    t.notOk(existsSync(join(copy.migrations, '99991231000000_fault')));
  }
});

t.test('every fault is one of its own, and is checked by something that exists', async (t) => {
  t.equal(new Set(ALL.map(({ name }) => name)).size, ALL.length);
  t.equal(new Set(ALL.map(({ changes }) => changes.map(textOf).join())).size, ALL.length);
  for (const { name, checks } of ALL) {
    t.ok(checks.length > 0, name);
    for (const check of checks) {
      t.ok(check === 'types' || check === 'coverage:domain' || existsSync(join(ROOT, check)), check);
    }
  }
});

t.test('a fault that has lost its place, or has several, is an error', async (t) => {
  t.equal(replaceOnce('a b c', 'b', '$&', 'here'), 'a $& c');
  t.throws(() => replaceOnce('a b c', 'd', 'x', 'here'), /here has 0 times/);
  t.throws(() => replaceOnce('a b b', 'b', 'x', 'here'), /here has 2 times/);
  const copy = await copyOf(ROOT);
  t.teardown(() => copy.remove());
  const nowhere: Fault = { name: 'x', changes: [{ sqlFunction: 'api.nobody', find: 'a', replace: 'b' }], checks: [] };
  await t.rejects(copy.plant(nowhere), /no migration defines api.nobody/);
});

const report = (diagnostics: string) => `TAP version 14
# Subtest: a story
    # Subtest: its end
        ok 1 - begins
        not ok 2 - ends well
          ---
${diagnostics}
          ...
        1..2
    not ok 1 - its end # time=4.1ms
    1..1
not ok 1 - a story # time=9ms
1..1
`;

t.test('found is what names a failed assertion, and neither a crash nor silence', async (t) => {
  const compared = report('          compare: ===\n          diff: |\n            -1');
  t.equal(failedAssertion(compared), 'a story › its end › ends well');
  t.equal(failedAssertion(report('          tapCaught: testFunctionThrow')), null, 'an exception in the test');
  const story = report('          tapCaught: returnedPromiseRejection').replace(
    'ends well',
    'expected 404, got 200: {}',
  );
  t.match(failedAssertion(story), /expected 404, got 200/, 'but that of a scene that got another answer is a finding');
  const property = story.replace('expected 404, got 200: {}', 'Property failed after 3 tests { seed\\: 1 }');
  t.match(failedAssertion(property), /Property failed after 3 tests/, 'and so is a counterexample');
  t.equal(failedAssertion('ok 1 - fine\n1..1'), null);
  t.equal(failedAssertion('SyntaxError: Unexpected token'), null, 'code that does not start');
  t.equal(failedAssertion('not ok 1 - a story # time=3ms'), null, 'a sum');
  t.equal(refusedByCompiler('src/a.ts(3,1): error TS2322: no'), 'src/a.ts(3,1): error TS2322: no');
  t.equal(refusedByCompiler('Killed'), null);
  t.match(notCovered('ERROR: Coverage for branches (99.8%) does not meet global threshold (100%)'), /branches/);
  t.equal(notCovered('not ok 1 - x'), null);
  t.equal(leaked('9 operations, 2 misses, 0 mismatches, 0 failures, 1 leaks, seed 1'), '2 misses, 1 leaks');
  t.equal(leaked('9 operations, 0 misses, 0 mismatches, 3 failures, 0 leaks, seed 1'), null);
});
