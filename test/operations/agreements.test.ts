/** Agreements: without one that both have signed nothing goes, and what one permitted closes when it ends. */
import { sign, throughADoor } from '../support/both-doors.ts';
import { AGREEMENT, startExchange } from '../support/exchange.ts';
import { signedBody } from '../support/signing.ts';
import { t } from '../support/t.ts';
import { admit, agree, forward, instant, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const BODY = {
  title: 'Kooperationsvereinbarung Probe',
  purposes: ['BERATUNG'],
  categories: ['STAMMDATEN', 'KONTAKT'],
  from: '2026-01-01',
};
const { from: _from, ...TERMS } = {
  ...BODY,
  until: null,
  turnus: null,
  daysToRemind: 3,
  daysToAccept: 14,
  daysToAnswer: 28,
  daysToAcknowledge: 14,
};
const WITHHELD = { ok: false, code: 'consent-missing', extra: { withheld: [{ reasons: ['AGREEMENT'] }] } };

await throughADoor(t, exchange, 'a party or the admin drafts an agreement, nobody else', async (t, as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const admin = await as('admin');
  const stranger = await as('arge');
  const parties = [one.id, other.id];
  const drafted = await one.system.done('createAgreement', { body: { ...BODY, parties } });
  t.match(drafted, { ...BODY, from: '2025-12-31T23:00:00.000Z', until: null, terminatedAt: null });
  t.same(
    drafted.parties.map((party: { agencyId: string }) => party.agencyId).sort(),
    [...parties].sort(),
    'each party stands in it',
  );
  t.ok(
    drafted.parties.every(
      (party: { signedAt: null; leftAt: null }) => party.signedAt === null && party.leftAt === null,
    ),
  );
  t.match(await admin.done('createAgreement', { body: { ...BODY, parties } }), { title: BODY.title });
  const refused = await stranger.refused('createAgreement', { body: { ...BODY, parties } });
  t.match(refused, { code: 'rule-broken', status: 422, extra: { errors: [{ pointer: '/parties' }] } });

  t.equal((await other.system.done('listAgreements')).items.length, 2, 'both are there for the other party');
  t.same(await other.system.done('getAgreement', { params: { agreementId: drafted.id } }), drafted);
  t.same(await admin.done('getAgreement', { params: { agreementId: drafted.id } }), drafted);
  const { items } = await stranger.done('listAgreements', { query: { limit: 200 } });
  t.same(
    items.map((agreement: { id: string }) => agreement.id),
    [AGREEMENT],
    'a third agency sees its own alone',
  );
  const signature = await signedBody(one.system, drafted.id);
  for (const [id, more] of [
    ['getAgreement', {}],
    ['listAgreementVersions', {}],
    ['signAgreement', { body: signature }],
    ['amendAgreement', { body: { ...TERMS, parties } }],
    ['withdrawAmendment', {}],
    ['leaveAgreement', { body: { confirm: true } }],
    ['terminateAgreement', { body: { confirm: true } }],
    ['previewAgreementChange', { body: { change: 'TERMINATE' } }],
  ] as const) {
    const foreign = await stranger.refused(id, { params: { agreementId: drafted.id }, ...more });
    t.match(foreign, { code: 'not-found', status: 404 }, id);
    t.equal(
      foreign.bytes,
      (await stranger.refused(id, { params: { agreementId: NOTHING }, ...more })).bytes,
      `${id}, unknown`,
    );
  }
});

await throughADoor(t, exchange, 'a draft follows rules', async (t, _as, door) => {
  const one = await admit(exchange, door);
  const { id: other } = await admit(exchange, door);
  const parties = [one.id, other];
  const rows: [string, object, string, string][] = [
    ['two parties', { parties: [one.id] }, 'bad-request', '/parties'],
    ['two different parties', { parties: [one.id, one.id] }, 'rule-broken', '/parties'],
    ['parties that exist', { parties: [one.id, NOTHING] }, 'rule-broken', '/parties'],
    ['an end after its begin', { until: '2026-01-01' }, 'rule-broken', '/until'],
    ['a purpose', { purposes: [] }, 'bad-request', '/purposes'],
    ['purposes of the list', { purposes: ['SANKTION'] }, 'bad-request', '/purposes/0'],
    ['a category', { categories: [] }, 'bad-request', '/categories'],
    ['a day that exists', { from: '2026-02-30' }, 'bad-request', '/from'],
  ];
  for (const [why, wrong, code, pointer] of rows) {
    const refused = await one.system.refused('createAgreement', { body: { ...BODY, parties, ...wrong } });
    t.match(refused, { code, extra: { errors: [{ pointer }] } }, why);
  }
  t.same((await one.system.done('listAgreements')).items, [], 'nothing was stored');
  const shortest = { ...BODY, parties, until: '2025-12-31T23:00:00.001Z' };
  t.match(await one.system.done('createAgreement', { body: shortest }), { until: shortest.until });
});

await throughADoor(t, exchange, 'nothing is permitted before both have signed', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const sent = await openCase(one.system);
  await sayYes(one.system, sent.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  t.match(await forward(one.system, sent, other.id), WITHHELD, 'there is no agreement');

  const { id } = await other.system.done('createAgreement', { body: { ...BODY, parties: [one.id, other.id] } });
  const params = { agreementId: id };
  t.match(await forward(one.system, sent, other.id), WITHHELD, 'nobody has signed');
  const signed = await sign(one.system, params.agreementId);
  const signedBy = (agencyId: string, agreement: typeof signed) =>
    agreement.parties.find((party: { agencyId: string }) => party.agencyId === agencyId).signedAt;
  t.ok(signedBy(one.id, signed));
  t.equal(signedBy(other.id, signed), null);
  t.ok(signed.version > 1);
  t.match(await forward(one.system, sent, other.id), WITHHELD, 'one has signed');
  t.match(
    await one.system.refused('signAgreement', { params, body: await signedBody(one.system, params.agreementId) }),
    { code: 'conflict', status: 409 },
    'nobody signs twice',
  );
  await sign(other.system, params.agreementId);
  t.match(await forward(one.system, sent, other.id), { ok: true }, 'both have signed');
});

await throughADoor(t, exchange, 'an agreement covers its purposes, categories and time', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const sent = await openCase(one.system, ['STAMMDATEN']);
  await sayYes(one.system, sent.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  const tomorrow = instant(Date.now(), 86_400_000);
  for (const wrong of [
    { purposes: ['SPRACHFOERDERUNG'] },
    { categories: ['KONTAKT'] },
    { from: instant(tomorrow, 1) },
    { until: instant(Date.now(), -86_400_000) },
  ]) {
    await agree([one, other], wrong);
    t.match(await forward(one.system, sent, other.id), WITHHELD, JSON.stringify(wrong));
  }
  await agree([one, other], { until: tomorrow });
  const { value, ...outcome } = (await forward(one.system, sent, other.id)) as { value: { forwarding: unknown } };
  t.match(
    { ...outcome, ...value },
    { ok: true, forwarding: { disclosed: [{ goodUntil: tomorrow }] } },
    'until it ends',
  );
});

await throughADoor(t, exchange, 'terminating closes what only it permitted, once confirmed', async (t, as, door) => {
  const admin = await as('admin');
  for (const by of ['party', 'admin'] as const) {
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    const agreementId = await agree([one, other]);
    const params = { agreementId };
    const sent = await openCase(one.system);
    await sayYes(one.system, sent.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
    const forwarded = await forward(one.system, sent, other.id);
    const { id: forwardingId } = (forwarded as { value: { forwarding: { id: string } } }).value.forwarding;
    t.match(await other.system.done('getForwarding', { params: { forwardingId } }), { entries: [{}] });

    const system = by === 'admin' ? admin : other.system;
    const asked = await system.refused('terminateAgreement', { params, body: {} });
    t.match(asked, { code: 'confirmation-required', status: 409, extra: { confirmWith: { confirm: true } } }, by);
    const told =
      by === 'admin' ? /about fewer than 5 persons/ : /\b1 of the disclosures under it that you made, received, or/;
    t.match(asked.extra.detail, told);
    t.match(await one.system.done('getAgreement', { params }), { terminatedAt: null }, 'nothing has happened yet');
    t.match(await other.system.done('getForwarding', { params: { forwardingId } }), { entries: [{}] });

    const ended = await system.done('terminateAgreement', { params, body: { confirm: true } });
    t.match(ended, { terminatedAt: String });
    const read = await other.system.done('getForwarding', { params: { forwardingId } });
    t.match(read, { status: 'BLOCKED', entries: [], closedEntries: [{ entryId: sent.entryIds[0] }] });
    t.match(await forward(one.system, sent, other.id), WITHHELD);
    t.match(await system.refused('terminateAgreement', { params, body: { confirm: true } }), { code: 'conflict' });
    t.match(
      await one.system.refused('signAgreement', { params, body: await signedBody(one.system, params.agreementId) }),
      { code: 'conflict' },
      'it cannot be signed any more',
    );
  }
});

await throughADoor(t, exchange, 'a party is told how many of what closes are its own', async (t, as, door) => {
  const [origin, middle, last, bystander] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  const params = { agreementId: await agree([origin, middle, last, bystander]) };
  const { clientId, laufzettelId } = await sendCase(origin.system, middle.id);
  await sayYes(origin.system, clientId, { recipient: last.id, categories: ['STAMMDATEN'] });
  t.match(await forward(middle.system, { laufzettelId }, last.id), { ok: true });
  for (const [party, own, why] of [
    [origin, 2, 'it made one, and wrote the entry of both'],
    [middle, 2, 'it received one and made the other'],
    [last, 1, 'it received one'],
    [bystander, 0, 'it has to do with none'],
  ] as const) {
    const { code, extra } = await party.system.refused('terminateAgreement', { params, body: {} });
    t.equal(code, 'confirmation-required');
    const told = `This would close for good ${own} of the disclosures under it that you made, received, or wrote the entry of, and`;
    t.equal(String(extra.detail).slice(0, told.length), told, why);
  }
  t.match(await (await as('admin')).done('getAgreement', { params }), { terminatedAt: null }, 'nothing has happened');
});

await throughADoor(t, exchange, 'who has not signed cannot end what another has signed', async (t, as, door) => {
  const [signer, other] = [await admit(exchange, door), await admit(exchange, door)];
  const admin = await as('admin');
  const draft = async () =>
    (await signer.system.done('createAgreement', { body: { ...BODY, parties: [signer.id, other.id] } })).id;
  const confirmed = { body: { confirm: true } };

  const params = { agreementId: await draft() };
  await sign(signer.system, params.agreementId);
  for (const body of [{}, { confirm: true }]) {
    const refused = await other.system.refused('terminateAgreement', { params, body });
    t.match(refused, { code: 'conflict', status: 409 }, 'asked for or confirmed');
  }
  t.match(await signer.system.done('getAgreement', { params }), { terminatedAt: null }, 'nothing has happened');
  await sign(other.system, params.agreementId);
  const ended = await other.system.done('terminateAgreement', { params, ...confirmed });
  t.match(ended, { terminatedAt: String }, 'once it has signed it can');

  for (const [by, signs, why] of [
    [other, false, 'a draft that nobody has signed is anybody’s to drop'],
    [signer, true, 'who has signed can take it back alone'],
    [{ system: admin }, true, 'and the admin always can'],
  ] as const) {
    const params = { agreementId: await draft() };
    if (signs) await sign(signer.system, params.agreementId);
    t.match(await by.system.done('terminateAgreement', { params, ...confirmed }), { terminatedAt: String }, why);
  }
});

await throughADoor(t, exchange, 'what a second agreement permits too goes on', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const agreementId = await agree([one, other]);
  await agree([one, other]);
  const sent = await openCase(one.system);
  await sayYes(one.system, sent.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  const forwarded = await forward(one.system, sent, other.id);
  const { id: forwardingId } = (forwarded as { value: { forwarding: { id: string } } }).value.forwarding;
  await one.system.done('terminateAgreement', { params: { agreementId }, body: { confirm: true } });
  t.match(await other.system.done('getForwarding', { params: { forwardingId } }), {
    status: 'DELIVERED',
    entries: [{}],
  });
});
