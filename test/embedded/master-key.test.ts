import { chmod, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Test } from 'tap';
import { readOrMakeMasterKeys } from '../../src/embedded/master-key.ts';
import { newDataDir } from '../support/data-dir.ts';
import { t } from '../support/t.ts';

const whileEmpty = async () => true;
const whileFull = async () => false;

async function madeDataDir(t: Test): Promise<string> {
  const dataDir = await newDataDir(t);
  await mkdir(dataDir);
  return dataDir;
}

t.test('it is made once, for its owner alone, and read again afterwards', async (t) => {
  const dataDir = await madeDataDir(t);
  const made = await readOrMakeMasterKeys(dataDir, whileEmpty);
  t.same(
    made.map((key) => key.length),
    [32],
  );
  t.equal((await stat(join(dataDir, 'master.key'))).mode & 0o777, 0o600);
  t.same(await readOrMakeMasterKeys(dataDir, whileFull), made);
  t.notSame(await readOrMakeMasterKeys(await madeDataDir(t), whileEmpty), made);
});

t.test('one that group or others may read or change is refused', async (t) => {
  const dataDir = await madeDataDir(t);
  await readOrMakeMasterKeys(dataDir, whileEmpty);
  for (const mode of [0o640, 0o604, 0o620, 0o602, 0o644]) {
    await chmod(join(dataDir, 'master.key'), mode);
    await t.rejects(readOrMakeMasterKeys(dataDir, whileFull), { code: 'secret-unsafe', message: /chmod 600/ });
  }
});

t.test('beside a database with data no new one is made', async (t) => {
  const dataDir = await madeDataDir(t);
  await readOrMakeMasterKeys(dataDir, whileEmpty);
  await rm(join(dataDir, 'master.key'));
  await t.rejects(readOrMakeMasterKeys(dataDir, whileFull), { code: 'master-key-missing', message: /restore it/ });
  await t.rejects(readFile(join(dataDir, 'master.key')), { code: 'ENOENT' });
});

t.test('one that was cut short or changed is refused, and its content not shown', async (t) => {
  const dataDir = await madeDataDir(t);
  await writeFile(join(dataDir, 'master.key'), 'half-a-key', { mode: 0o600 });
  const error = await readOrMakeMasterKeys(dataDir, whileFull).catch((thrown) => thrown);
  t.match(error, { code: 'master-key-missing' });
  t.notMatch(error.message, /half-a-key/);
});
