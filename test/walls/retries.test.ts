/** Keys of requests where it matters: many at once from two instances, a process that is gone, and what is kept of them. */
import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import t from 'tap';
import { forgetKeys } from '../../src/usecases/forget-keys.ts';
import type { Deps } from '../../src/usecases/ports.ts';
import { AGENCY, type Answer, type Exchange, startExchange } from '../support/exchange.ts';
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

/** Claims and notes as the service does, without the service between. */
async function service(exchange: Exchange) {
  const client = new Client(exchange.database.serviceUrl);
  await client.connect();
  const actor = { agency: AGENCY.arge, system: 'probe', caseworker: null };
  const hash = Buffer.alloc(32, 1);
  return {
    client,
    claim: async (attempt: string, request = 2, agency: string = AGENCY.arge) => {
      const values = [{ ...actor, agency }, hash, Buffer.alloc(32, request), attempt];
      return (await client.query('SELECT api.claim_idempotency($1, $2, $3, $4) AS claim', values)).rows[0].claim;
    },
    note: async (attempt: string, action: string, outcome = 'DONE', agency: string = AGENCY.arge) => {
      const acting = { ...actor, agency, request: { key: hash.toString('hex'), attempt } };
      const text = 'SELECT api.note($1, $2, $3, $4, 1000)';
      return client.query(text, [acting, action, outcome, { thing: action }]).then(
        () => 'noted',
        (error: { code: string }) => error.code,
      );
    },
    release: (attempt: string) => client.query('SELECT api.release_idempotency($1, $2, $3)', [hash, attempt, actor]),
  };
}

t.test('who is gone is taken over, and does nothing any more', async (t) => {
  const exchange = await startExchange();
  const { client, claim, note, release } = await service(exchange);
  t.teardown(async () => {
    await client.end();
    await exchange.close();
  });
  const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()];
  t.same(await claim(first), { state: 'new' });
  t.same(await claim(second), { state: 'in-flight' });
  t.same(await claim(second, 3), { state: 'mismatch' });
  await release(second);
  t.same(await claim(second), { state: 'in-flight' }, 'only its holder gives it back');
  await exchange.advanceClock(MINUTE);
  t.same(await claim(second), { state: 'new' }, 'a minute later');
  t.equal(await note(first, 'slow.done'), 'LZ409', 'whoever was only slow is stopped');
  t.same(await exchange.sql(`SELECT FROM audit WHERE action = 'slow.done'`), [], 'and nothing of it stands');
  t.equal(await note(second, 'entries.read', 'PERMIT'), 'noted', 'a reading is no effect');
  t.equal(await note(second, 'thing.done'), 'noted');
  t.equal(await note(second, 'disclosure.close', 'TIME'), 'noted', 'what follows belongs to it');
  t.equal(await note(first, 'slow.done'), 'LZ409');
  await release(second);
  const effect = { action: 'thing.done', outcome: 'DONE', subject: { thing: 'thing.done' }, at: 1000 };
  t.same(await claim(third), { state: 'replay', ...effect }, 'the first that it noted is kept');
  t.same(await claim(third, 2, AGENCY.caritas), { state: 'new' }, 'another agency’s key is another one');
  t.equal(await note(second, 'thing.done', 'DONE', AGENCY.caritas), 'LZ409', 'nor is an attempt good for it');
  await exchange.advanceClock(10 * MINUTE);
  t.same(await claim(third), { state: 'replay', ...effect }, 'an effect is never taken over');
  t.same(await claim(third, 3), { state: 'mismatch' });
  await exchange.advanceClock(DAY + MINUTE);
  t.same(await claim(third, 3), { state: 'new' }, 'a day later it is a new key');
});

t.test('an effect that is not committed yet keeps nobody waiting, and counts from its commit', async (t) => {
  const exchange = await startExchange();
  const [one, other] = [await service(exchange), await service(exchange)];
  t.teardown(async () => {
    await Promise.all([one.client.end(), other.client.end()]);
    await exchange.close();
  });
  const [first, second] = [randomUUID(), randomUUID()];
  t.same(await one.claim(first), { state: 'new' });
  for (const end of ['ROLLBACK', 'COMMIT']) {
    await one.client.query('BEGIN');
    t.equal(await one.note(first, 'thing.done'), 'noted');
    await exchange.advanceClock(2 * MINUTE);
    t.same(await other.claim(second), { state: 'in-flight' }, 'not taken over, however long it takes');
    t.same(await other.claim(second, 3), { state: 'mismatch' });
    await one.client.query(end);
    await exchange.advanceClock(0);
  }
  t.match(await other.claim(second), { state: 'replay', action: 'thing.done' });
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
  // One that ended before its effect leaves a claim; for a minute the answer is to come again.
  await exchange.sql('UPDATE idempotency_key SET action = NULL, outcome = NULL, subject = NULL, effect_at = NULL');
  const busy = await arge.post('/v1/clients', {}, headers);
  t.match(busy, { status: 409, body: { code: 'idempotency-in-flight' } });
  t.equal(busy.headers.get('retry-after'), '1');
  await exchange.advanceClock(MINUTE);
  const taken = await arge.post('/v1/clients', {}, headers);
  t.equal(taken.status, 201);
  t.not(taken.body.id, id, 'then it is done');
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
    t.notMatch(text, /Kanarienvogel|Erfunden|23125/);
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
