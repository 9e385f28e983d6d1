/** A request with an Idempotency-Key may be sent again: one effect, and each time the answer of the first, as of now. */
import { randomUUID } from 'node:crypto';
import type { OperationId } from '../../src/contract/operations.ts';
import type { Category } from '../../src/domain/catalogue.ts';
import { type Input, type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, count, NOTHING, openCase, payloadOf, sayYes, sendCase } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000' });
t.teardown(() => exchange.close());

const withKey = (input: Input, key = randomUUID() as string): Input => ({
  ...input,
  headers: { 'idempotency-key': key },
});
const twice = async (by: System, id: OperationId, input: Input) => {
  const keyed = withKey(input);
  return [await by.call(id, keyed), await by.call(id, keyed)] as const;
};
/** Keys are kept as hashes alone, so that what is left of one is seen by how many there are. */
const keptKeys = (): Promise<number> => count(exchange, 'idempotency_key', 'true', []);

await throughADoor(t, exchange, 'what was created is created once', async (t, as) => {
  const arge = await as('arge');
  const before = await count(exchange, 'client', 'agency_id = $1', [AGENCY.arge]);
  const fileReference = `BG-${randomUUID()}`;
  const [first, second] = await twice(arge, 'createClient', { body: { fileReference } });
  t.match(first, { ok: true, replayed: false, value: { fileReference } });
  t.match(second, { ok: true, replayed: true });
  t.same(second.ok && second.value, first.ok && first.value);
  t.equal(await count(exchange, 'client', 'agency_id = $1', [AGENCY.arge]), before + 1);
  t.match(await arge.call('createClient', withKey({ body: { fileReference } })), { code: 'conflict' }, 'another key');
});

await throughADoor(t, exchange, 'another request with the same key is refused, whatever differs', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const key = randomUUID();
  const { id: clientId } = await arge.done('createClient', { body: {} });
  const { id: other } = await arge.done('createClient', { body: {} });
  const payload = payloadOf('SPRACHE');
  const input = { params: { clientId }, body: { category: 'SPRACHE', payload } };
  const entry = await arge.done('addEntry', withKey(input, key));
  const mismatch = { ok: false, code: 'idempotency-mismatch', status: 422, replayed: false };
  const changed = { ...input, body: { ...input.body, payload: payloadOf('SPRACHE') } };
  t.match(await arge.call('addEntry', withKey(changed, key)), mismatch, 'the body');
  t.match(await arge.call('addEntry', withKey({ ...input, params: { clientId: other } }, key)), mismatch, 'the path');
  t.match(await arge.call('createClient', withKey({ body: {} }, key)), mismatch, 'the operation');
  const reordered = { category: 'SPRACHE', payload: Object.fromEntries(Object.entries(payload as object).reverse()) };
  const defaulted = { ...input, body: { ...reordered, concerns: undefined } };
  t.match(
    await arge.call('addEntry', withKey(defaulted, key)),
    { replayed: true, value: { id: entry.id } },
    'not the order',
  );
  t.match(
    await caritas.call('createClient', withKey({ body: {} }, key)),
    { ok: true, replayed: false },
    'nor another agency',
  );
  t.equal(await count(exchange, 'entry', 'client_id = ANY ($1)', [[clientId, other]]), 1);
});

await throughADoor(t, exchange, 'what had no effect gives the key back', async (t, as) => {
  const arge = await as('arge');
  const { id: clientId } = await arge.done('createClient', { body: {} });
  const before = await keptKeys();
  const entry = { category: 'SPRACHE', payload: payloadOf('SPRACHE') };
  const rows: [string, OperationId, Input][] = [
    ['not-found', 'addEntry', { params: { clientId: NOTHING }, body: entry }],
    ['bad-request', 'addEntry', { params: { clientId }, body: {} }],
    ['rule-broken', 'addEntry', { params: { clientId }, body: { ...entry, concerns: [NOTHING] } }],
    [
      'version-stale',
      'acceptForwarding',
      { params: { forwardingId: await forwarded(as) }, body: { expectedVersion: 7 } },
    ],
    ['precondition-required', 'acceptForwarding', { params: { forwardingId: NOTHING }, body: {} }],
  ];
  for (const [code, id, input] of rows) {
    const by = id === 'acceptForwarding' ? await as('caritas') : arge;
    for (const outcome of await twice(by, id, input)) t.match(outcome, { ok: false, code, replayed: false }, code);
  }
  t.equal(await keptKeys(), before, 'none of these keys is kept');
  const key = randomUUID();
  t.match(await arge.call('addEntry', withKey({ params: { clientId }, body: {} }, key)), { code: 'bad-request' });
  t.match(
    await arge.call('addEntry', withKey({ params: { clientId }, body: entry }, key)),
    { ok: true },
    'and is free',
  );
});

async function forwarded(as: Parameters<Parameters<typeof throughADoor>[3]>[1]): Promise<string> {
  const { forwardingId } = await sendCase(await as('arge'), AGENCY.caritas);
  await (await as('caritas')).done('getForwarding', { params: { forwardingId } });
  return forwardingId;
}

await throughADoor(t, exchange, 'a replay shows what may be seen now', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await openCase(arge, ['STAMMDATEN', 'SPRACHE']);
  await sayYes(arge, sent.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
  const forwarding = withKey({ params: { laufzettelId: sent.laufzettelId }, body: { recipient: AGENCY.caritas } });
  const first = await arge.done('forwardLaufzettel', forwarding);
  t.match(first.withheld, [{ category: 'SPRACHE', reasons: ['NO_CONSENT'] }]);
  t.same(await arge.done('forwardLaufzettel', forwarding), first);
  const forwardingId = first.forwarding.id;
  await caritas.done('getForwarding', { params: { forwardingId } });
  const accepting = withKey({ params: { forwardingId }, body: { expectedVersion: 2 } });
  const accepted = await caritas.done('acceptForwarding', accepting);
  t.same(await caritas.done('acceptForwarding', accepting), accepted, 'with the version of then');

  await arge.done('recordStatement', { params: { clientId: sent.clientId }, body: no() });
  const again = await arge.call('forwardLaufzettel', forwarding);
  t.match(again, { ok: true, replayed: true, value: { forwarding: { id: forwardingId, status: 'BLOCKED' } } });
  t.same(again.ok && again.value.withheld, first.withheld, 'what was withheld then, and why');
  t.match(again.ok && again.value.forwarding.disclosed, [{ closedAt: String }]);
  t.match(await caritas.call('acceptForwarding', accepting), {
    ok: true,
    replayed: true,
    value: { status: 'BLOCKED' },
  });
  t.equal(await count(exchange, 'forwarding', 'laufzettel_id = $1', [sent.laufzettelId]), 1);
});

await throughADoor(t, exchange, 'a refused forwarding is refused again, with the reasons of then', async (t, as) => {
  const arge = await as('arge');
  const rows: [string, Category[], object][] = [
    ['a core category is missing', [], {}],
    ['all or nothing', ['STAMMDATEN'], { strict: true }],
  ];
  for (const [name, categories, more] of rows) {
    const { clientId, laufzettelId } = await openCase(arge, ['STAMMDATEN', 'SPRACHE']);
    const saying = { recipient: AGENCY.caritas };
    if (categories.length > 0) await sayYes(arge, clientId, { ...saying, categories });
    const input = { params: { laufzettelId }, body: { recipient: AGENCY.caritas, ...more } };
    const keyed = withKey(input);
    const first = await arge.refused('forwardLaufzettel', keyed);
    t.match(first, { code: 'consent-missing', status: 403, replayed: false }, name);
    await sayYes(arge, clientId, { ...saying, categories: ['STAMMDATEN', 'SPRACHE'] });
    const again = await arge.refused('forwardLaufzettel', keyed);
    t.equal(again.replayed, true);
    t.equal(again.bytes.replace(/idempotency-replayed: true\n/, ''), first.bytes, 'byte by byte');
    t.match(await arge.call('forwardLaufzettel', withKey(input)), { ok: true }, 'a new key is a new question');
    const refusals = "action = 'forwarding.send' AND outcome = 'WITHHOLD' AND subject ->> 'laufzettel' = $1";
    t.equal(await count(exchange, 'audit', refusals, [laufzettelId]), 1, 'it was noted once');
  }
});

await throughADoor(t, exchange, 'who sends again is checked again', async (t, as, door) => {
  const scopes = ['laufzettel:read', 'laufzettel:write'];
  const own = await admit(exchange, door, { scopes });
  const reader = await admit(exchange, door, { agencyId: own.id, scopes: ['laufzettel:read'] });
  const input = withKey({ body: {} });
  const created = await own.system.done('createClient', input);
  t.match(await reader.system.call('createClient', input), { code: 'scope-missing', replayed: false });
  const sibling = await admit(exchange, door, { agencyId: own.id, scopes });
  t.match(
    await sibling.system.call('createClient', input),
    { replayed: true, value: created },
    'a key is its agency’s',
  );
  await (await as('admin')).done('suspendAgency', { params: { agencyId: own.id }, body: { confirm: true } });
  for (const again of [input, withKey({ body: {} })]) {
    t.match(await own.system.call('createClient', again), { code: 'agency-suspended', status: 403, replayed: false });
  }
});

await throughADoor(t, exchange, 'a key is 1 to 200 visible characters', async (t, as) => {
  const arge = await as('arge');
  for (const key of ['', ' ', 'a b', 'ä', 'k'.repeat(201)]) {
    const outcome = await arge.call('createClient', withKey({ body: {} }, key)).catch(() => null);
    // An empty header is one that says nothing; fetch does not send what is no ISO-8859-1.
    if (outcome !== null) t.match(outcome, { ok: false, code: 'bad-request', status: 400 }, JSON.stringify(key));
  }
  for (const key of ['!', '"quoted"', `~${'k'.repeat(199)}`]) {
    const body = { fileReference: null };
    t.match(await arge.call('createClient', withKey({ body }, `${key}`)), { ok: true }, key);
  }
  t.match(await arge.call('getOwnAgency', withKey({}, 'not a key')), { ok: true }, 'reading takes no notice of it');
});

t.test('a key means the same at both doors', async (t) => {
  const { system } = await admit(exchange, 'REST');
  const { system: graphql } = await admit(exchange, 'GraphQL');
  const input = withKey({ body: {} });
  t.match(await system.call('createClient', input), { ok: true, replayed: false });
  t.match(await graphql.call('createClient', input), { ok: true, replayed: false }, 'another agency’s is another');
  const arge = await exchange.as('arge');
  const headers = { 'idempotency-key': randomUUID() };
  const overRest = await arge.post('/v1/clients', {}, headers);
  const query = 'mutation { createClient { id } }';
  const overGraphql = await arge.post('/graphql', { query }, headers);
  t.equal(overGraphql.body.data.createClient.id, overRest.body.id);
  t.equal(overGraphql.headers.get('idempotency-replayed'), 'true');
});

t.test('several mutations of one document each have their part of the key', async (t) => {
  const arge = await exchange.as('arge');
  const headers = { 'idempotency-key': randomUUID() };
  const query = 'mutation { one: createClient { id } ...more } fragment more on Mutation { two: createClient { id } }';
  const first = await arge.post('/graphql', { query }, headers);
  const again = await arge.post('/graphql', { query }, headers);
  t.not(first.body.data.one.id, first.body.data.two.id);
  t.same(again.body, first.body);
  t.same(
    [first, again].map((answer) => answer.headers.get('idempotency-replayed')),
    [null, 'true'],
  );
  const third = await arge.post('/graphql', { query: query.replace('two', 'three') }, headers);
  t.equal(third.body.data.one.id, first.body.data.one.id);
  t.notOk([first.body.data.one.id, first.body.data.two.id].includes(third.body.data.three.id), 'a new name, a new one');
  t.equal(third.headers.get('idempotency-replayed'), null, 'not all of it had been answered');
});

t.test('what only reads is judged anew each time', async (t) => {
  const arge = await exchange.as('arge');
  const fileReference = `BG-${randomUUID()}`;
  const headers = { 'idempotency-key': randomUUID() };
  const find = () => arge.post('/v1/clients/find', { fileReference }, headers);
  t.equal((await find()).status, 404);
  await arge.post('/v1/clients', { fileReference });
  const found = await find();
  t.equal(found.status, 200);
  t.equal(found.headers.get('idempotency-replayed'), null);
});
