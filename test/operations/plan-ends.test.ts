/** How parts of a plan end for a side: everything that closes a disclosure takes its part out of that side's plan, and out of no other's. */
import { type System, systemAt } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Partner, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { clockJob } from '../walls/scenes.ts';
import { link, unlink } from './links.ts';
import {
  agreed,
  answer,
  goals,
  openPlanWith,
  part,
  plan,
  propose,
  proposed,
  sayYesTo,
  withdraw,
} from './plan-world.ts';
import { admit, agree } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());
const as = async (partner: Partner): Promise<System> =>
  systemAt('REST', exchange.url, (await exchange.as(partner)).token);
const [arge, caritas, diakonie] = await Promise.all([as('arge'), as('caritas'), as('diakonie')]);

const NO_SUCH = { ok: false, code: 'not-found', status: 404 };
const getPlan = (by: System, planId: string) => by.call('getPlan', { params: { planId } });
const traces = async (by: System, planId: string): Promise<string[]> =>
  (await plan(by, planId)).closedEntries.map(({ entryId }: { entryId: string }) => entryId);
const revoke = (by: System, clientId: string, more: object = {}) =>
  by.done('recordStatement', { params: { clientId }, body: no({ categories: ['FOERDERPLAN'], ...more }) });
/** Steps a forwarding from what the caller sees. */
async function step(by: System, id: 'recallForwarding' | 'rejectForwarding', forwardingId: string, more: object = {}) {
  const { version } = await by.done('getForwarding', { params: { forwardingId } });
  return by.done(id, { params: { forwardingId }, body: { expectedVersion: version, ...more } });
}

t.test('a no takes what it closes out of the plan of that side alone, as if it had never been', async (t) => {
  const { planId, clientId } = await openPlanWith(arge);
  const first = await agreed(arge, caritas, planId, 'Deutsch B1');
  const { clientId: theirs } = await plan(caritas, planId);
  await sayYesTo(caritas, theirs, AGENCY.arge);
  const changed = await agreed(caritas, arge, planId, 'Deutsch B2', { partId: first.partId, replaces: first.entry.id });
  const other = await agreed(caritas, arge, planId, 'Wohnung');
  const moved = await agreed(arge, caritas, planId, 'Kita', { after: other.partId });
  t.same(goals(await plan(arge, planId)), ['Deutsch B2', 'Wohnung', 'Kita']);

  await revoke(caritas, theirs, { discloser: AGENCY.caritas, recipient: AGENCY.arge });
  const left = await plan(arge, planId);
  t.same(goals(left), ['Deutsch B1', 'Kita'], 'what stood there before it stands there again');
  t.same(
    left.closedEntries.map((one: { entryId: string }) => one.entryId).sort(),
    [changed.entry.id, other.entry.id].sort(),
  );
  t.equal(left.version, 1 + 2 + 2, 'counts what it sees');
  t.same(goals(await plan(caritas, planId)), ['Deutsch B2', 'Wohnung', 'Kita'], 'its author keeps what it wrote');
  const { items } = await arge.done('listPlanHistory', { params: { planId } });
  t.same(
    items.map((one: { id: string; place: string; after: unknown }) => [one.id, one.place, one.after]),
    [
      [moved.id, 'DEFAULT', null],
      [first.id, 'DEFAULT', null],
    ],
  );

  const again = await proposed(arge, planId, 'Deutsch C1', { partId: first.partId, replaces: first.entry.id });
  await plan(caritas, planId);
  t.match(
    await answer(caritas, again),
    { ok: false, code: 'conflict', extra: { current: changed.entry.id } },
    'who still sees more is told that it is replaced',
  );
  t.match(await answer(caritas, again, { answer: 'ACCEPT', replaces: changed.entry.id }), { ok: true });
  for (const side of [arge, caritas]) t.equal(goals(await plan(side, planId))[0], 'Deutsch C1');

  await revoke(arge, clientId, { discloser: AGENCY.arge, recipient: AGENCY.caritas });
  t.same(goals(await plan(caritas, planId)), ['Deutsch B2', 'Wohnung'], 'what it wrote itself is left');
  t.match(await propose(arge, planId, { entry: part('x') }), { ok: false, code: 'consent-missing' });
});

t.test(
  'recalled, rejected and expired forwardings take their parts with them; their proposer is told that nobody can answer',
  async (t) => {
    const { planId } = await openPlanWith(arge);
    const recalled = await proposed(arge, planId, 'eins');
    const rejected = await proposed(arge, planId, 'zwei');
    const expired = await proposed(arge, planId, 'drei');
    const kept = await agreed(arge, caritas, planId, 'vier');
    await step(arge, 'recallForwarding', recalled.forwardingId);
    await step(caritas, 'rejectForwarding', rejected.forwardingId, { code: 'NO_CAPACITY' });
    await exchange.advanceClock(15 * 86_400_000);
    const job = clockJob(exchange);
    t.teardown(() => job.close());
    await job.tick();
    const left = await plan(caritas, planId);
    t.same(goals(left), ['vier'], 'what was answered in time does not expire');
    t.same(left.openProposals, []);
    t.same((await traces(caritas, planId)).sort(), [recalled, rejected, expired].map((one) => one.entry.id).sort());
    const mine = await arge.done('listPlanHistory', { params: { planId } });
    t.same(
      mine.items.map((one: { id: string; status: string }) => [one.id, one.status]),
      [
        [kept.id, 'ACCEPTED'],
        [expired.id, 'LAPSED'],
        [rejected.id, 'LAPSED'],
        [recalled.id, 'LAPSED'],
      ],
    );
    t.match(await answer(caritas, expired), NO_SUCH);
    t.match(await withdraw(arge, expired), { ok: true, value: { status: 'WITHDRAWN' } });
    t.equal((await arge.done('getForwarding', { params: { forwardingId: kept.forwardingId } })).status, 'CLOSED');
  },
);

t.test('a correction takes the place of what it corrects, for those who get it', async (t) => {
  const { planId, clientId } = await openPlanWith(arge);
  const first = await agreed(arge, caritas, planId, 'Deutsch B1');
  const open = await proposed(arge, planId, 'Schule');
  const correct = (entryId: string, ziel: string) =>
    arge.done('correctEntry', { params: { entryId }, body: { payload: { ziele: [ziel] } } });
  const corrected = await correct(first.entry.id, 'Deutsch B2');
  const proposal = await correct(open.entry.id, 'Abendschule');
  for (const side of [arge, caritas]) {
    const now = await plan(side, planId);
    t.same(goals(now), ['Deutsch B2']);
    t.match(now.parts[0], { id: first.partId, proposalId: first.id, entry: { id: corrected.id } });
    t.match(now.openProposals, [{ id: open.id, entry: { id: proposal.id, payload: { ziele: ['Abendschule'] } } }]);
  }
  t.same(await traces(caritas, planId), [first.entry.id], 'and what it had read stays as a trace');
  t.match(await answer(caritas, open), { ok: true });
  const changed = { partId: first.partId, replaces: corrected.id };
  const next = await agreed(arge, caritas, planId, 'Deutsch C1', changed);
  t.equal(next.replaces, corrected.id);
  await revoke(arge, clientId, { recipient: AGENCY.caritas });
  await correct(next.entry.id, 'Deutsch C2');
  t.same(goals(await plan(arge, planId)), ['Deutsch C2', 'Abendschule']);
  t.same((await plan(caritas, planId)).parts, [], 'who may not read it any more does not get it');
  t.notOk((await getPlan(caritas, planId)).ok && JSON.stringify(await getPlan(caritas, planId)).includes('Deutsch C2'));
});

t.test('what is erased is gone from the plan, for both sides', async (t) => {
  const { planId, clientId } = await openPlanWith(arge);
  const first = await agreed(arge, caritas, planId, 'Deutsch B1');
  const { clientId: theirs } = await plan(caritas, planId);
  await sayYesTo(caritas, theirs, AGENCY.arge);
  await agreed(caritas, arge, planId, 'Wohnung');
  await proposed(arge, planId, 'Kita');
  await arge.done('eraseClient', { params: { clientId }, body: { confirm: true } });
  t.same(goals(await plan(caritas, planId)), ['Wohnung']);
  t.same(await traces(caritas, planId), [first.entry.id], 'the other one it had not read');
  t.match(await plan(arge, planId), { parts: [{ entry: { payload: { ziele: ['Wohnung'] } } }], openProposals: [] });
  t.match(await propose(arge, planId, { entry: part('x') }), NO_SUCH, 'nothing is written under an erased handle');
});

t.test('with a link that was a mistake ends what relied on it', async (t) => {
  const owner = await admit(exchange, 'REST');
  const reader = await admit(exchange, 'REST');
  const bridge = await admit(exchange, 'REST');
  await agree([owner, reader], { categories: ['STAMMDATEN', 'FOERDERPLAN'] });
  const said = await openPlanWith(owner.system, reader.id);
  const unsaid = await openPlanWith(owner.system, reader.id, { hasConsent: false });
  const first = await link(owner, said.clientId, bridge);
  const second = await link(bridge, first.clientId, owner, unsaid.clientId);
  const stands = await agreed(owner.system, reader.system, said.planId, 'Deutsch B1');
  const relies = await agreed(owner.system, reader.system, unsaid.planId, 'Deutsch B2');
  await unlink(owner, unsaid.clientId, second.linkId);
  t.same(goals(await plan(reader.system, said.planId)), ['Deutsch B1']);
  t.ok(stands);
  t.match(await plan(reader.system, unsaid.planId), { parts: [], closedEntries: [{ entryId: relies.entry.id }] });
});

t.test('a third agency gets entries that are passed on to it, and no plan', async (t) => {
  const { planId, clientId, laufzettelId } = await openPlanWith(arge);
  const { entry } = await agreed(arge, caritas, planId, 'Deutsch B1');
  await arge.done('recordStatement', {
    params: { clientId },
    body: yes({ recipient: AGENCY.diakonie, categories: ['FOERDERPLAN'] }),
  });
  const passed = await caritas.done('forwardLaufzettel', {
    params: { laufzettelId },
    body: { recipient: AGENCY.diakonie, entryIds: [entry.id] },
  });
  const { entries } = await diakonie.done('getForwarding', { params: { forwardingId: passed.forwarding.id } });
  t.equal(entries[0].id, entry.id);
  const unknown = await getPlan(diakonie, '01980000-0000-7000-8000-00000000dead');
  const foreign = await getPlan(diakonie, planId);
  t.match(foreign, NO_SUCH);
  t.equal(foreign.ok || foreign.bytes, unknown.ok || unknown.bytes);
  t.same((await diakonie.done('listPlans', {})).items, []);
  t.match(await propose(diakonie, planId, { entry: part('x') }), NO_SUCH);
  t.match(await answer(diakonie, { planId, id: entry.id }), NO_SUCH);
});

t.test('what was read elsewhere, and not in the plan, is no trace of the plan', async (t) => {
  const readElsewhere = async () => {
    const planned = await openPlanWith(arge);
    const { clientId, laufzettelId } = planned;
    const { id: entryId } = await arge.done('addEntry', { params: { clientId }, body: part('Deutsch B1') });
    const body = { recipient: AGENCY.caritas, entryIds: [entryId] };
    const { forwarding } = await arge.done('forwardLaufzettel', { params: { laufzettelId }, body });
    await caritas.done('getForwarding', { params: { forwardingId: forwarding.id } });
    return { ...planned, entryId, forwardingId: forwarding.id };
  };
  const gone = await readElsewhere();
  await step(arge, 'recallForwarding', gone.forwardingId);
  t.match(await getPlan(caritas, gone.planId), NO_SUCH);
  const withdrawn = await arge.done('proposePlanPart', {
    params: { planId: gone.planId },
    body: { entryId: gone.entryId },
  });
  await withdraw(arge, withdrawn);
  t.match(await getPlan(caritas, gone.planId), NO_SUCH, 'withdrawn unread, after it had ended elsewhere');

  const held = await readElsewhere();
  await arge.done('proposePlanPart', { params: { planId: held.planId }, body: { entryId: held.entryId } });
  await revoke(arge, held.clientId);
  t.match(await getPlan(caritas, held.planId), NO_SUCH, 'closed unread, together with what it was read by');

  const agreedOn = await readElsewhere();
  const { planId, entryId } = agreedOn;
  const proposal = await arge.done('proposePlanPart', { params: { planId }, body: { entryId } });
  t.ok((await answer(caritas, proposal)).ok);
  await revoke(arge, agreedOn.clientId);
  t.same(await traces(caritas, planId), [entryId], 'whoever has answered it had read it');
});

t.test('who declines gains no time by it, whatever happens later; who accepts does', async (t) => {
  const { planId, clientId } = await openPlanWith(arge);
  const [kept, declined] = [await proposed(arge, planId, 'Deutsch B1'), await proposed(arge, planId, 'Umzug')];
  const ends = async (): Promise<[string, string]> => {
    const { items } = await arge.done('listDisclosures', { params: { clientId }, query: { limit: 50 } });
    const of = ({ entry }: { entry: { id: string } }): string =>
      items.find(({ entryId }: { entryId: string }) => entryId === entry.id).goodUntil;
    return [of(kept), of(declined)];
  };
  const [, asSent] = await ends();
  await plan(caritas, planId);
  t.match(await answer(caritas, declined, { answer: 'DECLINE', code: 'TALK_FIRST' }), { ok: true });
  t.match(await answer(caritas, kept), { ok: true });
  const [accepted, after] = await ends();
  t.equal(after, asSent, 'when it would have ended had nobody answered');
  t.ok(accepted > asSent);
  const later = yes({ recipient: AGENCY.caritas, categories: ['FOERDERPLAN'], statedAt: new Date().toISOString() });
  await arge.done('recordStatement', { params: { clientId }, body: later });
  t.equal((await ends())[1], asSent, 'nor does a renewal lengthen it');
});
