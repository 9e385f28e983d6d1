import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { withClient } from '../../src/persistence/connection.ts';
import { startChild } from '../support/child.ts';
import { newDataDir } from '../support/data-dir.ts';
import { t } from '../support/t.ts';

const log = { info() {}, warn() {} };
const CHILD = 'test/support/embedded-child.ts';

async function start(t: Test, dataDir: string): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, log });
  t.teardown(() => postgres.stop());
  return postgres;
}

async function ask<T>(url: string, text: string): Promise<T> {
  return withClient(url, async (client) => (await client.query({ text, rowMode: 'array' })).rows[0]?.[0] as T);
}

t.test('a second service on one data directory is refused, and the first keeps its database', async (t) => {
  const dataDir = await newDataDir(t);
  const { superUrl } = await start(t, dataDir);
  const second = await startChild(CHILD, [dataDir]).ended;
  t.equal(second.exitCode, 1);
  t.match(JSON.parse(second.stdout), { code: 'data-dir-in-use', message: new RegExp(`\\(process ${process.pid}\\)`) });
  t.equal(await ask(superUrl, 'SELECT 1'), 1);
});

t.test('of five starters at once on a new data directory one gets it', async (t) => {
  const dataDir = await newDataDir(t);
  const children = Array.from({ length: 5 }, () => startChild(CHILD, [dataDir]));
  const answers = await Promise.all(
    children.map((child) => child.lineThat(() => true).then((line) => JSON.parse(line))),
  );
  t.equal(answers.filter((answer) => answer.port).length, 1);
  t.equal(answers.filter((answer) => answer.code === 'data-dir-in-use').length, 4);
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
  for (const delayMs of [200, 500, 800]) {
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

t.test('a server that was killed under a running service needs no stopping, and its data is there again', async (t) => {
  const dataDir = await newDataDir(t);
  const first = await startEmbeddedPostgres({ dataDir, log });
  await ask(first.migrateUrl, 'CREATE TABLE public.kept AS SELECT 7 AS value');
  const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid');
  process.kill(Number.parseInt(await readFile(pidFile, 'utf8'), 10), 'SIGKILL');
  await first.stop();
  const second = await start(t, dataDir);
  t.equal(await ask(second.migrateUrl, 'SELECT value FROM public.kept'), 7);
});
