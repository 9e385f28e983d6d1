/** What has closed and nobody answers: listed for giver, author and admin from the agreement's day on, told once, and shown to the client. */
import { addDaysBerlin, dayBerlin } from '../../src/domain/calendar.ts';
import { closureStore } from '../../src/persistence/closure-store.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { proposalStore } from '../../src/persistence/proposal-store.ts';
import type { Deps } from '../../src/usecases/ports.ts';
import { tellLapsedProposals, tellUnacknowledged } from '../../src/usecases/tell-of-time.ts';
import { type Door, type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { type Admitted, admit, agree, forward, instant, NOTHING, openCase, sayYes, sendCase } from './world.ts';

/** As the clock does. */
async function tellAll(deps: Deps): Promise<void> {
  while ((await tellUnacknowledged(deps)) + (await tellLapsedProposals(deps)) > 0);
}

const exchange = await startExchange();
t.teardown(() => exchange.close());

const DAY = 86_400_000;
let ahead = 0;
/** Never back: what has ended stays ended. */
const pass = (days: number): Promise<void> => {
  ahead += days * DAY;
  return exchange.advanceClock(ahead);
};

/** An instance that does nothing but what this job does. */
function instance(): { tick(): Promise<void>; close(): Promise<void> } {
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 2 });
  const deps = { closures: closureStore(database), proposals: proposalStore(database) } as Deps;
  const tick = () => tellAll(deps);
  return { tick, close: () => database.close() };
}
const [one, other] = [instance(), instance()];
t.teardown(() => Promise.all([one.close(), other.close()]));

const told = async (agency: string, type = 'disclosure.unacknowledged'): Promise<object[]> =>
  (
    await exchange.sql('SELECT subject FROM event WHERE agency_id = $1 AND type = $2 ORDER BY place', [agency, type])
  ).map((row) => row.subject);
const unacknowledged = async (by: System): Promise<{ disclosureId: string }[]> =>
  (await by.done('listUnacknowledged', { query: { limit: 200 } })).items;
const closures = async (by: System, clientId: string) =>
  (await by.done('listClosureAnswers', { params: { clientId } })).items;

/** A case that its recipient has read, and then the client says no. */
async function closedCase(from: Admitted, to: Admitted, { reads = true } = {}) {
  const sent = await sendCase(from.system, to.id);
  if (reads) await to.system.done('getForwarding', { params: { forwardingId: sent.forwardingId } });
  const { recordedAt } = await from.system.done('recordStatement', {
    params: { clientId: sent.clientId },
    body: no({ recipient: to.id }),
  });
  const [{ id }] = (await from.system.done('listDisclosures', { params: { clientId: sent.clientId } })).items;
  return { ...sent, disclosureId: id as string, closedAt: recordedAt as string };
}

async function admitted(door: Door, many: number): Promise<Admitted[]> {
  const agencies: Admitted[] = [];
  while (agencies.length < many) agencies.push(await admit(exchange, door));
  return agencies;
}
const answer = (by: Admitted, disclosureId: string, given: string, statute: string | null = null) =>
  by.system.done('answerClosure', { params: { disclosureId }, body: { answer: given, statute } });

await throughADoor(
  t,
  exchange,
  'from the day of the agreement on its giver sees what is not answered, and is told once',
  async (t, _as, door) => {
    const [giver, holder] = (await admitted(door, 2)) as [Admitted, Admitted];
    await agree([giver, holder], { daysToAcknowledge: 3 });
    const { disclosureId, forwardingId, clientId, closedAt, entryIds } = await closedCase(giver, holder);
    await closedCase(giver, holder, { reads: false });
    const answered = await closedCase(giver, holder);
    await answer(holder, answered.disclosureId, 'ERASED');
    const [entryId] = entryIds;

    await pass(2);
    await one.tick();
    t.same(await unacknowledged(giver.system), [], 'there is time');
    t.same(await told(giver.id), []);

    await pass(1.2);
    const unacknowledgedSince = instant(addDaysBerlin(Date.parse(closedAt), 3));
    const about = { disclosureId, forwardingId, entryId, category: 'STAMMDATEN', clientId, recipient: holder.id };
    t.same(await unacknowledged(giver.system), [{ ...about, closedAt, unacknowledgedSince }]);
    t.same(await unacknowledged(holder.system), [], 'who owes it has a list of its own');
    const { disclosed } = await giver.system.done('getForwarding', { params: { forwardingId } });
    t.match(disclosed, [{ entryId, answer: null, unacknowledgedSince }]);
    const { items } = await giver.system.done('listDisclosures', { params: { clientId } });
    t.match(items, [{ id: disclosureId, answer: null, unacknowledgedSince }]);

    await Promise.all([one.tick(), other.tick(), one.tick(), other.tick()]);
    t.same(await told(giver.id), [{ disclosureId, entryId, forwardingId }], 'once, whoever ticks');
    t.same(await told(holder.id), []);

    const { answeredAt } = await answer(holder, disclosureId, 'STOPPED');
    t.same(await unacknowledged(giver.system), []);
    const after = await giver.system.done('getForwarding', { params: { forwardingId } });
    t.match(after.disclosed, [{ answer: 'STOPPED', answeredAt, unacknowledgedSince: null }]);
    await pass(30);
    await one.tick();
    t.equal((await told(giver.id)).length, 1, 'and never again');
  },
);

await throughADoor(
  t,
  exchange,
  'of what travelled on, sender and author are told; of several agreements the shortest days count',
  async (t, _as, door) => {
    const [author, middle, last] = (await admitted(door, 3)) as [Admitted, Admitted, Admitted];
    await agree([author, middle], { daysToAcknowledge: 30 });
    await agree([middle, last], { daysToAcknowledge: 20 });
    await agree([author, last], { daysToAcknowledge: 10 });
    const sent = await openCase(author.system);
    for (const recipient of [middle.id, last.id])
      await sayYes(author.system, sent.clientId, { recipient, categories: ['STAMMDATEN'] });
    const hop = async (from: Admitted, to: Admitted): Promise<string> => {
      const outcome = await forward(from.system, sent, to.id);
      if (!outcome.ok) throw new Error(outcome.bytes);
      const forwardingId = outcome.value.forwarding.id;
      await to.system.done('getForwarding', { params: { forwardingId } });
      return forwardingId;
    };
    await hop(author, middle);
    const second = await hop(middle, last);
    const { clientId: theirs } = await middle.system.done('getForwarding', { params: { forwardingId: second } });
    const { recordedAt } = await last.system.done('recordStatement', {
      params: { clientId: (await last.system.done('getForwarding', { params: { forwardingId: second } })).clientId },
      body: no({ recipient: last.id }),
    });
    await pass(9);
    for (const by of [author, middle]) t.same(await unacknowledged(by.system), []);
    await pass(1.2);
    await other.tick();
    const [{ id: disclosureId }] = await exchange.sql('SELECT id FROM disclosure WHERE forwarding_id = $1', [second]);
    const [entryId] = sent.entryIds;
    const unacknowledgedSince = instant(addDaysBerlin(Date.parse(recordedAt), 10));
    const common = { disclosureId, entryId, category: 'STAMMDATEN', recipient: last.id, closedAt: recordedAt };
    t.same(await unacknowledged(middle.system), [
      { ...common, forwardingId: second, clientId: theirs, unacknowledgedSince },
    ]);
    t.same(await unacknowledged(author.system), [
      { ...common, forwardingId: null, clientId: sent.clientId, unacknowledgedSince },
    ]);
    t.same(await told(middle.id), [{ disclosureId, entryId, forwardingId: second }]);
    t.same(await told(author.id), [{ disclosureId, entryId }], 'not by a forwarding of others');
    t.same(await told(last.id), []);
  },
);

await throughADoor(
  t,
  exchange,
  'what time has ended is unacknowledged from its end on, closed by the clock or not',
  async (t, _as, door) => {
    const [giver, holder] = (await admitted(door, 2)) as [Admitted, Admitted];
    await agree([giver, holder], { daysToAcknowledge: 1 });
    const { clientId, forwardingId } = await sendCase(giver.system, holder.id);
    await holder.system.done('getForwarding', { params: { forwardingId } });
    const [{ id: disclosureId, goodUntil }] = (await giver.system.done('listDisclosures', { params: { clientId } }))
      .items;
    const since = instant(addDaysBerlin(Date.parse(goodUntil), 1));
    await pass(16);
    t.match(await unacknowledged(giver.system), [{ disclosureId, closedAt: goodUntil, unacknowledgedSince: since }]);
    t.match(await closures(giver.system, clientId), [
      { disclosureId, closedAt: goodUntil, unacknowledgedSince: since },
    ]);
    await answer(holder, disclosureId, 'ERASED');
    t.same(await unacknowledged(giver.system), []);
    await exchange.sql('UPDATE disclosure SET closed_at = good_until WHERE id = $1', [disclosureId]);
    t.same(await unacknowledged(giver.system), [], 'answered before it was written down');
    await one.tick();
    t.same(await told(giver.id), []);
  },
);

await throughADoor(t, exchange, 'the client hears who was told, and who answered what', async (t, _as, door) => {
  const [giver, first, second, third] = (await admitted(door, 4)) as [Admitted, Admitted, Admitted, Admitted];
  await agree([giver, first, second, third], { daysToAcknowledge: 5 });
  const sent = await openCase(giver.system);
  const { clientId } = sent;
  const hops = new Map<string, string>();
  for (const to of [first, second, third]) {
    await sayYes(giver.system, clientId, { recipient: to.id, categories: ['STAMMDATEN'] });
    const outcome = await forward(giver.system, sent, to.id);
    hops.set(to.id, outcome.ok ? outcome.value.forwarding.id : t.fail(outcome.bytes));
    if (to !== second) await to.system.done('getForwarding', { params: { forwardingId: hops.get(to.id)! } });
  }
  t.same(await closures(giver.system, clientId), [], 'nothing has ended');
  for (const to of [first, second, third])
    await giver.system.done('recordStatement', { params: { clientId }, body: no({ recipient: to.id }) });
  const rows = await closures(giver.system, clientId);
  t.same(
    rows.map((row: { to: string }) => row.to),
    [third.id, second.id, first.id],
    'last ended first',
  );
  const [ofThird, ofSecond, ofFirst] = rows;
  const [entryId] = sent.entryIds;
  const { openedAt, fetchedAt, closedAt } = ofFirst;
  t.same(ofFirst, {
    ...{ disclosureId: ofFirst.disclosureId, forwardingId: hops.get(first.id), entryId, category: 'STAMMDATEN' },
    ...{ origin: giver.id, from: giver.id, to: first.id, purpose: 'BERATUNG', openedAt, fetchedAt, closedAt },
    ...{ answers: [], unacknowledgedSince: null },
  });
  t.match(ofSecond, { fetchedAt: null, answers: [] });

  const stopped = await answer(first, ofFirst.disclosureId, 'STOPPED');
  const kept = await answer(first, ofFirst.disclosureId, 'RETAINED', '§ 84 SGB X');
  const erased = await answer(first, ofFirst.disclosureId, 'ERASED');
  await pass(5.2);
  const answers = [
    { answer: 'STOPPED', statute: null, answeredAt: stopped.answeredAt },
    { answer: 'RETAINED', statute: '§ 84 SGB X', answeredAt: kept.answeredAt },
    { answer: 'ERASED', statute: null, answeredAt: erased.answeredAt },
  ];
  t.match(await closures(giver.system, clientId), [
    { answers: [], unacknowledgedSince: instant(addDaysBerlin(Date.parse(ofThird.closedAt), 5)) },
    { fetchedAt: null, unacknowledgedSince: null },
    { answers, unacknowledgedSince: null },
  ]);
  const { items } = await giver.system.done('listDisclosures', { params: { clientId } });
  const [listed] = items.filter((row: { to: string }) => row.to === first.id);
  t.match(listed, { answer: 'ERASED', answeredAt: erased.answeredAt }, 'the list of all disclosures has the last');

  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const page = await giver.system.done('listClosureAnswers', { params: { clientId }, query });
    seen.push(...page.items.map((row: { disclosureId: string }) => row.disclosureId));
    cursor = page.nextCursor;
  }
  t.same(seen, [ofThird.disclosureId, ofSecond.disclosureId, ofFirst.disclosureId]);

  const { clientId: theirs } = await first.system.done('getForwarding', {
    params: { forwardingId: hops.get(first.id)! },
  });
  t.same(await closures(first.system, theirs), [], 'a recipient gave nothing');
  const foreign = await first.system.refused('listClosureAnswers', { params: { clientId } });
  t.match(foreign, { code: 'not-found', status: 404 });
  const nothing = await first.system.refused('listClosureAnswers', { params: { clientId: NOTHING } });
  t.equal(foreign.bytes, nothing.bytes);
});

await throughADoor(
  t,
  exchange,
  'the admin sees which agency since which day, and a number only about five persons or more',
  async (t, as, door) => {
    const [giver, few, many, single] = (await admitted(door, 4)) as [Admitted, Admitted, Admitted, Admitted];
    await agree([giver, few, many, single], { daysToAcknowledge: 2 });
    const admin = await as('admin');
    const first = await closedCase(giver, few);
    for (let index = 0; index < 3; index++) await closedCase(giver, few);
    await pass(0.01);
    for (let index = 0; index < 6; index++) await closedCase(giver, many);
    // Five disclosures, and one person.
    const sent = await openCase(giver.system, ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'STAMMDATEN', 'KONTAKT']);
    const categories = ['STAMMDATEN', 'KONTAKT', 'SPRACHE'];
    await sayYes(giver.system, sent.clientId, { recipient: single.id, categories });
    const outcome = await forward(giver.system, sent, single.id);
    const forwardingId = outcome.ok ? outcome.value.forwarding.id : t.fail(outcome.bytes);
    await single.system.done('getForwarding', { params: { forwardingId } });
    await giver.system.done('recordStatement', { params: { clientId: sent.clientId }, body: no() });

    const list = async (query = {}) => (await admin.done('listUnacknowledgedRecipients', { query })).items;
    const ofThese = async () =>
      (await list({ limit: 200 })).filter((item: { agencyId: string }) =>
        [few.id, many.id, single.id].includes(item.agencyId),
      );
    t.same(await ofThese(), []);
    await pass(2.2);
    const since = dayBerlin(addDaysBerlin(Date.parse(first.closedAt), 2));
    const found = await ofThese();
    t.same(
      found.map(({ agencyId, disclosures }: { agencyId: string; disclosures: number }) => [agencyId, disclosures]),
      [
        [few.id, null],
        [many.id, 5],
        [single.id, null],
      ],
      'oldest first',
    );
    t.equal(found[0].since, since);
    const paged: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const query = { limit: 1, ...(cursor === undefined ? {} : { cursor }) };
      const page = await admin.done('listUnacknowledgedRecipients', { query });
      paged.push(...page.items.map((item: { agencyId: string }) => item.agencyId));
      cursor = page.nextCursor;
    }
    t.same(
      paged,
      (await list({ limit: 200 })).map((item: { agencyId: string }) => item.agencyId),
    );
    t.match(await giver.system.refused('listUnacknowledgedRecipients'), { code: 'scope-missing', status: 403 });
    t.match(await admin.refused('listUnacknowledged'), { code: 'scope-missing', status: 403 });
    t.match(await admin.refused('listClosureAnswers', { params: { clientId: sent.clientId } }), {
      code: 'scope-missing',
    });
    const foreign = await giver.system.done('listUnacknowledged', { query: { limit: 1 } });
    t.match(await (await as('arge')).refused('listUnacknowledged', { query: { cursor: foreign.nextCursor } }), {
      code: 'bad-request',
      extra: { errors: [{ pointer: '/query/cursor' }] },
    });
  },
);
