/** What nobody accepts within 14 days has expired at that millisecond, and what it disclosed has ended; no job has to run. */
import { expiryOf } from '../../src/domain/laufzettel.ts';
import { AGENCY, type Exchange, type PartnerSystem, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  clockJob,
  entriesRead,
  eventsOf,
  expecting,
  forward,
  later,
  now,
  passedOn,
  read,
  readByGraphql,
  rowsOf,
  sayYes,
  sent,
  stopClock,
} from './scenes.ts';
import { connectAs } from './service-role.ts';

const DAY = 86_400_000;
const inDays = (days: number): string => new Date(Date.now() + days * DAY).toISOString();
const expiryIn = async (exchange: Exchange, hop: string): Promise<Date> =>
  (await exchange.sql('SELECT expires_at AS at FROM forwarding WHERE id = $1', [hop]))[0].at;
const endsOf = async (exchange: Exchange, hop: string): Promise<string[]> => [
  ...new Set((await rowsOf(exchange, hop)).map((row) => row.good_until.toISOString())),
];
const step = (by: PartnerSystem, hop: string, name: string, expectedVersion: number) =>
  by.post(`/v1/forwardings/${hop}/${name}`, { expectedVersion });

t.test('what nobody accepted has expired at that millisecond, before any job has run', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  const story = await sent(exchange, 'arge', 'caritas');
  const unread = await sent(exchange, 'arge', 'diakonie');
  await read(caritas, story.hop);
  const expiry = await expiryIn(exchange, story.hop);
  const { sentAt, disclosed } = await read(arge, story.hop);
  t.equal(expiry.getTime(), expiryOf(Date.parse(sentAt), [14]));
  t.ok(
    disclosed.every((row: { goodUntil: string }) => row.goodUntil === expiry.toISOString()),
    'its sender sees that it ends then',
  );

  await stopClock(exchange, later(expiry, -1));
  t.match(await read(caritas, story.hop), { status: 'DELIVERED', entries: [{}, {}] }, 'a millisecond before');
  await stopClock(exchange, expiry);
  for (const look of [read, readByGraphql]) {
    const seen = await look(caritas, story.hop);
    t.match(seen, { status: 'EXPIRED', version: 3 }, 'with the version that stays when it is written down');
    t.same([seen.entries, seen.closedEntries.length], [[], 2]);
    t.ok(seen.closedEntries.every((one: { closedAt: string }) => one.closedAt === expiry.toISOString()));
  }
  t.same(await entriesRead(caritas, story.theirs), []);
  t.match((await caritas.get('/v1/inbox')).body.items, [{ id: story.hop, status: 'EXPIRED' }], 'in every list');
  t.match((await arge.get('/v1/sent')).body.items, [{ status: 'SENT' }, { id: story.hop, status: 'EXPIRED' }]);
  t.match(await read(arge, story.hop), { status: 'EXPIRED' }, 'and on the other side');
  for (const [by, name] of [
    [caritas, 'accept'],
    [caritas, 'reject'],
    [arge, 'recall'],
  ] as const) {
    const body = { expectedVersion: 3, ...(name === 'reject' ? { code: 'DUPLICATE' } : {}) };
    const refused = expecting(409, await by.post(`/v1/forwardings/${story.hop}/${name}`, body)).body;
    t.match(refused, { code: 'transition-illegal', currentStatus: 'EXPIRED' }, name);
    t.same(refused.allowed, [], name);
  }
  t.match(
    await exchange.sql('SELECT status, version FROM forwarding WHERE id = $1', [story.hop]),
    [{ status: 'DELIVERED', version: 2 }],
    'and nothing has been written',
  );
  const owed = (await caritas.get('/v1/owed-answers')).body.items;
  t.same(
    owed.map((one: { forwardingId: string; closedAt: string }) => [one.forwardingId, one.closedAt]),
    [1, 2].map(() => [story.hop, expiry.toISOString()]),
    'what it had read is owed an answer for from then on',
  );
  const [{ disclosureId }] = owed;
  expecting(200, await caritas.post(`/v1/disclosures/${disclosureId}/answer`, { answer: 'ERASED' }));
  t.equal((await caritas.get('/v1/owed-answers')).body.items.length, 1);
  const [row] = (await read(arge, story.hop)).disclosed.filter((one: { answer: string | null }) => one.answer !== null);
  t.match(row, { answer: 'ERASED', closedAt: expiry.toISOString() });

  await stopClock(exchange, await expiryIn(exchange, unread.hop));
  const diakonie = await exchange.as('diakonie');
  t.match(
    await read(diakonie, unread.hop),
    { status: 'EXPIRED', version: 2, closedEntries: [] },
    'and is not delivered',
  );
  const unheard = "SELECT FROM event WHERE type = 'forwarding.delivered' AND subject ->> 'forwardingId' = $1";
  t.equal((await exchange.sql(unheard, [unread.hop])).length, 0);
});

t.test('where time has ended everything no step is taken, written down or not', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil: inDays(3) });
  await read(caritas, story.hop);
  for (const [index, name] of ['accept', 'progress'].entries()) {
    expecting(200, await step(caritas, story.hop, name, 2 + index));
  }
  await exchange.advanceClock(4 * DAY);
  for (const name of ['accept', 'reject', 'progress', 'hold', 'answer', 'close', 'recall']) {
    for (const by of [arge, caritas]) {
      const body = { expectedVersion: 4, ...(name === 'reject' ? { code: 'DUPLICATE' } : {}) };
      const refused = expecting(409, await by.post(`/v1/forwardings/${story.hop}/${name}`, body)).body;
      t.match(refused, { code: 'transition-illegal', currentStatus: 'BLOCKED' }, name);
    }
  }
  // It may end between the judgement and the step, and that moves no version: so the statement that takes it looks as well.
  const service = await connectAs(exchange.database.serviceUrl);
  const actor = { agency: AGENCY.caritas, system: 'caritas-pinneberg', caseworker: null };
  const taken = await service.attempt(`SELECT api.step_forwarding($1, $2, 4, 'ON_HOLD', NULL) AS is`, [
    actor,
    story.hop,
  ]);
  await service.close();
  t.same(taken, [{ is: null }], 'not by a statement that comes too late');
  const complete = await arge.post(`/v1/laufzettel/${story.slip.id}/complete`, { expectedVersion: 1 });
  t.equal(complete.body.status, 'COMPLETED', 'nor is it under way any more');
});

t.test('the clock job writes it down, once, and tells both sides', async (t) => {
  const exchange = await startExchange();
  const [one, other] = [clockJob(exchange), clockJob(exchange)];
  t.teardown(() => Promise.all([one.close(), other.close(), exchange.close()]));
  const story = await sent(exchange, 'arge', 'caritas');
  await read(await exchange.as('caritas'), story.hop);
  const unread = await sent(exchange, 'arge', 'diakonie');
  const lasting = await sent(exchange, 'arge', 'tgsh');
  await read(await exchange.as('tgsh'), lasting.hop);
  expecting(200, await step(await exchange.as('tgsh'), lasting.hop, 'accept', 2));
  const sooner = await sent(exchange, 'arge', 'rantzau', undefined, { validUntil: inDays(3) });

  await exchange.advanceClock(4 * DAY);
  t.equal((await one.tick()) + (await other.tick()), 2, 'what the consent ends first is blocked');
  t.equal((await read(await exchange.as('rantzau'), sooner.hop)).status, 'BLOCKED');

  await exchange.advanceClock(15 * DAY);
  const since = await now(exchange);
  const shown = async () =>
    Promise.all([read(await exchange.as('caritas'), story.hop), read(await exchange.as('arge'), unread.hop)]);
  const versions = (seen: { status: string; version: number }[]) =>
    seen.map(({ status, version }) => [status, version]);
  const before = versions(await shown());
  const closed = await Promise.all([one.tick(), other.tick()]);
  t.equal(closed[0]! + closed[1]!, 4, 'two jobs at once close each row once');
  t.same(versions(await shown()), before, 'nobody’s version moves, as nothing changed that anybody sees');
  for (const { hop } of [story, unread]) {
    const expiry = await expiryIn(exchange, hop);
    t.ok((await rowsOf(exchange, hop)).every((row) => row.closed_at?.getTime() === expiry.getTime()));
  }
  t.match(await read(await exchange.as('caritas'), story.hop), { status: 'EXPIRED', version: 3 });
  t.match(await read(await exchange.as('tgsh'), lasting.hop), { status: 'ACCEPTED', entries: [{}, {}] });
  const closings = ['disclosure.closed', 'disclosure.closed'];
  t.same(await eventsOf(exchange, 'caritas', story.hop, since), [...closings, 'forwarding.expired']);
  t.same(await eventsOf(exchange, 'arge', story.hop, since), [...closings, 'forwarding.expired']);
  t.same(await eventsOf(exchange, 'diakonie', unread.hop, since), ['forwarding.expired'], 'unread rows are not told');
  t.equal((await one.tick()) + (await other.tick()), 0);
  t.match(await forward(await exchange.as('arge'), story.slip.id, 'caritas'), String, 'it may be sent again');
});

t.test('accepting lifts the limit, also of what hangs on it', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  const validUntil = inDays(60);
  const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil });
  await read(caritas, story.hop);
  const second = await passedOn(exchange, story, 'arge', 'caritas', 'diakonie');
  const [first, next] = [await expiryIn(exchange, story.hop), await expiryIn(exchange, second.hop)];
  t.ok(first < next);
  t.same(await endsOf(exchange, story.hop), [first.toISOString()]);
  t.same(await endsOf(exchange, second.hop), [first.toISOString()], 'what hangs on it ends with it');

  expecting(200, await step(await exchange.as('diakonie'), second.hop, 'accept', 2));
  t.same(await endsOf(exchange, second.hop), [first.toISOString()], 'accepted or not');
  expecting(200, await step(caritas, story.hop, 'accept', 2));
  t.same(await endsOf(exchange, story.hop), [validUntil]);
  t.same(await endsOf(exchange, second.hop), [validUntil]);
  t.ok((await read(arge, story.hop)).disclosed.every((row: { goodUntil: string }) => row.goodUntil === validUntil));

  await exchange.advanceClock(20 * DAY);
  t.equal((await read(caritas, story.hop)).entries.length, 2);
  t.equal((await read(await exchange.as('diakonie'), second.hop)).entries.length, 2);
});

t.test('what was passed on stands on the hop that comes later, when the first one expires', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  const story = await sent(exchange, 'arge', 'caritas');
  await read(caritas, story.hop);
  const onward = await passedOn(exchange, story, 'arge', 'caritas', 'diakonie');
  const diakonie = await exchange.as('diakonie');
  const third = await passedOn(exchange, story, 'arge', 'diakonie', 'tgsh');
  const tgsh = await exchange.as('tgsh');
  for (const [by, hop] of [
    [diakonie, onward.hop],
    [tgsh, third.hop],
  ] as const) {
    expecting(200, await step(by, hop, 'accept', 2));
  }
  const first = await expiryIn(exchange, story.hop);
  t.same(await endsOf(exchange, third.hop), [first.toISOString()], 'the whole chain ends with its first hop');

  await stopClock(exchange, later(first, -DAY));
  const again = await forward(arge, story.slip.id, 'caritas');
  const second = (await expiryIn(exchange, again)).toISOString();
  t.same(await endsOf(exchange, story.hop), [first.toISOString()], 'the first hop ends as it would have');
  t.same(await endsOf(exchange, onward.hop), [second], 'and what hangs on it goes on');
  t.same(await endsOf(exchange, third.hop), [second], 'with what hangs on that');

  await stopClock(exchange, first);
  t.same((await read(caritas, story.hop)).entries, []);
  t.equal((await read(diakonie, onward.hop)).entries.length, 2);
  t.equal((await read(tgsh, third.hop)).entries.length, 2);
  await stopClock(exchange, new Date(second));
  t.same((await read(diakonie, onward.hop)).entries, []);
  t.same((await read(tgsh, third.hop)).entries, []);

  await forward(arge, story.slip.id, 'caritas');
  t.same((await read(diakonie, onward.hop)).entries, [], 'what has ended does not begin again');
  t.same(await endsOf(exchange, onward.hop), [second]);
});

t.test('a hop that nobody accepted takes those with it that hang on it', async (t) => {
  const exchange = await startExchange();
  const job = clockJob(exchange);
  t.teardown(() => Promise.all([job.close(), exchange.close()]));
  const story = await sent(exchange, 'arge', 'caritas');
  await read(await exchange.as('caritas'), story.hop);
  const second = await passedOn(exchange, story, 'arge', 'caritas', 'diakonie');
  const diakonie = await exchange.as('diakonie');
  expecting(200, await step(diakonie, second.hop, 'accept', 2));
  const expiry = await expiryIn(exchange, story.hop);
  await stopClock(exchange, expiry);
  t.same((await read(diakonie, second.hop)).entries, [], 'at that millisecond');
  t.equal(await job.tick(), 4);
  t.equal((await read(diakonie, second.hop)).status, 'BLOCKED', 'for what it accepted has not expired');
  t.ok((await rowsOf(exchange, second.hop)).every((row) => row.closed_at?.getTime() === expiry.getTime()));
});

t.test('what is recorded meanwhile moves no end beyond the limit', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil: inDays(5) });
  const ends = await endsOf(exchange, story.hop);
  t.ok(ends.length === 1 && ends[0]! < (await expiryIn(exchange, story.hop)).toISOString());
  const renewed = { statedAt: new Date(Date.now() - 60_000).toISOString(), validUntil: inDays(90) };
  await sayYes(arge, story.client, 'caritas', ['STAMMDATEN', 'KONTAKT'], renewed);
  const expiry = (await expiryIn(exchange, story.hop)).toISOString();
  t.same(await endsOf(exchange, story.hop), [expiry]);
  const preview = await arge.post(`/v1/laufzettel/${story.slip.id}/preview`, { recipient: AGENCY.caritas });
  const latest = expiryOf(Date.parse(preview.body.decidedAt), [14]);
  t.ok(
    preview.body.permitted.every((one: { goodUntil: string }) => Date.parse(one.goodUntil) === latest),
    'as a preview says',
  );
});

t.test('what is passed on while the hop before is accepted ends when the consent does', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  for (let round = 0; round < 4; round++) {
    const validUntil = inDays(60);
    const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil });
    await read(caritas, story.hop);
    await sayYes(arge, story.client, 'diakonie', ['STAMMDATEN', 'KONTAKT']);
    const [hop] = await Promise.all([
      forward(caritas, story.slip.id, 'diakonie'),
      step(caritas, story.hop, 'accept', 2).then((answer) => expecting(200, answer)),
    ]);
    t.same(await endsOf(exchange, story.hop), [validUntil]);
    t.same(await endsOf(exchange, hop), [(await expiryIn(exchange, hop)).toISOString()], 'not with the old limit');
  }
});
