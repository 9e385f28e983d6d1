/** Laufzettel: what its creator and its recipients see of one, and the list of them. */
import { throughADoor } from '../support/both-doors.ts';
import { AGENCY, AGREEMENT, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, count, entryOf, forward, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

await throughADoor(t, exchange, 'a Laufzettel takes entries along and stays with its creator', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { id: clientId } = await arge.done('createClient');
  const old = await arge.done('addEntry', { params: { clientId }, body: entryOf('SPRACHE') });
  const header = {
    clientId,
    kind: 'BERATUNGSANFRAGE',
    purpose: 'SOZIALRECHT',
    urgency: 'URGENT',
    dueDate: '2027-02-28',
    agreementId: AGREEMENT,
    route: [AGENCY.caritas, AGENCY.rantzau],
  };
  const entries = [entryOf('STAMMDATEN'), entryOf('KONTAKT')];
  const created = await arge.done('createLaufzettel', { body: { ...header, entryIds: [old.id, old.id], entries } });
  t.match(created, { ...header, createdBy: AGENCY.arge, status: 'OPEN' });
  t.equal(created.entryIds.length, 3);
  t.equal(created.entryIds[0], old.id, 'each once');
  const params = { laufzettelId: created.id };
  t.same(await arge.done('getLaufzettel', { params }), created);
  const { items } = await arge.done('listEntries', { params: { clientId } });
  t.same(
    items.map((entry: { id: string }) => entry.id),
    created.entryIds,
    'they were written about the client',
  );
  t.match(items.slice(1), entries);

  const foreign = await caritas.refused('getLaufzettel', { params });
  t.match(foreign, { code: 'not-found', status: 404 }, 'the plan to send it there shows it to nobody');
  t.equal(foreign.bytes, (await caritas.refused('getLaufzettel', { params: { laufzettelId: NOTHING } })).bytes);
  const bare = await arge.done('createLaufzettel', { body: { clientId, kind: 'TERMIN', purpose: 'TERMIN' } });
  t.match(bare, { urgency: 'NORMAL', dueDate: null, agreementId: null, route: [], entryIds: [] });
});

await throughADoor(t, exchange, 'it refers to what its creator may name', async (t, as, door) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const [own, another, foreign] = [await openCase(arge), await openCase(arge), await openCase(caritas)];
  const one = await admit(exchange, door);
  const agreementId = await agree([one, await admit(exchange, door)]);
  const create = (more: object) =>
    arge.call('createLaufzettel', { body: { clientId: own.clientId, kind: 'TERMIN', purpose: 'TERMIN', ...more } });
  const rows: [string, (id: unknown) => object, unknown, string, string | null][] = [
    ['a client', (clientId) => ({ clientId }), foreign.clientId, 'not-found', null],
    ['an entry', (entryId) => ({ entryIds: [entryId] }), foreign.entryIds[0], 'rule-broken', '/entryIds'],
    ['an agreement', (agreementId) => ({ agreementId }), agreementId, 'rule-broken', '/agreementId'],
  ];
  for (const [what, body, id, code, pointer] of rows) {
    const [refused, unknown] = [await create(body(id)), await create(body(NOTHING))];
    t.match(
      refused,
      { ok: false, code, extra: pointer === null ? {} : { errors: [{ pointer }] } },
      `${what} of another`,
    );
    t.equal(!refused.ok && refused.bytes, !unknown.ok && unknown.bytes, `${what} that does not exist`);
  }
  t.match(await create({ route: [NOTHING] }), { code: 'rule-broken', extra: { errors: [{ pointer: '/route' }] } });
  t.match(await create({ entryIds: another.entryIds }), { code: 'rule-broken' }, 'an entry about another client');
  const wrong = { ...entryOf('SPRACHE'), concerns: [foreign.clientId] };
  t.match(await create({ entries: [wrong] }), { code: 'rule-broken', extra: { errors: [{ pointer: /^\/entries/ }] } });
  const empty = { category: 'SPRACHE', payload: {} };
  const malformed = { code: 'bad-request', extra: { errors: [{ pointer: '/entries/1/payload' }] } };
  t.match(await create({ entries: [entryOf('SPRACHE'), empty] }), malformed);
  t.match(await create({ route: Array(21).fill(AGENCY.caritas) }), { code: 'bad-request' });
  t.match(await create({ clientId: 'no-id' }), { code: 'bad-request', extra: { errors: [{ pointer: '/clientId' }] } });
  t.equal(await count(exchange, 'laufzettel', 'client_id = $1', [own.clientId]), 1, 'none of them was created');
  t.equal(await count(exchange, 'entry', 'client_id = $1', [own.clientId]), 1);
});

await throughADoor(t, exchange, 'a recipient sees its own part', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const route = [AGENCY.caritas, AGENCY.rantzau];
  const more = { route, agreementId: AGREEMENT };
  const sent = await openCase(arge, ['STAMMDATEN', 'SPRACHE', 'GESUNDHEIT'], more);
  const params = { laufzettelId: sent.laufzettelId };
  await sayYes(arge, sent.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'SPRACHE'] });
  await forward(arge, sent, AGENCY.caritas);
  const whole = await arge.done('getLaufzettel', { params });
  t.match(whole, { ...more, clientId: sent.clientId, createdBy: AGENCY.arge });
  t.same(whole.entryIds, sent.entryIds);

  const seen = await caritas.done('getLaufzettel', { params });
  t.same(seen.entryIds, sent.entryIds.slice(0, 2), 'the entries that it holds');
  t.same(seen.route, [], 'not the plan');
  t.not(seen.clientId, sent.clientId);
  t.equal((await caritas.done('getClient', { params: { clientId: seen.clientId } })).fileReference, null);
  t.match(seen, { createdBy: null, agreementId: null, kind: whole.kind }, 'nor who made it, nor under which agreement');
  const { items } = await caritas.done('listInbox', { query: { limit: 1 } });
  t.match(
    items[0],
    { laufzettelId: sent.laufzettelId, from: AGENCY.arge, sentAt: seen.createdAt },
    'from when it came',
  );
  t.not(seen.createdAt, whole.createdAt);
  t.notMatch(JSON.stringify(seen), AGENCY.rantzau);
});

await throughADoor(t, exchange, 'two that differ in what is withheld read the same', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const read = async (categories: Parameters<typeof openCase>[1]): Promise<string> => {
    const sent = await openCase(arge, categories);
    await sayYes(arge, sent.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
    const { id: forwardingId } = (await forward(arge, sent, AGENCY.caritas)).ok
      ? (await caritas.done('listInbox', { query: { limit: 1 } })).items[0]
      : {};
    const { clientId, laufzettelId, ...forwarding } = await caritas.done('getForwarding', { params: { forwardingId } });
    const everything = [
      await caritas.done('getLaufzettel', { params: { laufzettelId } }),
      forwarding,
      await caritas.done('listEntries', { params: { clientId } }),
      await caritas.done('listDisclosures', { params: { clientId } }),
      await caritas.done('listStatements', { params: { clientId } }),
    ];
    return JSON.stringify(everything, (key, value) => (key === 'payload' ? null : value))
      .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'id')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'time');
  };
  t.equal(await read(['STAMMDATEN', 'GESUNDHEIT', 'KONTAKT']), await read(['STAMMDATEN']));
});

await throughADoor(t, exchange, 'the list has what was created and received, each once', async (t, _as, door) => {
  const [one, other, third] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other, third]);
  const expected: string[] = [];
  for (let number = 0; number < 2; number++) {
    expected.unshift((await openCase(one.system)).laufzettelId);
    const received = await sendCase(other.system, one.id);
    await forward(other.system, received, one.id);
    expected.unshift(received.laufzettelId);
  }
  await sendCase(other.system, third.id);
  const ids = (page: { items: { id: string }[] }): string[] => page.items.map((item) => item.id);
  const { items, nextCursor } = await one.system.done('listLaufzettel');
  t.same(ids({ items }), expected, 'newest first');
  t.equal(nextCursor, null);
  const paged: string[] = [];
  let query: Record<string, unknown> = { limit: 1 };
  for (const id of expected) {
    const page = await one.system.done('listLaufzettel', { query });
    t.same(ids(page), [id]);
    paged.push(...ids(page));
    query = { limit: 1, cursor: page.nextCursor };
  }
  t.equal(query.cursor, null);
  for (const item of items) {
    t.same(await one.system.done('getLaufzettel', { params: { laufzettelId: item.id } }), item, 'as each is by itself');
  }
});
