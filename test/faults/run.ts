/**
 * npm run mutants: plants faults one by one in a copy of the tree, runs the cheapest check that has to find each, and says
 * which one did. Exit code 1 when a fault is not found, or when a check fails in the untouched copy too and so says nothing.
 *
 * `-- --with leaktest`: for each fault also whether the leak test finds it by itself, with nothing but what agencies, admin,
 * log and database receive. It takes a minute or more for each; `--ops` says how many operations.
 *
 * Some of them: `-- --area closing` (rules, closing, doors, database, sending, unseen), `-- --only "erasure|a link"` (a regular expression); `-- --list` plants none.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { migrate } from '../../src/persistence/migrate.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { runCheck, runLeaktest } from './checks.ts';
import { type Check, type Fault, isOfDatabase } from './fault.ts';
import { FAULTS } from './faults.ts';
import { type Copy, copyOf } from './plant.ts';

const TREE = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    area: { type: 'string' },
    with: { type: 'string' },
    ops: { type: 'string', default: '1500' },
    list: { type: 'boolean' },
  },
});
let interrupted = false;
// What was started is stopped and the copy removed, after the check that is running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}
if (options.with !== undefined && options.with !== 'leaktest') throw new Error('--with takes leaktest');
const withLeaktest = options.with === 'leaktest';
const chosen = Object.entries(FAULTS)
  .filter(([area]) => options.area === undefined || area === options.area)
  .flatMap(([, faults]) => faults)
  .filter(({ name }) => options.only === undefined || new RegExp(options.only).test(name));

interface Outcome {
  fault: Fault;
  /** null: nothing found it. */
  by: { check: Check; found: string } | null;
  why: string;
  seconds: number;
  /** What the leak test says; null: nothing. Undefined: it was not asked. */
  leaktest: string | null | undefined;
}

/** A server with the template that the copy's migrations make, as they are now. */
async function serverFor(copy: Copy): Promise<TestServer> {
  const server = await startTestServer();
  try {
    await migrate(server.migrateUrl, { log: { info() {} }, migrationsDirectory: copy.migrations });
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Whether a check passes in the untouched copy; one that does not says nothing about faults. Asked once for each. */
function soundness(copy: Copy, superUrl: string): (check: Check) => Promise<boolean> {
  const known = new Map<Check, boolean>();
  return async (check) => {
    if (!known.has(check)) {
      const { passed, output } = await runCheck(copy.root, check, superUrl);
      known.set(check, passed);
      if (!passed) console.log(`${check} fails in the untouched copy:\n${output.slice(-3_000)}`);
    }
    return known.get(check)!;
  };
}

async function tryFault(fault: Fault, copy: Copy, shared: TestServer): Promise<Outcome> {
  const start = performance.now();
  const takeOut = await copy.plant(fault);
  let own: TestServer | undefined;
  try {
    if (isOfDatabase(fault)) own = await serverFor(copy);
    const found = await search(fault, copy, (own ?? shared).superUrl);
    const seconds = (performance.now() - start) / 1000;
    const leaktest = withLeaktest ? (await runLeaktest(copy.root, options.ops)).found : undefined;
    return { fault, ...found, seconds, leaktest };
  } finally {
    await own?.stop();
    await takeOut();
  }
}

/** Runs the checks of a planted fault until one finds it. */
async function search({ checks }: Fault, copy: Copy, superUrl: string): Promise<Pick<Outcome, 'by' | 'why'>> {
  let why = '';
  for (const check of checks) {
    const { passed, found, output } = await runCheck(copy.root, check, superUrl);
    if (found !== null) return { by: { check, found }, why: '' };
    why += passed ? `${check} passes. ` : `${check} fails without naming what it found: ${output.slice(-1_500)} `;
  }
  return { by: null, why };
}

function print({ fault, by, why, seconds, leaktest }: Outcome): void {
  const time = `${seconds.toFixed(1).padStart(5)} s`;
  console.log(`${by === null ? 'NOT CAUGHT' : 'caught    '} ${time}  ${fault.name}`);
  console.log(
    by === null ? `                     ${why}` : `                     ${by.check}: ${by.found.slice(0, 160)}`,
  );
  if (leaktest !== undefined) console.log(`                     leaktest: ${leaktest ?? 'nothing'}`);
}

async function run(): Promise<boolean> {
  const copy = await copyOf(TREE);
  let shared: TestServer | undefined;
  try {
    shared = await serverFor(copy);
    const isSound = soundness(copy, shared.superUrl);
    let caught = 0;
    let leaks = 0;
    for (const fault of chosen) {
      if (interrupted) break;
      for (const check of fault.checks) if (!(await isSound(check))) return false;
      const outcome = await tryFault(fault, copy, shared);
      print(outcome);
      if (outcome.by !== null) caught += 1;
      if (typeof outcome.leaktest === 'string') leaks += 1;
    }
    if (withLeaktest) console.log(`\nthe leak test found ${leaks} by itself`);
    console.log(`\n${chosen.length} planted, ${caught} caught`);
    return chosen.length > 0 && caught === chosen.length;
  } finally {
    await shared?.stop();
    await copy.remove();
  }
}

if (options.list) for (const { name, checks } of chosen) console.log(`${name}  (${checks.join(', ')})`);
else process.exitCode = (await run()) ? 0 : 1;
