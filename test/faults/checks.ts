/** Runs a check in the copy. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Check } from './fault.ts';
import { failedAssertion, leaked, notCovered, refusedByCompiler } from './verdict.ts';

/** A check of an untouched tree takes seconds; one that hangs has found nothing. */
const MOST_MS = 180_000;
const MOST_MS_OF_THE_LEAKTEST = 1_800_000;

export interface Result {
  passed: boolean;
  /** The assertion that failed, or what the compiler refused. Null in a check that did not pass: it found nothing. */
  found: string | null;
  output: string;
}

export async function runCheck(root: string, check: Check, superUrl: string): Promise<Result> {
  const first = await runOnce(root, check, superUrl, { TAP_BAIL: '1' });
  // Whoever bails out may end before all is written that it has to say.
  return first.passed || first.found !== null ? first : runOnce(root, check, superUrl, {});
}

async function runOnce(root: string, check: Check, superUrl: string, env: Record<string, string>): Promise<Result> {
  // Names that a fault leaves unused are no finding.
  const unused = ['--noUnusedLocals', 'false', '--noUnusedParameters', 'false'];
  const { passed, output } = await run(
    root,
    check === 'types'
      ? ['node_modules/typescript-7/bin/tsc', '-p', '.', '--pretty', 'false', ...unused]
      : [check === 'coverage:domain' ? 'test/support/domain-coverage.ts' : check],
    // The first failure tells enough. Worlds that are drawn are the same in every run.
    { LAUFZETTEL_TEST_POSTGRES: superUrl, TAP_TIMEOUT: String(MOST_MS / 1000), SEED: '7', ...env },
  );
  const read = check === 'types' ? refusedByCompiler : check === 'coverage:domain' ? notCovered : failedAssertion;
  return { passed, output, found: passed ? null : read(output) };
}

/** A run of the leak test, with the same world each time, until the first thing that it finds. */
export async function runLeaktest(root: string, operations: string): Promise<Result> {
  const args = ['run', '--silent', 'leaktest', '--', '--ops', operations, '--seed', '1', '--first'];
  const { passed, output } = await run(root, args, {}, 'npm', MOST_MS_OF_THE_LEAKTEST);
  return { passed, output, found: passed ? null : leaked(output) };
}

async function run(
  root: string,
  args: readonly string[],
  env: Record<string, string>,
  program: string = process.execPath,
  mostMs = MOST_MS,
): Promise<{ passed: boolean; output: string }> {
  const child = spawn(program, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that what it started ends with it.
    detached: true,
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}`, ...env },
  });
  const timer = setTimeout(() => process.kill(-child.pid!, 'SIGKILL'), mostMs);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { passed: code === 0, output };
}
