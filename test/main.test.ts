import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { newDataDir } from './support/data-dir.ts';
import { cloneDatabase } from './support/database.ts';
import { failsWith, MASTER_KEY, startMain, urlOf } from './support/main.ts';
import { t } from './support/t.ts';

const health = async (url: string) => (await fetch(`${url}/healthz`)).status;

t.test('the life of an installation on a bare machine', async (t) => {
  const dataDir = await newDataDir(t);
  const pidFile = join(dataDir, 'postgres/cluster/postmaster.pid');
  const masterKeyFile = join(dataDir, 'master.key');

  const first = startMain(t, { DATA_DIR: dataDir });
  const firstUrl = await urlOf(first);
  t.equal(await health(firstUrl), 200, 'it starts without any setting and answers');
  t.equal((await stat(masterKeyFile)).mode & 0o777, 0o600);

  await failsWith(t, startMain(t, { DATA_DIR: dataDir }), /already uses the data directory/);
  t.equal(await health(firstUrl), 200, 'a second one on the same data directory is refused and harms nothing');

  first.process.kill('SIGKILL');
  await first.ended;
  const second = startMain(t, { DATA_DIR: dataDir });
  t.equal(await health(await urlOf(second)), 200, 'after SIGKILL the next one starts');
  t.match(await second.lineThat((line) => line.includes('took over')), /"reused":true/);

  second.process.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await second.ended;
  t.same({ exitCode, stderr }, { exitCode: 0, stderr: '' }, 'a signal stops it in order');
  t.notOk(existsSync(pidFile), 'and its database with it');
  t.notMatch(stdout, /Bearer|curl/, 'the banner is for terminals');
  const { passwords } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8'));
  const masterKey = (await readFile(masterKeyFile, 'utf8')).trim();
  for (const secret of [...Object.values<string>(passwords), masterKey]) t.notOk(stdout.includes(secret));

  const somebodyElse = createServer().listen(0, '127.0.0.1');
  await once(somebodyElse, 'listening');
  t.teardown(() => somebodyElse.close());
  const { port } = somebodyElse.address() as { port: number };
  const onTakenPort = startMain(t, { DATA_DIR: dataDir, PORT: String(port) });
  await failsWith(t, onTakenPort, new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken by another program`));
  t.notOk(existsSync(pidFile), 'a start that fails stops its database again');

  await rm(masterKeyFile);
  await failsWith(t, startMain(t, { DATA_DIR: dataDir }), /master\.key is missing, and without it nothing/);
  t.notOk(existsSync(masterKeyFile), 'no new key is made beside old data');
});

t.test('with a database of the operator it starts beside one that does', async (t) => {
  const database = await cloneDatabase({ empty: true });
  t.teardown(() => database.drop());
  const environment = { DATABASE_URL: database.serviceUrl, MIGRATE_DATABASE_URL: database.migrateUrl, MASTER_KEY };
  const children = [startMain(t, environment), startMain(t, environment)];
  for (const url of await Promise.all(children.map(urlOf))) t.equal((await fetch(`${url}/healthz`)).status, 200);
  for (const child of children) child.process.kill('SIGINT');
  for (const { ended } of children) t.equal((await ended).exitCode, 0);
});

t.test('a signal while it starts stops what was started, and is no failure', async (t) => {
  const dataDir = await newDataDir(t);
  const child = startMain(t, { DATA_DIR: dataDir });
  await child.lineThat((line) => line.includes('started PostgreSQL'));
  child.process.kill('SIGINT');
  const { exitCode, stderr } = await child.ended;
  t.same({ exitCode, stderr }, { exitCode: 0, stderr: '' });
  t.notOk(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid')));
});
