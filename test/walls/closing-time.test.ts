/** What time ends is gone at that millisecond, whether or not any job has run; and it never comes back. */
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, signAs, startExchange } from '../support/exchange.ts';
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

const HOUR = 3_600_000;
const inHours = (hours: number): string => new Date(Date.now() + hours * HOUR).toISOString();

t.test('what time ends stops being readable at that millisecond', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const caritas = await exchange.as('caritas');
  const validUntil = inHours(1);
  const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil });
  const [row] = await rowsOf(exchange, story.hop);
  const end = row!.good_until;
  t.equal(end.toISOString(), validUntil);

  await stopClock(exchange, later(end, -1));
  t.equal((await read(caritas, story.hop)).entries.length, 2, 'a millisecond before');
  await stopClock(exchange, end);
  for (const look of [read, readByGraphql]) {
    const seen = await look(caritas, story.hop);
    t.same([seen.entries, seen.closedEntries.length], [[], 2], 'at its end');
    t.ok(seen.closedEntries.every((one: { closedAt: string }) => one.closedAt === validUntil));
  }
  t.same(await entriesRead(caritas, story.theirs), []);
  t.equal((await caritas.get(`/v1/entries/${story.slip.entryIds[0]}`)).status, 404);
  t.ok(
    (await rowsOf(exchange, story.hop)).every((one) => one.closed_at === null),
    'and no job has run',
  );

  await t.test('a new yes does not bring it back', async (t) => {
    await stopClock(exchange, later(end, 1));
    const renewed = { statedAt: later(end, 1).toISOString(), validUntil: inHours(48), confirm: true };
    await sayYes(arge, story.client, 'caritas', ['STAMMDATEN', 'KONTAKT'], renewed);
    t.same((await read(caritas, story.hop)).entries, []);
    const rows = await rowsOf(exchange, story.hop);
    t.ok(
      rows.every((one) => one.closed_at?.getTime() === end.getTime() && one.good_until.getTime() === end.getTime()),
      'closed with the end that it had',
    );
    const again = await forward(arge, story.slip.id, 'caritas');
    t.equal((await read(caritas, again)).entries.length, 2, 'a new forwarding does');
    t.equal((await entriesRead(caritas, story.theirs)).length, 2);
  });
});

t.test('a gap between two yeses ends it for good, though the second has begun and no job has run', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const caritas = await exchange.as('caritas');
  const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil: inHours(1) });
  const second = { statedAt: inHours(-1), validFrom: inHours(2), validUntil: inHours(48) };
  await sayYes(arge, story.client, 'caritas', ['STAMMDATEN', 'KONTAKT'], second);
  t.equal((await read(caritas, story.hop)).entries.length, 2);

  await exchange.advanceClock(3 * HOUR);
  for (const look of [read, readByGraphql]) {
    const seen = await look(caritas, story.hop);
    t.same([seen.entries, seen.closedEntries.length], [[], 2]);
  }
  t.same(await entriesRead(caritas, story.theirs), []);
  t.equal((await caritas.get(`/v1/entries/${story.slip.entryIds[0]}`)).status, 404);
  const onward = await caritas.post(`/v1/laufzettel/${story.slip.id}/preview`, { recipient: AGENCY.tgsh });
  t.same([onward.body.permitted, onward.body.withheld], [[], []], 'nor can it be passed on');
  t.ok((await rowsOf(exchange, story.hop)).every((row) => row.closed_at === null));
  const again = await forward(arge, story.slip.id, 'caritas');
  t.equal((await read(caritas, again)).entries.length, 2, 'the second yes serves a new forwarding');
});

t.test('a yes that renews what has ended by time is no weaker one, and asks for no confirmation', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil: inHours(1) });
  await exchange.advanceClock(2 * HOUR);
  const renewed = yes({ recipient: AGENCY.caritas, categories: ['STAMMDATEN'], statedAt: inHours(1.5) });
  const answer = await (await exchange.as('arge')).post(`/v1/clients/${story.client}/statements`, renewed);
  t.equal(answer.status, 201, answer.text);
});

t.test('the clock job closes afterwards, once, with the end that was known', async (t) => {
  const exchange = await startExchange();
  const [one, other] = [clockJob(exchange), clockJob(exchange)];
  t.teardown(() => Promise.all([one.close(), other.close(), exchange.close()]));
  const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil: inHours(1) });
  await read(await exchange.as('caritas'), story.hop);
  const unread = await sent(exchange, 'arge', 'diakonie', undefined, { validUntil: inHours(1) });
  const lasting = await sent(exchange, 'arge', 'tgsh');
  const ends = (await rowsOf(exchange, story.hop, unread.hop)).map((row) => row.good_until);
  await exchange.advanceClock(2 * HOUR);
  const since = await now(exchange);

  const closed = await Promise.all([one.tick(), other.tick()]);
  t.equal(closed[0]! + closed[1]!, 4, 'two jobs at once close each row once');
  t.same(
    (await rowsOf(exchange, story.hop, unread.hop)).map((row) => row.closed_at),
    ends,
  );
  t.ok((await rowsOf(exchange, lasting.hop)).every((row) => row.closed_at === null));
  t.equal((await read(await exchange.as('caritas'), story.hop)).status, 'BLOCKED');
  t.same(await eventsOf(exchange, 'caritas', story.hop, since), [
    'disclosure.closed',
    'disclosure.closed',
    'forwarding.blocked',
  ]);
  t.same(
    await eventsOf(exchange, 'diakonie', unread.hop, since),
    ['forwarding.blocked'],
    'what it never read is not told',
  );
  const audits = await exchange.sql(
    `SELECT outcome, system, jsonb_array_length(subject -> 'disclosures') AS many FROM audit WHERE action = 'disclosure.close'`,
  );
  t.same([...new Set(audits.map((audit) => `${audit.outcome} ${audit.system}`))], ['TIME clock']);
  t.equal(
    audits.reduce((sum, audit) => sum + audit.many, 0),
    4,
  );
});

t.test('a tick that finds nothing to close ends at once', async (t) => {
  const exchange = await startExchange();
  const job = clockJob(exchange);
  t.teardown(() => Promise.all([job.close(), exchange.close()]));
  const start = Date.now();
  t.equal(await job.tick(), 0);
  t.ok(Date.now() - start < 5000);
});

t.test('a renewal moves the end of what has not ended, and of what hangs on it', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const caritas = await exchange.as('caritas');
  const story = await sent(exchange, 'arge', 'caritas', undefined, { validUntil: inHours(24) });
  await read(caritas, story.hop);
  const second = await passedOn(exchange, story, 'arge', 'caritas', 'diakonie');
  const ends = async (hop: string) => [
    ...new Set((await rowsOf(exchange, hop)).map((row) => row.good_until.toISOString())),
  ];
  const [old] = await ends(story.hop);
  t.same(await ends(second.hop), [old], 'the second hop ends with the first');

  const minuteAgo = (): string => new Date(Date.now() - 60_000).toISOString();
  const renewal = (hours: number) => ({ statedAt: minuteAgo(), validUntil: inHours(hours) });
  const longer = renewal(72);
  await sayYes(arge, story.client, 'caritas', ['STAMMDATEN', 'KONTAKT'], longer);
  t.same(await ends(story.hop), [longer.validUntil]);
  t.same(await ends(second.hop), [longer.validUntil]);

  const shorter = { ...renewal(12), statedAt: new Date(Date.now() - 1000).toISOString() };
  const body = yes({ recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'KONTAKT'], ...shorter });
  const asked = await arge.post(`/v1/clients/${story.client}/statements`, body);
  t.equal(asked.status, 409, asked.text);
  t.same(asked.body.confirmWith, { confirm: true });
  t.same(await ends(second.hop), [longer.validUntil], 'nothing has moved before it was confirmed');
  await sayYes(arge, story.client, 'caritas', ['STAMMDATEN', 'KONTAKT'], { ...shorter, confirm: true });
  t.same(await ends(story.hop), [shorter.validUntil]);
  t.same(await ends(second.hop), [shorter.validUntil]);
});

t.test('a closed row stays closed', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const caritas = await exchange.as('caritas');
  const admin = await exchange.as('admin');
  const both = ['STAMMDATEN', 'KONTAKT'];
  const story = await sent(exchange, 'arge', 'caritas');
  await read(caritas, story.hop);
  const second = await sent(exchange, 'arge', 'caritas');
  await read(caritas, second.hop);
  await sent(exchange, 'caritas', 'tgsh');
  const refused = expecting(201, await arge.post(`/v1/clients/${story.client}/statements`, no())).body;
  expecting(200, await admin.post(`/v1/agencies/${AGENCY.arge}/suspend`, { confirm: true }));
  const closed = await rowsOf(exchange, story.hop, second.hop);
  t.ok(closed.length === 4 && closed.every((row) => row.closed_at !== null));

  // Every basis comes back, better than before.
  await exchange.sql('UPDATE agency SET suspended_at = NULL, version = version + 1');
  const agreement = {
    title: 'Noch einmal',
    parties: [AGENCY.arge, AGENCY.caritas],
    purposes: ['BERATUNG'],
    categories: both,
    from: '2026-01-01',
  };
  const { id } = expecting(201, await arge.post('/v1/agreements', agreement)).body;
  for (const party of [arge, caritas]) expecting(200, await signAs(party, id));
  const statedAt = later(new Date(refused.recordedAt), 1).toISOString();
  for (const { client } of [story, second]) await sayYes(arge, client, 'caritas', both, { statedAt });
  expecting(200, await admin.post(`/v1/agreements/${AGREEMENT}/terminate`, { confirm: true }));

  for (const { hop, theirs } of [story, second]) {
    for (const look of [read, readByGraphql]) {
      const seen = await look(caritas, hop);
      t.same([seen.entries, seen.status], [[], 'BLOCKED']);
    }
    t.same(await entriesRead(caritas, theirs), []);
  }
  t.same(await rowsOf(exchange, story.hop, second.hop), closed, 'not a value of the rows has changed');
  const again = await forward(arge, story.slip.id, 'caritas');
  t.equal((await read(caritas, again)).entries.length, 2, 'a new forwarding is a new beginning');
  t.same((await read(caritas, story.hop)).entries, [], 'of itself alone');
});
