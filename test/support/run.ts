/**
 * npm test [-- files or options of tap]: one PostgreSQL for the run, a migrated template in it, tap, and the counts as
 * the very last line. Each test file takes its own copy of the template (database.ts). Files that are named have a process
 * each; of all files most share one with others (shares.ts).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { makePrograms } from './shares.ts';
import { readTapOutput } from './tap-output.ts';
import { startTestServer } from './test-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TAP = fileURLToPath(import.meta.resolve('tap')).replace(/index\.js$/, 'run.mjs');
/** tap makes this link when it builds itself with the plugins of .taprc. */
const TAP_BUILT = join(ROOT, 'node_modules/@tapjs/test/test-built/node_modules');
/** A test file that has to have its process for itself says why in such a line. */
const ALONE = /^\/\/ Alone: \S/m;
const KILL_AFTER_MS = 10_000;
const SLOWEST = 15;

interface Counts {
  passed: number;
  failed: number;
  exitCode: number;
}

let interrupted: NodeJS.Signals | undefined;
let tap: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted ??= signal;
    tap?.kill(signal);
    // tap waits for its tests; a test that does not end must not keep the database alive.
    setTimeout(() => tap?.kill('SIGKILL'), KILL_AFTER_MS).unref();
  });
}

/**
 * tap builds itself with the plugins of .taprc when it is first run, but that run still uses the ones it came with, and
 * translates every TypeScript file with a compiler, which takes minutes. So it is built beforehand.
 */
async function buildTap(): Promise<void> {
  if (existsSync(TAP_BUILT)) return;
  const build = spawn(process.execPath, [TAP, 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = (await once(build, 'close')) as [number | null];
  if (code !== 0) throw new Error('tap could not be built with the plugins of .taprc; is node_modules writable?');
}

/** All test files: those that bear no company, and the others. */
async function allFiles(): Promise<{ alone: string[]; shared: string[] }> {
  const alone: string[] = [];
  const shared: string[] = [];
  for (const file of globSync('test/**/*.test.ts', { cwd: ROOT }).sort())
    (ALONE.test(await readFile(join(ROOT, file), 'utf8')) ? alone : shared).push(file);
  return { alone, shared };
}

async function runTap(args: readonly string[], superUrl: string): Promise<Counts> {
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-tap-'));
  const outputFile = join(directory, 'output.tap');
  try {
    const named = args.some((arg) => !arg.startsWith('-'));
    const { alone, shared } = named ? { alone: [], shared: [] } : await allFiles();
    const programs = shared.length === 0 ? [] : await makePrograms(shared, directory);
    const terminal = process.stdout.isTTY;
    const reporter = terminal ? 'terse' : 'min';
    tap = spawn(
      process.execPath,
      [TAP, 'run', `--reporter=${reporter}`, `--output-file=${outputFile}`, ...args, ...alone, ...programs],
      {
        cwd: ROOT,
        stdio: ['ignore', terminal ? 'inherit' : 'pipe', 'inherit'],
        // Every process loads the whole service.
        env: {
          ...process.env,
          LAUFZETTEL_TEST_POSTGRES: superUrl,
          LAUFZETTEL_TEST_CHROMIUM: join(directory, 'chromium'),
          NODE_COMPILE_CACHE: join(directory, 'compiled'),
        },
      },
    );
    // The reporters steer the cursor even where there is none, which would end up in the last line.
    tap.stdout?.setEncoding('utf8').on('data', (text: string) => process.stdout.write(stripVTControlCharacters(text)));
    const [code] = (await once(tap, 'close')) as [number | null];
    const { passed, failed, failures, files } = readTapOutput(await readFile(outputFile, 'utf8').catch(() => ''));
    // The reporter says nothing of a file that was ended for its time; this list is complete, and it comes last.
    const ran = new Set(files.map(({ file }) => file));
    const unseen = [...alone, ...shared].filter((file) => !ran.has(file)).map((file) => `${file} (did not end)`);
    for (const failure of [...failures, ...unseen]) console.log(`not ok: ${failure}`);
    if (!terminal) {
      const slowest = files.slice(0, SLOWEST).map(({ file, ms }) => `${file} ${(ms / 1000).toFixed(1)} s`);
      console.log(`\nslowest: ${slowest.join(', ')}`);
    }
    const exitCode = interrupted ? 130 : code || Math.min(unseen.length, 1);
    // tap also fails for what is not an assertion: a timeout, a crash, a file without tests.
    return { passed, failed: exitCode === 0 ? failed : Math.max(failed, 1), exitCode };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function run(): Promise<Counts> {
  const server = await startTestServer();
  try {
    await migrate(server.migrateUrl, { log: { info() {} } });
    if (interrupted) return { passed: 0, failed: 1, exitCode: 130 };
    await buildTap();
    return await runTap(process.argv.slice(2), server.superUrl);
  } finally {
    await server.stop();
  }
}

const counts = await run().catch((error: unknown): Counts => {
  console.error(error instanceof OperatorError ? error.message : error);
  return { passed: 0, failed: 1, exitCode: 1 };
});
process.exitCode = counts.exitCode;
console.log(`\n${counts.passed} passed, ${counts.failed} failed`);
