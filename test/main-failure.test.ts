import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withClient } from '../src/persistence/connection.ts';
import { newDataDir } from './support/data-dir.ts';
import { cloneDatabase, testServerUrl } from './support/database.ts';
import { failsWith, MASTER_KEY, startMain } from './support/main.ts';
import { t } from './support/t.ts';

const isRoot = process.getuid?.() === 0;

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
  await failsWith(t, startMain(t, { DATA_DIR: dataDir }), /master\.key holds a secret .*chmod 600/);
  t.notOk(existsSync(join(dataDir, 'postgres/cluster/postmaster.pid')));
});
