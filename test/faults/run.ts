/**
 * npm run mutants [-- --only text] [-- --list]: plants faults one by one in a copy of the tree, runs the cheapest check
 * that has to find each, and says which one did. Exit code 1 when a fault is not found, or when a check says nothing
 * because it fails in the untouched copy too.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { migrate } from '../../src/persistence/migrate.ts';
import { startTestServer, type TestServer } from '../support/test-server.ts';
import { runCheck } from './checks.ts';
import { type Check, type Fault, isOfDatabase } from './fault.ts';
import { FAULTS } from './faults.ts';
import { type Copy, copyOf } from './plant.ts';

const TREE = fileURLToPath(new URL('../..', import.meta.url));
const { values: options } = parseArgs({ options: { only: { type: 'string' }, list: { type: 'boolean' } } });
let interrupted = false;
// What was started is stopped and the copy removed, after the check that is running.
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true;
  });
}
const chosen = FAULTS.filter(({ name }) => options.only === undefined || name.includes(options.only));

interface Outcome {
  fault: Fault;
  /** null: nothing found it. */
  by: { check: Check; found: string } | null;
  why: string;
  seconds: number;
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

/** Checks that fail although nothing is planted. */
async function checksThatFailAnyway(copy: Copy, superUrl: string): Promise<Check[]> {
  const checks = new Set<Check>(chosen.flatMap((fault) => fault.checks));
  const failing: Check[] = [];
  for (const check of checks) {
    if (interrupted) return [check];
    const { passed, output } = await runCheck(copy.root, check, superUrl);
    if (passed) continue;
    failing.push(check);
    console.log(`${check} fails in the untouched copy:\n${output.slice(-3_000)}`);
  }
  return failing;
}

async function tryFault(fault: Fault, copy: Copy, shared: TestServer): Promise<Outcome> {
  const start = performance.now();
  const outcome = (by: Outcome['by'], why = ''): Outcome => ({
    fault,
    by,
    why,
    seconds: (performance.now() - start) / 1000,
  });
  const takeOut = await copy.plant(fault);
  let own: TestServer | undefined;
  try {
    if (isOfDatabase(fault)) own = await serverFor(copy);
    let why = '';
    for (const check of fault.checks) {
      const { passed, found, output } = await runCheck(copy.root, check, (own ?? shared).superUrl);
      if (found !== null) return outcome({ check, found });
      why += passed ? `${check} passes. ` : `${check} fails without naming what it found: ${output.slice(-1_500)} `;
    }
    return outcome(null, why);
  } finally {
    await own?.stop();
    await takeOut();
  }
}

function print({ fault, by, why, seconds }: Outcome): void {
  const time = `${seconds.toFixed(1).padStart(5)} s`;
  console.log(`${by === null ? 'NOT CAUGHT' : 'caught    '} ${time}  ${fault.name}`);
  console.log(
    by === null ? `                     ${why}` : `                     ${by.check}: ${by.found.slice(0, 160)}`,
  );
}

async function run(): Promise<boolean> {
  const copy = await copyOf(TREE);
  let shared: TestServer | undefined;
  try {
    shared = await serverFor(copy);
    const failing = await checksThatFailAnyway(copy, shared.superUrl);
    if (failing.length > 0) return false;
    let caught = 0;
    for (const fault of chosen) {
      if (interrupted) break;
      const outcome = await tryFault(fault, copy, shared);
      print(outcome);
      if (outcome.by !== null) caught += 1;
    }
    console.log(`\n${chosen.length} planted, ${caught} caught`);
    return chosen.length > 0 && caught === chosen.length;
  } finally {
    await shared?.stop();
    await copy.remove();
  }
}

if (options.list) for (const { name, checks } of chosen) console.log(`${name}  (${checks.join(', ')})`);
else process.exitCode = (await run()) ? 0 : 1;
