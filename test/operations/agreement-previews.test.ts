/** What a change of an agreement would close is told before, and depends on nothing that its reader is not shown. */
import { sign, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { randomOf } from '../support/random.ts';
import { t } from '../support/t.ts';
import { amend, closedOf, idsIn, idsOf, previewOf, TERMS } from './agreements.ts';
import { type Admitted, admit, agree, forward, sayYes, sendCase, stopClock } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000000' });
t.teardown(() => exchange.close());
t.setTimeout(120_000);

await throughADoor(
  t,
  exchange,
  'what a preview says is what closes, for each party and in every world',
  async (t, _as, door) => {
    const random = randomOf('agreement', door);
    const shuffled = <T>(from: readonly T[]): T[] =>
      from
        .map((one) => ({ one, place: random.next() }))
        .sort((left, right) => left.place - right.place)
        .map(({ one }) => one);
    const CATEGORIES = ['STAMMDATEN', 'KONTAKT', 'SPRACHE'] as const;
    let some = 0;
    for (const change of ['SIGN', door === 'REST' ? 'LEAVE' : 'TERMINATE'] as const) {
      const parties: Admitted[] = [];
      for (let many = 0; many < 3; many += 1) parties.push(await admit(exchange, door));
      const agreementId = await agree(parties);
      // A second one goes on permitting some of it.
      await agree(parties.slice(0, 2), { categories: ['STAMMDATEN', random.pick(CATEGORIES)] });
      const sent: string[] = [];
      for (let many = 0; many < 4; many += 1) {
        const [from, to, onward] = shuffled(parties);
        const categories = [
          'STAMMDATEN' as const,
          ...CATEGORIES.filter((one) => one !== 'STAMMDATEN' && random.chance(0.6)),
        ];
        const made = await sendCase(from!.system, to!.id, categories);
        sent.push(made.forwardingId);
        if (!random.chance(0.5)) continue;
        await sayYes(from!.system, made.clientId, { recipient: onward!.id, categories });
        const passed = await forward(to!.system, made, onward!.id);
        if (passed.ok) sent.push(passed.value.forwarding.id);
      }
      const actor = parties[0]!;
      const terms = { ...TERMS, parties: idsOf(parties), categories: shuffled(CATEGORIES).slice(0, 2) };
      const previews = new Map<Admitted, { count: number; disclosures: { disclosureId: string }[] }>();
      if (change === 'SIGN') {
        const before = await previewOf(actor, agreementId, { change: 'AMEND', terms });
        await amend(actor, agreementId, parties, terms);
        for (const party of parties) previews.set(party, await previewOf(party, agreementId, { change }));
        t.same(idsIn(before), idsIn(previews.get(actor)!), 'before it is proposed and afterwards');
        for (const party of parties.slice(1)) await sign(party.system, agreementId, 2);
        t.match(await previewOf(actor, agreementId, { change }), { takesEffect: true });
      } else {
        previews.set(actor, await previewOf(actor, agreementId, { change }));
      }
      t.same(await closedOf(exchange, actor.id, sent), [], 'looking closes nothing');
      const input = { params: { agreementId }, body: { confirm: true } };
      if (change === 'SIGN') await sign(actor.system, agreementId, 2);
      else await actor.system.done(change === 'LEAVE' ? 'leaveAgreement' : 'terminateAgreement', input);
      for (const [party, preview] of previews) {
        const closed = await closedOf(exchange, party.id, sent);
        t.same(idsIn(preview), closed, `${change}: ${closed.length} of ${sent.length} forwardings' rows`);
        t.equal(preview.count, closed.length);
        some += closed.length;
      }
    }
    t.ok(some > 3, `${some} rows were told of`);
  },
);

await throughADoor(t, exchange, 'a preview shows its reader nothing of others', async (t, as, door) => {
  const [one, other, bystander] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  const agreementId = await agree([one, other, bystander]);
  const sent = await sendCase(one.system, other.id);
  const ended = { change: 'TERMINATE', takesEffect: true };
  t.match(await previewOf(one, agreementId, { change: 'TERMINATE' }), {
    ...ended,
    count: 1,
    personsConcerned: null,
    disclosures: [
      {
        forwardingId: sent.forwardingId,
        laufzettelId: sent.laufzettelId,
        clientId: sent.clientId,
        entryId: sent.entryIds[0],
        category: 'STAMMDATEN',
        from: one.id,
        to: other.id,
      },
    ],
  });
  t.match(await previewOf(other, agreementId, { change: 'TERMINATE' }), { count: 1 });
  t.same(await previewOf(bystander, agreementId, { change: 'TERMINATE' }), {
    ...ended,
    count: 0,
    personsConcerned: null,
    disclosures: [],
  });
  const told = await (await as('admin')).done('previewAgreementChange', {
    params: { agreementId },
    body: { change: 'TERMINATE' },
  });
  t.same(told, { ...ended, count: null, personsConcerned: 'fewer than 5 persons', disclosures: [] });
  const [{ many }] = await exchange.sql(
    `SELECT count(*)::int AS many FROM audit WHERE action = 'agreement.preview' AND subject ->> 'agreement' = $1`,
    [agreementId],
  );
  t.equal(many, 4, 'each is in the audit');
  // The passed-on row: its author sees that it would close, and not whose forwarding it is.
  await sayYes(one.system, sent.clientId, { recipient: bystander.id, categories: ['STAMMDATEN'] });
  t.match(await forward(other.system, sent, bystander.id), { ok: true });
  const { disclosures } = await previewOf(one, agreementId, { change: 'TERMINATE' });
  t.match(disclosures, [{ from: other.id, to: bystander.id, forwardingId: null, laufzettelId: null }, {}]);
});

t.test('a version that has ended before all had signed it would close nothing, and says why', async (t) => {
  const [one, other] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  const agreementId = await agree([one, other]);
  await amend(one, agreementId, [one, other], { until: '2198-12-31' });
  await stopClock(exchange, '2199-01-01T00:00:00Z');
  const preview = { params: { agreementId }, body: { change: 'SIGN' } };
  const refused = await other.system.refused('previewAgreementChange', preview);
  t.match(refused, { code: 'conflict', extra: { detail: /or this version would have/ } });
});
