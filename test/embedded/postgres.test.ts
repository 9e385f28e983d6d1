import { once } from 'node:events';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { databaseUrl, withClient } from '../../src/persistence/connection.ts';
import { startChild } from '../support/child.ts';
import { newDataDir } from '../support/data-dir.ts';

const log = { info() {}, warn() {} };
const CHILD = 'test/support/embedded-child.ts';
const isRoot = process.getuid?.() === 0;

async function start(t: Test, dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  t.teardown(() => postgres.stop());
  return postgres;
}

async function ask<T>(url: string, text: string): Promise<T> {
  return withClient(url, async (client) => (await client.query({ text, rowMode: 'array' })).rows[0]?.[0] as T);
}

t.test('a first start makes a database that is safe to keep things in', async (t) => {
  const dataDir = await newDataDir(t);
  const { superUrl, serviceUrl, migrateUrl, reused } = await start(t, dataDir);
  t.equal(reused, false);
  t.equal(await ask(superUrl, 'SHOW server_encoding'), 'UTF8');
  t.equal(await ask(superUrl, "SELECT datlocale FROM pg_database WHERE datname = 'laufzettel'"), 'C.UTF-8');
  t.equal(await ask(superUrl, 'SHOW data_checksums'), 'on');
  t.equal(await ask(superUrl, 'SHOW synchronous_commit'), 'on');
  t.equal(await ask(superUrl, 'SHOW fsync'), 'on');
  t.equal(await ask(superUrl, 'SHOW listen_addresses'), '127.0.0.1');
  t.equal(await ask(serviceUrl, 'SELECT current_user'), 'laufzettel_service');
  t.equal(await ask(migrateUrl, 'SELECT current_user'), 'laufzettel_migrator');
  t.equal((await stat(join(dataDir, 'postgres.json'))).mode & 0o777, 0o600);
});

t.test('the service role may do nothing that was not granted', async (t) => {
  const { superUrl, serviceUrl, migrateUrl } = await start(t, await newDataDir(t));
  const powers = 'rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication';
  const roles = "rolname IN ('laufzettel_service', 'laufzettel_queue')";
  t.equal(await ask(superUrl, `SELECT bool_or(${powers}) FROM pg_roles WHERE ${roles}`), false);
  await t.rejects(ask(serviceUrl, 'CREATE TABLE public.mine (id int)'), { code: '42501' });
  await t.rejects(ask(serviceUrl, 'CREATE SCHEMA mine'), { code: '42501' });
  await t.rejects(ask(serviceUrl, 'CREATE TEMP TABLE mine (id int)'), { code: '42501' });
  await ask(migrateUrl, 'CREATE TABLE public.theirs (id int)');
  await ask(migrateUrl, 'CREATE FUNCTION public.answer() RETURNS int LANGUAGE sql AS $$ SELECT 42 $$');
  await t.rejects(ask(serviceUrl, 'SELECT count(*) FROM public.theirs'), { code: '42501' });
  await t.rejects(ask(serviceUrl, 'SELECT public.answer()'), { code: '42501' });
});

t.test('a role without a grant may not even connect', async (t) => {
  const { superUrl, serviceUrl } = await start(t, await newDataDir(t));
  await ask(superUrl, "CREATE ROLE stranger LOGIN PASSWORD 'x'");
  const url = new URL(serviceUrl);
  Object.assign(url, { username: 'stranger', password: 'x' });
  await t.rejects(ask(url.href, 'SELECT 1'), { code: '42501' });
  url.password = 'wrong';
  await t.rejects(ask(url.href, 'SELECT 1'), { code: '28P01' });
});

t.test('what was stored, the port and the passwords survive a restart', async (t) => {
  const dataDir = await newDataDir(t);
  const first = await startEmbeddedPostgres({ dataDir, log });
  await ask(first.migrateUrl, 'CREATE TABLE public.kept AS SELECT 7 AS value');
  await first.stop();
  const second = await start(t, dataDir);
  t.equal(await ask(second.migrateUrl, 'SELECT value FROM public.kept'), 7);
  t.equal(second.serviceUrl, first.serviceUrl);
});

t.test("the server's log never repeats what a statement carried", async (t) => {
  const dataDir = await newDataDir(t);
  const { migrateUrl } = await start(t, dataDir);
  await t.rejects(ask(migrateUrl, "SELECT 'Marker-4711'::date"));
  await ask(migrateUrl, 'CREATE TABLE public.once (name text PRIMARY KEY)');
  const twice = "INSERT INTO public.once VALUES ('Marker-4711')";
  await ask(migrateUrl, twice);
  await t.rejects(ask(migrateUrl, twice), { code: '23505' });
  const serverLog = await readFile(join(dataDir, 'postgres/server.log'), 'utf8');
  t.match(serverLog, /ready to accept connections/);
  t.notMatch(serverLog, /Marker-4711/);
});

t.test('a port that somebody else took meanwhile is left to them', async (t) => {
  const dataDir = await newDataDir(t);
  const first = await startEmbeddedPostgres({ dataDir, log });
  await first.stop();
  const somebodyElse = createServer().listen(first.port, '127.0.0.1');
  await once(somebodyElse, 'listening');
  t.teardown(() => somebodyElse.close());
  const second = await start(t, dataDir);
  t.not(second.port, first.port);
  t.equal(await ask(second.superUrl, 'SELECT 1'), 1);
});

t.test('a second service on one data directory is refused, and the first keeps its database', async (t) => {
  const dataDir = await newDataDir(t);
  const { superUrl } = await start(t, dataDir);
  const second = await startChild(CHILD, [dataDir]).ended;
  t.equal(second.exitCode, 1);
  t.match(JSON.parse(second.stdout), { code: 'data-dir-in-use', message: new RegExp(`\\(process ${process.pid}\\)`) });
  t.equal(await ask(superUrl, 'SELECT 1'), 1);
});

t.test('of ten starters at once on a new data directory one gets it', async (t) => {
  const dataDir = await newDataDir(t);
  const children = Array.from({ length: 10 }, () => startChild(CHILD, [dataDir]));
  const answers = await Promise.all(
    children.map((child) => child.lineThat(() => true).then((line) => JSON.parse(line))),
  );
  t.equal(answers.filter((answer) => answer.port).length, 1);
  t.equal(answers.filter((answer) => answer.code === 'data-dir-in-use').length, 9);
  for (const child of children) child.process.stdin.end();
  await Promise.all(children.map((child) => child.ended));
});

t.test('a server that outlived its killed service is taken over, and stopped in the end', async (t) => {
  const dataDir = await newDataDir(t);
  const child = startChild(CHILD, [dataDir]);
  const before = JSON.parse(await child.lineThat(() => true));
  const serverStarted = await ask<Date>(before.superUrl, 'SELECT pg_postmaster_start_time()');
  child.process.kill('SIGKILL');
  await child.ended;
  const after = await startEmbeddedPostgres({ dataDir, log });
  t.match(after, { reused: true, port: before.port, superUrl: before.superUrl });
  t.same(await ask(after.superUrl, 'SELECT pg_postmaster_start_time()'), serverStarted);
  await after.stop();
  await t.rejects(ask(after.superUrl, 'SELECT 1'), { code: 'ECONNREFUSED' });
});

t.test('a service killed at any moment of its first start does not prevent the next', async (t) => {
  for (const delayMs of [100, 300, 500, 700, 900]) {
    const dataDir = await newDataDir(t);
    const child = startChild(CHILD, [dataDir]);
    setTimeout(() => child.process.kill('SIGKILL'), delayMs);
    await child.ended;
    const postgres = await startEmbeddedPostgres({ dataDir, log });
    t.equal(await ask(postgres.superUrl, 'SELECT 1'), 1, `killed after ${delayMs} ms`);
    await postgres.stop();
  }
});

t.test('a postmaster.pid left by a crash of the machine is no obstacle, whoever has that process id now', async (t) => {
  const dataDir = await newDataDir(t);
  const first = await startEmbeddedPostgres({ dataDir, log });
  await ask(first.migrateUrl, 'CREATE TABLE public.kept AS SELECT 7 AS value');
  const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid');
  const [serverId, ...rest] = (await readFile(pidFile, 'utf8')).split('\n');
  process.kill(Number(serverId), 'SIGQUIT');
  await first.stop();
  await writeFile(pidFile, [process.pid, ...rest].join('\n'));
  const second = await start(t, dataDir);
  t.equal(second.reused, false);
  t.equal(await ask(second.migrateUrl, 'SELECT value FROM public.kept'), 7);
});

t.test('below a directory that only its owner may enter it runs all the same', async (t) => {
  const dataDir = await newDataDir(t, { mode: 0o700 });
  const first = await startEmbeddedPostgres({ dataDir, log });
  await ask(first.migrateUrl, 'CREATE TABLE public.kept AS SELECT 7 AS value');
  await first.stop();
  const second = await start(t, dataDir);
  t.equal(await ask(second.migrateUrl, 'SELECT value FROM public.kept'), 7);
  if (!isRoot) return;
  const home = (await readFile(join(dataDir, 'postgres-home'), 'utf8')).trim();
  t.equal((await stat(join(home, 'cluster'))).mode & 0o777, 0o700);
  t.not((await stat(join(home, 'cluster'))).uid, 0);

  // A copy of the data directory leads to the same home.
  const copy = await newDataDir(t);
  await mkdir(copy);
  for (const name of ['postgres-home', 'postgres.json']) await copyFile(join(dataDir, name), join(copy, name));
  await t.rejects(startEmbeddedPostgres({ dataDir: copy, log }), { code: 'data-dir-in-use' });
  await rm(join(copy, 'postgres-home'));
});

t.test('a full disk is said in one sentence, and nothing is left running', async (t) => {
  for (const [what, bytes] of Object.entries({ initialising: 200_000, starting: 8_000_000, nothing: 100 })) {
    const dataDir = await newDataDir(t);
    const { exitCode, stdout } = await startChild(CHILD, [dataDir], { under: ['prlimit', `--fsize=${bytes}`] }).ended;
    t.equal(exitCode, 1);
    t.match(JSON.parse(stdout), { code: 'disk-full', message: /is full; free some space and start again\.$/ }, what);
    const cluster = await readdir(join(dataDir, 'postgres/cluster')).catch(() => []);
    t.notOk(cluster.includes('postmaster.pid'));
    const again = await startEmbeddedPostgres({ dataDir, log });
    t.equal(await ask(again.superUrl, 'SELECT 1'), 1, 'with space again it starts');
    await again.stop();
  }
});

t.test('a database that vanished is reported, and no empty one put in its place', async (t) => {
  const dataDir = await newDataDir(t);
  await (await startEmbeddedPostgres({ dataDir, log })).stop();
  await rm(join(dataDir, 'postgres/cluster'), { recursive: true });
  await t.rejects(startEmbeddedPostgres({ dataDir, log }), { code: 'database-missing' });
});

t.test('passwords that others may read are refused, and missing ones are reported', async (t) => {
  const dataDir = await newDataDir(t);
  await (await startEmbeddedPostgres({ dataDir, log })).stop();
  await chmod(join(dataDir, 'postgres.json'), 0o640);
  await t.rejects(startEmbeddedPostgres({ dataDir, log }), { code: 'secret-unsafe', message: /chmod 600/ });
  await rm(join(dataDir, 'postgres.json'));
  await t.rejects(startEmbeddedPostgres({ dataDir, log }), { code: 'database-missing' });
});

t.test('a data directory that cannot be made is one sentence', async (t) => {
  const parent = await newDataDir(t);
  await writeFile(parent, 'a file, not a folder');
  await t.rejects(startEmbeddedPostgres({ dataDir: join(parent, 'data'), log }), {
    code: 'data-dir-unusable',
    message: /set DATA_DIR/,
  });
});

t.test('another database of the same server has its own URL', async (t) => {
  t.equal(databaseUrl('postgresql://a:b@127.0.0.1:5432/postgres', 'x y'), 'postgresql://a:b@127.0.0.1:5432/x%20y');
});
