/** The rules for recording what a person said, at their boundaries: what breaks one is 422, and nothing is stored. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no, TEXT_HASH } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, instant, NOTHING, stopClock } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const NOW = '2028-03-15T11:00:00.000Z';
await stopClock(exchange, NOW);

const YES = {
  decision: 'GIVEN',
  recipient: AGENCY.caritas,
  categories: ['STAMMDATEN'],
  statedAt: '2028-03-01T10:00:00.000Z',
  statedBy: 'PERSON',
  ageBand: 'ADULT',
  validFrom: '2028-03-01',
  validUntil: '2028-09-01',
  form: 'WRITTEN',
  language: 'de',
  textHash: TEXT_HASH,
  evidenceRef: 'Ordner 9',
};
const YOUTH = { ageBand: 'FROM_15_TO_17', adultFrom: '2028-06-01' };

/** What differs from YES, and where the rule is broken; null: it may be recorded, just so. */
const ROWS: [string, object, string | null][] = [
  ['a yes is recorded', {}, null],
  ['it was stated by now', { statedAt: NOW, validUntil: '2028-09-01' }, null],
  ['it was not stated yet', { statedAt: instant(NOW, 1) }, '/statedAt'],
  ['it may begin before it was stated', { validFrom: '2020-01-01' }, null],
  ['it may begin later', { validFrom: '2028-08-31' }, null],
  ['it begins before it ends', { validFrom: '2028-08-31T21:59:59.999Z' }, null],
  ['it begins when it ends', { validFrom: '2028-09-01' }, '/validUntil'],
  ['it begins after it ends', { validFrom: '2028-09-02' }, '/validUntil'],
  ['twelve months', { validUntil: '2029-03-01T10:00:00.000Z' }, null],
  ['twelve months and a millisecond', { validUntil: '2029-03-01T10:00:00.001Z' }, '/validUntil'],
  [
    'twelve months by the wall clock',
    { statedAt: '2027-10-30T12:00:00+02:00', validUntil: '2028-10-30T12:00:00+01:00' },
    null,
  ],
  ['and no more', { statedAt: '2027-10-30T12:00:00+02:00', validUntil: '2028-10-30T11:00:00.001Z' }, '/validUntil'],
  ['29 February becomes 28', { statedAt: '2028-02-29', validUntil: '2029-02-28' }, null],
  ['and not 1 March', { statedAt: '2028-02-29', validUntil: '2029-03-01' }, '/validUntil'],
  ['an adult has no adultFrom', { adultFrom: '2028-06-01' }, '/adultFrom'],
  ['a youth has one', { ageBand: 'FROM_15_TO_17' }, '/adultFrom'],
  ['a child has one', { ageBand: 'UNDER_15', statedBy: 'GUARDIAN' }, '/adultFrom'],
  ['a youth speaks beyond 18', YOUTH, null],
  ['a guardian up to 18', { ...YOUTH, statedBy: 'GUARDIAN', validUntil: '2028-06-01' }, null],
  ['and no longer', { ...YOUTH, statedBy: 'GUARDIAN', validUntil: '2028-05-31T22:00:00.001Z' }, '/validUntil'],
  ['another agency cannot be the recorder', { giver: AGENCY.caritas, recipient: AGENCY.diakonie }, '/giver'],
  ['the own agency may be named', { giver: AGENCY.arge }, null],
  ['nobody gives to itself', { recipient: AGENCY.arge }, '/recipient'],
  ['the recipient exists', { recipient: NOTHING }, '/recipient'],
];

const SORTS = [
  { record: 'recordStatement', table: 'statement', giver: 'discloser', more: { purpose: 'BERATUNG' } },
  { record: 'recordRelease', table: 'release', giver: 'origin', more: {} },
] as const;

for (const { record, table, giver, more } of SORTS) {
  await throughADoor(t, exchange, `a ${table} follows the rules of recording`, async (t, as) => {
    const arge = await as('arge');
    for (const [why, changes, pointer] of ROWS) {
      const { id: clientId } = await arge.done('createClient');
      const said = Object.entries({ ...YES, ...more, ...changes });
      const body = Object.fromEntries(said.map(([name, value]) => [name === 'giver' ? giver : name, value]));
      const outcome = await arge.call(record, { params: { clientId }, body });
      const stored = await count(exchange, table, 'client_id = $1', [clientId]);
      const audited = await count(exchange, 'audit', "action LIKE '%.record' AND subject ->> 'client' = $1", [
        clientId,
      ]);
      if (pointer === null) {
        t.match(
          outcome,
          { ok: true, value: { decision: 'GIVEN', recordedBy: AGENCY.arge, [giver]: AGENCY.arge } },
          why,
        );
        t.same([stored, audited], [1, 1]);
      } else {
        const errors = [{ pointer: pointer.replace('giver', giver) }];
        t.match(outcome, { ok: false, code: 'rule-broken', status: 422, extra: { errors } }, why);
        t.equal(outcome.ok ? 0 : outcome.extra.errors.length, 1);
        t.same([stored, audited], [0, 0], 'nothing is stored');
      }
    }
  });
}

await throughADoor(t, exchange, 'everything that is broken is told at once', async (t, as) => {
  const arge = await as('arge');
  const { id: clientId } = await arge.done('createClient');
  const body = {
    ...YES,
    purpose: 'BERATUNG',
    discloser: NOTHING,
    statedAt: '2029-01-01',
    validUntil: '2027-01-01',
    adultFrom: '2028-06-01',
  };
  const { extra } = await arge.refused('recordStatement', { params: { clientId }, body });
  const pointers = new Set(extra.errors.map((error: { pointer: string }) => error.pointer));
  t.same([...pointers].sort(), ['/adultFrom', '/discloser', '/statedAt', '/validUntil']);
});

await throughADoor(t, exchange, 'what has not the form of a statement is 400', async (t, as) => {
  const arge = await as('arge');
  const { id: clientId } = await arge.done('createClient');
  const statement = { ...YES, purpose: 'BERATUNG' };
  const rows: [object, string][] = [
    [{ ...statement, recipient: undefined }, '/recipient'],
    [{ ...statement, purpose: undefined }, '/purpose'],
    [{ ...statement, categories: undefined }, '/categories'],
    [{ ...statement, categories: [] }, '/categories'],
    [{ ...statement, form: undefined }, '/form'],
    [{ ...statement, evidenceRef: '' }, '/evidenceRef'],
    [{ ...statement, textHash: TEXT_HASH.toUpperCase() }, '/textHash'],
    [{ ...statement, statedAt: '2028-02-30' }, '/statedAt'],
    [{ ...statement, statedAt: '2028-03-01T10:00:00' }, '/statedAt'],
    [{ ...statement, statedBy: 'NEIGHBOUR' }, '/statedBy'],
    [no({ validUntil: '2028-09-01' }), ''],
    [no({ categories: [] }), '/categories'],
  ];
  for (const [body, pointer] of rows) {
    const refused = await arge.refused('recordStatement', { params: { clientId }, body });
    t.match(refused, { code: 'bad-request', status: 400, extra: { errors: [{ pointer }] } }, pointer);
  }
  for (const recipient of [null, '*', 'all']) {
    const refused = await arge.refused('recordStatement', { params: { clientId }, body: { ...statement, recipient } });
    t.equal(refused.code, 'bad-request', 'a yes knows no wildcard');
  }
  const release = await arge.refused('recordRelease', { params: { clientId }, body: { ...no(), decision: 'REFUSED' } });
  t.match(release, { code: 'bad-request', extra: { errors: [{ pointer: '/decision' }] } }, 'a release is not refused');
  t.same((await arge.done('listStatements', { params: { clientId } })).items, []);
});

async function record(by: System, body: object): Promise<Record<string, unknown>> {
  const { id: clientId } = await by.done('createClient');
  return by.done('recordStatement', { params: { clientId }, body });
}

await throughADoor(t, exchange, 'a day stands for 00:00 in Berlin', async (t, as) => {
  const arge = await as('arge');
  t.match(
    await record(arge, { ...YES, ...YOUTH, purpose: 'BERATUNG', statedAt: '2028-01-10', validFrom: '2028-01-10' }),
    {
      statedAt: '2028-01-09T23:00:00.000Z',
      validFrom: '2028-01-09T23:00:00.000Z',
      validUntil: '2028-08-31T22:00:00.000Z',
      adultFrom: '2028-05-31T22:00:00.000Z',
      recordedAt: NOW,
    },
  );
});

await throughADoor(t, exchange, 'a no is recorded in any form by anybody, and at once', async (t, as) => {
  const arge = await as('arge');
  for (const decision of ['REFUSED', 'WITHDRAWN']) {
    for (const [statedBy, ageBand] of [
      ['PERSON', 'UNDER_15'],
      ['GUARDIAN', 'FROM_15_TO_17'],
      ['LEGAL_REPRESENTATIVE', 'ADULT'],
    ]) {
      const everything = { discloser: null, recipient: null, purpose: null, categories: null };
      const said = { decision, statedBy, ageBand, statedAt: '2028-03-15' };
      t.match(await record(arge, said), { ...said, ...everything, statedAt: '2028-03-14T23:00:00.000Z' });
    }
  }
  t.match(
    await record(arge, no({ statedAt: '2035-01-01' })),
    { statedAt: NOW, recordedAt: NOW },
    'what lies ahead is cut',
  );
  const scope = { discloser: AGENCY.diakonie, recipient: AGENCY.arge, purpose: 'TERMIN', categories: ['TERMIN'] };
  t.match(await record(arge, no({ ...scope, statedAt: NOW })), scope, 'about what other agencies do, too');
  const { id: clientId } = await arge.done('createClient');
  for (const field of ['discloser', 'recipient']) {
    const refused = await arge.refused('recordStatement', { params: { clientId }, body: no({ [field]: NOTHING }) });
    t.match(refused, { code: 'rule-broken', extra: { errors: [{ pointer: `/${field}` }] } });
  }
  t.equal(await count(exchange, 'statement', 'client_id = $1', [clientId]), 0);
});
