/** The agreement, its whole life: signed by each party's own key, amended once all have signed, left; and what each closes, told before. */
import { compactVerify, importJWK } from 'jose';
import { generateClientKey, signText } from '../../src/auth/client-credentials.ts';
import { sign, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { keyOf, signedBody } from '../support/signing.ts';
import { t } from '../support/t.ts';
import { amend, closedOf, idsOf, previewOf, TERMS } from './agreements.ts';
import { plan } from './conferring.ts';
import { type Admitted, admit, agree, forward, instant, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000000' });
t.teardown(() => exchange.close());
t.setTimeout(120_000);

const WITHHELD = { ok: false, code: 'consent-missing', extra: { withheld: [{ reasons: ['AGREEMENT'] }] } };
await throughADoor(
  t,
  exchange,
  'a version is signed by a key of one’s own, over its very text',
  async (t, _as, door) => {
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    const draft = { ...TERMS, parties: [one.id, other.id], from: '2026-01-01' };
    const { id: agreementId } = await one.system.done('createAgreement', { body: draft });
    const { id: another } = await one.system.done('createAgreement', { body: { ...draft, title: 'Eine andere' } });
    const params = { agreementId };
    const good = await signedBody(one.system, agreementId);
    const { key: foreign } = await generateClientKey();
    const rows: [why: string, body: object, pointer: string][] = [
      ['no signature', { ...good, signature: 'unterschrieben' }, '/signature'],
      ['another agency’s key', await signedBody(one.system, agreementId, 1, keyOf(other.system.token)), '/signature'],
      ['nobody’s key', await signedBody(one.system, agreementId, 1, foreign), '/signature'],
      ['another agreement’s text', await signedBody(one.system, another), '/signature'],
      ['a version that is not there', { ...good, number: 2 }, '/number'],
    ];
    for (const [why, body, pointer] of rows) {
      const refused = await one.system.refused('signAgreement', { params, body });
      t.match(refused, { code: 'rule-broken', status: 422, extra: { errors: [{ pointer, detail: String }] } }, why);
    }
    for (const body of [
      { number: 1 },
      { signature: good.signature },
      { ...good, number: 0 },
      { ...good, signature: 1 },
    ])
      t.match(await one.system.refused('signAgreement', { params, body }), { code: 'bad-request' }, 'both are needed');
    t.match(await one.system.done('getAgreement', { params }), { status: 'DRAFT', parties: [{ signedAt: null }, {}] });

    await one.system.done('signAgreement', { params, body: good });
    t.match(
      await one.system.refused('signAgreement', { params, body: good }),
      { code: 'conflict' },
      'nobody signs twice',
    );
    t.match(await other.system.done('getAgreement', { params }), { status: 'DRAFT' });
    t.match(await sign(other.system, agreementId), { status: 'IN_FORCE', number: 1, openAmendment: null });
  },
);

await throughADoor(t, exchange, 'an outsider checks each signature by what the version shows', async (t, as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const agreementId = await agree([one, other]);
  // What they signed with is gone since.
  const { jwks } = await generateClientKey();
  const [{ clientId }] = (await one.system.done('listSystems', { params: { agencyId: one.id } })).items;
  await one.system.done('replaceSystemKeys', { params: { agencyId: one.id, clientId }, body: { jwks } });
  const params = { agreementId, number: 1 };
  const version = await other.system.done('getAgreementVersion', { params });
  t.same(await (await as('admin')).done('getAgreementVersion', { params }), version);
  t.equal(version.signatures.length, 2);
  for (const { jws, jwk, kid, thumbprint } of version.signatures) {
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK(jwk));
    t.equal(Buffer.from(payload).toString('utf8'), version.text);
    t.equal(protectedHeader.kid, kid);
    t.equal(thumbprint, kid, 'our keys are named by their thumbprint');
  }
  t.equal(
    Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(version.text))).toString('hex'),
    version.textHash,
  );
  t.match(version, { status: 'IN_FORCE', inForceAt: String, terms: { categories: TERMS.categories } });
  const { items } = await other.system.done('listAgreementVersions', { params: { agreementId } });
  t.match(items, [{ number: 1, status: 'IN_FORCE', textHash: version.textHash, signedBy: [{}, {}] }]);
  t.notOk('text' in items[0]);
  t.match(
    await other.system.refused('getAgreementVersion', { params: { agreementId, number: 2 } }),
    { code: 'not-found' },
    'there is no second',
  );
});

await throughADoor(
  t,
  exchange,
  'until the last has signed an amendment the old terms hold in full',
  async (t, _as, door) => {
    const [one, other, third] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
    const parties = [one, other, third];
    const agreementId = await agree(parties);
    const params = { agreementId };
    const categories = ['STAMMDATEN', 'SPRACHE'];
    const proposed = await amend(one, agreementId, parties, { categories, purposes: ['BERATUNG', 'SCHULE'] });
    t.match(proposed, { number: 1, categories: TERMS.categories, openAmendment: { number: 2, signedBy: [] } });
    const { items: waiting } = await third.system.done('listWaiting');
    t.match(waiting, [{ type: 'AGREEMENT', id: agreementId }]);

    const dropped = await sendCase(one.system, other.id, ['STAMMDATEN', 'KONTAKT']);
    t.match(await sign(one.system, agreementId, 2), { number: 1, openAmendment: { signedBy: [one.id] } });
    t.same((await sign(third.system, agreementId, 2)).purposes, TERMS.purposes);
    t.same((await third.system.done('listWaiting')).items, []);
    await sendCase(other.system, one.id, ['STAMMDATEN', 'KONTAKT']);
    t.match(
      await other.system.done('getForwarding', { params: { forwardingId: dropped.forwardingId } }),
      { entries: [{}, {}] },
      'what the amendment would end is read',
    );

    const body = await signedBody(other.system, agreementId, 2);
    const asked = await other.system.refused('signAgreement', { params, body: { ...body, confirm: false } });
    t.match(asked, { code: 'confirmation-required', extra: { confirmWith: { confirm: true } } });
    t.match(asked.extra.detail, /would close for good 2 of the disclosures under it that you made/);
    t.match(await one.system.done('getAgreement', { params }), { number: 1 }, 'nothing has happened');
    const amended = await other.system.done('signAgreement', { params, body });
    t.match(amended, { number: 2, status: 'IN_FORCE', openAmendment: null, title: TERMS.title });
    t.same([amended.categories, amended.purposes], [categories, ['BERATUNG', 'SCHULE']]);
    const read = await other.system.done('getForwarding', { params: { forwardingId: dropped.forwardingId } });
    t.match(read, { entries: [{ category: 'STAMMDATEN' }], closedEntries: [{ entryId: dropped.entryIds[1] }] });
    t.match((await one.system.done('listAgreementVersions', { params })).items, [
      { number: 1, status: 'SUPERSEDED' },
      { number: 2, status: 'IN_FORCE', signedBy: [{}, {}, {}] },
    ]);
    t.match(
      await one.system.refused('signAgreement', { params, body: await signedBody(one.system, agreementId, 1) }),
      { code: 'conflict' },
      'nobody signs a version that is none any more',
    );

    // A third version brings the category back: what has closed stays closed.
    await amend(third, agreementId, parties);
    for (const party of parties) await sign(party.system, agreementId, 3);
    t.same(await other.system.done('getForwarding', { params: { forwardingId: dropped.forwardingId } }), read);
  },
);

await throughADoor(
  t,
  exchange,
  'whoever is invited becomes a party by signing, and sees it until then',
  async (t, _as, door) => {
    const [one, other, late] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
    const agreementId = await agree([one, other]);
    const params = { agreementId };
    await amend(one, agreementId, [one, other, late], { title: 'Zu dritt' });
    t.match(await late.system.done('getAgreement', { params }), { title: TERMS.title, openAmendment: { number: 2 } });
    t.match(
      await late.system.refused('signAgreement', { params, body: await signedBody(late.system, agreementId, 1) }),
      { code: 'conflict' },
      'the present version does not name it',
    );
    for (const id of ['leaveAgreement', 'terminateAgreement'] as const)
      t.match(await late.system.refused(id, { params, body: { confirm: true } }), { code: 'conflict' }, id);
    await one.system.done('withdrawAmendment', { params });
    t.match(
      await late.system.refused('getAgreement', { params }),
      { code: 'not-found' },
      'then it is none of its business',
    );
    t.match(
      await one.system.refused('signAgreement', { params, body: await signedBody(one.system, agreementId, 2) }),
      { code: 'conflict' },
      'nobody signs what was withdrawn',
    );

    await amend(one, agreementId, [one, other, late], { title: 'Zu dritt' });
    for (const party of [one, other]) await sign(party.system, agreementId, 3);
    const sent = await openCase(one.system);
    await sayYes(one.system, sent.clientId, { recipient: late.id, categories: ['STAMMDATEN'] });
    t.match(await forward(one.system, sent, late.id), WITHHELD, 'in force, and not yet for who has not signed');
    t.match((await late.system.done('listWaiting')).items, [{ type: 'AGREEMENT', id: agreementId }]);
    const { parties } = await sign(late.system, agreementId, 3);
    t.ok(parties.every((party: { signedAt: string | null }) => party.signedAt !== null));
    t.match(await forward(one.system, sent, late.id), { ok: true });
  },
);

await throughADoor(
  t,
  exchange,
  'who leaves gets and gives nothing any more, and the others go on',
  async (t, _as, door) => {
    const [one, other, leaving] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    const parties = [one, other, leaving];
    const agreementId = await agree(parties);
    const params = { agreementId };
    const got = await sendCase(one.system, leaving.id);
    const given = await sendCase(leaving.system, other.id);
    const stays = await sendCase(one.system, other.id);
    // What it passed on is from it to the third; the third's row hangs on its own.
    await sayYes(one.system, got.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
    const passed = await forward(leaving.system, got, other.id);
    if (!passed.ok) throw new Error(passed.bytes);

    const asked = await leaving.system.refused('leaveAgreement', { params, body: {} });
    t.match(asked.extra.detail, /would close for good 3 of the disclosures under it .* from or to your agency/);
    const left = await leaving.system.done('leaveAgreement', { params, body: { confirm: true } });
    t.match(left, { status: 'IN_FORCE' });
    t.ok(left.parties.find((party: { agencyId: string }) => party.agencyId === leaving.id).leftAt);
    const read = async (by: Admitted, forwardingId: string) =>
      by.system.call('getForwarding', { params: { forwardingId } });
    for (const [by, forwardingId] of [
      [leaving, got.forwardingId],
      [other, given.forwardingId],
      [other, passed.value.forwarding.id],
    ] as const) {
      const answer = await read(by, forwardingId);
      t.ok(!answer.ok || answer.value.entries.length === 0, 'nothing is read any more');
    }
    t.match(await read(other, stays.forwardingId), { value: { entries: [{}] } });
    for (const [from, to] of [
      [one, leaving],
      [leaving, one],
    ] as const) {
      const sent = await openCase(from.system);
      await sayYes(from.system, sent.clientId, { recipient: to.id, categories: ['STAMMDATEN'] });
      t.match(await forward(from.system, sent, to.id), WITHHELD);
    }
    for (const [id, body] of [
      ['leaveAgreement', { confirm: true }],
      ['terminateAgreement', { confirm: true }],
      ['amendAgreement', { ...TERMS, parties: idsOf(parties), title: 'x' }],
      ['signAgreement', await signedBody(leaving.system, agreementId, 1)],
    ] as const)
      t.match(await leaving.system.refused(id, { params, body }), { code: 'conflict', status: 409 }, id);

    // Back by an amendment that all sign: a new beginning.
    await amend(one, agreementId, parties, { title: 'Wieder zu dritt' });
    for (const party of parties) await sign(party.system, agreementId, 2);
    const back = await read(leaving, got.forwardingId);
    t.ok(!back.ok || back.value.entries.length === 0, 'nothing reopens');
    await sendCase(one.system, leaving.id);
  },
);

await throughADoor(t, exchange, 'an amendment that lacks only who leaves is in force by that', async (t, _as, door) => {
  const [one, other, leaving] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
  const parties = [one, other, leaving];
  const agreementId = await agree(parties);
  const params = { agreementId };
  const sent = await sendCase(one.system, other.id, ['STAMMDATEN', 'KONTAKT']);
  await amend(one, agreementId, parties, { categories: ['STAMMDATEN'] });
  for (const party of [one, other]) await sign(party.system, agreementId, 2);
  t.match(await previewOf(one, agreementId, { change: 'SIGN' }), { count: 1, takesEffect: false });
  t.match(await previewOf(leaving, agreementId, { change: 'LEAVE' }), {
    count: 0,
    takesEffect: true,
    disclosures: [],
  });
  const left = await leaving.system.done('leaveAgreement', { params, body: { confirm: true } });
  t.match(left, { number: 2, categories: ['STAMMDATEN'], openAmendment: null });
  t.same((await closedOf(exchange, one.id, [sent.forwardingId])).length, 1);

  // Who is alone has nobody to agree with: what is open ends with the last one.
  await amend(one, agreementId, [one, other], { title: 'Noch eine' });
  for (const party of [one, other]) await party.system.done('leaveAgreement', { params, body: { confirm: true } });
  t.match(await one.system.done('getAgreement', { params }), { status: 'ENDED', openAmendment: null, number: 2 });
});

await throughADoor(
  t,
  exchange,
  'who signed an amendment and left before it was in force has left',
  async (t, _as, door) => {
    const [one, other, leaving] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    const parties = [one, other, leaving];
    const agreementId = await agree(parties);
    const params = { agreementId };
    await amend(one, agreementId, parties, { title: 'Neu gefasst' });
    await sign(leaving.system, agreementId, 2);
    const { parties: then } = await leaving.system.done('leaveAgreement', { params, body: { confirm: true } });
    const gone = then.find((party: { agencyId: string }) => party.agencyId === leaving.id);
    for (const party of [one, other]) await sign(party.system, agreementId, 2);
    const amended = await one.system.done('getAgreement', { params });
    t.match(amended, { number: 2, openAmendment: null });
    t.same(
      amended.parties.find((party: { agencyId: string }) => party.agencyId === leaving.id),
      gone,
      'a signature from before it left does not bring it back',
    );
    const sent = await openCase(one.system);
    await sayYes(one.system, sent.clientId, { recipient: leaving.id, categories: ['STAMMDATEN'] });
    t.match(await forward(one.system, sent, leaving.id), WITHHELD);
    const body = await signedBody(leaving.system, agreementId, 2);
    t.match(await leaving.system.refused('signAgreement', { params, body }), { code: 'conflict' });
    // What it signs afterwards does.
    await amend(other, agreementId, parties, { title: 'Wieder zu dritt' });
    await sign(leaving.system, agreementId, 3);
    for (const party of [one, other]) await sign(party.system, agreementId, 3);
    t.match(await forward(one.system, sent, leaving.id), { ok: true });
  },
);

await throughADoor(t, exchange, 'an amendment follows rules, and one is open at a time', async (t, as, door) => {
  const [one, other, stranger] = [
    await admit(exchange, door),
    await admit(exchange, door),
    await admit(exchange, door),
  ];
  const admin = await as('admin');
  const both = { ...TERMS, parties: [one.id, other.id] };
  const unsigned = await one.system.done('createAgreement', { body: { ...both, from: '2026-01-01' } });
  const tried = (agreementId: string, body: object, by = one.system) =>
    by.refused('amendAgreement', { params: { agreementId }, body });
  t.match(await tried(unsigned.id, { ...both, title: 'x' }), { code: 'conflict' }, 'nobody has signed');
  await sign(other.system, unsigned.id);
  t.match(await tried(unsigned.id, { ...both, title: 'x' }), { code: 'conflict' }, 'its own agency has not signed');

  const agreementId = await agree([one, other]);
  const params = { agreementId };
  const rows: [why: string, more: object, code: string, pointer: string][] = [
    ['something that changes', {}, 'rule-broken', ''],
    ['everybody who is in it', { parties: [one.id, stranger.id] }, 'rule-broken', '/parties'],
    ['agencies that there are', { parties: [one.id, other.id, agreementId] }, 'rule-broken', '/parties'],
    ['an end that lies ahead', { until: instant(Date.now(), -1000) }, 'rule-broken', '/until'],
    ['an end after its beginning', { until: '2026-01-01' }, 'rule-broken', '/until'],
    ['a rhythm', { turnus: 'FREQ=SECONDLY' }, 'rule-broken', '/turnus'],
    ['no other beginning', { from: '2026-02-01' }, 'bad-request', ''],
    ['the end said', { until: undefined, title: 'x' }, 'bad-request', '/until'],
    ['periods', { daysToAnswer: 0 }, 'bad-request', '/daysToAnswer'],
  ];
  for (const [why, more, code, pointer] of rows)
    t.match(await tried(agreementId, { ...both, ...more }), { code, extra: { errors: [{ pointer }] } }, why);
  t.match((await one.system.done('getAgreement', { params })).openAmendment, null, 'nothing was stored');
  t.match(await one.system.refused('withdrawAmendment', { params }), { code: 'conflict' }, 'none is open');
  t.match(await one.system.refused('previewAgreementChange', { params, body: { change: 'SIGN' } }), {
    code: 'conflict',
  });
  for (const body of [{ change: 'AMEND' }, { change: 'LEAVE', terms: both }])
    t.match(await one.system.refused('previewAgreementChange', { params, body }), { code: 'bad-request' });

  await admin.done('amendAgreement', { params, body: { ...both, title: 'Von der Administration' } });
  t.match(await tried(agreementId, { ...both, title: 'y' }), { code: 'conflict' }, 'another one is open');
  t.match(await one.system.refused('withdrawAmendment', { params }), { code: 'conflict' }, 'it is not its own');
  await admin.done('withdrawAmendment', { params });
  await amend(other, agreementId, [one, other], { title: 'Von der anderen' });
  t.match(await admin.done('withdrawAmendment', { params }), { openAmendment: null }, 'the admin may always');

  await amend(one, agreementId, [one, other], { title: 'Offen' });
  await one.system.done('terminateAgreement', { params, body: { confirm: true } });
  t.match(await one.system.done('getAgreement', { params }), { status: 'ENDED', openAmendment: null });
  t.match(
    await other.system.refused('signAgreement', { params, body: await signedBody(other.system, agreementId, 4) }),
    { code: 'conflict' },
    'what was open has ended with it',
  );
});

await throughADoor(
  t,
  exchange,
  'a rhythm is followed as it was amended, and an open request or conference ends with its agreement',
  async (t, _as, door) => {
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    const purposes = ['BERATUNG', 'FALLBESPRECHUNG'];
    const agreementId = await agree([one, other], { turnus: 'FREQ=WEEKLY;BYDAY=MO', purposes });
    const sent = await sendCase(one.system, other.id);
    const { clientId } = await other.system.done('getForwarding', { params: { forwardingId: sent.forwardingId } });
    const request = { clientId, agencyId: one.id, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
    const { id: requestId } = await other.system.done('createRequest', { body: request });
    const { id: conferenceId } = await plan(exchange, one.system, other.id);
    await amend(one, agreementId, [one, other], {
      turnus: 'FREQ=DAILY',
      purposes: ['SCHULE'],
      until: '2199-01-01',
      daysToAnswer: 5,
    });
    for (const party of [one, other]) await sign(party.system, agreementId, 2);
    const amended = await one.system.done('getAgreement', { params: { agreementId } });
    t.match(amended, { turnus: 'FREQ=DAILY', daysToAnswer: 5, until: '2198-12-31T23:00:00.000Z' });
    const [schedule] = await exchange.sql(
      `SELECT s.done_until = v.in_force_at AS since, s.next_at > s.done_until AS ahead
     FROM round_schedule s JOIN agreement_version v USING (agreement_id) WHERE v.number = 2 AND agreement_id = $1`,
      [agreementId],
    );
    t.same(schedule, { since: true, ahead: true }, 'it is asked for its next moment from then on');
    t.match(await other.system.done('getRequest', { params: { requestId } }), { status: 'WITHDRAWN' });
    t.match(await other.system.done('getConference', { params: { conferenceId } }), { status: 'CANCELLED' });
    const [reminder] = await exchange.sql(
      `SELECT look_at < '2199-01-01' AS ahead FROM reminder WHERE kind = 'AGREEMENT_ENDING' AND subject_id = $1`,
      [agreementId],
    );
    t.same(reminder, { ahead: true }, 'the new end is told when it comes near');
  },
);

t.test('what was signed before texts were kept is shown so, and goes on', async (t) => {
  const [one, other] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  const [{ id: agreementId }] = await exchange.sql(
    `WITH made AS (INSERT INTO agreement (id, title, purposes, categories, valid_from, created_at)
       VALUES (uuidv7(), 'Von früher', '{BERATUNG}', '{STAMMDATEN}', '2020-01-01', '2020-01-01') RETURNING id),
     signed AS (INSERT INTO agreement_party (agreement_id, agency_id, signed_at)
       SELECT made.id, agency, '2020-01-02' FROM made, unnest($1::uuid[]) AS agency)
     SELECT id FROM made`,
    [[one.id, other.id]],
  );
  t.match((await one.system.done('listAgreementVersions', { params: { agreementId } })).items, [], 'no text yet');
  const again = await exchange.anotherInstance();
  t.ok(again.url, 'a start writes it');
  const version = await one.system.done('getAgreementVersion', { params: { agreementId, number: 1 } });
  t.match(version, { status: 'IN_FORCE', proposedBy: null, inForceAt: '2020-01-02T00:00:00.000Z' });
  t.match(version.text, 'Titel: Von früher\n');
  const unkept = { signedAt: '2020-01-02T00:00:00.000Z', jws: null, kid: null, jwk: null, thumbprint: null };
  t.match(version.signatures, [unkept, unkept]);
  t.match(
    await one.system.refused('signAgreement', {
      params: { agreementId },
      body: { number: 1, signature: await signText(version.text, keyOf(one.system.token)) },
    }),
    { code: 'conflict' },
    'it has signed',
  );
  await sendCase(one.system, other.id);
  await amend(one, agreementId, [one, other]);
  for (const party of [one, other]) await sign(party.system, agreementId, 2);
  t.match(await one.system.done('getAgreement', { params: { agreementId } }), { number: 2, title: TERMS.title });
});
