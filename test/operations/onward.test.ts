/** Onward: B sends on what A wrote only as A's client told A; and it ends at C when it ends at B. */
import { type As, type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, type Case, forward, instant, openCase, sayYes } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const withheld = (...reasons: string[]) => ({ ok: false, code: 'consent-missing', extra: { withheld: [{ reasons }] } });
const toC = { recipient: AGENCY.tgsh, categories: ['STAMMDATEN'] };

interface Chain extends Case {
  a: System;
  b: System;
  c: System;
  /** The forwarding from A to B, and B's own client. */
  first: string;
  clientAtB: string;
}

/** A wrote an entry and sent it to B. */
async function chain(as: As): Promise<Chain> {
  const [a, b, c] = [await as('caritas'), await as('arge'), await as('tgsh')];
  const sent = await openCase(a);
  await sayYes(a, sent.clientId, { recipient: AGENCY.arge, categories: ['STAMMDATEN'] });
  await forward(a, sent, AGENCY.arge);
  const { id: first, clientId: clientAtB } = (await b.done('listInbox', { query: { limit: 1 } })).items[0];
  return { ...sent, a, b, c, first, clientAtB };
}

/** The forwarding from B to C. */
async function sendOn(one: Chain): Promise<string> {
  const outcome = await forward(one.b, one, AGENCY.tgsh);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return outcome.value.forwarding.id;
}

await throughADoor(t, exchange, 'the consent for the hop is recorded by who wrote the entry', async (t, as) => {
  const one = await chain(as);
  t.match(await forward(one.b, one, AGENCY.tgsh), withheld('ONWARD_NOT_COVERED'), 'A asked nobody about C');
  await sayYes(one.b, one.clientAtB, toC);
  t.match(await forward(one.b, one, AGENCY.tgsh), withheld('ONWARD_NOT_COVERED'), "a yes that B recorded is not A's");
  await sayYes(one.a, one.clientId, toC);
  t.match(await forward(one.b, one, AGENCY.tgsh), { ok: true, value: { withheld: [] } });
});

await throughADoor(t, exchange, 'B learns nothing of what was said to A about C', async (t, as) => {
  const rows: [string, (one: Chain) => Promise<unknown>][] = [
    ['nothing', async () => {}],
    [
      'a refusal',
      (one) =>
        one.a.done('recordStatement', {
          params: { clientId: one.clientId },
          body: no({ decision: 'REFUSED', ...toC, discloser: AGENCY.caritas }),
        }),
    ],
    [
      'a yes that has ended',
      (one) => sayYes(one.a, one.clientId, { ...toC, validFrom: '2026-01-01', validUntil: '2026-01-02' }),
    ],
    [
      'a yes that begins later',
      (one) => sayYes(one.a, one.clientId, { ...toC, validFrom: instant(Date.now(), 86_400_000) }),
    ],
    ['a yes of somebody who cannot', (one) => sayYes(one.a, one.clientId, { ...toC, statedBy: 'GUARDIAN' })],
    ['a yes for another purpose', (one) => sayYes(one.a, one.clientId, { ...toC, purpose: 'TERMIN' })],
  ];
  const answers = new Set<string>();
  for (const [what, say] of rows) {
    const one = await chain(as);
    await say(one);
    const outcome = await forward(one.b, one, AGENCY.tgsh);
    t.match(outcome, withheld('ONWARD_NOT_COVERED'), what);
    answers.add((outcome as { bytes: string }).bytes.replaceAll(one.entryIds[0]!, 'entry'));
    t.same((await one.b.done('listStatements', { params: { clientId: one.clientAtB } })).items, []);
  }
  t.equal(answers.size, 1, 'byte by byte');
});

await throughADoor(t, exchange, 'a no about what B passes on is told to B', async (t, as) => {
  const one = await chain(as);
  await sayYes(one.a, one.clientId, toC);
  const refused = { decision: 'REFUSED', discloser: AGENCY.arge, recipient: AGENCY.tgsh };
  await one.b.done('recordStatement', { params: { clientId: one.clientAtB }, body: no(refused) });
  t.match(await forward(one.b, one, AGENCY.tgsh), withheld('REFUSED'));
});

await throughADoor(t, exchange, 'C reads it, A sees the hop, and nobody sees too much', async (t, as) => {
  const one = await chain(as);
  await sayYes(one.a, one.clientId, toC);
  const second = await sendOn(one);
  const read = await one.c.done('getForwarding', { params: { forwardingId: second } });
  t.match(read, { from: AGENCY.arge, to: AGENCY.tgsh, entries: [{ id: one.entryIds[0], origin: AGENCY.caritas }] });
  const disclosures = async (system: System, clientId: string) =>
    (await system.done('listDisclosures', { params: { clientId } })).items;
  const hop = (from: string, to: string, forwardingId: string | null) => ({
    from,
    to,
    forwardingId,
    origin: AGENCY.caritas,
  });
  const [ab, bc] = [hop(AGENCY.caritas, AGENCY.arge, one.first), hop(AGENCY.arge, AGENCY.tgsh, second)];
  const trails = [
    await disclosures(one.a, one.clientId),
    await disclosures(one.b, one.clientAtB),
    await disclosures(one.c, read.clientId),
  ];
  t.same(
    trails.map((rows) => rows.length),
    [2, 2, 1],
  );
  t.match(trails, [[{ ...bc, forwardingId: null }, ab], [bc, ab], [bc]], 'A is told the hop, not its forwarding');
  const onWhat = trails.map((rows) =>
    rows.map((row: { basis: object | null; goodUntil: string | null }) => [row.basis, row.goodUntil]),
  );
  t.ok(
    onWhat[0].flat().every((told: unknown) => told !== null),
    'and on what it stands',
  );
  t.ok(
    onWhat
      .slice(1)
      .flat(2)
      .every((told: unknown) => told === null),
    'which is nobody else’s to know',
  );
  const gone = await one.b.done('getForwarding', { params: { forwardingId: second } });
  t.same(
    gone.disclosed.map((row: { goodUntil: string | null }) => row.goodUntil),
    [null],
    'nor does B learn from what it has sent until when A was told yes',
  );
  const about = { params: { laufzettelId: one.laufzettelId }, body: { recipient: AGENCY.tgsh } };
  const { permitted } = await one.b.done('previewForwarding', about);
  t.same(
    permitted.map((row: { goodUntil: string | null }) => row.goodUntil),
    [null],
    'nor from a preview',
  );
  const told = `SELECT subject FROM event WHERE agency_id = $1 AND type = 'entry.forwarded' AND subject ->> 'entryId' = $2`;
  t.same(
    await exchange.sql(told, [AGENCY.caritas, one.entryIds[0]]),
    [{ subject: { entryId: one.entryIds[0], disclosureId: trails[0][0].id } }],
    'the event tells A of the hop, and not of a forwarding of others',
  );
  t.equal(new Set([one.clientId, one.clientAtB, read.clientId]).size, 3);
  for (const [system, forwardingId] of [
    [one.a, second],
    [one.c, one.first],
  ] as const) {
    t.equal((await system.refused('getForwarding', { params: { forwardingId } })).code, 'not-found');
  }
});

await throughADoor(t, exchange, 'A is told of no agreement that others have without it', async (t, _as, door) => {
  const [a, b, c] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  const [ofAAndB, ofAAndC, ofBAndC] = [await agree([a, b]), await agree([a, c]), await agree([b, c])];
  const sent = await openCase(a.system);
  for (const { id } of [b, c]) await sayYes(a.system, sent.clientId, { recipient: id, categories: ['STAMMDATEN'] });
  await forward(a.system, sent, b.id);
  t.match(await forward(b.system, sent, c.id), { ok: true });
  const { items } = await a.system.done('listDisclosures', { params: { clientId: sent.clientId } });
  t.same(
    items.map((row: { basis: { agreements: string[] } }) => row.basis.agreements),
    [[ofAAndC], [ofAAndB]],
    'both hops stand on its own',
  );
  const [{ named }] = await exchange.sql(`SELECT relied_on -> 'agreements' AS named FROM disclosure WHERE id = $1`, [
    items[0].id,
  ]);
  t.same(named.toSorted(), [ofAAndC, ofBAndC].toSorted(), 'though the one on two');
});

/** What ends it at B, and so at C. */
const ENDINGS: [string, (one: Chain) => Promise<unknown>][] = [
  [
    'the client stops B',
    (one) =>
      one.a.done('recordStatement', { params: { clientId: one.clientId }, body: no({ recipient: AGENCY.arge }) }),
  ],
  [
    'the client stops it, told to C',
    async (one) => {
      const { items } = await one.c.done('listInbox', { query: { limit: 1 } });
      return one.c.done('recordStatement', { params: items[0], body: no({ recipient: AGENCY.arge }) });
    },
  ],
  [
    'B rejects it',
    async (one) => {
      const body = {
        code: 'DUPLICATE',
        expectedVersion: (await one.b.done('getForwarding', { params: { forwardingId: one.first } })).version,
      };
      return one.b.done('rejectForwarding', { params: { forwardingId: one.first }, body });
    },
  ],
];

await throughADoor(t, exchange, 'what ends at B ends at C', async (t, as) => {
  for (const [what, end] of ENDINGS) {
    const one = await chain(as);
    await sayYes(one.a, one.clientId, toC);
    const second = await sendOn(one);
    const params = { forwardingId: second };
    t.match(await one.b.done('getForwarding', { params: { forwardingId: one.first } }), { entries: [{}] });
    t.match(await one.c.done('getForwarding', { params }), { status: 'DELIVERED', entries: [{}] });
    await end(one);
    const read = await one.c.done('getForwarding', { params });
    t.match(read, { status: 'BLOCKED', closedEntries: [{ entryId: one.entryIds[0] }] }, what);
    t.same(read.entries, []);
    t.match(await one.b.done('getForwarding', { params }), { status: 'BLOCKED', disclosed: [{ closedAt: String }] });
    const { items } = await one.a.done('listDisclosures', { params: { clientId: one.clientId } });
    t.ok(
      items.every((row: { closedAt: string | null }) => row.closedAt !== null),
      'and A, of both hops',
    );
    const again = await forward(one.b, one, AGENCY.tgsh, { entryIds: one.entryIds });
    const reasons = again.ok ? [] : again.extra.withheld[0].reasons;
    t.ok(reasons.includes('ONWARD_NOT_HELD'), 'B cannot send on what it does not hold any more');
    const rest = await forward(one.b, one, AGENCY.tgsh);
    t.match(rest, { ok: false, extra: { withheld: [], missingCore: ['STAMMDATEN'] } }, 'and has nothing to send');
  }
});

await throughADoor(t, exchange, 'a no about C ends it at C alone', async (t, as) => {
  const one = await chain(as);
  await sayYes(one.a, one.clientId, toC);
  const second = await sendOn(one);
  await one.a.done('recordStatement', {
    params: { clientId: one.clientId },
    body: no({ discloser: AGENCY.caritas, recipient: AGENCY.tgsh }),
  });
  t.match(await one.c.done('getForwarding', { params: { forwardingId: second } }), {
    status: 'BLOCKED',
    closedEntries: [],
  });
  t.match(await one.b.done('getForwarding', { params: { forwardingId: one.first } }), { entries: [{}] });
  t.match(await forward(one.b, one, AGENCY.tgsh), withheld('ONWARD_NOT_COVERED'));
});

await throughADoor(t, exchange, 'the writer and the last receiver need an agreement too', async (t, as, door) => {
  const one = await chain(as);
  const [b, c] = [{ id: AGENCY.arge, system: one.b }, await admit(exchange, door)];
  await agree([b, c]);
  await sayYes(one.a, one.clientId, { recipient: c.id, categories: ['STAMMDATEN'] });
  t.match(await forward(one.b, one, c.id), withheld('AGREEMENT'));
  await agree([{ id: AGENCY.caritas, system: one.a }, c]);
  t.match(await forward(one.b, one, c.id), { ok: true });
});

await throughADoor(
  t,
  exchange,
  'an end that moves at C, because B holds the entry by another way too, is told to who wrote it',
  async (t, as) => {
    const one = await chain(as);
    const d = await as('diakonie');
    await sayYes(one.a, one.clientId, toC);
    await sayYes(one.a, one.clientId, { recipient: AGENCY.diakonie, categories: ['STAMMDATEN'] });
    await forward(one.a, one, AGENCY.diakonie);
    const onward = await sendOn(one);
    // As long as nobody has accepted it, what B passed on ends when A's forwarding to B would expire.
    const endAtC = async (): Promise<{ id: string; goodUntil: string }> => {
      const { items } = await one.a.done('listDisclosures', { params: { clientId: one.clientId } });
      return items.find(({ to }: { to: string }) => to === AGENCY.tgsh);
    };
    const before = await endAtC();
    t.ok(onward && before.goodUntil);
    const [{ last }] = await exchange.sql('SELECT max(place) AS last FROM event');
    await forward(d, one, AGENCY.arge);
    const after = await endAtC();
    t.ok(after.goodUntil > before.goodUntil, 'it holds by D now, whose forwarding expires later');
    const told = await exchange.sql(
      `SELECT agency_id, subject ->> 'disclosureId' AS id FROM event WHERE type = 'disclosure.end-changed' AND place > $1`,
      [last],
    );
    t.same(told, [{ agency_id: AGENCY.caritas, id: before.id }], 'A alone');
  },
);
