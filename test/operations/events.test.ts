/** What an agency is told of: one sequence without gaps, of what others did. */
import { type System, systemAt, throughADoor } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { PersonalValues } from '../support/personal-values.ts';
import { t } from '../support/t.ts';
import { admit, agree, entryOf, forward, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

interface Told {
  type: string;
  sequence: string;
  subject: string;
}
const eventsOf = (by: System, query: object = {}): Promise<{ events: Told[]; next: string; last: string }> =>
  by.done('listEvents', { query: { wait: 10, ...query } });

await throughADoor(
  t,
  exchange,
  'a recipient is told what came to it, its sender what became of that',
  async (t, _as, door) => {
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([one, other]);
    const { forwardingId } = await sendCase(one.system, other.id);
    const untilReceived = async (after = '0'): Promise<string> => {
      const { events, next } = await eventsOf(other.system, { after });
      return events.some(({ type }) => type === 'forwarding.received') ? next : untilReceived(next);
    };
    const last = await untilReceived();
    const waiting = eventsOf(one.system, { after: (await eventsOf(one.system)).last });
    const read = await other.system.done('getForwarding', { params: { forwardingId } });
    t.match(
      (await waiting).events,
      [{ type: 'forwarding.delivered', subject: forwardingId }],
      'at once, without asking again',
    );
    const received = (await eventsOf(other.system)).events.find(({ type }) => type === 'forwarding.received');
    t.match(received, {
      subject: forwardingId,
      specversion: '1.0',
      data: { forwardingId, laufzettelId: read.laufzettelId },
    });
    const all = await eventsOf(other.system, { limit: 200 });
    t.same(
      all.events.map(({ sequence }) => Number(sequence)),
      all.events.map((_event, place) => place + 1),
      'from 1 on, without gaps',
    );
    t.equal(all.last, last, 'reading it told its own agency nothing');
    const ahead = await other.system.refused('listEvents', { query: { after: '999999' } });
    t.match(ahead, { code: 'bad-request', extra: { last } });
  },
);

await throughADoor(t, exchange, 'events hold ids and nothing of what they are about', async (t, _as, door) => {
  const [one, other, stranger] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  await agree([one, other]);
  const personal = new PersonalValues();
  const fileReference = `Akte ${crypto.randomUUID()}`;
  personal.remember({ fileReference });
  const { id: clientId } = await one.system.done('createClient', { body: { fileReference } });
  const entries = (['STAMMDATEN', 'KONTAKT'] as const).map((category) => entryOf(category));
  personal.remember(entries);
  const body = { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries };
  const { id: laufzettelId } = await one.system.done('createLaufzettel', { body });
  await sayYes(one.system, clientId, { recipient: other.id, categories: ['STAMMDATEN', 'KONTAKT'] });
  const sent = await forward(one.system, { laufzettelId }, other.id);
  t.match(sent, { ok: true });
  const seen: Told[] = [];
  for (let after = '0'; !seen.some(({ type }) => type === 'forwarding.received'); ) {
    const page = await eventsOf(other.system, { after });
    seen.push(...page.events);
    after = page.next;
  }
  t.doesNotThrow(() => personal.demandNone([JSON.stringify(seen)]));
  t.ok(personal.size > 2, 'which would be found');
  t.match(
    await eventsOf(stranger.system),
    { events: [{ type: 'system.registered' }], last: '1' },
    'others are told nothing of it',
  );
});

await throughADoor(t, exchange, 'a long poll answers nothing when its time is over', async (t, _as, door) => {
  const agency = await admit(exchange, door);
  const { last } = await eventsOf(agency.system);
  t.same(await eventsOf(agency.system, { after: last, wait: 1 }), { events: [], next: last, last });
  t.match(await agency.system.refused('listEvents', { query: { wait: 31 } }), { code: 'bad-request' });
});

await throughADoor(t, exchange, 'at most a hundred long polls of one agency wait', async (t, as, door) => {
  const agency = await admit(exchange, door);
  const other = await admit(exchange, door);
  const { last: after } = await eventsOf(agency.system);
  const waiting = Array.from({ length: 101 }, () => agency.system.call('listEvents', { query: { wait: 20, after } }));
  const first = await Promise.race(waiting);
  t.match(first, { ok: false, code: 'rate-limited', status: 429, extra: { retryAfterSeconds: 5 } });
  const another = other.system.call('listEvents', { query: { wait: 1 } });
  t.match(await another, { ok: true }, 'what others wait for is no matter');
  await (await as('admin')).done('suspendAgency', { params: { agencyId: agency.id }, body: { confirm: true } });
  const ended = await Promise.all(waiting);
  t.equal(
    ended.filter((one) => !one.ok && one.code === 'agency-suspended').length,
    100,
    'a suspension ends them at once',
  );
});

t.test('whoever reads while many write at two instances sees each number once, in order', async (t) => {
  const second = await exchange.anotherInstance();
  const at = async (instance: Pick<typeof exchange, 'url' | 'as'>, partner: 'arge' | 'caritas' | 'diakonie' | 'tgsh') =>
    systemAt('REST', instance.url, (await instance.as(partner)).token);
  const readers = [await at(exchange, 'caritas'), await at(second, 'caritas'), await at(second, 'diakonie')];
  const isDone = { yes: false };
  const reading = readers.map(async (reader) => {
    const numbers: number[] = [];
    for (let after = '0', isLast = false; !isLast; ) {
      isLast = isDone.yes;
      const page = await eventsOf(reader, { after, wait: 1, limit: 7 });
      numbers.push(...page.events.map(({ sequence }) => Number(sequence)));
      isLast &&= page.events.length === 0;
      after = page.next;
    }
    return numbers;
  });
  const writers = [
    await at(exchange, 'arge'),
    await at(second, 'arge'),
    await at(exchange, 'tgsh'),
    await at(second, 'tgsh'),
  ];
  const ROUNDS = 6;
  await Promise.all(
    writers.map(async (writer) => {
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all([AGENCY.caritas, AGENCY.diakonie].map((recipient) => sendCase(writer, recipient)));
      }
    }),
  );
  isDone.yes = true;
  for (const numbers of await Promise.all(reading)) {
    t.ok(numbers.length >= writers.length * ROUNDS);
    t.same(
      numbers,
      numbers.map((_number, place) => place + 1),
    );
  }
});

t.test('two changes of one Laufzettel are told in their order', async (t) => {
  const second = await exchange.anotherInstance();
  const arge = systemAt('REST', exchange.url, (await exchange.as('arge')).token);
  const caritas = [exchange, second].map(async (one) => systemAt('REST', one.url, (await one.as('caritas')).token));
  const { last } = await eventsOf(arge, { wait: 0 });
  const { forwardingId } = await sendCase(arge, AGENCY.caritas);
  const params = { forwardingId };
  const [here, there] = [await caritas[0]!, await caritas[1]!];
  let { version } = await here.done('getForwarding', { params });
  const step = async (by: System, id: 'acceptForwarding' | 'progressForwarding' | 'holdForwarding') => {
    ({ version } = await by.done(id, { params, body: { expectedVersion: version } }));
  };
  await step(there, 'acceptForwarding');
  await step(here, 'progressForwarding');
  await step(there, 'holdForwarding');
  const seen: string[] = [];
  for (let after = last; seen.at(-1) !== 'forwarding.on_hold'; ) {
    const page = await eventsOf(arge, { after });
    seen.push(...page.events.filter(({ subject }) => subject === forwardingId).map(({ type }) => type));
    after = page.next;
  }
  t.same(seen, ['forwarding.delivered', 'forwarding.accepted', 'forwarding.in_progress', 'forwarding.on_hold']);
});
