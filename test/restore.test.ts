/** A backup that was made before an erasure is put back: what was erased is erased again before the service listens. */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import t, { type Test } from 'tap';
import { fetchToken } from '../src/auth/client-credentials.ts';
import { readKeyFile } from '../src/cli/keys.ts';
import { openCase } from './operations/world.ts';
import { systemAt } from './support/both-doors.ts';
import { newDataDir } from './support/data-dir.ts';
import { startMain, urlOf } from './support/main.ts';

const KEEPER = 'arge-pinneberg';

async function started(t: Test, dataDir: string) {
  const child = startMain(t, { DATA_DIR: dataDir });
  const url = await urlOf(child);
  const key = await readKeyFile(join(dataDir, 'keys', `${KEEPER}.json`));
  const { accessToken } = await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId: KEEPER, key });
  const stop = async () => {
    child.process.kill('SIGTERM');
    return child.ended;
  };
  return { system: systemAt('REST', url, accessToken), stop };
}

/** The copy keeps owners: PostgreSQL refuses a directory that is another account's. */
const copyAsOwned = (from: string, to: string) => promisify(execFile)('cp', ['-a', from, to]);

t.test('a restored backup does not undo an erasure', async (t) => {
  const dataDir = await newDataDir(t);
  const before = await started(t, dataDir);
  const erased = await openCase(before.system, ['STAMMDATEN', 'KONTAKT']);
  const kept = await openCase(before.system, ['STAMMDATEN']);
  const params = { clientId: erased.clientId };
  await before.stop();

  const database = join(dataDir, 'postgres');
  const backup = join(dataDir, '../backup');
  await copyAsOwned(database, backup);

  const erasing = await started(t, dataDir);
  await erasing.system.done('eraseClient', { params, body: { confirm: true } });
  await erasing.stop();

  // The database alone goes back; master key and ledger are backed up apart from it, and stay as they are.
  await rm(database, { recursive: true });
  await copyAsOwned(backup, database);
  const restored = await started(t, dataDir);
  t.match(await restored.system.refused('getEntry', { params: { entryId: erased.entryIds[0] } }), {
    code: 'not-found',
  });
  t.same((await restored.system.done('listEntries', { params })).items, []);
  t.match(await restored.system.refused('eraseClient', { params, body: { confirm: true } }), { code: 'conflict' });
  t.match(await restored.system.done('getEntry', { params: { entryId: kept.entryIds[0] } }), { id: kept.entryIds[0] });
  const { stdout } = await restored.stop();
  t.match(stdout, /"code":"erased-again","clients":1/);

  const again = await started(t, dataDir);
  const { stdout: quiet } = await again.stop();
  t.notMatch(quiet, /erased-again/, 'once is enough');
});
