/** Plans that two agencies write together: proposed by either side, answered by the other, overwritten by nobody silently. */
import { randomUUID } from 'node:crypto';
import { throughADoor } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
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
import { count, NOTHING } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000' });
t.teardown(() => exchange.close());

/** What an agency was told of a plan, in order. */
const told = async (agency: string, planId: string): Promise<string[]> =>
  (
    await exchange.sql(`SELECT type FROM event WHERE agency_id = $1 AND subject ->> 'planId' = $2 ORDER BY place`, [
      agency,
      planId,
    ])
  ).map(({ type }) => type);

const NO_SUCH = { ok: false, code: 'not-found', status: 404 };
const at = (planId: string) => ({ params: { planId } });

await throughADoor(t, exchange, 'both sides propose, accept and decline', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { planId, clientId, laufzettelId } = await openPlanWith(arge);
  const empty = await plan(arge, planId);
  t.match(empty, {
    kind: 'FOERDERPLAN',
    nameCode: 'FOERDERPLAN',
    nameLabel: 'Förderplan',
    clientId,
    laufzettelId,
    openedBy: AGENCY.arge,
    partner: AGENCY.caritas,
    version: 1,
    parts: [],
    openProposals: [],
    closedEntries: [],
  });
  const unknown = await caritas.call('getPlan', at(NOTHING));
  t.match(unknown, NO_SUCH);
  const hidden = await caritas.call('getPlan', at(planId));
  t.match(hidden, NO_SUCH);
  t.equal(
    hidden.ok || hidden.bytes,
    unknown.ok || unknown.bytes,
    'before anything is disclosed it does not exist for the other side',
  );

  const first = await proposed(arge, planId, 'Deutsch B1', { reviewOn: '2027-05-20' });
  t.match(first, { status: 'OPEN', proposedBy: AGENCY.arge, replaces: null, place: 'DEFAULT', reviewOn: '2027-05-20' });
  t.match(
    await answer(caritas, first),
    { ok: false, code: 'transition-illegal', extra: { allowed: [] } },
    'who has not read it does not answer it',
  );
  const seen = await plan(caritas, planId);
  t.match(seen, {
    version: 2,
    parts: [],
    openProposals: [{ id: first.id, entry: { payload: { ziele: ['Deutsch B1'] } } }],
  });
  t.not(seen.clientId, clientId, 'each has a handle of its own');
  t.match(await answer(arge, first), {
    ok: false,
    code: 'transition-illegal',
    extra: { currentStatus: 'OPEN', allowed: ['WITHDRAW'] },
  });
  t.match(await withdraw(caritas, first), {
    ok: false,
    code: 'transition-illegal',
    extra: { allowed: ['ACCEPT', 'DECLINE'] },
  });
  t.match(
    await answer(caritas, first, { answer: 'DECLINE' }),
    { ok: false, code: 'bad-request' },
    'a decline says why',
  );
  t.match(await answer(caritas, first, { answer: 'ACCEPT', code: 'OUTDATED' }), { ok: false, code: 'bad-request' });
  t.match(await answer(caritas, first), { ok: true, value: { status: 'ACCEPTED' } });
  t.match(await answer(caritas, first), {
    ok: false,
    code: 'transition-illegal',
    extra: { currentStatus: 'ACCEPTED', allowed: [] },
  });
  const forwarding = await caritas.done('getForwarding', { params: { forwardingId: first.forwardingId } });
  t.equal(forwarding.status, 'CLOSED', 'nothing is left to be done about the forwarding');

  await sayYesTo(caritas, seen.clientId, AGENCY.arge);
  const second = await agreed(caritas, arge, planId, 'Praktikum', { after: null });
  const third = await proposed(caritas, planId, 'Führerschein');
  await plan(arge, planId);
  t.match(await answer(arge, third, { answer: 'DECLINE', code: 'TALK_FIRST' }), {
    ok: true,
    value: { status: 'DECLINED', code: 'TALK_FIRST' },
  });
  for (const side of [arge, caritas]) {
    const both = await plan(side, planId);
    t.same(goals(both), ['Praktikum', 'Deutsch B1'], 'first comes what was put there');
    t.equal(both.version, 7, 'three proposals and three answers');
    const { items } = await side.done('listPlanHistory', { ...at(planId), query: { limit: 200 } });
    t.same(
      items.map((one: { id: string; status: string }) => [one.id, one.status]),
      [
        [third.id, 'DECLINED'],
        [second.id, 'ACCEPTED'],
        [first.id, 'ACCEPTED'],
      ],
    );
    const { items: plans } = await side.done('listPlans', { query: { laufzettelId } });
    t.same(
      plans.map((one: { id: string }) => one.id),
      [planId],
    );
  }
  const mine = { ...at(planId), query: { limit: 2 } };
  const page = await arge.done('listPlanHistory', mine);
  const rest = await arge.done('listPlanHistory', { ...at(planId), query: { limit: 2, cursor: page.nextCursor } });
  t.same(
    [...page.items, ...rest.items].map(({ id }) => id),
    [third.id, second.id, first.id],
    'page by page',
  );
  t.same(await told(AGENCY.caritas, planId), ['plan.proposed', 'plan.accepted', 'plan.declined']);
  t.same(await told(AGENCY.arge, planId), ['plan.accepted', 'plan.proposed', 'plan.proposed']);
  const { items: ofClient } = await caritas.done('listPlans', {
    query: { clientId: seen.clientId, kind: 'FOERDERPLAN' },
  });
  t.same(
    ofClient.map((one: { id: string }) => one.id),
    [planId],
  );
  t.same((await caritas.done('listPlans', { query: { clientId: NOTHING } })).items, []);
});

await throughADoor(t, exchange, 'nobody overwrites silently', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { planId } = await openPlanWith(arge);
  const first = await agreed(arge, caritas, planId, 'Deutsch A2');
  const { clientId: theirs } = await plan(caritas, planId);
  await sayYesTo(caritas, theirs, AGENCY.arge);
  const { partId, entry } = first;
  const changed = { partId, replaces: entry.id };
  t.match(
    await propose(arge, planId, { partId, entry: part('B1') }),
    { ok: false, code: 'conflict', status: 409, extra: { current: entry.id } },
    'what stands there has to be named',
  );
  t.match(await propose(arge, planId, { ...changed, replaces: NOTHING, entry: part('B1') }), {
    ok: false,
    code: 'conflict',
    extra: { current: entry.id },
  });
  const one = await proposed(arge, planId, 'Deutsch B1', changed);
  const other = await proposed(caritas, planId, 'Deutsch B2', changed);
  t.match(one, { replaces: entry.id, partId });
  await plan(caritas, planId);
  await plan(arge, planId);
  t.match(await answer(caritas, one), { ok: true });
  t.match(await answer(arge, other), { ok: false, code: 'conflict', status: 409, extra: { current: one.entry.id } });
  t.same(goals(await plan(arge, planId)), ['Deutsch B1'], 'nothing has changed by it');
  t.match(
    await answer(arge, other, { answer: 'ACCEPT', replaces: one.entry.id }),
    { ok: true },
    'who names what stands there knows',
  );
  for (const side of [arge, caritas]) t.same(goals(await plan(side, planId)), ['Deutsch B2']);

  const added = await agreed(arge, caritas, planId, 'Wohnung');
  const moved = await agreed(arge, caritas, planId, 'Wohnung suchen', {
    partId: added.partId,
    replaces: added.entry.id,
    after: null,
  });
  for (const side of [arge, caritas]) t.same(goals(await plan(side, planId)), ['Wohnung suchen', 'Deutsch B2']);
  t.match(moved, { place: 'FIRST', after: null });
  const behind = await proposed(arge, planId, 'Umzug', { after: added.partId });
  t.match(behind, { place: 'AFTER', after: added.partId });
  const broken = { ok: false, code: 'rule-broken', status: 422 };
  t.match(await propose(arge, planId, { entry: part('x'), after: NOTHING }), {
    ...broken,
    extra: { errors: [{ pointer: '/after' }] },
  });
  t.match(await propose(arge, planId, { entry: part('x'), partId: NOTHING }), {
    ...broken,
    extra: { errors: [{ pointer: '/partId' }] },
  });
  t.match(await propose(arge, planId, { entry: part('x'), reviewOn: '2020-01-01' }), {
    ...broken,
    extra: { errors: [{ pointer: '/reviewOn' }] },
  });
  t.match(await propose(arge, planId, { entry: { category: 'SPRACHE', payload: { deutschNiveau: 'A1' } } }), {
    ...broken,
    extra: { errors: [{ pointer: '/entry/category' }] },
  });
  t.match(await propose(arge, planId, { entryId: NOTHING }), {
    ...broken,
    extra: { errors: [{ pointer: '/entryId' }] },
  });
  t.match(
    await propose(arge, planId, { entryId: other.entry.id }),
    { ...broken, extra: { errors: [{ pointer: '/entryId' }] } },
    'of another agency',
  );
  t.match(
    await propose(arge, planId, { entryId: one.entry.id }),
    { ...broken, extra: { errors: [{ pointer: '/entryId' }] } },
    'in the plan already',
  );
  t.match(await propose(arge, planId, {}), { ok: false, code: 'bad-request' });
  t.match(await propose(arge, planId, { entry: part('x'), entryId: one.entry.id }), { ok: false, code: 'bad-request' });
});

await throughADoor(t, exchange, 'what the client has not agreed to is refused, and nothing is kept', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { planId, clientId } = await openPlanWith(arge, AGENCY.caritas, { hasConsent: false });
  const kept = () => count(exchange, 'entry', 'client_id = $1', [clientId]);
  const headers = { 'idempotency-key': randomUUID() };
  const body = { entry: part('Deutsch B1') };
  const refused = await arge.call('proposePlanPart', { ...at(planId), body, headers });
  t.match(refused, {
    ok: false,
    code: 'consent-missing',
    status: 403,
    extra: {
      withheld: [{ category: 'FOERDERPLAN', reasons: ['NO_CONSENT'] }],
      missingCore: ['FOERDERPLAN'],
      needed: [{ type: 'CONSENT', clientId, recipient: AGENCY.caritas }],
    },
  });
  t.equal(await kept(), 0, 'no entry');
  const refusals = `action = 'plan.propose' AND outcome = 'WITHHOLD' AND subject ->> 'plan' = $1`;
  t.equal(await count(exchange, 'audit', refusals, [planId]), 1);
  const again = await arge.call('proposePlanPart', { ...at(planId), body, headers });
  t.ok(again.replayed);
  t.same({ ...again, bytes: '', replayed: false }, { ...refused, bytes: '' }, 'the same refusal again');
  t.match(await caritas.call('getPlan', at(planId)), NO_SUCH);

  await sayYesTo(arge, clientId, AGENCY.caritas);
  const { id: entryId } = await arge.done('addEntry', { params: { clientId }, body: part('Ausbildung') });
  const key = { 'idempotency-key': randomUUID() };
  const made = await arge.call('proposePlanPart', { ...at(planId), body: { entryId }, headers: key });
  t.match(made, { ok: true, value: { entry: { id: entryId } } }, 'one that was written before');
  const repeated = await arge.call('proposePlanPart', { ...at(planId), body: { entryId }, headers: key });
  t.ok(repeated.replayed);
  t.same(repeated.ok && repeated.value, made.ok && made.value);
  t.equal((await plan(arge, planId)).openProposals.length, 1, 'and one proposal');
});

await throughADoor(
  t,
  exchange,
  'a withdrawn proposal is gone for the other side, and its forwarding recalled',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const { planId } = await openPlanWith(arge);
    const unread = await proposed(arge, planId, 'Deutsch B1');
    t.match(await withdraw(arge, unread), { ok: true, value: { status: 'WITHDRAWN' } });
    t.match(await caritas.call('getPlan', at(planId)), NO_SUCH, 'nothing of it was read, and nothing is left');
    const read = await proposed(arge, planId, 'Deutsch B2');
    await plan(caritas, planId);
    t.match(await withdraw(arge, read), { ok: true });
    t.match(await plan(caritas, planId), {
      version: 1,
      openProposals: [],
      closedEntries: [{ entryId: read.entry.id, category: 'FOERDERPLAN' }],
    });
    t.match(await answer(caritas, read), NO_SUCH);
    t.equal((await plan(arge, planId)).version, 5, 'its proposer sees both, and what became of them');
    t.same((await arge.done('getForwarding', { params: { forwardingId: read.forwardingId } })).status, 'RECALLED');
    t.same(await told(AGENCY.caritas, planId), ['plan.proposed', 'plan.withdrawn', 'plan.proposed', 'plan.withdrawn']);
    t.match(await withdraw(arge, read), {
      ok: false,
      code: 'transition-illegal',
      extra: { currentStatus: 'WITHDRAWN', allowed: [] },
    });
  },
);

await throughADoor(
  t,
  exchange,
  'a plan is opened on a Laufzettel of its kind, by a name that the law has on that day',
  async (t, as) => {
    const arge = await as('arge');
    const { laufzettelId, clientId } = await openPlanWith(arge);
    const open = (more: object) =>
      arge.call('openPlan', { body: { laufzettelId, partner: AGENCY.caritas, nameCode: 'FOERDERPLAN', ...more } });
    const broken = (pointer: string) => ({ ok: false, code: 'rule-broken', extra: { errors: [{ pointer }] } });
    t.match(await open({ nameCode: 'EINGLIEDERUNGSVEREINBARUNG' }), broken('/nameCode'), 'a name of the past');
    t.match(await open({ nameCode: 'BERUFSWEGEPLAN' }), broken('/nameCode'), 'a name of another kind');
    t.match(await open({ nameCode: 'ANYTHING' }), broken('/nameCode'));
    t.match(await open({ partner: AGENCY.arge }), broken('/partner'));
    t.match(await open({ partner: NOTHING }), broken('/partner'));
    t.match(await open({ laufzettelId: NOTHING }), NO_SUCH);
    const body = { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
    const { id: other } = await arge.done('createLaufzettel', { body });
    t.match(await open({ laufzettelId: other }), broken('/laufzettelId'), 'no plan is made of news');
    const planned = await open({ nameCode: 'KOOPERATIONSPLAN' });
    t.match(planned, { ok: true, value: { nameLabel: 'Kooperationsplan' } });
    const planId = planned.ok ? planned.value.id : '';
    const { reviewOn, proposedAt } = await proposed(arge, planId, 'Deutsch B1');
    const half = new Date(proposedAt);
    half.setUTCMonth(half.getUTCMonth() + 6);
    t.ok(
      Math.abs(Date.parse(reviewOn) - half.getTime()) < 4 * 86_400_000,
      'the law wants it looked at again within six months',
    );
    t.match(await proposed(arge, planId, 'Ohne Tag', { reviewOn: null }), { reviewOn: null });
    const dropped = await arge.done('addEntry', {
      params: { clientId },
      body: part('x', { status: 'ENTFALLEN' }),
    });
    const there = await propose(arge, planId, { entryId: dropped.id });
    t.match(there, { ok: true, value: { reviewOn: null } }, 'nor of what was written before, and is dropped');
    t.match(await propose(arge, planId, { entry: part('Nicht mehr', { status: 'ENTFALLEN' }) }), {
      ok: true,
      value: { reviewOn: null },
    });
    await arge.done('cancelLaufzettel', { params: { laufzettelId }, body: { expectedVersion: 1 } });
    t.match(await open({}), { ok: false, code: 'transition-illegal', extra: { currentStatus: 'CANCELLED' } });
    t.match(await propose(arge, planId, { entry: part('zu spät') }), { ok: false, code: 'transition-illegal' });
  },
);

await throughADoor(t, exchange, 'codes are told with the days on which they are in use', async (t, as) => {
  const admin = await as('admin');
  const { codes } = await admin.done('listCodes', { query: { list: 'BENEFIT_NAMES', on: '2022-12-31' } });
  const names = codes.map((one: { code: string }) => one.code);
  t.ok(names.includes('ARBEITSLOSENGELD_II') && !names.includes('BUERGERGELD'));
  const all = await admin.done('listCodes', {});
  t.ok(all.codes.length > codes.length, 'without a day, all that ever were');
});
