/**
 * npm run coverage:domain: every statement and branch of src/domain is reached by a test that says what it is there for.
 *
 * V8 counts blocks of the source as it stands, for Node only blanks out the types; c8 reads its counts and fails below 100 %.
 * Left out are the tests that draw or enumerate worlds: what nothing but chance reaches no sentence speaks of.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const C8 = fileURLToPath(import.meta.resolve('c8/bin/c8.js'));
const BY_CHANCE = /(random|enumeration|laws-of-\w+)\.test\.ts$/;

async function succeeds(child: ChildProcess): Promise<boolean> {
  const [code] = (await once(child, 'close')) as [number | null];
  return code === 0;
}

const counts = await mkdtemp(join(tmpdir(), 'laufzettel-coverage-'));
try {
  const files = globSync('test/domain/**/*.test.ts', { cwd: ROOT }).filter((file) => !BY_CHANCE.test(file));
  const tests = spawn(process.execPath, ['test/support/one-process.ts', ...files.sort()], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_V8_COVERAGE: counts },
  });
  let output = '';
  tests.stdout?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const passed = await succeeds(tests);
  if (!passed) console.log(output);
  const report = ['report', '--temp-directory', counts, '--include', 'src/domain/**', '--extension', '.ts', '--all'];
  const demand = ['--check-coverage', '--100', '--skip-full', '--reporter', 'text', '--reporter', 'text-summary'];
  const covered = await succeeds(spawn(process.execPath, [C8, ...report, ...demand], { cwd: ROOT, stdio: 'inherit' }));
  process.exitCode = passed && covered ? 0 : 1;
} finally {
  await rm(counts, { recursive: true, force: true });
}
