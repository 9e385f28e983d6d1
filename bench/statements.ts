/**
 * npm run bench -- --statements [--functions]: CPU of PostgreSQL a call, for the statements that only read and for the floor's, on
 * one warm connection. With --functions also what each function within takes by itself (track_functions): it says where to look.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { homeOf, idOf, nthOf, personOf, recipientOf } from './filling/plan.ts';
import { INBOX, READ } from './floor/statements.ts';
import { startSystem } from './system.ts';

const PERSONS = 2_000;
const WARM_UP = 50;
const FUNCTIONS_TOLD = 14;
/** A prime, so that calls one after the other are about persons far from each other. */
const STRIDE = 7_919;

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '600' }, functions: { type: 'boolean', default: false } },
});
const calls = Number(values.calls);

/** What the call with that number is about. */
function aboutOf(call: number) {
  const slip = (call * STRIDE) % (PERSONS * 10);
  const person = personOf(slip);
  const home = idOf('agency', homeOf(person));
  const to = idOf('agency', recipientOf(person, nthOf(slip)));
  const hop = idOf('forwarding', slip);
  const actor = (agency: string) => ({ agency, system: 'bench', caseworker: null });
  return { home, to, hop, slip: idOf('slip', slip), actor };
}

interface Statement {
  name: string;
  text: string;
  values(call: number): unknown[];
}

const statement = (
  name: string,
  text: string,
  parameters: (about: ReturnType<typeof aboutOf>) => unknown[],
): Statement => ({
  name,
  text,
  values: (call) => parameters(aboutOf(call)),
});

const STATEMENTS: readonly Statement[] = [
  statement('read_forwarding', 'SELECT api.read_forwarding($1, $2)', ({ to, hop }) => [to, hop]),
  statement('mark_read', 'SELECT api.mark_read($1, $2, $3, $4, $5, $6)', ({ to, hop, actor }) => [
    actor(to),
    [],
    hop,
    { forwarding: hop },
    Date.now(),
    '[]',
  ]),
  statement('floor R1', READ.text, ({ to, hop }) => [hop, to]),
  statement('list_forwardings', "SELECT api.list_forwardings($1, true, '{}', NULL, NULL, 51)", ({ to }) => [to]),
  statement('floor R2', INBOX.text, ({ to }) => [to]),
  statement('load_forward', 'SELECT api.load_forward($1, $2, $3, NULL)', ({ home, slip, to }) => [home, slip, to]),
  statement('get_laufzettel', 'SELECT api.get_laufzettel($1, $2)', ({ home, slip }) => [home, slip]),
  statement('read_forwarding, sender', 'SELECT api.read_forwarding($1, $2)', ({ home, hop }) => [home, hop]),
];

async function measured(owner: Client, backend: number, one: Statement): Promise<number> {
  const cpu = (): number => Number(readFileSync(`/proc/${backend}/schedstat`, 'utf8').split(' ')[0]) / 1_000;
  await run(owner, one, 0, WARM_UP);
  const before = cpu();
  await run(owner, one, WARM_UP, calls);
  return (cpu() - before) / calls;
}

async function run(owner: Client, { name, text, values: of }: Statement, first: number, many: number): Promise<void> {
  for (let call = first; call < first + many; call++) await owner.query({ name, text, values: of(call) });
}

async function functionsOf(owner: Client, one: Statement): Promise<string[]> {
  await owner.query("SET track_functions = 'all'");
  await owner.query('SELECT pg_stat_force_next_flush()');
  await owner.query('SELECT pg_stat_reset()');
  await run(owner, one, WARM_UP, calls);
  await owner.query('SELECT pg_stat_force_next_flush()');
  await owner.query("SET track_functions = 'none'");
  const { rows } = await owner.query(
    `SELECT schemaname || '.' || funcname AS name, calls::float, self_time FROM pg_stat_user_functions WHERE calls > 0
     ORDER BY self_time DESC LIMIT $1`,
    [FUNCTIONS_TOLD],
  );
  return rows.map(
    ({ name, calls: times, self_time: ms }) =>
      `      ${name.padEnd(32)} ${(times / calls).toFixed(1)} times, ${Math.round((ms * 1_000) / calls)} µs by itself`,
  );
}

const system = await startSystem();
try {
  await system.fill({ first: 0, end: PERSONS });
  const { owner } = system;
  const { rows } = await owner.query('SELECT pg_backend_pid() AS pid');
  await owner.query('SET synchronous_commit = off');
  // As the service's own connections have it.
  await owner.query('SET plan_cache_mode = force_generic_plan');
  for (const one of STATEMENTS) {
    console.log(`${one.name.padEnd(28)} ${Math.round(await measured(owner, rows[0].pid, one))} µs`);
    if (values.functions) for (const line of await functionsOf(owner, one)) console.log(line);
  }
} finally {
  await system.stop();
}
