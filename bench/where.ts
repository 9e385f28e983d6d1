/**
 * npm run bench -- --where [--only R1,W2]: where a request spends its time. Of the Node process by part of the code, from V8's profile of
 * the seconds in which it was asked; of PostgreSQL by function, from its own statistics. REST; Node with 16 connections, PostgreSQL
 * with one, so that nobody waits.
 *
 * V8 looks where the process is, running or not: what a system call takes is told as it passes, with the time in which others had the
 * processor. Profiling costs something itself, so the shares say more than the sums.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure } from './measure/measure.ts';
import { WORKS } from './measure/works.ts';
import { startSystem } from './system.ts';

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const works = WORKS.filter((work) => values.only === undefined || values.only.split(',').includes(work));
const PERSONS = 3_000;
const SECONDS = 20;
const TOLD = 14;

interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  samples: number[];
  timeDeltas: number[];
  /** Microseconds of the machine's monotonic clock, which process.hrtime tells as well. */
  startTime: number;
}

/** The first that fits names the part. Built-in functions count for whoever calls them. */
const PARTS: readonly [part: string, place: RegExp][] = [
  ['waiting, not working', /^\(idle\)$/],
  ['system calls: sockets and log', /^(writev|writeUtf8String|writeString|writeBuffer|fsync|shutdown)$/],
  ['garbage collector', /^\(garbage collector\)$/],
  ['the check: decide, disclose, ends', /src\/domain\//],
  ['encryption', /crypto\/cipher|persistence\/(vault|seal|master-key)/],
  ['hashes: token, key, tag', /crypto\/(hash|util|keys)|persistence\/fingerprints/],
  ['random ids', /crypto\/random|node_modules\/uuid/],
  ['log', /node_modules\/(pino|sonic-boom|thread-stream)|src\/logger/],
  ['contract: validation and views', /node_modules\/(zod|fast-json-stringify)|src\/contract|anonymous\d/],
  ['use cases and handlers', /src\/(usecases|handlers)\//],
  ['database: rows into facts', /src\/persistence\//],
  ['database: pg', /node_modules\/pg/],
  [
    'HTTP: fastify, limits, sockets',
    /node_modules\/(fastify|@fastify|find-my-way|light-my-request|rate-limiter|avvio)|src\/(rest|auth|telemetry)|node:(_http|net|internal\/(stream|js_stream|http))|node_modules\/lru-cache/,
  ],
  ['Node: promises, timers, events, buffers', /^node:|runMicrotasks/],
  ['other', /.*/],
];

/** Of the samples between these two moments. */
function partsOf(profile: Profile, from: number, to: number): Map<string, number> {
  const partOf = new Map(
    profile.nodes.map(({ id, callFrame: { functionName, url } }) => {
      const place = url === '' ? functionName : url;
      return [id, PARTS.find(([, pattern]) => pattern.test(place))![0]];
    }),
  );
  const parts = new Map<string, number>();
  let at = profile.startTime;
  profile.samples.forEach((id, index) => {
    at += profile.timeDeltas[index]!;
    if (at < from || at > to) return;
    const part = partOf.get(id)!;
    parts.set(part, (parts.get(part) ?? 0) + profile.timeDeltas[index]!);
  });
  return parts;
}

const folder = await mkdtemp(join(tmpdir(), 'laufzettel-profile-'));
const system = await startSystem({ profile: folder });
try {
  await system.fill({ first: 0, end: PERSONS });
  const { owner } = system;
  let seed = 1;
  const ask = (work: (typeof WORKS)[number], connections: number, seconds: number) =>
    measure(system, { work, target: 'REST', connections, seconds, warmUpSeconds: 2, persons: PERSONS, seed: seed++ });
  for (const work of works) {
    await system.restartService();
    const before = new Set(await readdir(folder));
    const { requests, rate, nodeCpu, postgresCpu } = await ask(work, 16, SECONDS);
    const to = Number(process.hrtime.bigint() / 1_000n);
    await system.restartService();
    const file = (await readdir(folder)).find((name) => !before.has(name))!;
    const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile;
    const parts = partsOf(profile, to - SECONDS * 1_000_000, to);
    console.log(`\n${work}: ${Math.round(rate)}/s, CPU ${Math.round(nodeCpu)} + ${Math.round(postgresCpu)} µs`);
    const told = [...parts].filter(([part]) => !part.startsWith('waiting')).sort((one, other) => other[1] - one[1]);
    for (const [part, time] of told) console.log(`  ${part.padEnd(36)} ${(time / requests).toFixed(0).padStart(5)} µs`);

    await owner.query("ALTER SYSTEM SET track_functions = 'all'");
    await owner.query('SELECT pg_reload_conf()');
    await ask(work, 1, 2);
    await owner.query('SELECT pg_stat_reset()');
    const alone = await ask(work, 1, 5);
    await owner.query('SELECT pg_stat_force_next_flush()');
    const { rows } = await owner.query(
      `SELECT schemaname || '.' || funcname AS name, calls::float, self_time AS ms FROM pg_stat_user_functions
       WHERE calls > 100 ORDER BY self_time DESC LIMIT $1`,
      [TOLD],
    );
    await owner.query('ALTER SYSTEM RESET track_functions');
    await owner.query('SELECT pg_reload_conf()');
    const most = Math.max(...rows.filter(({ name }) => name.startsWith('api.')).map(({ calls }) => calls));
    console.log(
      `  PostgreSQL, one connection: ${Math.round(alone.postgresCpu)} µs of CPU; by function, by themselves:`,
    );
    for (const { name, calls, ms } of rows) {
      const times = calls / most;
      console.log(`  ${name.padEnd(36)} ${((ms * 1_000) / most).toFixed(0).padStart(5)} µs, ${times.toFixed(1)} times`);
    }
  }
} finally {
  await system.stop();
  await rm(folder, { recursive: true, force: true });
}
