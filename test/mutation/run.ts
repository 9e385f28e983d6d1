/**
 * npm run mutation [-- src/domain/consent.ts:40-80]: Stryker changes the consent check in every small way it knows, one at a time,
 * and the tests have to notice. At least 95 % of each file's mutants must be killed, and each that survives must stand in
 * docs/mutation.md with the reason; exit code 1 otherwise.
 *
 * It takes a while, so it steps aside for whatever else the machine has to do. Stryker asks nobody outside: its dashboard is
 * a reporter that is not among ours, and it looks for no updates.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { setPriority, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stryker } from '@stryker-mutator/core';
import { type Mutant, survivorsIn, tally } from './survivors.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = ['src/domain/consent.ts', 'src/domain/consent-rules.ts', 'src/domain/disclosure.ts'];
const LEAST_PERCENT = 95;

process.chdir(ROOT);
setPriority(10);
const given = process.argv.slice(2);
const mutate = given.length > 0 ? given : FILES;
const files = [...new Set(mutate.map((one) => one.replace(/:.*/, '')))];
// Outside the tree: nothing that looks through it meets a second one.
const sandbox = await mkdtemp(join(tmpdir(), 'laufzettel-mutation-'));
try {
  const stryker = new Stryker({ mutate, tempDirName: sandbox });
  const mutants: Mutant[] = (await stryker.runMutationTest()).map((one) => ({
    ...one,
    file: relative(ROOT, one.fileName),
    replacement: one.replacement ?? '',
  }));
  const explained = await readFile('docs/mutation.md', 'utf8');
  let isFine = true;
  for (const file of files) {
    const source = await readFile(file, 'utf8');
    const { killed, survived, percent } = tally(mutants.filter((one) => one.file === file));
    isFine &&= percent >= LEAST_PERCENT;
    console.log(`${file}: ${killed} killed, ${survived} survived, ${percent.toFixed(1)} %`);
    for (const line of survivorsIn(file, source, mutants)) {
      const isExplained = explained.includes(line);
      isFine &&= isExplained;
      console.log(`  ${isExplained ? 'explained' : 'NOT EXPLAINED in docs/mutation.md'}: ${line}`);
    }
  }
  process.exitCode = isFine ? 0 : 1;
} finally {
  await rm(sandbox, { recursive: true, force: true });
}
