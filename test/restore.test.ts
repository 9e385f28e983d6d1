/** A backup that was made before an erasure is put back: what was erased is erased again before the service listens. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Test } from 'tap';
import { fetchToken } from '../src/auth/client-credentials.ts';
import { readKeyFile } from '../src/cli/keys.ts';
import { forward, openCase, sayYes } from './operations/world.ts';
import { systemAt } from './support/both-doors.ts';
import { newDataDir } from './support/data-dir.ts';
import { AGENCY } from './support/exchange.ts';
import { startMain, urlOf } from './support/main.ts';
import { t } from './support/t.ts';

const KEEPER = 'arge-pinneberg';
const RECEIVER = 'caritas-pinneberg';
const PAGE = readFileSync(new URL('../docs/operate.md', import.meta.url), 'utf8');

/** The commands for the embedded database, as the operator's page has them. */
const commandsOf = (title: string): string => /```bash\n(.*?)```/s.exec(PAGE.split(`\n## ${title}\n`)[1]!)![1]!;

async function started(t: Test, dataDir: string) {
  const child = startMain(t, { DATA_DIR: dataDir });
  const url = await urlOf(child);
  const as = async (clientId: string) => {
    const key = await readKeyFile(join(dataDir, 'keys', `${clientId}.json`));
    const { accessToken } = await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId, key });
    return systemAt('REST', url, accessToken);
  };
  const stop = async () => {
    child.process.kill('SIGTERM');
    return child.ended;
  };
  return { system: await as(KEEPER), receiver: await as(RECEIVER), stop };
}

t.test('a restored backup does not undo an erasure', async (t) => {
  const dataDir = await newDataDir(t);
  const before = await started(t, dataDir);
  const erased = await openCase(before.system, ['STAMMDATEN', 'KONTAKT']);
  const kept = await openCase(before.system, ['STAMMDATEN']);
  const params = { clientId: erased.clientId };
  // Its receiver has read it before the backup was made.
  await sayYes(before.system, erased.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'KONTAKT'] });
  await forward(before.system, erased, AGENCY.caritas);
  const [{ id: forwardingId }] = (await before.receiver.done('listInbox', { query: { limit: 1 } })).items;
  const hop = { params: { forwardingId } };
  t.equal((await before.receiver.done('getForwarding', hop)).entries.length, 2);
  await before.stop();

  const places = { DATA_DIR: dataDir, BACKUP: join(dataDir, '../backup'), ELSEWHERE: join(dataDir, '../elsewhere') };
  for (const place of [places.BACKUP, places.ELSEWHERE]) await mkdir(place);
  const type = (commands: string) =>
    promisify(execFile)('bash', ['-euc', commands], { env: { PATH: process.env.PATH, ...places } });
  await type(commandsOf('Backup'));

  const erasing = await started(t, dataDir);
  await erasing.system.done('eraseClient', { params, body: { confirm: true } });
  await erasing.stop();

  // The database alone goes back; master key and ledger stay as they are.
  await type(commandsOf('Restore'));
  const restored = await started(t, dataDir);
  t.match(await restored.system.refused('getEntry', { params: { entryId: erased.entryIds[0] } }), {
    code: 'not-found',
  });
  t.same((await restored.system.done('listEntries', { params })).items, []);
  t.match(await restored.system.refused('eraseClient', { params, body: { confirm: true } }), { code: 'conflict' });
  t.match(await restored.system.done('getEntry', { params: { entryId: kept.entryIds[0] } }), { id: kept.entryIds[0] });
  const { entries, closedEntries } = await restored.receiver.done('getForwarding', hop);
  t.same([entries, closedEntries.length], [[], 2], 'what was disclosed of it is closed again');
  t.equal((await restored.receiver.done('listOwedAnswers', {})).items.length, 2, 'and its receiver owes its answers');
  const { items } = await restored.system.done('listDisclosures', { params });
  t.ok(
    items.every((row: { closedAt: string | null }) => row.closedAt !== null),
    'as rows too',
  );
  const { stdout } = await restored.stop();
  t.match(stdout, /"code":"erased-again","clients":1/);

  const again = await started(t, dataDir);
  const { stdout: quiet } = await again.stop();
  t.notMatch(quiet, /erased-again/, 'once is enough');
});
