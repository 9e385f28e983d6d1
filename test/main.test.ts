import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import t, { type Test } from 'tap';
import { withClient } from '../src/persistence/connection.ts';
import { type Child, type ChildOptions, ROOT, startChild } from './support/child.ts';
import { newDataDir } from './support/data-dir.ts';
import { cloneDatabase, testServerUrl } from './support/database.ts';

const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');
const isRoot = process.getuid?.() === 0;
/** Until the composition root exists only what fails before it can be tried. */
const needsApp = existsSync(join(ROOT, 'src/app.ts')) ? {} : { skip: 'src/app.ts is not there yet' };

function startMain(t: Test, environment: Record<string, string>, options: ChildOptions = {}): Child {
  const child = startChild('src/main.ts', [], { ...options, environment: { PORT: '0', ...environment } });
  t.teardown(async () => {
    child.process.kill('SIGTERM');
    await child.ended;
  });
  return child;
}

const isListening = (line: string) => line.includes('"url"') || /listening/i.test(line);

/** The service says in its log where it listens. */
async function urlOf(child: Child): Promise<string> {
  return (await child.lineThat(isListening)).match(/http:\/\/[\w.:[\]]+/)![0].replace(/\/$/, '');
}

/** It ends by itself, with exactly one sentence that matches, no stack, and nothing left running. */
async function failsWith(t: Test, child: Child, expected: RegExp): Promise<void> {
  const { exitCode, stdout, stderr } = await child.ended;
  t.equal(exitCode, 1);
  t.match(stderr, expected);
  t.equal(stderr.trimEnd().split('\n').length, 1, 'one line');
  t.notMatch(stdout + stderr, /\bat \S+ \(?(?:file|node):/, 'no stack trace');
}

t.test('a wrong setting ends it at once', async (t) => {
  await failsWith(t, startMain(t, { PORT: 'x' }), /^PORT must be a whole number .*\.$/m);
});

t.test('a database of the operator without a master key ends it at once', async (t) => {
  await failsWith(t, startMain(t, { DATABASE_URL: 'postgresql://a@127.0.0.1/b' }), /^MASTER_KEY is missing/);
});

t.test('what can be wrong with a database of the operator is one sentence each, without its password', async (t) => {
  const server = new URL(testServerUrl());
  const database = await cloneDatabase();
  t.teardown(() => database.drop());
  const changed = (url: string, change: Partial<Pick<URL, 'port' | 'hostname' | 'password' | 'pathname'>>) =>
    Object.assign(new URL(url), change).href;
  const rows: [string, RegExp][] = [
    [
      changed(database.serviceUrl, { port: '1' }),
      /^The database at 127\.0\.0\.1:1 does not answer \(ECONNREFUSED\); start it, or correct DATABASE_URL\.$/m,
    ],
    [
      changed(database.serviceUrl, { hostname: 'nowhere.invalid' }),
      /^The host nowhere\.invalid:\d+ of DATABASE_URL is unknown/,
    ],
    [
      changed(database.serviceUrl, { password: 'wr0ng' }),
      /refuses the login of laufzettel_service; correct user and password in DATABASE_URL/,
    ],
    [changed(database.serviceUrl, { password: '' }), /refuses the login of laufzettel_service/],
    [changed(database.serviceUrl, { pathname: '/nothing' }), /has no database "nothing"/],
  ];
  for (const [url, expected] of rows) {
    const child = startMain(t, { DATABASE_URL: url, MASTER_KEY });
    await failsWith(t, child, expected);
    const { stdout, stderr } = await child.ended;
    t.notOk((stdout + stderr).includes(server.password));
    t.notMatch(stdout + stderr, /wr0ng/);
  }
});

t.test('a database that is empty, older or newer than the code is refused', async (t) => {
  const empty = await cloneDatabase({ empty: true });
  const newer = await cloneDatabase();
  t.teardown(async () => {
    await empty.drop();
    await newer.drop();
  });
  await failsWith(
    t,
    startMain(t, { DATABASE_URL: empty.serviceUrl, MASTER_KEY }),
    /lacks migrations.*MIGRATE_DATABASE_URL/,
  );
  await withClient(newer.migrateUrl, (client) =>
    client.query(
      "UPDATE _prisma_migrations SET migration_name = '9999_future' WHERE migration_name = (SELECT max(migration_name) FROM _prisma_migrations)",
    ),
  );
  const bothUrls = { DATABASE_URL: newer.serviceUrl, MASTER_KEY };
  await failsWith(t, startMain(t, bothUrls), /migrated by a newer release/);
  const migrating = startMain(t, { ...bothUrls, MIGRATE_DATABASE_URL: newer.migrateUrl });
  await failsWith(t, migrating, /migrated by a newer release \(9999_future\)/);
});

t.test('a data directory that cannot be used is one sentence', async (t) => {
  const dataDir = await newDataDir(t);
  await writeFile(dataDir, 'a file');
  await failsWith(t, startMain(t, { DATA_DIR: join(dataDir, 'below') }), /^The data directory .* cannot be used/);
});

t.test(
  'a data directory that may not be written is one sentence',
  isRoot ? { skip: 'root may write anywhere' } : {},
  async (t) => {
    const dataDir = await newDataDir(t);
    await mkdir(dataDir, { mode: 0o555 });
    await failsWith(t, startMain(t, { DATA_DIR: dataDir }), /^The data directory .* make it writable/);
  },
);

t.test('a full disk is one sentence, whenever it comes', async (t) => {
  for (const bytes of [100, 200_000, 8_000_000, 17_000_000]) {
    const dataDir = await newDataDir(t);
    const child = startMain(t, { DATA_DIR: dataDir }, { under: ['prlimit', `--fsize=${bytes}`] });
    if (bytes < 16_777_216) await failsWith(t, child, /is full; free some space and start again\.$/m);
    t.notOk(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid')) && bytes < 16_777_216);
  }
});

t.test('a master key that others may read ends it, and the database is stopped again', async (t) => {
  const dataDir = await newDataDir(t);
  await mkdir(dataDir);
  await chmod(dataDir, 0o711);
  await writeFile(join(dataDir, 'master.key'), `${MASTER_KEY}\n`, { mode: 0o644 });
  await failsWith(t, startMain(t, { DATA_DIR: dataDir }), /master\.key holds a secret .* chmod 600/);
  t.notOk(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid')));
});

t.test('on a bare machine it starts, answers, and stops in order', needsApp, async (t) => {
  const dataDir = await newDataDir(t);
  const child = startMain(t, { DATA_DIR: dataDir });
  const url = await urlOf(child);
  t.equal((await fetch(`${url}/healthz`)).status, 200);
  t.equal((await stat(join(dataDir, 'master.key'))).mode & 0o777, 0o600);
  child.process.kill('SIGTERM');
  const { exitCode, stdout, stderr } = await child.ended;
  t.equal(exitCode, 0);
  t.equal(stderr, '');
  t.notMatch(stdout, /Bearer|curl/, 'the banner is for terminals');
  t.notOk(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid')), 'the database was stopped');
  const { passwords } = JSON.parse(await readFile(join(dataDir, 'postgres.json'), 'utf8'));
  for (const secret of [
    ...Object.values<string>(passwords),
    (await readFile(join(dataDir, 'master.key'), 'utf8')).trim(),
  ]) {
    t.notOk(stdout.includes(secret));
  }
});

t.test('after SIGKILL the next start finds the database and its data again', needsApp, async (t) => {
  const dataDir = await newDataDir(t);
  const first = startMain(t, { DATA_DIR: dataDir });
  await urlOf(first);
  first.process.kill('SIGKILL');
  await first.ended;
  const second = startMain(t, { DATA_DIR: dataDir });
  const url = await urlOf(second);
  t.match(await second.lineThat((line) => line.includes('took over')), /"reused":true/);
  t.equal((await fetch(`${url}/healthz`)).status, 200);
});

t.test('a lost master key ends the start, and no new one is made', needsApp, async (t) => {
  const dataDir = await newDataDir(t);
  const first = startMain(t, { DATA_DIR: dataDir });
  await urlOf(first);
  first.process.kill('SIGTERM');
  await first.ended;
  await rm(join(dataDir, 'master.key'));
  await failsWith(t, startMain(t, { DATA_DIR: dataDir }), /master\.key is missing, and without it nothing/);
  t.notOk(existsSync(join(dataDir, 'master.key')));
});

t.test('a port that is taken is one sentence, and the database is stopped again', needsApp, async (t) => {
  const somebodyElse = createServer().listen(0, '127.0.0.1');
  await once(somebodyElse, 'listening');
  t.teardown(() => somebodyElse.close());
  const { port } = somebodyElse.address() as { port: number };
  const dataDir = await newDataDir(t);
  const child = startMain(t, { DATA_DIR: dataDir, PORT: String(port) });
  await failsWith(t, child, new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken by another program`));
  t.notOk(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid')));
});

t.test('a second service on the same data directory is refused', needsApp, async (t) => {
  const dataDir = await newDataDir(t);
  const first = startMain(t, { DATA_DIR: dataDir });
  const url = await urlOf(first);
  await failsWith(t, startMain(t, { DATA_DIR: dataDir }), /already uses the data directory/);
  t.equal((await fetch(`${url}/healthz`)).status, 200);
});

t.test('with a database of the operator it starts beside one that does', needsApp, async (t) => {
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
  t.notOk(existsSync(join(dirname(dataDir), 'data/postgres/cluster/postmaster.pid')));
});
