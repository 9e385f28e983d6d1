import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { databaseUrl, withClient } from '../../src/persistence/connection.ts';
import { newDataDir } from '../support/data-dir.ts';
import { t } from '../support/t.ts';

const log = { info() {}, warn() {} };

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

t.test('another database of the same server has its own URL', async (t) => {
  t.equal(databaseUrl('postgresql://a:b@127.0.0.1:5432/postgres', 'x y'), 'postgresql://a:b@127.0.0.1:5432/x%20y');
});
