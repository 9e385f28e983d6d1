/** Inbox, sent and Laufzettel narrowed by what their headers show, alone and combined, page by page. */
import type { OperationId } from '../../src/contract/operations.ts';
import { type System, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, forward, instant, MALFORMED_IDS, NOTHING, openCase, sayYes } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

type Filter = Record<string, unknown>;
interface Item {
  id: string;
  changedAt: string;
}

/** The ids that pass, and the same ids when they come one by one. */
async function passing(t: Test, by: System, id: OperationId, filter: Filter): Promise<string[]> {
  const { items, nextCursor } = await by.done(id, { query: { ...filter, limit: 200 } });
  t.equal(nextCursor, null);
  const all = items.map((item: Item) => item.id);
  const singly: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await by.done(id, { query: { ...filter, limit: 1, ...(cursor ? { cursor } : {}) } });
    singly.push(...page.items.map((item: Item) => item.id));
    cursor = page.nextCursor;
  }
  t.same(singly, all, `${JSON.stringify(filter)} one by one`);
  return all;
}
type Test = Parameters<Parameters<typeof throughADoor>[3]>[0];

interface Sent {
  forwardingId: string;
  laufzettelId: string;
  clientId: string;
}

const laufzettelOf = (by: System, { laufzettelId }: { laufzettelId: string }) =>
  by.done('getLaufzettel', { params: { laufzettelId } });

async function send(by: System, recipient: string, more: object = {}): Promise<Sent> {
  const sent = await openCase(by, ['STAMMDATEN'], more);
  const { purpose = 'BERATUNG' } = more as { purpose?: string };
  await sayYes(by, sent.clientId, { recipient, categories: ['STAMMDATEN'], purpose });
  const outcome = await forward(by, sent, recipient);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return { ...sent, forwardingId: outcome.value.forwarding.id };
}

await throughADoor(t, exchange, 'inbox and sent by every part of the header', async (t, _as, door) => {
  const [one, other, third] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other, third]);
  const plain = (await send(one.system, other.id)).forwardingId;
  const urgent = (await send(one.system, other.id, { urgency: 'URGENT', dueDate: '2027-01-15' })).forwardingId;
  const course = (await send(one.system, other.id, { purpose: 'SPRACHFOERDERUNG', dueDate: '2027-02-01' }))
    .forwardingId;
  const talk = (await send(one.system, other.id, { kind: 'FALLBESPRECHUNG', urgency: 'URGENT' })).forwardingId;
  const elsewhere = (await send(one.system, third.id)).forwardingId;
  await other.system.done('getForwarding', { params: { forwardingId: course } });
  await other.system.done('acceptForwarding', { params: { forwardingId: course }, body: { expectedVersion: 2 } });
  await other.system.done('rejectForwarding', {
    params: { forwardingId: talk },
    body: { expectedVersion: 1, code: 'DUPLICATE' },
  });

  const rows: [Filter, string[]][] = [
    [{ status: ['SENT'] }, [urgent, plain]],
    [{ status: ['ACCEPTED', 'REJECTED'] }, [talk, course]],
    [{ status: ['REJECTED', 'ACCEPTED', 'ACCEPTED'] }, [talk, course]],
    [{ status: ['EXPIRED'] }, []],
    [{ status: ['SENT', 'EXPIRED'] }, [urgent, plain]],
    [{ kind: 'FALLBESPRECHUNG' }, [talk]],
    [{ kind: 'SPRACHKURS' }, []],
    [{ purpose: 'SPRACHFOERDERUNG' }, [course]],
    [{ urgency: 'URGENT' }, [talk, urgent]],
    [{ dueBefore: '2027-02-01' }, [urgent]],
    [{ dueBefore: '2027-02-02' }, [course, urgent]],
    [{ dueAfter: '2027-01-15' }, [course]],
    [{ dueAfter: '2027-01-14' }, [course, urgent]],
    [{ dueAfter: '2027-01-14', dueBefore: '2027-01-16' }, [urgent]],
    [{ status: ['SENT'], urgency: 'URGENT', kind: 'FALLMITTEILUNG', dueAfter: '2026-01-01' }, [urgent]],
    [{ status: ['ACCEPTED'], urgency: 'URGENT' }, []],
  ];
  for (const [filter, expected] of rows) {
    t.same(await passing(t, other.system, 'listInbox', filter), expected, `inbox ${JSON.stringify(filter)}`);
    const sent = await passing(t, one.system, 'listSent', { ...filter, partner: other.id });
    t.same(sent, expected, `sent ${JSON.stringify(filter)}`);
  }
  t.same(await passing(t, one.system, 'listSent', { partner: third.id }), [elsewhere]);
  t.same(await passing(t, one.system, 'listSent', {}), [elsewhere, talk, course, urgent, plain]);
  t.same(await passing(t, other.system, 'listInbox', { partner: third.id }), [], 'another agency, nothing from it');
  t.same(await passing(t, other.system, 'listInbox', { partner: NOTHING }), [], 'nor from one that does not exist');
  t.same(await passing(t, other.system, 'listInbox', { partner: one.id.toUpperCase() }), [talk, course, urgent, plain]);
});

await throughADoor(t, exchange, 'what changed, the oldest change first', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const ids: string[] = [];
  for (let number = 0; number < 4; number++) ids.push((await send(one.system, other.id)).forwardingId);
  const all = () => one.system.done('listSent').then((page) => page.items as Item[]);
  const start = (await all()).at(-1)!.changedAt;
  t.same(await passing(t, one.system, 'listSent', { changedSince: start }), ids, 'that instant is among it');
  t.same(await passing(t, one.system, 'listSent', { changedSince: instant(start, 1) }), ids.slice(1));
  t.same(await passing(t, one.system, 'listSent', { changedSince: instant(Date.now(), 60_000) }), []);

  const query = { changedSince: start, limit: 2 };
  const first = await one.system.done('listSent', { query });
  await other.system.done('getForwarding', { params: { forwardingId: ids[0] } });
  await other.system.done('getForwarding', { params: { forwardingId: ids[3] } });
  const second = await one.system.done('listSent', { query: { ...query, cursor: first.nextCursor } });
  const third = await one.system.done('listSent', { query: { ...query, cursor: second.nextCursor } });
  t.same(
    [first, second, third].map((page) => page.items.map((item: Item) => item.id)),
    [[ids[0], ids[1]], [ids[2], ids[0]], [ids[3]]],
    'what changes meanwhile is met again at the end, and nothing is missed',
  );
  const seen = third.items[0].changedAt;
  t.same(await passing(t, one.system, 'listSent', { changedSince: instant(seen, 1) }), [], 'read to the end');
  const delivered = { changedSince: start, status: ['DELIVERED'] };
  t.same(await passing(t, one.system, 'listSent', delivered), [ids[0], ids[3]], 'with others');
});

await throughADoor(t, exchange, 'a cursor is bound to its filter', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  for (let number = 0; number < 2; number++) await send(one.system, other.id, { urgency: 'URGENT' });
  const broken = { code: 'bad-request', status: 400, extra: { errors: [{ pointer: '/query/cursor' }] } };
  const filters: Filter[] = [
    {},
    { status: ['SENT'] },
    { status: ['SENT', 'DELIVERED'] },
    { urgency: 'URGENT' },
    { partner: other.id },
    { kind: 'FALLMITTEILUNG' },
    { purpose: 'BERATUNG' },
    { changedSince: '2026-01-01T00:00:00.000Z' },
    { changedSince: '2026-01-01T00:00:00.001Z' },
  ];
  for (const [index, filter] of filters.entries()) {
    const { nextCursor } = await one.system.done('listSent', { query: { ...filter, limit: 1 } });
    t.ok(nextCursor);
    for (const [otherIndex, another] of filters.entries()) {
      const query = { ...another, cursor: nextCursor };
      if (index === otherIndex) t.equal((await one.system.done('listSent', { query })).items.length, 1);
      else t.match(await one.system.refused('listSent', { query }), broken, `${JSON.stringify([filter, another])}`);
    }
  }
  const { nextCursor: cursor } = await one.system.done('listSent', {
    query: { status: ['SENT', 'DELIVERED'], limit: 1 },
  });
  const sameSet = { status: ['DELIVERED', 'SENT', 'SENT'], cursor };
  t.equal((await one.system.done('listSent', { query: sameSet })).items.length, 1, 'the order of a list says nothing');
});

await throughADoor(t, exchange, 'a filter that cannot be read is refused', async (t, as, door) => {
  const arge = await as('arge');
  const rows: [OperationId, Filter, string][] = [
    ['listInbox', { status: ['OPEN'] }, '/query/status/0'],
    ['listInbox', { status: ['SENT', 'sent'] }, '/query/status/1'],
    ['listSent', { kind: 'POSTKARTE' }, '/query/kind'],
    ['listSent', { purpose: 'SANKTION' }, '/query/purpose'],
    ['listInbox', { urgency: 'LOW' }, '/query/urgency'],
    ['listInbox', { dueBefore: '2027-02-30' }, '/query/dueBefore'],
    ['listInbox', { dueAfter: 'tomorrow' }, '/query/dueAfter'],
    ['listInbox', { changedSince: '2027-01-01' }, '/query/changedSince'],
    ['listInbox', { limit: 201 }, '/query/limit'],
    ['listLaufzettel', { limit: 201 }, '/query/limit'],
    ['listLaufzettel', { status: ['SENT'] }, '/query/status/0'],
    ['listLaufzettel', { role: 'ORIGIN' }, '/query/role'],
    ...MALFORMED_IDS.map((id): [OperationId, Filter, string] => ['listSent', { partner: id }, '/query/partner']),
    ...MALFORMED_IDS.map((id): [OperationId, Filter, string] => [
      'listLaufzettel',
      { clientId: id },
      '/query/clientId',
    ]),
  ];
  for (const [id, query, pointer] of rows) {
    const refused = await arge.refused(id, { query });
    t.match(refused, { code: 'bad-request', status: 400, extra: { errors: [{ pointer }] } }, JSON.stringify(query));
  }
  if (door === 'REST') {
    const system = await exchange.as('arge');
    for (const search of ['stauts=SENT', 'status=', 'kind=TERMIN&kind=TERMIN', 'changedSince=']) {
      t.equal((await system.get(`/v1/inbox?${search}`)).status, 400, search);
    }
    t.equal((await system.get('/v1/inbox?status=SENT')).status, 200, 'one status is no list yet');
  }
  const blind = await admit(exchange, door, { scopes: ['consent:read'] });
  for (const id of ['listInbox', 'listSent', 'listLaufzettel'] as const) {
    t.match(await blind.system.refused(id, { query: { urgency: 'URGENT' } }), { code: 'scope-missing', status: 403 });
  }
});

await throughADoor(t, exchange, 'Laufzettel by what they show', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const kept = await openCase(one.system);
  const sent = await send(one.system, other.id, { kind: 'FALLBESPRECHUNG' });
  const back = await send(other.system, one.id);
  const second = await one.system.done('createLaufzettel', {
    body: { clientId: kept.clientId, kind: 'TERMIN', purpose: 'BERATUNG' },
  });
  await exchange.sql(`UPDATE laufzettel SET status = 'COMPLETED' WHERE id = $1`, [sent.laufzettelId]);
  const [inbox] = (await one.system.done('listInbox')).items;

  const rows: [Filter, string[]][] = [
    [{}, [second.id, back.laufzettelId, sent.laufzettelId, kept.laufzettelId]],
    [{ role: 'CREATED' }, [second.id, sent.laufzettelId, kept.laufzettelId]],
    [{ role: 'RECEIVED' }, [back.laufzettelId]],
    [{ status: ['OPEN'] }, [second.id, back.laufzettelId, kept.laufzettelId]],
    [{ status: ['COMPLETED', 'CANCELLED'] }, [sent.laufzettelId]],
    [{ kind: 'FALLBESPRECHUNG' }, [sent.laufzettelId]],
    [{ clientId: kept.clientId }, [second.id, kept.laufzettelId]],
    [{ clientId: inbox.clientId }, [back.laufzettelId]],
    [{ clientId: back.clientId }, []],
    [{ clientId: NOTHING }, []],
    [{ clientId: kept.clientId, kind: 'TERMIN', role: 'CREATED', status: ['OPEN'] }, [second.id]],
  ];
  for (const [filter, expected] of rows) {
    t.same(await passing(t, one.system, 'listLaufzettel', filter), expected, JSON.stringify(filter));
  }
  const { createdAt, changedAt } = await laufzettelOf(one.system, sent);
  t.ok(changedAt > createdAt, 'its status has changed');
  const { createdAt: opened } = await laufzettelOf(one.system, kept);
  const changed = await passing(t, one.system, 'listLaufzettel', { changedSince: opened });
  t.same(
    changed,
    [kept.laufzettelId, back.laufzettelId, second.id, sent.laufzettelId],
    'the latest change is the last',
  );
  t.same(await passing(t, one.system, 'listLaufzettel', { changedSince: changedAt }), [sent.laufzettelId]);
});

await throughADoor(t, exchange, 'to its recipient a Laufzettel is new when it comes', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const opened = await openCase(one.system);
  const { createdAt } = await laufzettelOf(one.system, opened);
  await sayYes(one.system, opened.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  const { forwarding } = (
    (await forward(one.system, opened, other.id)) as { value: { forwarding: { sentAt: string } } }
  ).value;
  const theirs = await laufzettelOf(other.system, opened);
  t.match(theirs, { createdAt: forwarding.sentAt, changedAt: forwarding.sentAt });
  t.match(await laufzettelOf(one.system, opened), { createdAt, changedAt: createdAt });
  const since = { changedSince: instant(createdAt, 1) };
  t.same(await passing(t, other.system, 'listLaufzettel', since), [opened.laufzettelId]);
  t.same(await passing(t, one.system, 'listLaufzettel', since), []);
});

t.test('whose list a Laufzettel stands in follows from what was created and sent', async (t) => {
  const kept = await exchange.sql(
    'SELECT laufzettel_id, agency_id, created_at, hears_end, changed_at FROM laufzettel_reader ORDER BY laufzettel_id, agency_id',
  );
  const derived = await exchange.sql(
    `SELECT l.id AS laufzettel_id, reader.agency_id, min(reader.since) AS created_at, bool_or(reader.hears) AS hears_end,
       min(reader.since) AS since FROM laufzettel l, LATERAL (
       SELECT l.created_by AS agency_id, l.created_at AS since, true AS hears
       UNION ALL SELECT f.to_id, f.sent_at, f.from_id = l.created_by
       FROM forwarding f WHERE f.laufzettel_id = l.id AND f.to_id <> l.created_by
     ) AS reader GROUP BY l.id, reader.agency_id ORDER BY l.id, reader.agency_id`,
  );
  const changed = await exchange.sql(`SELECT id FROM laufzettel WHERE status <> 'OPEN'`);
  const ids = changed.map((one) => one.id);
  t.ok(derived.length > 20);
  t.same(
    kept.map(({ changed_at, ...one }) => ({ ...one, since: ids.includes(one.laufzettel_id) ? null : changed_at })),
    derived.map(({ since, ...one }) => ({ ...one, since: ids.includes(one.laufzettel_id) ? null : since })),
  );
});
