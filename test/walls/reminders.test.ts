/** Reminders: told once by however many instances, lost by no crash, and by nothing that was withheld. */
import { Client } from 'pg';
import type { Test } from 'tap';
import { EVENT_TYPES } from '../../src/domain/event.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { reminderStore } from '../../src/persistence/reminder-store.ts';
import { handle, type ReminderJob, reminderJob, type Sending, send, toldTo } from '../operations/reminders.ts';
import { type Admitted, admit, agree, count, forward, openCase, sayYes, stopClock } from '../operations/world.ts';
import { no } from '../support/consent-bodies.ts';
import { type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const MONDAY = '2027-01-04T10:00:00+01:00';
const CONSENT: Sending = { statedAt: '2026-12-31', validUntil: '2027-12-01' };
const TYPES = Object.keys(EVENT_TYPES);

async function scene(t: Test) {
  const exchange = await startExchange();
  const jobs: [ReminderJob, ReminderJob] = [reminderJob(exchange), reminderJob(exchange)];
  const other = new Client(exchange.database.serviceUrl);
  await other.connect();
  t.teardown(() => Promise.all([...jobs.map((one) => one.close()), other.end(), exchange.close()]));
  await stopClock(exchange, MONDAY);
  const pair: [Admitted, Admitted] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  return { exchange, jobs, instance: other, pair };
}

const reminders = (exchange: Exchange, forwardingId: string): Promise<number> =>
  count(exchange, 'event', `type = 'forwarding.reminder' AND subject ->> 'forwardingId' = $1`, [forwardingId]);

t.test('two instances that look at the same time tell each thing once', async (t) => {
  const { exchange, jobs, pair } = await scene(t);
  const many = 450;
  await exchange.sql(
    `WITH made AS (
       INSERT INTO agreement (id, title, purposes, categories, valid_from, valid_until, created_at)
       SELECT uuidv7(), 'Kooperationsvereinbarung', '{BERATUNG}', '{STAMMDATEN}', api.clock_now(),
         api.clock_now() + interval '20 days', api.clock_now() FROM generate_series(1, $1) RETURNING id)
     INSERT INTO agreement_party (agreement_id, agency_id) SELECT made.id, party FROM made, unnest($2::uuid[]) AS party`,
    [many, pair.map((one) => one.id)],
  );
  const told = await Promise.all(jobs.map((job) => job.tick()));
  t.equal(told[0]! + told[1]!, many);
  const [{ events, subjects }] = await exchange.sql(
    `SELECT count(*)::int AS events, count(DISTINCT subject)::int AS subjects FROM event WHERE type = 'agreement.ending'`,
  );
  t.same([events, subjects], [2 * many, many], 'each of them to both parties');
  t.equal(await jobs[0].tick(), 0);
});

t.test('an instance that dies before it has committed has told nothing, and the next one tells it', async (t) => {
  const { exchange, jobs, instance, pair } = await scene(t);
  await agree(pair);
  const { forwardingId } = await send(pair[0], pair[1], CONSENT);
  await stopClock(exchange, '2027-01-07T08:00:00+01:00');

  await instance.query('BEGIN');
  const [{ found }] = (await instance.query('SELECT api.take_reminders(200) AS found')).rows;
  const [{ kind, id }] = found.reminders;
  t.same([kind, id], ['REMINDER', forwardingId]);
  t.equal(await jobs[0].tick(), 0, 'while it is about it, nobody else is');
  const settled = JSON.stringify([{ kind, id, tell: true, lookAt: null }]);
  await instance.query('SELECT api.settle_reminders($1, $2)', [found.at, settled]);
  await instance.query('ROLLBACK');
  t.equal(await reminders(exchange, forwardingId), 0);

  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 1 });
  const failing = reminderStore(database).settle(200, () => {
    throw new Error('between taking and telling');
  });
  await t.rejects(failing, { message: 'between taking and telling' });
  await database.close();

  t.equal(await jobs[1].tick(), 1);
  t.equal(await jobs[0].tick(), 0);
  t.equal(await reminders(exchange, forwardingId), 1);
  await instance.query('SELECT api.settle_reminders($1, $2)', [found.at, settled]);
  t.equal(await reminders(exchange, forwardingId), 1, 'what is off the list is not told by asking for it again');
});

t.test('what somebody is just changing is looked at afterwards, and nobody waits for it', async (t) => {
  const { exchange, jobs, pair } = await scene(t);
  await agree(pair);
  const changing = await send(pair[0], pair[1], CONSENT);
  const untouched = await send(pair[0], pair[1], CONSENT);
  await stopClock(exchange, '2027-01-07T08:00:00+01:00');
  await exchange.sql('BEGIN');
  await exchange.sql('SELECT FROM forwarding WHERE id = $1 FOR NO KEY UPDATE', [changing.forwardingId]);
  t.equal(await jobs[0].tick(), 1);
  await exchange.sql('COMMIT');
  t.same([await reminders(exchange, untouched.forwardingId), await reminders(exchange, changing.forwardingId)], [1, 0]);
  t.equal(await jobs[0].tick(), 1);
});

t.test('a recipient is reminded of what it can read, as if there were nothing else', async (t) => {
  const { exchange, jobs, pair } = await scene(t);
  const [one, other] = pair;
  await agree(pair, { categories: ['STAMMDATEN'] });
  // Whatever stands on this one would be due much sooner.
  const terms = { daysToRemind: 1, daysToAnswer: 2, daysToAcknowledge: 2 };
  await agree(pair, { categories: ['KONTAKT'], ...terms });
  const more = { ...CONSENT, recipient: other.id, validFrom: CONSENT.statedAt };
  const sendWith = async (withheld: 'nothing' | 'never agreed' | 'withdrawn before it was read'): Promise<string> => {
    const categories = withheld === 'nothing' ? ['STAMMDATEN' as const] : ['STAMMDATEN' as const, 'KONTAKT' as const];
    const slip = await openCase(one.system, categories);
    const { clientId } = slip;
    await sayYes(one.system, clientId, { ...more, categories: ['STAMMDATEN'] });
    // An end of its own: near, and told to nobody.
    const short = { categories: ['KONTAKT'], validUntil: '2027-02-15' };
    if (withheld === 'withdrawn before it was read') await sayYes(one.system, clientId, { ...more, ...short });
    const outcome = await forward(one.system, slip, other.id);
    if (!outcome.ok) throw new Error(outcome.bytes);
    if (withheld === 'withdrawn before it was read') {
      const body = no({ categories: ['KONTAKT'], statedAt: MONDAY });
      await one.system.done('recordStatement', { params: { clientId }, body });
    }
    return outcome.value.forwarding.id;
  };
  const sent = [
    await sendWith('nothing'),
    await sendWith('never agreed'),
    await sendWith('withdrawn before it was read'),
  ];
  for (let day = 4; day <= 70; day++) {
    await stopClock(exchange, Date.parse(MONDAY) + (day - 4) * 86_400_000 + 1);
    await jobs[0].tick();
    if (day === 14) for (const forwardingId of sent) await handle(other.system, forwardingId, 'accept');
  }
  const [plain, ...others] = await Promise.all(
    sent.map(async (forwardingId) => {
      const told = await toldTo(exchange, other.system, TYPES, await subjectsOf(exchange, forwardingId));
      return told.map(({ type, time }) => `${type} ${time}`);
    }),
  );
  t.match(plain, [/^forwarding.received/, /^forwarding.reminder/, /^forwarding.answer-due/]);
  for (const seen of others) t.same(seen, plain);
});

/** The forwarding, and all that its recipient could be told about in it. */
async function subjectsOf(exchange: Exchange, forwardingId: string): Promise<string[]> {
  const rows = await exchange.sql('SELECT id, entry_id FROM disclosure WHERE forwarding_id = $1', [forwardingId]);
  return [forwardingId, ...rows.flatMap((row) => [row.id, row.entry_id])];
}
