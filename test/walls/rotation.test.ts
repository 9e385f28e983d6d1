/** The master key is changed under load, with two processes on one database; no request fails, and afterwards the former key is worth nothing. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Test } from 'tap';
import { fetchToken } from '../../src/auth/client-credentials.ts';
import { readKeyFile } from '../../src/cli/keys.ts';
import { MasterKey } from '../../src/persistence/master-key.ts';
import { type Case, openCase, sendCase } from '../operations/world.ts';
import { type System, systemAt } from '../support/both-doors.ts';
import { startChild } from '../support/child.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { failsWith, startMain, urlOf } from '../support/main.ts';
import { t } from '../support/t.ts';

const COMMAND = 'src/cli/rotate-master-key.ts';

/** Agencies of one instance that work without a pause. */
class Load {
  readonly failures: string[] = [];
  readonly sent: (Case & { forwardingId: string })[] = [];
  rounds = 0;
  #stopped = false;
  readonly #running: Promise<void>[];

  constructor(pairs: readonly { arge: System; caritas: System }[]) {
    this.#running = pairs.map(async (pair) => {
      while (!this.#stopped) {
        await this.#round(pair).catch((error: Error) => this.failures.push(error.message));
        this.rounds += 1;
      }
    });
  }

  /** Writes, sends, and reads what an earlier round wrote: mostly wrapped before, sometimes since. */
  async #round({ arge, caritas }: { arge: System; caritas: System }): Promise<void> {
    this.sent.push(await sendCase(arge, AGENCY.caritas));
    const { clientId, forwardingId } = this.sent[Math.floor(Math.random() * this.sent.length)]!;
    const { entries } = await caritas.done('getForwarding', { params: { forwardingId } });
    if (entries.length !== 1) throw new Error('an entry is missing');
    const { items } = await arge.done('listEntries', { params: { clientId } });
    if (items.length !== 1) throw new Error('an own entry is missing');
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }
}

async function world(t: Test) {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-rotation-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const keyFile = join(directory, 'master-key');
  const write = (...keys: Buffer[]) => writeFile(keyFile, keys.map((key) => `${key.toString('base64')}\n`).join(''));
  await write(exchange.masterKey);
  const settings = {
    DATABASE_URL: exchange.database.serviceUrl,
    MASTER_KEY_FILE: keyFile,
    ERASURE_LEDGER_FILE: join(directory, 'erasures.jsonl'),
    RATE_LIMIT_PER_MINUTE: '1000000',
    STRANGERS_PER_MINUTE: '1000000',
    MAX_EVENT_LOOP_DELAY_MS: '0',
  };
  const rotation = () =>
    startChild(COMMAND, [], {
      environment: { MIGRATE_DATABASE_URL: exchange.database.migrateUrl, MASTER_KEY_FILE: keyFile },
    });
  const at = async (url: string, clientId: string): Promise<System> => {
    const key = await readKeyFile(join(exchange.keysDir, `${clientId}.json`));
    return systemAt('REST', url, (await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId, key })).accessToken);
  };
  const instance = async () => {
    const child = startMain(t, settings);
    const url = await urlOf(child);
    const stop = async () => {
      child.process.kill('SIGTERM');
      return child.ended;
    };
    return { url, stop, arge: await at(url, 'arge-pinneberg'), caritas: await at(url, 'caritas-pinneberg') };
  };
  return { exchange, write, settings, rotation, instance };
}

t.test('the master key is changed while two instances serve', async (t) => {
  const { exchange, write, settings, rotation, instance } = await world(t);
  const [one, other] = await Promise.all([instance(), instance()]);
  const erased = await openCase(one.arge);
  const [former, next] = [exchange.masterKey, randomBytes(32)];
  const load = new Load([one, other, one, other]);
  await untilRounds(load, 4);

  await write(next, former);
  const killed = rotation();
  await killed.lineThat((line) => line.includes('master-key-announced'));
  killed.process.kill('SIGKILL');
  t.equal((await killed.ended).signal, 'SIGKILL', 'a first run is cut off');
  await one.arge.done('eraseClient', { params: { clientId: erased.clientId }, body: { confirm: true } });
  await untilRounds(load, load.rounds + 4);

  const before = load.rounds;
  const { exitCode, stdout, stderr } = await rotation().ended;
  t.same({ exitCode, stderr }, { exitCode: 0, stderr: '' }, 'the next one does it all');
  t.match(stdout, /"code":"master-key-rotated","wrappedAnew":\d+,"checked":\d+/);
  t.notMatch(stdout, next.toString('base64'));
  t.ok(load.rounds > before, 'they went on working meanwhile');
  await untilRounds(load, load.rounds + 4);
  await load.stop();
  t.same(load.failures, [], `not one of ${load.rounds} rounds failed`);

  const fingerprints = `SELECT DISTINCT encode(internal.master_key_of(wrapped), 'hex') AS is FROM (
    SELECT wrapped FROM client_key UNION ALL SELECT wrapped FROM exchange_key) AS one WHERE wrapped IS NOT NULL`;
  t.same(
    await exchange.sql(fingerprints),
    [{ is: new MasterKey(next).fingerprint }],
    'no key is wrapped by the former',
  );
  const gone = 'SELECT client_id AS is FROM client_key WHERE wrapped IS NULL';
  t.same(await exchange.sql(gone), [{ is: erased.clientId }], 'who was erased meanwhile stays erased');

  await t.test('an instance that was not given the new key says so, and tells nobody anything wrong', async (t) => {
    const left = await exchange.as('arge');
    t.equal((await fetch(`${exchange.url}/readyz`)).status, 503, 'it is not ready');
    t.equal((await left.get(`/v1/clients/${load.sent[0]!.clientId}/entries`)).status, 503);
    t.equal((await left.post('/v1/clients', {})).status, 503, 'what it wraps by the former one is refused');
    t.ok(exchange.log.some((line) => line.includes('"code":"master-key-unknown"')));
  });

  await Promise.all([one.stop(), other.stop()]);
  await write(former);
  await failsWith(t, startMain(t, settings), /^The master key is another one than this database was set up with/);
  await write(next);
  const restarted = await instance();
  t.equal((await fetch(`${restarted.url}/readyz`)).status, 200, 'it starts with the new key alone');
  for (const { forwardingId } of [load.sent[0]!, load.sent.at(-1)!]) {
    const { entries } = await restarted.caritas.done('getForwarding', { params: { forwardingId } });
    t.equal(entries.length, 1, 'what was written before and since can be read');
  }
  const params = { entryId: erased.entryIds[0]! };
  t.equal((await restarted.arge.refused('getEntry', { params })).code, 'not-found');
});

async function untilRounds(load: Load, rounds: number): Promise<void> {
  while (load.rounds < rounds) await new Promise((resolve) => setTimeout(resolve, 20));
}
