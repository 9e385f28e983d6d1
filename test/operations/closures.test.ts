/** Who had read what has closed owes an answer: stopped, erased, or retained by which statute. Giver and author see it. */
import { type As, type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, count, forward, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const SGB = '§ 84 SGB X';
const answer = (by: System, disclosureId: string, answer: string, statute?: string | null) =>
  by.call('answerClosure', {
    params: { disclosureId },
    body: { answer, ...(statute === undefined ? {} : { statute }) },
  });
const owed = async (by: System): Promise<{ disclosureId: string; entryId: string }[]> =>
  (await by.done('listOwedAnswers', { query: { limit: 200 } })).items;

interface Closed {
  arge: System;
  caritas: System;
  clientId: string;
  theirs: string;
  forwardingId: string;
  entryId: string;
  disclosureId: string;
  closedAt: string;
}

/** The Caritas had read it when the client said no. */
async function closed(as: As): Promise<Closed> {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { clientId, forwardingId, entryIds } = await sendCase(arge, AGENCY.caritas);
  const params = { forwardingId };
  const { clientId: theirs } = await caritas.done('getForwarding', { params });
  const { recordedAt } = await arge.done('recordStatement', { params: { clientId }, body: no() });
  const [gone] = (await caritas.done('getForwarding', { params })).closedEntries;
  const { disclosureId } = gone;
  return { arge, caritas, clientId, theirs, forwardingId, entryId: entryIds[0]!, disclosureId, closedAt: recordedAt };
}

await throughADoor(t, exchange, 'what was read and has closed is owed until it is answered', async (t, as) => {
  const one = await closed(as);
  const { caritas, disclosureId, entryId, forwardingId, theirs } = one;
  const [item] = (await owed(caritas)).filter((each) => each.disclosureId === disclosureId);
  const about = {
    disclosureId,
    forwardingId,
    entryId,
    category: 'STAMMDATEN',
    closedAt: one.closedAt,
    clientId: theirs,
  };
  t.same(item, about);
  t.same(await owed(one.arge), [], 'its giver owes nothing');
  const read = () => caritas.done('getForwarding', { params: { forwardingId } });
  const unanswered = { disclosureId, entryId, category: 'STAMMDATEN', closedAt: one.closedAt };
  t.same((await read()).closedEntries, [{ ...unanswered, answer: null, answeredAt: null }]);

  const erased = await answer(caritas, disclosureId, 'ERASED');
  t.match(erased, { ok: true, value: { disclosureId, answer: 'ERASED', statute: null } });
  const answeredAt = erased.ok && erased.value.answeredAt;
  t.same((await read()).closedEntries, [{ ...unanswered, answer: 'ERASED', answeredAt }]);
  t.same(
    (await owed(caritas)).filter((each) => each.disclosureId === disclosureId),
    [],
  );
  const seen = await one.arge.done('getForwarding', { params: { forwardingId } });
  t.match(seen.disclosed, [{ entryId, answer: 'ERASED', statute: null, answeredAt }], 'its giver sees it');
  for (const [by, clientId] of [
    [one.arge, one.clientId],
    [caritas, theirs],
  ] as const) {
    const { items } = await by.done('listDisclosures', { params: { clientId } });
    t.match(items, [{ id: disclosureId, answer: 'ERASED', statute: null, answeredAt }]);
  }
  const events = await exchange.sql(
    `SELECT agency_id AS agency, subject FROM event WHERE type = 'disclosure.answered' AND subject ->> 'disclosureId' = $1`,
    [disclosureId],
  );
  t.same(events, [{ agency: AGENCY.arge, subject: { disclosureId, entryId, forwardingId } }], 'and is told, by ids');
  const audited = "action = 'disclosure.answer' AND outcome = 'ERASED' AND subject ->> 'disclosure' = $1";
  t.equal(await count(exchange, 'audit', audited, [disclosureId]), 1);
});

await throughADoor(t, exchange, 'one answer may follow on another', async (t, as) => {
  type Given = [answer: string, statute: string | null];
  const rows: [Given[], Given, 'ok' | 'same' | 'conflict'][] = [
    [[['STOPPED', null]], ['STOPPED', null], 'same'],
    [[['STOPPED', null]], ['RETAINED', SGB], 'ok'],
    [[['STOPPED', null]], ['ERASED', null], 'ok'],
    [[['RETAINED', SGB]], ['RETAINED', SGB], 'same'],
    [[['RETAINED', SGB]], ['RETAINED', '§ 35 SGB I'], 'conflict'],
    [[['RETAINED', SGB]], ['STOPPED', null], 'conflict'],
    [[['RETAINED', SGB]], ['ERASED', null], 'ok'],
    [[['ERASED', null]], ['ERASED', null], 'same'],
    [[['ERASED', null]], ['STOPPED', null], 'conflict'],
    [[['ERASED', null]], ['RETAINED', SGB], 'conflict'],
    [
      [
        ['STOPPED', null],
        ['RETAINED', SGB],
      ],
      ['ERASED', null],
      'ok',
    ],
    [
      [
        ['STOPPED', null],
        ['ERASED', null],
      ],
      ['STOPPED', null],
      'conflict',
    ],
  ];
  for (const [before, [next, statute], expected] of rows) {
    const { caritas, arge, disclosureId, forwardingId } = await closed(as);
    let last: unknown;
    for (const [each, by] of before) {
      const given = await answer(caritas, disclosureId, each, by);
      last = given.ok ? given.value : t.fail(given.bytes);
    }
    const what = `${before.map(([each]) => each).join(', ')}, then ${next}`;
    const outcome = await answer(caritas, disclosureId, next, statute);
    const [standing] = before.at(-1)!;
    if (expected === 'conflict') {
      t.match(outcome, { ok: false, code: 'conflict', status: 409, extra: { currentAnswer: standing } }, what);
    } else {
      t.match(outcome, { ok: true, value: { answer: next, statute } }, what);
      if (expected === 'same') t.same(outcome.ok && outcome.value, last, 'the same answer back');
    }
    const many = before.length + (expected === 'ok' ? 1 : 0);
    t.equal(await count(exchange, 'closure_answer', 'disclosure_id = $1', [disclosureId]), many, what);
    const { disclosed } = await arge.done('getForwarding', { params: { forwardingId } });
    t.equal(disclosed[0].answer, expected === 'ok' ? next : standing);
  }
});

await throughADoor(t, exchange, 'a statute belongs to what is retained', async (t, as) => {
  const { caritas, disclosureId } = await closed(as);
  const rows: [string, string | null | undefined, string, string][] = [
    ['RETAINED', undefined, 'rule-broken', '/statute'],
    ['RETAINED', null, 'rule-broken', '/statute'],
    ['ERASED', SGB, 'rule-broken', '/statute'],
    ['STOPPED', SGB, 'rule-broken', '/statute'],
    ['RETAINED', 'Aufbewahrungspflicht', 'bad-request', '/statute'],
    ['RETAINED', `§ 84 ${'x'.repeat(81)}`, 'bad-request', '/statute'],
    ['RETAINED', '§ 84\nSGB X', 'bad-request', '/statute'],
    ['KEPT', undefined, 'bad-request', '/answer'],
  ];
  for (const [given, statute, code, pointer] of rows) {
    const refused = await answer(caritas, disclosureId, given, statute);
    t.match(refused, { ok: false, code, extra: { errors: [{ pointer }] } }, `${given} ${statute}`);
  }
  t.equal(await count(exchange, 'closure_answer', 'disclosure_id = $1', [disclosureId]), 0);
  t.match(await answer(caritas, disclosureId, 'RETAINED', 'Art. 17 Abs. 3 lit. b DSGVO'), { ok: true });
});

await throughADoor(
  t,
  exchange,
  'only its recipient answers, and only what it had read and has closed',
  async (t, as) => {
    const one = await closed(as);
    const open = await sendCase(one.arge, AGENCY.caritas);
    await one.caritas.done('getForwarding', { params: { forwardingId: open.forwardingId } });
    const unread = await sendCase(one.arge, AGENCY.caritas);
    await one.arge.done('recordStatement', { params: { clientId: unread.clientId }, body: no() });
    const idOf = async (forwardingId: string): Promise<string> =>
      (await exchange.sql('SELECT id FROM disclosure WHERE forwarding_id = $1', [forwardingId]))[0].id;
    const unknown = await answer(one.caritas, NOTHING, 'ERASED');
    t.match(unknown, { ok: false, code: 'not-found', status: 404 });
    for (const [by, disclosureId, why] of [
      [one.arge, one.disclosureId, 'its giver'],
      [await as('diakonie'), one.disclosureId, 'a third agency'],
      [one.caritas, await idOf(open.forwardingId), 'open'],
      [one.caritas, await idOf(unread.forwardingId), 'never read'],
    ] as const) {
      const refused = await answer(by, disclosureId, 'ERASED');
      t.equal(!refused.ok && refused.bytes, !unknown.ok && unknown.bytes, why);
    }
    const unreadIds = [await idOf(unread.forwardingId), await idOf(open.forwardingId)];
    t.notOk(
      (await owed(one.caritas)).some((each) => unreadIds.includes(each.disclosureId)),
      'nor is it owed',
    );
  },
);

await throughADoor(t, exchange, 'it is owed in whatever state the forwarding is', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  for (const end of ['reject', 'recall', 'close'] as const) {
    const { clientId, forwardingId } = await sendCase(arge, AGENCY.caritas);
    const params = { forwardingId };
    await caritas.done('getForwarding', { params });
    const at = (expectedVersion: number) => ({ params, body: { expectedVersion } });
    if (end === 'reject') {
      await caritas.done('rejectForwarding', { params, body: { expectedVersion: 2, code: 'DUPLICATE' } });
    } else if (end === 'recall') await arge.done('recallForwarding', at(2));
    else {
      const steps = ['acceptForwarding', 'progressForwarding', 'answerForwarding', 'closeForwarding'] as const;
      for (const [index, id] of steps.entries()) await caritas.done(id, at(2 + index));
      await arge.done('recordStatement', { params: { clientId }, body: no() });
    }
    const [{ disclosureId }] = (await caritas.done('getForwarding', { params })).closedEntries;
    t.match(await answer(caritas, disclosureId, 'STOPPED'), { ok: true }, end);
  }
});

await throughADoor(t, exchange, 'the author sees it wherever it travelled, and nobody else does', async (t, as) => {
  const [a, b, c] = [await as('caritas'), await as('arge'), await as('tgsh')];
  const sent = await openCase(a);
  for (const recipient of [AGENCY.arge, AGENCY.tgsh]) {
    await sayYes(a, sent.clientId, { recipient, categories: ['STAMMDATEN'] });
  }
  const first = await forward(a, sent, AGENCY.arge);
  const second = await forward(b, sent, AGENCY.tgsh);
  const hops = [first, second].map((outcome) => outcome.ok && outcome.value.forwarding.id);
  const atB = await b.done('getForwarding', { params: { forwardingId: hops[0] } });
  await c.done('getForwarding', { params: { forwardingId: hops[1] } });
  const stop = no({ recipient: AGENCY.tgsh });
  await a.done('recordStatement', { params: { clientId: sent.clientId }, body: stop });
  const [{ disclosureId }] = (await c.done('getForwarding', { params: { forwardingId: hops[1] } })).closedEntries;
  t.match(await answer(c, disclosureId, 'RETAINED', SGB), { ok: true });
  for (const [by, clientId] of [
    [a, sent.clientId],
    [b, atB.clientId],
  ] as const) {
    const { items } = await by.done('listDisclosures', { params: { clientId } });
    const [row] = items.filter((each: { id: string }) => each.id === disclosureId);
    t.match(row, { answer: 'RETAINED', statute: SGB, answeredAt: String });
  }
  const told = await exchange.sql(
    `SELECT agency_id AS agency, subject ->> 'forwardingId' AS hop FROM event
     WHERE type = 'disclosure.answered' AND subject ->> 'disclosureId' = $1`,
    [disclosureId],
  );
  t.same(
    new Map(told.map((event) => [event.agency, event.hop])),
    new Map([
      [AGENCY.arge, hops[1]],
      [AGENCY.caritas, null],
    ]),
    'the hop between two others is not named to the author',
  );
});

await throughADoor(t, exchange, 'the oldest is owed first, page by page', async (t, _as, door) => {
  const [giver, holder] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([giver, holder]);
  const ids: string[] = [];
  for (let many = 0; many < 3; many++) {
    const { clientId, forwardingId } = await sendCase(giver.system, holder.id);
    await holder.system.done('getForwarding', { params: { forwardingId } });
    await giver.system.done('recordStatement', { params: { clientId }, body: no() });
    ids.push((await holder.system.done('getForwarding', { params: { forwardingId } })).closedEntries[0].disclosureId);
  }
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { limit: 2, ...(cursor === undefined ? {} : { cursor }) };
    const page = await holder.system.done('listOwedAnswers', { query });
    seen.push(...page.items.map((item: { disclosureId: string }) => item.disclosureId));
    cursor = page.nextCursor;
  }
  t.same(seen, ids);
  const { nextCursor } = await holder.system.done('listOwedAnswers', { query: { limit: 1 } });
  const foreign = await giver.system.refused('listOwedAnswers', { query: { cursor: nextCursor } });
  t.match(foreign, { code: 'bad-request', extra: { errors: [{ pointer: '/query/cursor' }] } });
});

await throughADoor(t, exchange, 'twenty answers at once are one', async (t, as) => {
  const { caritas, disclosureId } = await closed(as);
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => answer(caritas, disclosureId, 'ERASED')));
  t.equal(new Set(outcomes.map((outcome) => JSON.stringify(outcome))).size, 1, 'one answer');
  t.ok(outcomes[0]!.ok);
  t.equal(await count(exchange, 'closure_answer', 'disclosure_id = $1', [disclosureId]), 1);
  const told = "type = 'disclosure.answered' AND subject ->> 'disclosureId' = $1";
  t.equal(await count(exchange, 'event', told, [disclosureId]), 1, 'told once');

  const other = await closed(as);
  const kinds = ['STOPPED', 'RETAINED', 'ERASED'] as const;
  const mixed = await Promise.all(
    Array.from({ length: 18 }, (_, index) => {
      const kind = kinds[index % 3]!;
      return answer(other.caritas, other.disclosureId, kind, kind === 'RETAINED' ? SGB : null);
    }),
  );
  t.ok(mixed.every((outcome) => outcome.ok || outcome.code === 'conflict'));
  const [last] = (await other.caritas.done('getForwarding', { params: { forwardingId: other.forwardingId } }))
    .closedEntries;
  t.equal(last.answer, 'ERASED', 'erased is the end of it');
});
