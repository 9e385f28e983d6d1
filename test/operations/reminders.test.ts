/** What a sender and a recipient are reminded of: what waits, what is to be answered, what has its date. */
import { type Door, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { handle, reminderJob, send, toldTo } from './reminders.ts';
import { type Admitted, admit, agree, stopClock } from './world.ts';

const exchange = await startExchange();
const job = reminderJob(exchange);
t.teardown(() => Promise.all([job.close(), exchange.close()]));

const PERIODS = ['forwarding.reminder', 'forwarding.answer-due', 'forwarding.unanswered'];
const DATES = ['forwarding.due', 'forwarding.overdue'];

/** The tick of that moment. */
async function tickAt(at: string): Promise<number> {
  await stopClock(exchange, at);
  return job.tick();
}

async function two(door: Door, more: { terms?: object; lands?: [string | null, string | null] } = {}) {
  const pair: [Admitted, Admitted] = [await admit(exchange, door), await admit(exchange, door)];
  for (const [place, land] of (more.lands ?? []).entries()) {
    await exchange.sql('UPDATE agency SET land = $2 WHERE id = $1', [pair[place]!.id, land]);
  }
  await agree(pair, more.terms);
  return pair;
}

const told = async (by: Admitted, types: string[], ...subjects: string[]): Promise<string[]> =>
  (await toldTo(exchange, by.system, types, subjects)).map(({ type, time }) => `${type} ${time}`);

await throughADoor(t, exchange, 'who has not accepted is reminded once, on a working day', async (t, _as, door) => {
  await stopClock(exchange, '2026-12-22T10:00:00+01:00');
  const [one, other] = await two(door);
  const consent = { statedAt: '2026-12-21', validUntil: '2027-11-01' };
  const waiting = await send(one, other, consent);
  const read = await send(one, other, consent);
  const accepted = await send(one, other, consent);
  await handle(other.system, read.forwardingId);
  await handle(other.system, accepted.forwardingId, 'accept');
  const ids = [waiting, read, accepted].map((sent) => sent.forwardingId);

  t.equal(await tickAt('2026-12-28T07:59:59.999+01:00'), 0, 'three days end on the 25th, so on the Monday after');
  t.equal(await tickAt('2026-12-28T08:00:00+01:00'), 2);
  t.equal(await tickAt('2026-12-28T08:00:30+01:00'), 0, 'and once');
  const [first, ...more] = await toldTo(exchange, other.system, PERIODS, ids);
  t.match(first, { type: 'forwarding.reminder', time: '2026-12-28T07:00:00.000Z' });
  const [about] = [waiting, read].filter((sent) => sent.forwardingId === first!.subject);
  t.same(first!.data, { forwardingId: about!.forwardingId, laufzettelId: about!.laufzettelId }, 'by ids alone');
  t.same([first!, ...more].map((event) => event.subject).sort(), ids.slice(0, 2).sort(), 'not what was accepted');
  t.same(await told(one, PERIODS, ...ids), [], 'its sender is not reminded');
  t.equal(await tickAt('2027-01-05T10:00:00+01:00'), 0, 'what has expired meanwhile is not told either');
});

await throughADoor(
  t,
  exchange,
  'an answer that is due is told to both sides, on the same day',
  async (t, _as, door) => {
    await stopClock(exchange, '2026-12-01T10:00:00+01:00');
    const [one, other] = await two(door, { terms: { daysToAnswer: 10 } });
    const consent = { statedAt: '2026-11-30', validUntil: '2027-11-01' };
    const sent = await Promise.all(Array.from({ length: 5 }, () => send(one, other, consent)));
    const [accepted, working, held, answered, unread] = sent.map((each) => each.forwardingId) as [
      string,
      string,
      string,
      string,
      string,
    ];
    await handle(other.system, accepted, 'accept');
    await handle(other.system, working, 'accept', 'progress');
    await handle(other.system, held, 'accept', 'progress', 'hold');
    await handle(other.system, answered, 'accept', 'progress', 'answer');
    const ids = [accepted, working, held, answered, unread];

    await tickAt('2026-12-11T07:59:59.999+01:00');
    t.same(await told(one, PERIODS, ...ids), []);
    t.equal(await tickAt('2026-12-11T08:00:00+01:00'), 3);
    for (const id of [accepted, working, held]) {
      t.same(await told(other, PERIODS, id), ['forwarding.answer-due 2026-12-11T07:00:00.000Z']);
      t.same(await told(one, PERIODS, id), ['forwarding.unanswered 2026-12-11T07:00:00.000Z']);
    }
    t.same(await told(one, PERIODS, answered, unread), [], 'not what was answered, nor what nobody has accepted');
    t.same(await told(other, PERIODS, answered), []);
    t.equal(await tickAt('2026-12-14T08:00:00+01:00'), 0);
  },
);

await throughADoor(
  t,
  exchange,
  'each side is told of a due date before its own holiday, and both when it has passed',
  async (t, _as, door) => {
    await stopClock(exchange, '2027-10-11T10:00:00+02:00');
    const [one, other] = await two(door, { lands: ['SN', 'SH'], terms: { daysToAccept: 60, daysToRemind: 60 } });
    const consent = { statedAt: '2027-10-10', validUntil: '2028-09-01' };
    // Buß- und Bettag, a Wednesday; summer time ends before it.
    const { forwardingId } = await send(one, other, { ...consent, dueDate: '2027-11-17' });
    const done = await send(one, other, { ...consent, dueDate: '2027-11-17' });
    const undated = await send(one, other, consent);
    await handle(other.system, done.forwardingId, 'accept', 'progress', 'answer');

    t.equal(await tickAt('2027-11-16T07:59:59.999+01:00'), 0);
    t.equal(await tickAt('2027-11-16T08:00:00+01:00'), 1);
    t.same(
      await told(one, DATES, forwardingId),
      ['forwarding.due 2027-11-16T07:00:00.000Z'],
      'the day before, in Sachsen',
    );
    t.same(await told(other, DATES, forwardingId), []);
    t.equal(await tickAt('2027-11-17T08:00:00+01:00'), 1);
    t.same(
      await told(other, DATES, forwardingId),
      ['forwarding.due 2027-11-17T07:00:00.000Z'],
      'that day, in Schleswig-Holstein',
    );
    t.equal(await tickAt('2027-11-17T23:59:59.999+01:00'), 0);
    t.equal(await tickAt('2027-11-18T00:00:00+01:00'), 1);
    for (const side of [one, other]) {
      t.match(await told(side, DATES, forwardingId), ['forwarding.due', 'forwarding.overdue 2027-11-17T23:00:00.000Z']);
      t.same(await told(side, DATES, done.forwardingId, undated.forwardingId), []);
    }
  },
);

await throughADoor(
  t,
  exchange,
  'what a standstill or a late start has delayed is told once, as far as it is true',
  async (t, _as, door) => {
    await stopClock(exchange, '2027-03-01T10:00:00+01:00');
    const [one, other] = await two(door, { terms: { daysToAccept: 60 } });
    const consent = { statedAt: '2027-02-28', validUntil: '2028-01-01' };
    const late = await send(one, other, { ...consent, dueDate: '2027-03-01' });
    const past = await send(one, other, { ...consent, dueDate: '2027-02-01' });
    const delayed = await send(one, other, { ...consent, dueDate: '2027-03-10' });
    t.equal(await job.tick(), 3, 'due for each of both, and overdue');
    t.match(await told(other, DATES, late.forwardingId), ['forwarding.due']);
    t.match(await told(other, DATES, past.forwardingId), ['forwarding.overdue'], 'not that it is due');
    t.equal(await tickAt('2027-03-15T12:00:00+01:00'), 5, 'three reminders, and two that are overdue');
    t.match(await told(other, [...DATES, ...PERIODS], delayed.forwardingId), [/reminder|overdue/, /reminder|overdue/]);
    t.equal(await job.tick(), 0);
  },
);

await throughADoor(
  t,
  exchange,
  'nobody is reminded of what was completed, recalled or has ended',
  async (t, _as, door) => {
    await stopClock(exchange, '2027-03-01T10:00:00+01:00');
    const [one, other] = await two(door);
    const sending = { statedAt: '2027-02-28', validUntil: '2028-01-01', dueDate: '2027-03-03' };
    const recalled = await send(one, other, sending);
    const cancelled = await send(one, other, sending);
    const withdrawn = await send(one, other, sending);
    const ended = await send(one, other, { ...sending, validUntil: '2027-03-02' });
    await job.tick();
    const by = one.system;
    await by.done('recallForwarding', {
      params: { forwardingId: recalled.forwardingId },
      body: { expectedVersion: 1 },
    });
    const params = { laufzettelId: cancelled.laufzettelId };
    const { version } = await by.done('getLaufzettel', { params });
    await by.done('cancelLaufzettel', { params, body: { expectedVersion: version } });
    const no = { decision: 'WITHDRAWN', statedAt: '2027-03-01', statedBy: 'PERSON', ageBand: 'ADULT' };
    await by.done('recordStatement', { params: { clientId: withdrawn.clientId }, body: no });
    t.equal(await tickAt('2027-03-09T08:00:00+01:00'), 0);
    const ids = [recalled, cancelled, withdrawn, ended].map((sent) => sent.forwardingId);
    for (const side of [one, other]) t.same(await told(side, [...DATES, ...PERIODS], ...ids), []);
    t.equal(
      (await exchange.sql('SELECT FROM reminder WHERE subject_id = ANY ($1)', [ids])).length,
      0,
      'nor ever will be',
    );
  },
);
