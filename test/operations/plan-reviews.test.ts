/** Review days of plans: both sides are reminded, and told in their rounds, of what is agreed on as each of them sees it. */
import { no } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { publishDueRounds } from '../support/rounds-job.ts';
import { t } from '../support/t.ts';
import { agreed, openPlanWith, plan, sayYesTo } from './plan-world.ts';
import { reminderJob, toldTo } from './reminders.ts';
import { type Admitted, admit, agree, stopClock } from './world.ts';

const exchange = await startExchange();
const job = reminderJob(exchange);
t.teardown(() => Promise.all([job.close(), exchange.close()]));

const DUE = ['plan.review-due'];
const told = async (by: Admitted, ...proposals: { id: string }[]): Promise<string[]> =>
  (
    await toldTo(
      exchange,
      by.system,
      DUE,
      proposals.map(({ id }) => id),
    )
  ).map(({ subject, time }) => `${subject} ${time}`);

/** Two agencies of Schleswig-Holstein and of no Land, and an agreement with a round each Monday. */
async function two(): Promise<[Admitted, Admitted]> {
  const pair: [Admitted, Admitted] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  await exchange.sql(`UPDATE agency SET land = 'SH' WHERE id = $1`, [pair[0].id]);
  const terms = { categories: ['FOERDERPLAN'], turnus: 'FREQ=WEEKLY;BYDAY=MO', from: '2026-10-01' };
  await agree(pair, terms);
  return pair;
}

const SAID = { statedAt: '2026-10-01', validFrom: '2026-10-01', validUntil: '2027-09-01' };

/** What a round says of plans. */
async function reviews({ system }: Admitted) {
  const { items } = await system.done('listRounds', { query: { limit: 1 } });
  const round = await system.done('getRound', { params: { roundId: items[0].id } });
  const section = round.sections.find((one: { section: string }) => one.section === 'PLAN_REVIEW');
  t.equal(round.counts.planReview, section.count, 'the count is that of the section');
  return section.items;
}

t.test('both sides are reminded on the last working day of each, of what is agreed on then', async (t) => {
  await stopClock(exchange, '2026-10-05T10:00:00+02:00');
  const [one, other] = await two();
  const { planId, clientId } = await openPlanWith(one.system, other.id, { hasConsent: false });
  await sayYesTo(one.system, clientId, other.id, SAID);
  const review = { reviewOn: '2026-10-31' };
  // 31 October is a Saturday, and a holiday in Schleswig-Holstein; 30 October is a Friday.
  const kept = await agreed(one.system, other.system, planId, 'Deutsch B1', review);
  const first = await agreed(one.system, other.system, planId, 'Schule', review);
  const { partId, entry } = first;
  const next = await agreed(one.system, other.system, planId, 'Abendschule', {
    partId,
    replaces: entry.id,
    reviewOn: '2026-12-01',
  });
  const pending = await one.system.done('proposePlanPart', {
    params: { planId },
    body: { entry: { category: 'FOERDERPLAN', payload: { ziele: ['Kita'] }, secrecy: false }, ...review },
  });
  await stopClock(exchange, '2026-10-30T07:59:59.999+01:00');
  await job.tick();
  t.same(await told(one, kept, first, next, pending), []);
  await stopClock(exchange, '2026-10-30T08:00:00+01:00');
  t.equal(await job.tick(), 2, 'what was replaced, or is not answered, reminds nobody');
  for (const side of [one, other]) {
    const [event, ...more] = await toldTo(exchange, side.system, DUE, [kept.id, first.id, next.id, pending.id]);
    t.same(more, []);
    t.same(event!.data, { planId, planProposalId: kept.id, entryId: kept.entry.id }, 'by ids alone');
    t.equal(event!.time, '2026-10-30T07:00:00.000Z');
  }
  await job.tick();
  t.equal((await told(one, kept)).length, 1, 'and once');

  await one.system.done('recordStatement', { params: { clientId }, body: no({ categories: ['FOERDERPLAN'] }) });
  await stopClock(exchange, '2026-12-01T08:00:00+01:00');
  await job.tick();
  t.equal((await told(one, next)).length, 1, 'who wrote it still has it');
  t.same(await told(other, next), [], 'who may not read it any more is not reminded of it');
});

t.test('rounds tell what is to be looked at within 30 days, and what was to be', async (t) => {
  await stopClock(exchange, '2026-12-01T10:00:00+01:00');
  const [one, other] = await two();
  const { planId, clientId, laufzettelId } = await openPlanWith(one.system, other.id, { hasConsent: false });
  await sayYesTo(one.system, clientId, other.id, SAID);
  const soon = await agreed(one.system, other.system, planId, 'bald', { reviewOn: '2027-01-06' });
  const far = await agreed(one.system, other.system, planId, 'später', { reviewOn: '2027-01-07' });
  const past = await agreed(one.system, other.system, planId, 'heute', { reviewOn: '2026-12-01' });
  await agreed(one.system, other.system, planId, 'nie', { reviewOn: null });
  await stopClock(exchange, '2026-12-07T08:00:00+01:00');
  await publishDueRounds(exchange);
  for (const side of [one, other]) {
    const items = await reviews(side);
    t.same(
      items.map((item: { forwardingId: string; at: string }) => [item.forwardingId, item.at]),
      [
        [past.forwardingId, '2026-11-30T23:00:00.000Z'],
        [soon.forwardingId, '2027-01-05T23:00:00.000Z'],
      ],
    );
    t.match(items[0], { planId, laufzettelId, kind: 'FOERDERPLAN', direction: side === one ? 'SENT' : 'RECEIVED' });
  }
  const headers = { authorization: `Bearer ${(one as Admitted & { token: string }).token}`, accept: 'text/csv' };
  const text = await (await fetch(`${exchange.url}/v1/rounds/${await latestId(one)}`, { headers })).text();
  t.ok(text.includes('Plan überprüfen') && text.includes(planId));

  const { partId, entry } = past;
  await agreed(one.system, other.system, planId, 'erledigt', { partId, replaces: entry.id, reviewOn: null });
  for (const side of [one, other]) t.equal((await reviews(side)).length, 1, 'what was replaced since is gone');
  await one.system.done('recordStatement', { params: { clientId }, body: no({ categories: ['FOERDERPLAN'] }) });
  t.same(await reviews(other), [], 'what may not be read any more as well');
  t.equal((await reviews(one)).length, 1);
  t.ok(far);
  t.equal((await plan(one.system, planId)).parts.length, 4);
});

const latestId = async ({ system }: Admitted): Promise<string> =>
  (await system.done('listRounds', { query: { limit: 1 } })).items[0].id;
