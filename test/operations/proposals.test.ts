/** A yes that one agency brings and another one, which has to prove it, confirms: the life of a proposal. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no, proposalOf, TEXT_HASH, yes } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, entryOf, forward, instant, justAfter, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const DAY_MS = 86_400_000;
const soon = (days: number): string => instant(Date.now(), days * DAY_MS);
const EVIDENCE = 'Ordner Vorschlag 4, Blatt 2';

/** Somebody whom the ARGE told the Caritas about: each has a handle. */
async function known(arge: System, caritas: System) {
  const { clientId, laufzettelId, forwardingId } = await sendCase(arge, AGENCY.caritas);
  const read = await caritas.done('getForwarding', { params: { forwardingId } });
  return { ofArge: clientId, ofCaritas: read.clientId as string, laufzettelId, forwardingId };
}

/** By the Caritas, about what the ARGE may give. */
const bodyOf = (more: Record<string, unknown> = {}) =>
  proposalOf({
    type: 'STATEMENT',
    discloser: AGENCY.arge,
    recipient: AGENCY.caritas,
    categories: ['SPRACHE'],
    evidenceRef: EVIDENCE,
    ...more,
  });
const propose = (by: System, clientId: string, more: Record<string, unknown> = {}) =>
  by.done('proposeConsent', { params: { clientId }, body: bodyOf(more) });
const seen = (by: System, proposalId: string) => by.done('getProposal', { params: { proposalId } });
const ids = (page: { items: { id: string }[] }) => page.items.map((one) => one.id);
const eventsAbout = async (proposalId: string) =>
  (
    await exchange.sql(
      `SELECT type, agency_id AS agency FROM event WHERE subject = jsonb_build_object('proposalId', $1::text) ORDER BY at, id`,
      [proposalId],
    )
  ).map((event) => [event.type, event.agency]);

await throughADoor(
  t,
  exchange,
  'a proposal counts from its confirmation, as the giver’s own statement',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const { ofArge, ofCaritas } = await known(arge, caritas);
    const proposal = await propose(caritas, ofCaritas);
    t.match(proposal, {
      type: 'STATEMENT',
      direction: 'SENT',
      status: 'PROPOSED',
      clientId: ofCaritas,
      proposedBy: AGENCY.caritas,
      discloser: AGENCY.arge,
      origin: null,
      purpose: 'BERATUNG',
      decidedAt: null,
      statementId: null,
      evidenceRef: EVIDENCE,
      textHash: TEXT_HASH,
    });
    const body = {
      clientId: ofArge,
      kind: 'TERMIN',
      purpose: 'BERATUNG',
      entries: [entryOf('TERMIN'), entryOf('SPRACHE')],
    };
    const slip = await arge.done('createLaufzettel', { body });
    await sayYes(arge, ofArge, { recipient: AGENCY.caritas, categories: ['TERMIN'] });
    t.same(await eventsAbout(proposal.id), [['proposal.received', AGENCY.arge]]);

    const received = await seen(arge, proposal.id);
    t.same(received, { ...proposal, direction: 'RECEIVED', clientId: ofArge }, 'all of it is shown, the proof too');
    t.same((await arge.done('listStatements', { params: { clientId: ofArge } })).items.length, 2, 'no statement yet');
    t.match(
      await forward(arge, { laufzettelId: slip.id }, AGENCY.caritas, { strict: true }),
      { code: 'consent-missing' },
      'and it permits nothing',
    );

    const confirmed = await arge.done('confirmProposal', { params: { proposalId: proposal.id } });
    t.match(confirmed, { direction: 'RECEIVED', status: 'CONFIRMED', clientId: ofArge, evidenceRef: null });
    const { items } = await arge.done('listStatements', { params: { clientId: ofArge } });
    const statement = items.find((one: { id: string }) => one.id === confirmed.statementId);
    t.match(statement, {
      decision: 'GIVEN',
      discloser: AGENCY.arge,
      recipient: AGENCY.caritas,
      recordedBy: AGENCY.arge,
      recordedAt: confirmed.decidedAt,
      statedAt: proposal.statedAt,
      validUntil: proposal.validUntil,
      evidenceRef: EVIDENCE,
      proposalId: proposal.id,
    });
    t.match(
      await forward(arge, { laufzettelId: slip.id }, AGENCY.caritas, { strict: true }),
      { ok: true },
      'it counts',
    );
    const [row] = await exchange.sql(
      'SELECT client_id AS client, evidence_sealed AS sealed FROM statement WHERE id = $1',
      [confirmed.statementId],
    );
    t.equal(row.client, ofArge, 'under the giver’s own handle and key');
    t.notOk(row.sealed.includes(Buffer.from('Vorschlag')));
    t.match(await seen(caritas, proposal.id), {
      status: 'CONFIRMED',
      decidedAt: confirmed.decidedAt,
      statementId: null,
    });
    t.same(await eventsAbout(proposal.id), [
      ['proposal.received', AGENCY.arge],
      ['proposal.confirmed', AGENCY.caritas],
    ]);
    const audit = await exchange.sql(
      `SELECT action, agency_id AS agency FROM audit WHERE subject ->> 'proposal' = $1 OR subject ->> 'statement' = $2 ORDER BY id`,
      [proposal.id, confirmed.statementId],
    );
    t.same(audit, [
      { action: 'proposal.make', agency: AGENCY.caritas },
      { action: 'proposal.confirm', agency: AGENCY.arge },
      { action: 'statement.record', agency: AGENCY.arge },
    ]);
  },
);

await throughADoor(t, exchange, 'a release is proposed to its origin', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { ofArge, ofCaritas } = await known(arge, caritas);
  const { purpose: _purpose, discloser: _discloser, ...rest } = bodyOf();
  const body = { ...rest, type: 'RELEASE', origin: AGENCY.arge, categories: ['BERATUNGSNOTIZ'] };
  const proposal = await caritas.done('proposeConsent', { params: { clientId: ofCaritas }, body });
  t.match(proposal, { type: 'RELEASE', origin: AGENCY.arge, discloser: null, purpose: null });
  const own = 'Eigener Schrank, Fach 3';
  const confirmed = await arge.done('confirmProposal', {
    params: { proposalId: proposal.id },
    body: { evidenceRef: own },
  });
  t.match(confirmed, { status: 'CONFIRMED', statementId: null });
  const { items } = await arge.done('listReleases', { params: { clientId: ofArge } });
  t.match(items, [{ id: confirmed.releaseId, origin: AGENCY.arge, evidenceRef: own, proposalId: proposal.id }]);
});

await throughADoor(t, exchange, 'a weaker one is confirmed twice over', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { ofCaritas, forwardingId } = await known(arge, caritas);
  const weaker = { categories: ['STAMMDATEN'], statedAt: instant(Date.now()), validUntil: soon(9) };
  const { id: proposalId } = await propose(caritas, ofCaritas, weaker);
  const confirm = (body: object) => arge.call('confirmProposal', { params: { proposalId }, body });
  const extra = { weakerFor: ['STAMMDATEN'], disclosuresEndingEarlier: 1, weakerLines: undefined };
  t.match(await confirm({}), { code: 'confirmation-required', status: 409, extra });
  t.match(await seen(arge, proposalId), { status: 'PROPOSED' }, 'nothing was stored');
  t.match(await seen(caritas, proposalId), { status: 'PROPOSED' });
  t.same(await eventsAbout(proposalId), [['proposal.received', AGENCY.arge]], 'and nobody told');
  t.match(await confirm({ confirm: true }), { ok: true });
  const [row] = await exchange.sql('SELECT good_until AS until FROM disclosure WHERE forwarding_id = $1', [
    forwardingId,
  ]);
  t.equal(instant(row.until), weaker.validUntil);
});

await throughADoor(t, exchange, 'a no that came in between beats what was proposed before it', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { ofArge, ofCaritas, laufzettelId } = await known(arge, caritas);
  const { id: proposalId } = await propose(caritas, ofCaritas, { categories: ['STAMMDATEN'] });
  const said = await caritas.done('recordStatement', { params: { clientId: ofCaritas }, body: no() });
  t.match(await arge.call('confirmProposal', { params: { proposalId } }), { ok: true }, 'it is recorded');
  t.match(await forward(arge, { laufzettelId }, AGENCY.caritas), { code: 'consent-missing' }, 'and permits nothing');
  const later = { categories: ['STAMMDATEN'], statedAt: justAfter(said), validUntil: soon(9) };
  const newer = await propose(caritas, ofCaritas, later);
  t.match(await arge.call('confirmProposal', { params: { proposalId: newer.id } }), { ok: true });
  t.match(await forward(arge, { laufzettelId }, AGENCY.caritas), { ok: true }, 'a yes after it does');
  t.equal((await arge.done('listStatements', { params: { clientId: ofArge } })).items.length, 4);
});

/** What cannot be proposed, and where the answer points. */
const BROKEN: [string, Record<string, unknown>, string[]][] = [
  ['to oneself', { discloser: AGENCY.caritas, recipient: AGENCY.arge }, ['/discloser']],
  ['a giver that is its recipient', { recipient: AGENCY.arge }, ['/recipient']],
  ['an unknown giver', { discloser: NOTHING }, ['/discloser']],
  ['an unknown recipient', { recipient: NOTHING }, ['/recipient']],
  ['what was not stated yet', { statedAt: soon(1), validFrom: soon(2) }, ['/statedAt']],
  ['more than twelve months', { validUntil: soon(400) }, ['/validUntil']],
  [
    'several at once',
    { discloser: NOTHING, recipient: NOTHING, validUntil: soon(-30), adultFrom: '2030-01-01' },
    ['/adultFrom', '/discloser', '/recipient', '/recipient', '/validUntil'],
  ],
];

await throughADoor(t, exchange, 'what could not be confirmed is not proposed', async (t, as) => {
  const [caritas, arge] = [await as('caritas'), await as('arge')];
  const { id: clientId } = await caritas.done('createClient');
  for (const [what, more, pointers] of BROKEN) {
    const refused = await caritas.refused('proposeConsent', { params: { clientId }, body: bodyOf(more) });
    t.match(refused, { code: 'rule-broken', status: 422 }, what);
    t.same(refused.extra.errors.map((error: { pointer: string }) => error.pointer).sort(), pointers, what);
  }
  const shapes: [object, string][] = [
    [bodyOf({ type: 'NO' }), '/type'],
    [bodyOf({ form: undefined }), '/form'],
    [bodyOf({ evidenceRef: '' }), '/evidenceRef'],
    [bodyOf({ discloser: undefined }), '/discloser'],
    [bodyOf({ confirm: true }), ''],
  ];
  for (const [body, pointer] of shapes) {
    const refused = await caritas.refused('proposeConsent', { params: { clientId }, body });
    t.match(refused, { code: 'bad-request', status: 400, extra: { errors: [{ pointer }] } });
  }
  t.equal(await count(exchange, 'consent_proposal', 'client_id = $1', [clientId]), 0);
  const direct = await caritas.refused('recordStatement', {
    params: { clientId },
    body: yes({ discloser: AGENCY.arge, recipient: AGENCY.caritas, categories: ['SPRACHE'] }),
  });
  t.match(direct, { code: 'rule-broken', extra: { errors: [{ pointer: '/discloser', detail: /proposals/ }] } });
  const { id: ofArge } = await arge.done('createClient');
  const foreign = await caritas.refused('proposeConsent', { params: { clientId: ofArge }, body: bodyOf() });
  const unknown = await caritas.refused('proposeConsent', { params: { clientId: NOTHING }, body: bodyOf() });
  t.match(foreign, { code: 'not-found', status: 404 });
  t.equal(foreign.bytes, unknown.bytes);
});

await throughADoor(t, exchange, 'each side does what is its own, once', async (t, as) => {
  const [arge, caritas, tgsh] = [await as('arge'), await as('caritas'), await as('tgsh')];
  const { ofArge, ofCaritas } = await known(arge, caritas);
  const made = async () => ({ params: { proposalId: (await propose(caritas, ofCaritas)).id } });
  const first = await made();
  for (const id of ['confirmProposal', 'declineProposal'] as const) {
    t.match(await caritas.call(id, first), { code: 'not-allowed', status: 403 }, `${id} by the proposer`);
  }
  t.match(await arge.call('withdrawProposal', first), { code: 'not-allowed', status: 403 });
  for (const id of ['getProposal', 'confirmProposal', 'declineProposal', 'withdrawProposal'] as const) {
    const unknown = await tgsh.refused(id, { params: { proposalId: NOTHING } });
    t.equal((await tgsh.refused(id, first)).bytes, unknown.bytes, `${id} by a third`);
  }
  const illegal = (currentStatus: string) => ({
    code: 'transition-illegal',
    status: 409,
    extra: { currentStatus, allowed: [] },
  });
  const ends = [
    [first, arge, 'confirmProposal', 'CONFIRMED'],
    [await made(), arge, 'declineProposal', 'DECLINED'],
    [await made(), caritas, 'withdrawProposal', 'WITHDRAWN'],
  ] as const;
  for (const [proposal, by, id, status] of ends) {
    t.match(await by.call(id, proposal), { ok: true, value: { status } });
    for (const again of ['confirmProposal', 'declineProposal'] as const) {
      t.match(await arge.call(again, proposal), illegal(status), `${again} after ${status}`);
    }
  }
  t.match(await caritas.call('withdrawProposal', first), illegal('CONFIRMED'), 'it sees that');
  t.same((await eventsAbout(ends[2][0].params.proposalId)).slice(1), [['proposal.withdrawn', AGENCY.arge]]);
  t.equal((await seen(arge, ends[1][0].params.proposalId)).evidenceRef, null, 'what is not needed is not shown');

  const { items } = await arge.done('listProposals', { query: { limit: 3 } });
  t.same(
    items.map((one: { id: string }) => one.id),
    ends.map(([proposal]) => proposal.params.proposalId).reverse(),
  );
  const sent = await caritas.done('listProposals', { query: { direction: 'SENT', limit: 3 } });
  t.same(ids(sent), ids({ items }), 'the same for both');
  t.equal((await arge.done('listStatements', { params: { clientId: ofArge } })).items.length, 2);
});

await throughADoor(t, exchange, 'it is confirmed for an own handle on that person', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { ofArge, ofCaritas } = await known(arge, caritas);
  const { clientId: another } = await openCase(arge);
  const { id: proposalId } = await propose(caritas, ofCaritas);
  const confirm = (clientId: string) => arge.call('confirmProposal', { params: { proposalId }, body: { clientId } });
  const answers: string[] = [];
  for (const clientId of [another, ofCaritas, NOTHING]) {
    const outcome = await confirm(clientId);
    t.match(outcome, { code: 'rule-broken', status: 422, extra: { errors: [{ pointer: '/clientId' }] } });
    if (!outcome.ok) answers.push(outcome.bytes);
  }
  t.equal(new Set(answers).size, 1, 'on somebody else, foreign and unknown are the same');
  t.match(await confirm(ofArge), { ok: true, value: { clientId: ofArge } });
});

await throughADoor(t, exchange, 'when the proposer’s proof is gone the giver needs its own', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { ofCaritas } = await known(arge, caritas);
  const { id: proposalId } = await propose(caritas, ofCaritas);
  await exchange.sql('UPDATE client_key SET wrapped = NULL, destroyed_at = api.clock_now() WHERE client_id = $1', [
    ofCaritas,
  ]);
  t.match(await seen(arge, proposalId), { status: 'PROPOSED', evidenceRef: null });
  t.match(await arge.call('confirmProposal', { params: { proposalId } }), {
    code: 'rule-broken',
    extra: { errors: [{ pointer: '/evidenceRef' }] },
  });
  const body = { evidenceRef: 'Eigener Schrank, Fach 9' };
  t.match(await arge.call('confirmProposal', { params: { proposalId }, body }), { ok: true });
  t.match(await caritas.call('proposeConsent', { params: { clientId: ofCaritas }, body: bodyOf() }), {
    code: 'not-found',
  });
});

await throughADoor(t, exchange, 'at most fifty wait about one client', async (t, as) => {
  const caritas = await as('caritas');
  const { id: clientId } = await caritas.done('createClient');
  const made: string[] = [];
  for (let number = 0; number < 50; number++) made.push((await propose(caritas, clientId)).id);
  t.match(await caritas.call('proposeConsent', { params: { clientId }, body: bodyOf() }), { code: 'rule-broken' });
  await caritas.done('withdrawProposal', { params: { proposalId: made[0] } });
  t.match(await caritas.call('proposeConsent', { params: { clientId }, body: bodyOf() }), { ok: true });
});
