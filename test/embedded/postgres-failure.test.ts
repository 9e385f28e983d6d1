import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { withClient } from '../../src/persistence/connection.ts';
import { startChild } from '../support/child.ts';
import { newDataDir } from '../support/data-dir.ts';
import { t } from '../support/t.ts';

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
    t.notOk(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid')));
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
