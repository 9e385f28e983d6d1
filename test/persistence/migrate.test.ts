import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { findDrift } from '../../src/cli/schema-drift.ts';
import { withClient } from '../../src/persistence/connection.ts';
import { checkSchema, migrate } from '../../src/persistence/migrate.ts';
import { type ClonedDatabase, cloneDatabase } from '../support/database.ts';
import { t } from '../support/t.ts';

const log = { info() {} };

/** Functions and DO blocks have semicolons inside, and a comment may end the file without a line break. */
const FIRST = `
CREATE TABLE "Thing" (id integer PRIMARY KEY, name text NOT NULL);
CREATE SCHEMA api;
CREATE FUNCTION api.count_things() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE total bigint;
BEGIN SELECT count(*) INTO total FROM public."Thing"; RETURN total; END $$;
DO $$ BEGIN INSERT INTO "Thing" VALUES (1, 'semi;colon'); END $$; -- the end`;
const SECOND = 'ALTER TABLE "Thing" ADD COLUMN note text;';
const BROKEN = 'CREATE TABLE "Half" (id integer);\nSELECT name::integer FROM "Thing";';

async function emptyDatabase(t: Test): Promise<ClonedDatabase> {
  const database = await cloneDatabase({ empty: true });
  t.teardown(() => database.drop());
  return database;
}

async function migrationsOf(t: Test, scripts: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-migrations-'));
  t.teardown(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'migration_lock.toml'), 'provider = "postgresql"\n');
  for (const [name, script] of Object.entries(scripts)) {
    await mkdir(join(directory, name));
    await writeFile(join(directory, name, 'migration.sql'), script);
  }
  return directory;
}

async function ask<T>(url: string, text: string): Promise<T[]> {
  return withClient(url, async (client) =>
    (await client.query({ text, rowMode: 'array' })).rows.map(([value]) => value),
  );
}

t.test('migrations with functions and DO blocks are applied in their order, once', async (t) => {
  const { migrateUrl } = await emptyDatabase(t);
  const migrationsDirectory = await migrationsOf(t, { '0002_note': SECOND, '0001_init': FIRST });
  t.same(await migrate(migrateUrl, { log, migrationsDirectory }), { applied: ['0001_init', '0002_note'] });
  t.same(await ask(migrateUrl, 'SELECT name FROM "Thing"'), ['semi;colon']);
  t.same(await ask(migrateUrl, 'SELECT api.count_things()'), ['1']);
  t.same(await migrate(migrateUrl, { log, migrationsDirectory }), { applied: [] });
});

t.test('what was applied is written down as Prisma writes it', async (t) => {
  const { migrateUrl } = await emptyDatabase(t);
  await migrate(migrateUrl, { log, migrationsDirectory: await migrationsOf(t, { '0001_init': FIRST }) });
  const columns = "concat_ws(' ', migration_name, length(checksum), finished_at IS NOT NULL, rolled_back_at IS NULL)";
  t.same(await ask(migrateUrl, `SELECT ${columns} FROM _prisma_migrations`), ['0001_init 64 t t']);
});

t.test('of twenty starters at once one migrates, and all find the database current', async (t) => {
  const { migrateUrl, serviceUrl } = await emptyDatabase(t);
  const migrationsDirectory = await migrationsOf(t, { '0001_init': FIRST, '0002_note': SECOND });
  const results = await Promise.all(
    Array.from({ length: 20 }, () => migrate(migrateUrl, { log, migrationsDirectory })),
  );
  t.same(results.map(({ applied }) => applied.length).toSorted(), [...Array.from({ length: 19 }, () => 0), 2]);
  t.equal(await checkSchema(serviceUrl, { migrationsDirectory }), 'current');
});

t.test('the service role can tell how the schema stands, and cannot change it', async (t) => {
  const { migrateUrl, serviceUrl } = await emptyDatabase(t);
  const older = await migrationsOf(t, { '0001_init': FIRST });
  const newer = await migrationsOf(t, { '0001_init': FIRST, '0002_note': SECOND });
  t.equal(await checkSchema(serviceUrl, { migrationsDirectory: older }), 'empty');
  await migrate(migrateUrl, { log, migrationsDirectory: older });
  t.equal(await checkSchema(serviceUrl, { migrationsDirectory: older }), 'current');
  t.equal(await checkSchema(serviceUrl, { migrationsDirectory: newer }), 'behind');
  await migrate(migrateUrl, { log, migrationsDirectory: newer });
  t.equal(await checkSchema(serviceUrl, { migrationsDirectory: older }), 'ahead');
  await t.rejects(ask(serviceUrl, 'DELETE FROM _prisma_migrations'), { code: '42501' });
  await t.rejects(ask(serviceUrl, 'SELECT logs FROM _prisma_migrations'), { code: '42501' });
  await t.rejects(ask(serviceUrl, 'ALTER TABLE "Thing" ADD COLUMN more text'), { code: '42501' });
});

t.test('a database of a newer release is refused', async (t) => {
  const { migrateUrl } = await emptyDatabase(t);
  await migrate(migrateUrl, {
    log,
    migrationsDirectory: await migrationsOf(t, { '0001_init': FIRST, '0002_note': SECOND }),
  });
  const migrationsDirectory = await migrationsOf(t, { '0001_init': FIRST });
  await t.rejects(migrate(migrateUrl, { log, migrationsDirectory }), { code: 'database-newer', message: /0002_note/ });
});

t.test('a migration that was changed after it had been applied is refused', async (t) => {
  const { migrateUrl } = await emptyDatabase(t);
  await migrate(migrateUrl, { log, migrationsDirectory: await migrationsOf(t, { '0001_init': FIRST }) });
  const migrationsDirectory = await migrationsOf(t, { '0001_init': `${FIRST}\n-- changed` });
  await t.rejects(migrate(migrateUrl, { log, migrationsDirectory }), {
    code: 'migration-edited',
    message: /0001_init/,
  });
});

t.test('a migration that fails leaves nothing, quotes no data, and can be repeated when it is mended', async (t) => {
  const { migrateUrl, serviceUrl } = await emptyDatabase(t);
  const broken = await migrationsOf(t, { '0001_init': FIRST, '0002_half': BROKEN });
  const error = await migrate(migrateUrl, { log, migrationsDirectory: broken }).catch((thrown) => thrown);
  t.match(error, { code: 'migration-failed', message: /0002_half failed \(SQLSTATE 22P02\)/ });
  t.notMatch(error.message, /semi;colon/);
  t.same(await ask(migrateUrl, `SELECT to_regclass('"Half"') IS NULL`), [true]);
  t.equal(await checkSchema(serviceUrl, { migrationsDirectory: broken }), 'behind');
  const mended = await migrationsOf(t, { '0001_init': FIRST, '0002_half': 'CREATE TABLE "Half" (id integer);' });
  t.same(await migrate(migrateUrl, { log, migrationsDirectory: mended }), { applied: ['0002_half'] });
});

t.test('a mistake in a migration is named with its line', async (t) => {
  const { migrateUrl } = await emptyDatabase(t);
  const migrationsDirectory = await migrationsOf(t, { '0001_init': 'SELECT 1;\nCREATE TABEL x ();' });
  await t.rejects(migrate(migrateUrl, { log, migrationsDirectory }), {
    code: 'migration-failed',
    message: /0001_init, line 2 failed \(syntax error at or near "TABEL", SQLSTATE 42601\)/,
  });
});

t.test(
  'a migration and the record of it are one transaction, so killing its starter leaves both or none',
  async (t) => {
    const { migrateUrl, serviceUrl } = await emptyDatabase(t);
    // Breaks the connection as soon as the script is committed, before the engine can write anything more.
    const script = `${FIRST}
;CREATE FUNCTION public.leave() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER leave AFTER UPDATE ON public._prisma_migrations
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.finished_at IS NOT NULL) EXECUTE FUNCTION public.leave();`;
    const migrationsDirectory = await migrationsOf(t, { '0001_init': script });
    await t.rejects(migrate(migrateUrl, { log, migrationsDirectory }));
    t.equal(await checkSchema(serviceUrl, { migrationsDirectory }), 'current');
    t.same(await migrate(migrateUrl, { log, migrationsDirectory }), { applied: [] });
    t.same(await ask(migrateUrl, 'SELECT name FROM "Thing"'), ['semi;colon']);
  },
);

t.test('a difference between the migrations and schema.prisma is found', async (t) => {
  const { migrateUrl } = await emptyDatabase(t);
  await migrate(migrateUrl, { log, migrationsDirectory: await migrationsOf(t, { '0001_init': FIRST }) });
  const schema = (fields: string) =>
    `datasource db {\n provider = "postgresql"\n}\nmodel Thing {\n id Int @id\n name String\n ${fields}\n}\n`;
  t.equal(await findDrift(migrateUrl, schema('')), '');
  t.match(await findDrift(migrateUrl, schema('note String?')), /ADD COLUMN\s+"note" TEXT/);
});
