/** Keys of requests where it matters: many at once from two instances, a process that is gone, and what is kept of them. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { forgetKeys } from '../../src/usecases/forget-keys.ts';
import type { Deps } from '../../src/usecases/ports.ts';
import { AGENCY, type Answer, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { nothingBroke, startRace } from './race-world.ts';
import { CONTACT, MASTER, newClient, newSlip, sayYes, sent } from './scenes.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const key = () => ({ 'idempotency-key': randomUUID() });

t.test('the same request twenty times at once, from two instances', async (t) => {
  const race = await startRace(t);
  const systems = await Promise.all(race.instances.map((as) => as('arge')));
  const client = await newClient(systems[0]!);
  const slip = await newSlip(systems[0]!, client, [MASTER, CONTACT]);
  await sayYes(systems[0]!, client, 'caritas', ['STAMMDATEN', 'KONTAKT']);
  const rows: [string, unknown, string, string][] = [
    [`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas }, 'forwarding', 'laufzettel_id'],
    ['/v1/clients', { fileReference: 'BG-4711' }, 'client', 'file_reference_index IS NOT NULL AND agency_id'],
    [`/v1/clients/${client}/entries`, CONTACT, 'entry', 'client_id'],
  ];
  const ids = [slip.id, AGENCY.arge, client];
  for (const [index, [path, body, table, column]] of rows.entries()) {
    const many = async () =>
      (await race.exchange.sql(`SELECT count(*)::int AS many FROM ${table} WHERE ${column} = $1`, [ids[index]]))[0]
        .many;
    const before = await many();
    const headers = key();
    const answers: Answer[] = await Promise.all(
      Array.from({ length: 20 }, (_, turn) => systems[turn % 2]!.post(path, body, headers)),
    );
    t.same([...new Set(answers.map((answer) => answer.status))], [201], path);
    t.equal(new Set(answers.map((answer) => answer.text)).size, 1, 'twenty equal answers');
    t.equal(answers.filter((answer) => answer.headers.get('idempotency-replayed') === null).length, 1);
    t.equal(await many(), before + 1, 'one effect');
  }
  await nothingBroke(t, race);
});

t.test('a refusal twenty times at once is one refusal', async (t) => {
  const race = await startRace(t);
  const systems = await Promise.all(race.instances.map((as) => as('arge')));
  const slip = await newSlip(systems[0]!, await newClient(systems[0]!), [MASTER]);
  const headers = key();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, turn) =>
      systems[turn % 2]!.post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas }, headers),
    ),
  );
  t.same([...new Set(answers.map((answer) => answer.body.code))], ['consent-missing']);
  const noted = await race.exchange.sql(`SELECT id FROM audit WHERE action = 'forwarding.send'`);
  t.equal(noted.length, 1);
});

/** Looks and notes as the service does, without the service between. */
async function service(exchange: Exchange) {
  const client = new Client(exchange.database.serviceUrl);
  await client.connect();
  const actor = { agency: AGENCY.arge, system: 'probe', caseworker: null };
  const hash = Buffer.alloc(32, 1);
  return {
    client,
    lookUp: async (request = 2, agency: string = AGENCY.arge) => {
      const values = [{ ...actor, agency }, hash, Buffer.alloc(32, request)];
      return (await client.query('SELECT api.look_up_idempotency($1, $2, $3) AS found', values)).rows[0].found;
    },
    note: async (attempt: string, action: string, outcome = 'DONE', agency: string = AGENCY.arge) => {
      const request = { key: hash.toString('hex'), content: Buffer.alloc(32, 2).toString('hex'), attempt };
      const text = 'SELECT api.note($1, $2, $3, $4, 1000)';
      return client.query(text, [{ ...actor, agency, request }, action, outcome, { thing: action }]).then(
        () => 'noted',
        (error: { code: string }) => error.code,
      );
    },
  };
}

t.test('the first that an attempt notes is kept with its key, and nobody has a second effect', async (t) => {
  const exchange = await startExchange();
  const { client, lookUp, note } = await service(exchange);
  t.teardown(async () => {
    await client.end();
    await exchange.close();
  });
  const [first, second] = [randomUUID(), randomUUID()];
  t.same(await lookUp(), { state: 'new' });
  t.equal(await note(first, 'entries.read', 'PERMIT'), 'noted');
  t.same(await lookUp(), { state: 'new' }, 'a reading is no effect');
  t.equal(await note(first, 'thing.done'), 'noted');
  t.equal(await note(first, 'disclosure.close', 'TIME'), 'noted', 'what follows belongs to it');
  const effect = { action: 'thing.done', outcome: 'DONE', subject: { thing: 'thing.done' }, at: 1000 };
  t.same(await lookUp(), { state: 'replay', attempt: first, ...effect }, 'the first that it noted is kept');
  t.same(await lookUp(3), { state: 'mismatch' });
  t.equal(await note(second, 'slow.done'), 'LZ409', 'whoever comes later is stopped');
  t.same(await exchange.sql(`SELECT FROM audit WHERE action = 'slow.done'`), [], 'and nothing of it stands');
  t.same(await lookUp(2, AGENCY.caritas), { state: 'new' }, 'another agency’s key is another one');
  t.equal(await note(second, 'thing.done', 'DONE', AGENCY.caritas), 'noted');
  await exchange.advanceClock(DAY - MINUTE);
  t.match(await lookUp(), { state: 'replay', attempt: first });
  t.equal(await note(second, 'slow.done'), 'LZ409');
  await exchange.advanceClock(DAY + MINUTE);
  t.same(await lookUp(3), { state: 'new' }, 'a day later it is a new key');
  t.equal(await note(second, 'next.done'), 'noted');
  t.match(await lookUp(), { state: 'replay', attempt: second, action: 'next.done' });
});

t.test('who meets an effect that is not committed yet waits for it, and not for long', async (t) => {
  const exchange = await startExchange();
  const [one, other] = [await service(exchange), await service(exchange)];
  t.teardown(async () => {
    await Promise.all([one.client.end(), other.client.end()]);
    await exchange.close();
  });
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  await one.client.query('BEGIN');
  t.equal(await one.note(first, 'thing.done'), 'noted');
  t.same(await other.lookUp(), { state: 'new' }, 'nobody waits at looking');
  t.equal(await other.note(second, 'slow.done'), '55P03', 'nor a second longer than a second');
  const waiting = other.note(second, 'slow.done');
  await one.client.query('ROLLBACK');
  t.equal(await waiting, 'noted', 'what came to nothing is nobody’s');
  await exchange.sql('DELETE FROM idempotency_key');
  await one.client.query('BEGIN');
  t.equal(await one.note(first, 'thing.done'), 'noted');
  const late = other.note(third, 'late.done');
  await one.client.query('COMMIT');
  t.equal(await late, 'LZ409');
  t.match(await other.lookUp(), { state: 'replay', attempt: first, action: 'thing.done' });
  t.same(await exchange.sql(`SELECT FROM audit WHERE action = 'late.done'`), []);
});

t.test('a request that finds its own crash renders what it had done', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const headers = key();
  // Nothing is written after the effect: a process that ended before its answer leaves exactly this behind.
  const { id } = (await arge.post('/v1/clients', {}, headers)).body;
  const again = await arge.post('/v1/clients', {}, headers);
  t.match(again, { status: 201, body: { id } });
  // Nor is anything written before: one that ended before its effect leaves nothing, and what is old counts no more.
  await exchange.sql(`UPDATE idempotency_key SET started_at = started_at - interval '25 hours'`);
  const busy = new Client(exchange.database.superUrl);
  await busy.connect();
  t.teardown(() => busy.end());
  await busy.query('BEGIN');
  await busy.query('SELECT FROM idempotency_key FOR UPDATE');
  const inFlight = await arge.post('/v1/clients', {}, headers);
  t.match(
    inFlight,
    { status: 409, body: { code: 'idempotency-in-flight' } },
    'another one is about to have its effect',
  );
  t.equal(inFlight.headers.get('retry-after'), '1');
  await busy.query('ROLLBACK');
  const done = await arge.post('/v1/clients', {}, headers);
  t.equal(done.status, 201);
  t.not(done.body.id, id, 'a day later it is another one');
});

t.test('nobody reads in the keys what was sent, and after a day they are gone', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const story = await sent(exchange, 'arge', 'caritas');
  const arge = await exchange.as('arge');
  const secret = 'BG-Kanarienvogel-1';
  const headers = { 'idempotency-key': 'Kanarienvogel-key' };
  await arge.post('/v1/clients', { fileReference: secret }, headers);
  await arge.post(
    `/v1/clients/${story.client}/entries`,
    { ...MASTER, payload: { familienname: 'Kanarienvogel' } },
    key(),
  );
  await arge.post(`/v1/laufzettel/${story.slip.id}/forwardings`, { recipient: AGENCY.diakonie }, key());
  const rows = await exchange.sql('SELECT to_jsonb(k)::text AS text FROM idempotency_key k');
  t.equal(rows.length, 3);
  for (const { text } of rows) {
    t.notMatch(text, /Kanarienvogel|Erfunden|30 23125/);
    for (const hidden of [secret, 'Kanarienvogel']) {
      t.notOk(text.includes(Buffer.from(hidden).toString('hex')), 'nor as bytes');
    }
  }
  const retries = {
    sweep: async (most: number) => (await exchange.sql('SELECT api.sweep_idempotency($1) AS swept', [most]))[0].swept,
  };
  const forget = () => forgetKeys({ retries } as unknown as Deps);
  t.equal(await forget(), 0);
  await exchange.advanceClock(DAY + MINUTE);
  t.equal(await forget(), 3);
  t.same(await exchange.sql('SELECT FROM idempotency_key'), []);
});

t.test('a refusal that is told again is counted like a question', async (t) => {
  const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '2' });
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const slip = await newSlip(arge, await newClient(arge), [MASTER]);
  const headers = key();
  const refused = () => arge.post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas }, headers);
  const codes = [await refused(), await refused(), await refused()].map((answer) => answer.body.code);
  t.same(codes, ['consent-missing', 'consent-missing', 'rate-limited']);
});
