/** One signed sheet with several lines: all of it is recorded, at one instant, or nothing. */
import { type System, systemAt, throughADoor } from '../support/both-doors.ts';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, entryOf, forward, instant, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const DAY_MS = 86_400_000;
const soon = (days: number): string => instant(Date.now(), days * DAY_MS);

/** The common part of a sheet with a yes on it. */
function sheet(lines: object[], more: object = {}): Record<string, unknown> {
  const { decision: _decision, purpose: _purpose, ...common } = yes({});
  return { ...common, ...more, lines };
}
/** The common part of a sheet that only says no. */
function sheetOfNoes(lines: object[]): Record<string, unknown> {
  const { decision: _decision, ...common } = no();
  return { ...common, lines };
}
const consent = (recipient: string, categories: string[], more: object = {}) => ({
  type: 'STATEMENT',
  decision: 'GIVEN',
  recipient,
  purpose: 'BERATUNG',
  categories,
  ...more,
});
const release = (recipient: string, categories: string[]) => ({
  type: 'RELEASE',
  decision: 'GIVEN',
  recipient,
  categories,
});
const refusal = (more: object = {}) => ({ type: 'STATEMENT', decision: 'REFUSED', ...more });

const record = (by: System, clientId: string, body: object) =>
  by.call('recordConsentForm', { params: { clientId }, body });

async function stored(exchange: Exchange, clientId: string): Promise<number> {
  const statements = await count(exchange, 'statement', 'client_id = $1', [clientId]);
  return statements + (await count(exchange, 'release', 'client_id = $1', [clientId]));
}

await throughADoor(t, exchange, 'a sheet is recorded line by line, at one instant', async (t, as) => {
  const arge = await as('arge');
  const { id: clientId } = await arge.done('createClient');
  const period = { validFrom: soon(1), validUntil: soon(30) };
  const lines = [
    consent(AGENCY.caritas, ['STAMMDATEN', 'BERATUNGSNOTIZ', 'STAMMDATEN'], { discloser: AGENCY.arge }),
    release(AGENCY.caritas, ['BERATUNGSNOTIZ']),
    consent(AGENCY.diakonie, ['STAMMDATEN'], period),
    refusal({ recipient: AGENCY.tgsh }),
    { type: 'RELEASE', decision: 'WITHDRAWN', recipient: AGENCY.tgsh },
  ];
  const outcome = await record(arge, clientId, sheet(lines));
  t.match(outcome, { ok: true, value: { lines: [{ type: 'STATEMENT' }, { type: 'RELEASE' }] } });
  if (!outcome.ok) return;
  const { recordedAt, lines: recorded } = outcome.value;
  t.same(
    recorded.map((line: { type: string }) => line.type),
    lines.map((line) => line.type),
    'in the order of its lines',
  );
  const [first, second, third, fourth, fifth] = recorded;
  for (const { statement, release: released } of recorded) {
    t.equal((statement ?? released).recordedAt, recordedAt);
    t.equal((statement === null) === (released === null), false, 'each is one of the two');
  }
  const about = { discloser: AGENCY.arge, recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'BERATUNGSNOTIZ'] };
  t.match(first.statement, { ...about, form: 'WRITTEN', evidenceRef: 'Ordner 1 Blatt 1', recordedBy: AGENCY.arge });
  t.match(second.release, { decision: 'GIVEN', origin: AGENCY.arge, categories: ['BERATUNGSNOTIZ'], proposalId: null });
  t.match(third.statement, period, 'a period of its own');
  const everything = { purpose: null, categories: null, form: null, validFrom: null, evidenceRef: null };
  t.match(fourth.statement, { decision: 'REFUSED', recipient: AGENCY.tgsh, discloser: null, ...everything });
  t.match(fifth.release, { decision: 'WITHDRAWN', origin: null, form: null });

  const listed = await arge.done('listStatements', { params: { clientId } });
  t.same(
    new Set(listed.items.map((one: { id: string }) => one.id)),
    new Set([first.statement.id, third.statement.id, fourth.statement.id]),
  );
  t.equal(listed.items.find((one: { id: string }) => one.id === first.statement.id).evidenceRef, 'Ordner 1 Blatt 1');
  const audit = await exchange.sql(
    `SELECT action, outcome, subject FROM audit WHERE subject ->> 'client' = $1 AND action <> 'client.create' ORDER BY id`,
    [clientId],
  );
  const idsInOrder = [
    { statement: first.statement.id },
    { release: second.release.id },
    { statement: third.statement.id },
    { statement: fourth.statement.id },
    { release: fifth.release.id },
  ];
  const subject = { client: clientId, lines: idsInOrder };
  t.same(audit[0], { action: 'consent-form.record', outcome: 'DONE', subject });
  t.same(
    audit.slice(1).map((one) => one.action),
    ['statement.record', 'release.record', 'statement.record', 'statement.record', 'release.record'],
  );

  const slip = { clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
  const entries = ['STAMMDATEN', 'BERATUNGSNOTIZ'] as const;
  const body = { ...slip, entries: entries.map((category) => entryOf(category)) };
  const { id: laufzettelId } = await arge.done('createLaufzettel', { body });
  t.match(await forward(arge, { laufzettelId }, AGENCY.caritas, { strict: true }), { ok: true }, 'and it counts');
});

/** What is wrong, and where the answer points. */
const BROKEN: [string, object[], object, string[]][] = [
  [
    'another discloser',
    [consent(AGENCY.caritas, ['SPRACHE'], { discloser: AGENCY.diakonie })],
    {},
    ['/lines/0/discloser'],
  ],
  ['another origin', [{ ...release(AGENCY.caritas, ['SPRACHE']), origin: AGENCY.diakonie }], {}, ['/lines/0/origin']],
  ['nobody gives to itself', [consent(AGENCY.arge, ['SPRACHE'])], {}, ['/lines/0/recipient']],
  ['an unknown recipient of a no', [refusal({ recipient: NOTHING })], {}, ['/lines/0/recipient']],
  [
    'faults of several lines',
    [
      consent(AGENCY.caritas, ['SPRACHE']),
      consent(NOTHING, ['SPRACHE']),
      refusal({ discloser: NOTHING, purpose: 'SCHULE' }),
      consent(AGENCY.caritas, ['KONTAKT'], { validUntil: soon(400) }),
    ],
    {},
    ['/lines/1/recipient', '/lines/2/discloser', '/lines/3/validUntil'],
  ],
  [
    'what holds for all lines is told once, beside what is told of a line',
    [consent(AGENCY.caritas, ['SPRACHE']), release(AGENCY.arge, ['SPRACHE'])],
    { statedAt: soon(1), validFrom: soon(1), adultFrom: '2030-01-01' },
    ['/adultFrom', '/lines/1/recipient', '/statedAt'],
  ],
  [
    'the period of the sheet where the line has none, of the line where it has one',
    [consent(AGENCY.caritas, ['SPRACHE']), consent(AGENCY.caritas, ['KONTAKT'], { validUntil: soon(-9) })],
    { validUntil: soon(400) },
    ['/lines/1/validUntil', '/validUntil'],
  ],
  [
    'a yes and a no to the same',
    [refusal(), consent(AGENCY.caritas, ['SPRACHE']), consent(AGENCY.tgsh, ['SPRACHE'])],
    {},
    ['/lines/1/decision', '/lines/2/decision'],
  ],
];

await throughADoor(t, exchange, 'every fault of every line is told at once, and nothing is stored', async (t, as) => {
  const arge = await as('arge');
  for (const [what, lines, more, pointers] of BROKEN) {
    const { id: clientId } = await arge.done('createClient');
    const outcome = await record(arge, clientId, sheet(lines, more));
    t.match(outcome, { ok: false, code: 'rule-broken', status: 422 }, what);
    const told = outcome.ok ? [] : outcome.extra.errors.map((error: { pointer: string }) => error.pointer);
    t.same(told.sort(), pointers, what);
    t.equal(await stored(exchange, clientId), 0);
    t.equal(await count(exchange, 'audit', `subject ->> 'client' = $1 AND action LIKE '%.record'`, [clientId]), 0);
  }
});

await throughADoor(t, exchange, 'what has not the form of a sheet is 400', async (t, as) => {
  const arge = await as('arge');
  const { id: clientId } = await arge.done('createClient');
  const line = consent(AGENCY.caritas, ['SPRACHE']);
  const without = (...names: string[]) => {
    const body = sheet([refusal({ purpose: 'SCHULE' }), line]);
    for (const name of names) delete body[name];
    return body;
  };
  const rows: [object, string[]][] = [
    [sheet([]), ['/lines']],
    [sheet(Array(51).fill(line)), ['/lines']],
    [sheet([{ ...line, recipient: undefined }]), ['/lines/0/recipient']],
    [sheet([{ ...line, purpose: undefined }]), ['/lines/0/purpose']],
    [sheet([line, { ...line, categories: [] }]), ['/lines/1/categories']],
    [sheet([{ ...release(AGENCY.caritas, ['SPRACHE']), decision: 'REFUSED' }]), ['/lines/0/decision']],
    [sheet([{ ...release(AGENCY.caritas, ['SPRACHE']), purpose: 'BERATUNG' }]), ['/lines/0']],
    [sheet([refusal({ validUntil: soon(9) })]), ['/lines/0']],
    [without('form', 'language'), ['/form', '/language']],
    [without('textHash', 'evidenceRef'), ['/evidenceRef', '/textHash']],
    [without('validFrom', 'validUntil'), ['/lines/1/validFrom', '/lines/1/validUntil']],
    [{ ...sheet([line]), decision: 'GIVEN' }, ['']],
  ];
  for (const [body, pointers] of rows) {
    const refused = await arge.refused('recordConsentForm', { params: { clientId }, body });
    t.match(refused, { code: 'bad-request', status: 400 });
    t.same([...refused.extra.errors.map((error: { pointer: string }) => error.pointer)].sort(), pointers);
  }
  t.equal(await stored(exchange, clientId), 0);
});

t.test('null counts as left out at GraphQL, in the lines too', async (t) => {
  const arge = systemAt('GraphQL', exchange.url, (await exchange.as('arge')).token);
  const { id: clientId } = await arge.done('createClient');
  const nothing = { discloser: null, origin: null, validFrom: null, validUntil: null };
  const lines = [
    { ...nothing, ...consent(AGENCY.caritas, ['SPRACHE']) },
    { ...nothing, ...release(AGENCY.caritas, ['SPRACHE']), purpose: null },
    { ...nothing, ...refusal({ recipient: AGENCY.tgsh }), purpose: null, categories: null },
  ];
  t.match(await record(arge, clientId, sheet(lines, { adultFrom: null, confirm: null })), { ok: true });
  const needed = await record(
    arge,
    clientId,
    sheet([
      { ...nothing, ...refusal() },
      { ...lines[0], recipient: null },
    ]),
  );
  t.match(needed, { code: 'bad-request', extra: { errors: [{ pointer: '/lines/1/recipient' }] } });
});

await throughADoor(t, exchange, 'a sheet that only says no needs no more than when and who', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { clientId, forwardingId } = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'KONTAKT']);
  await caritas.done('getForwarding', { params: { forwardingId } });
  const lines = [
    { type: 'STATEMENT', decision: 'WITHDRAWN', categories: ['KONTAKT'] },
    { type: 'RELEASE', decision: 'WITHDRAWN' },
  ];
  t.match(await record(arge, clientId, sheetOfNoes(lines)), { ok: true }, 'unconfirmed');
  const read = await caritas.done('getForwarding', { params: { forwardingId } });
  t.match(read, { entries: [{ category: 'STAMMDATEN' }], closedEntries: [{ category: 'KONTAKT' }] });
});

await throughADoor(
  t,
  exchange,
  'one confirmation serves for the sheet, and is asked for its yeses only',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const { clientId, forwardingId } = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'GESUNDHEIT', 'KONTAKT']);
    const read = async () => {
      const { entries } = await caritas.done('getForwarding', { params: { forwardingId } });
      return entries.map((entry: { category: string }) => entry.category);
    };
    t.same(await read(), ['STAMMDATEN', 'GESUNDHEIT', 'KONTAKT']);
    await sayYes(arge, clientId, { recipient: AGENCY.diakonie, categories: ['SPRACHE'] });
    const before = await stored(exchange, clientId);
    const lines = [
      { type: 'STATEMENT', decision: 'WITHDRAWN', categories: ['KONTAKT'] },
      consent(AGENCY.caritas, ['STAMMDATEN', 'GESUNDHEIT']),
      release(AGENCY.caritas, ['STAMMDATEN']),
      consent(AGENCY.diakonie, ['SPRACHE'], { validUntil: soon(9) }),
    ];
    const said = (more: object) => sheet(lines, { statedAt: instant(Date.now()), form: 'ORAL', ...more });
    t.match(await record(arge, clientId, said({})), {
      code: 'confirmation-required',
      status: 409,
      extra: {
        confirmWith: { confirm: true },
        weakerFor: ['GESUNDHEIT', 'SPRACHE'],
        weakerLines: [
          { line: 1, weakerFor: ['GESUNDHEIT'] },
          { line: 3, weakerFor: ['SPRACHE'] },
        ],
        // KONTAKT closes by the no, which needs no confirmation.
        disclosuresClosed: 1,
        disclosuresEndingEarlier: 0,
      },
    });
    t.equal(await stored(exchange, clientId), before, 'nothing was stored');
    t.same(await read(), ['STAMMDATEN', 'GESUNDHEIT', 'KONTAKT'], 'and nothing has closed, by the no neither');
    t.match(await record(arge, clientId, said({ confirm: true })), { ok: true });
    t.same(await read(), ['STAMMDATEN'], 'confirmed');

    const mixed = [
      { type: 'STATEMENT', decision: 'REFUSED', categories: ['STAMMDATEN'] },
      consent(AGENCY.caritas, ['KONTAKT']),
    ];
    t.match(await record(arge, clientId, sheet(mixed)), { ok: true }, 'where only the no ends something none is asked');
    t.same(await read(), []);
  },
);

await throughADoor(t, exchange, 'a closing of a mixed sheet names the sheet as its cause', async (t, as) => {
  const arge = await as('arge');
  const { clientId, entryIds } = await sendCase(arge, AGENCY.caritas);
  const lines = [refusal({ recipient: AGENCY.caritas }), consent(AGENCY.diakonie, ['STAMMDATEN'])];
  t.match(await record(arge, clientId, sheet(lines)), { ok: true });
  const [audit] = await exchange.sql(
    `SELECT outcome FROM audit WHERE action = 'disclosure.close' AND subject -> 'disclosures' ? (SELECT id::text FROM disclosure WHERE entry_id = $1)`,
    [entryIds[0]],
  );
  t.same(audit, { outcome: 'CONSENT_FORM' });
});

await throughADoor(t, exchange, 'a sheet about a foreign client is as one about none', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { clientId } = await openCase(arge);
  const body = sheet([consent(AGENCY.tgsh, ['SPRACHE'])]);
  const foreign = await caritas.refused('recordConsentForm', { params: { clientId }, body });
  const unknown = await caritas.refused('recordConsentForm', { params: { clientId: NOTHING }, body });
  t.match(foreign, { code: 'not-found', status: 404 });
  t.equal(foreign.bytes, unknown.bytes);
});
