import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OperatorError } from '../../src/domain/operator-error.ts';
import { erasureLedger } from '../../src/persistence/erasure-ledger.ts';
import { LedgerUnusable } from '../../src/usecases/ports.ts';
import { t } from '../support/t.ts';

const ONE = { clientId: '01980000-0000-7000-8000-000000000001', at: Date.parse('2026-11-26T10:00:00.001Z') };
const TWO = { ...ONE, clientId: '01980000-0000-7000-8000-000000000002' };

const directory = await mkdtemp(join(tmpdir(), 'laufzettel-ledger-'));
t.teardown(() => rm(directory, { recursive: true }));
let files = 0;
function newLedger(path = join(directory, `${++files}.jsonl`)) {
  const unwritable: unknown[] = [];
  return { path, unwritable, ledger: erasureLedger({ path, onUnwritable: (error) => unwritable.push(error) }) };
}

t.test('what was recorded is there, in order, for its owner alone', async (t) => {
  const { ledger, path } = newLedger();
  t.same(await ledger.all(), [], 'none yet');
  await ledger.record(ONE);
  await ledger.record(TWO);
  t.same(await ledger.all(), [ONE, TWO]);
  t.equal((await stat(path)).mode & 0o777, 0o600);
  t.equal((await readFile(path, 'utf8')).split('\n').length, 3, 'a line each');
});

t.test('many at once, from several instances, leave whole lines', async (t) => {
  const { ledger, path } = newLedger();
  const other = newLedger(path).ledger;
  await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 ? ledger : other).record(ONE)));
  t.equal((await ledger.all()).length, 40);
});

t.test('half a line, left by a crash, says nothing and spoils nothing', async (t) => {
  const { ledger, path } = newLedger();
  await ledger.record(ONE);
  await appendFile(path, '{"clientId":"01980000-0000');
  t.same(await ledger.all(), [ONE]);
  await ledger.record(TWO);
  t.same(await ledger.all(), [ONE, TWO]);
});

t.test('a line that was changed keeps the service from starting', async (t) => {
  for (const line of [
    '{}',
    '{"clientId":"x","at":"2026-11-26T10:00:00.000Z"}',
    `{"clientId":"${ONE.clientId}","at":"then"}`,
  ]) {
    const { ledger, path } = newLedger();
    await writeFile(path, `${line}\n`);
    const error = await ledger.all().catch((reason: unknown) => reason);
    t.ok(error instanceof OperatorError && error.code === 'erasure-ledger-unusable', line);
    t.match((error as Error).message, /line 1 of .* is not a line of it/);
  }
});

t.test('where it cannot be written or read it says so', async (t) => {
  const { ledger, unwritable } = newLedger(join(directory, 'nowhere', 'ledger.jsonl'));
  const error = await ledger.record(ONE).catch((reason: unknown) => reason);
  t.ok(error instanceof LedgerUnusable);
  t.match(unwritable, [{ code: 'ENOENT' }]);
  await t.rejects(newLedger(directory).ledger.all(), { code: 'erasure-ledger-unusable' });
});
