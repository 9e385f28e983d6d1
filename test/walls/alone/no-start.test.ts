/**
 * Without its master key the service does not start: exit code 1 and one sentence, for every way of not having it. With the
 * database that comes along see also test/main.test.ts (its file is lost) and encryption.test.ts (another one is in it).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startExchange } from '../../support/exchange.ts';
import { failsWith, MASTER_KEY, startMain } from '../../support/main.ts';
import { t } from '../../support/t.ts';

const ANOTHER = Buffer.alloc(32, 8).toString('base64');

t.test('with a database of the operator', async (t) => {
  // It holds clients that were written under MASTER_KEY.
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  t.equal(exchange.masterKey.toString('base64'), MASTER_KEY);
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-no-start-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const file = async (name: string, content: string) => {
    await writeFile(join(directory, name), content);
    return { MASTER_KEY_FILE: join(directory, name) };
  };
  const other =
    /^The master key is another one than this database was set up with; set MASTER_KEY to that one, or restore/;
  const rows: [name: string, settings: Record<string, string>, sentence: RegExp][] = [
    ['no key', {}, /^MASTER_KEY is missing and has no default beside DATABASE_URL; make one by .*\.$/m],
    ['an empty one', { MASTER_KEY: '' }, /^MASTER_KEY is missing/],
    [
      'half a key',
      { MASTER_KEY: MASTER_KEY.slice(0, 20) },
      /^MASTER_KEY must be 32 random bytes in base64; make one by/,
    ],
    ['a file that is lost', { MASTER_KEY_FILE: join(directory, 'lost') }, /^MASTER_KEY_FILE names a file that cannot/],
    ['an empty file', await file('empty', ''), /^MASTER_KEY must be 32 random bytes in base64; make one by/],
    ['a file with one good line', await file('half', `${MASTER_KEY}\nx\n`), /^MASTER_KEY must be 32 random bytes/],
    ['another key', { MASTER_KEY: ANOTHER }, other],
    ['another key in a file', await file('another', `${ANOTHER}\n`), other],
  ];
  for (const [name, settings, sentence] of rows) {
    await t.test(name, async (t) => {
      const child = startMain(t, { DATABASE_URL: exchange.database.serviceUrl, NODE_ENV: 'production', ...settings });
      await failsWith(t, child, sentence);
      const { stdout, stderr } = await child.ended;
      t.notMatch(stdout, /listening/, 'it never listened');
      for (const key of [MASTER_KEY, ANOTHER, MASTER_KEY.slice(0, 20)]) t.notOk((stdout + stderr).includes(key));
    });
  }
  const keys = 'SELECT count(*)::int AS many FROM exchange_key';
  t.same(await exchange.sql(keys), [{ many: 6 }], 'and none of them made keys of its own');
});
