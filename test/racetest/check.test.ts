/** The checks of a race can fail: small histories and rows that were made up, each breaking one rule, and one that breaks none. */
import { t } from '../support/t.ts';
import { type Audited, checkForwardings, checkHistory } from './check-history.ts';
import { checkRows, type Facts, type Row, type Said } from './check-rows.ts';
import { type Call, type Ended, printed } from './history.ts';

const EVERYBODY: Ended = { readers: ['B', 'C', 'D'], senders: ['A', 'B', 'C'], entries: null, hop: null };

const call = (id: string, sentAt: number, answeredAt: number, more: Partial<Call>): Call => ({
  id,
  story: 's',
  by: 'A',
  instance: 0,
  door: 'REST',
  act: 'other',
  what: id,
  sentAt,
  answeredAt,
  status: 200,
  code: null,
  shows: [],
  hop: null,
  expectedVersion: null,
  key: null,
  replayed: false,
  auditedAtOnce: null,
  ended: null,
  ...more,
});
const no = (sentAt: number, answeredAt: number, ended: Partial<Ended> = {}, status = 201): Call =>
  call('no', sentAt, answeredAt, { act: 'end', status, ended: { ...EVERYBODY, ...ended } });
const reading = (sentAt: number, more: Partial<Call> = {}): Call =>
  call('read', sentAt, sentAt + 2, { act: 'read', by: 'B', shows: ['e1'], hop: 'h1', auditedAtOnce: true, ...more });
const forwarding = (sentAt: number, more: Partial<Call> = {}): Call =>
  call('forward', sentAt, sentAt + 2, { act: 'forward', status: 201, hop: 'h1', ...more });
const REFUSED = { status: 403, code: 'consent-missing', hop: null };
const read: Audited = { call: 'read', action: 'entries.read', outcome: 'PERMIT', entries: ['e1'], hop: null };
const sent: Audited = { call: 'forward', action: 'forwarding.send', outcome: 'PERMIT', entries: [], hop: 'h1' };
const withheld: Audited = { ...sent, outcome: 'WITHHOLD' };

const rules = (calls: Call[], audits: Audited[]): string[] => checkHistory(calls, audits).map((one) => one.rule);

const HISTORIES: [name: string, calls: Call[], audits: Audited[], rules: string[]][] = [
  ['what comes before a no, or beside it', [forwarding(0), reading(3), no(4, 8)], [sent, read], []],
  ['a reading that began before the no was answered', [no(0, 5), reading(4)], [read], []],
  ['a reading after the no', [no(0, 5), reading(6)], [read], ['read after the end']],
  [
    'the same at the other instance and door',
    [no(0, 5), reading(6, { instance: 1, door: 'GraphQL' })],
    [read],
    ['read after the end'],
  ],
  ['a reading after a no that was not recorded', [no(0, 5, {}, 409), reading(6)], [read], []],
  ['a reading by somebody whom it does not concern', [no(0, 5, { readers: ['C'] }), reading(6)], [read], []],
  ['a reading of another person’s', [no(0, 5), reading(6, { story: 'another' })], [read], []],
  ['a reading of what was corrected', [no(0, 5, { entries: ['e1'] }), reading(6)], [read], ['read after the end']],
  ['a reading of what replaced it', [no(0, 5, { entries: ['e0'] }), reading(6)], [read], []],
  [
    'a reading of a forwarding that was recalled',
    [no(0, 5, { hop: 'h1' }), reading(6)],
    [read],
    ['read after the end'],
  ],
  ['a reading of another forwarding', [no(0, 5, { hop: 'h2' }), reading(6)], [read], []],
  ['a forwarding after the no', [no(0, 5), forwarding(6)], [sent], ['forwarded after the end']],
  ['a forwarding refused after the no', [no(0, 5), forwarding(6, REFUSED)], [withheld], []],
  [
    'a forwarding that was made before and is answered again',
    [forwarding(0, { key: 'k' }), no(3, 5), forwarding(6, { id: 'again', key: 'k', replayed: true })],
    [sent],
    [],
  ],
  [
    'a forwarding whose first attempt was sent after the no',
    [no(0, 5), forwarding(6, { status: 0, hop: null, key: 'k' }), forwarding(9, { id: 'again', key: 'k' })],
    [sent],
    ['forwarded after the end'],
  ],
  ['an error of the service', [call('broken', 0, 1, { status: 500, code: 'unexpected' })], [], ['a wrong answer']],
  ['a request to try again', [forwarding(0, { status: 503, code: 'overloaded', hop: null })], [], []],
  ['a service that is not there', [call('away', 0, 1, { status: 503, code: 'unavailable' })], [], ['a wrong answer']],
  [
    'two steps from one version',
    [0, 1].map((at) => call(`step${at}`, at, at + 1, { act: 'step', hop: 'h1', expectedVersion: 2 })),
    [],
    ['a lost update'],
  ],
  [
    'one of two steps refused',
    [0, 1].map((at) =>
      call(`step${at}`, at, at + 1, { act: 'step', hop: 'h1', expectedVersion: 2, status: at === 0 ? 200 : 412 }),
    ),
    [],
    [],
  ],
  ['a disclosure without an audit record', [forwarding(0)], [], ['a forwarding not audited exactly once']],
  ['a disclosure with two', [forwarding(0)], [sent, sent], ['a forwarding not audited exactly once']],
  ['a refusal audited as a disclosure', [forwarding(0, REFUSED)], [sent], ['a forwarding not audited exactly once']],
  ['a refusal without an audit record', [forwarding(0, REFUSED)], [], ['a forwarding not audited exactly once']],
  [
    'a repeat that was audited again',
    [forwarding(0, { key: 'k' }), forwarding(3, { id: 'again', key: 'k', replayed: true })],
    [sent, { ...sent, call: 'again' }],
    ['a forwarding not audited exactly once'],
  ],
  [
    'who hung up and then heard what came of it',
    [forwarding(0, { status: 0, hop: null, key: 'k' }), forwarding(3, { id: 'again', key: 'k', replayed: true })],
    [sent],
    [],
  ],
  [
    'who hung up and hears another thing than was done',
    [forwarding(0, { status: 0, hop: null, key: 'k' }), forwarding(3, { id: 'again', key: 'k', replayed: true })],
    [withheld],
    ['a forwarding not audited exactly once'],
  ],
  [
    'who hung up, and is suspended when it asks again',
    [
      forwarding(0, { status: 0, hop: null, key: 'k' }),
      forwarding(3, { id: 'again', key: 'k', status: 403, code: 'agency-suspended', hop: null }),
    ],
    [withheld],
    [],
  ],
  [
    'the same, audited twice',
    [
      forwarding(0, { status: 0, hop: null, key: 'k' }),
      forwarding(3, { id: 'again', key: 'k', status: 403, code: 'agency-suspended', hop: null }),
    ],
    [withheld, withheld],
    ['a forwarding not audited exactly once'],
  ],
  [
    'a suspended agency that is audited as having forwarded',
    [forwarding(0, { status: 403, code: 'agency-suspended', hop: null })],
    [sent],
    ['a forwarding not audited exactly once'],
  ],
  ['a disclosure that nobody asked for', [], [sent], ['an audit record of nobody’s forwarding']],
  ['a reading without an audit record', [reading(0)], [], ['a reading not audited exactly once']],
  ['a reading with two', [reading(0)], [read, read], ['a reading not audited exactly once']],
  [
    'a reading that shows more than was audited',
    [reading(0, { shows: ['e1', 'e2'] })],
    [read],
    ['a reading not audited exactly once'],
  ],
  [
    'a reading that shows nothing, audited as one',
    [reading(0, { shows: [] })],
    [read],
    ['a reading not audited exactly once'],
  ],
  ['a reader who hung up', [reading(0, { status: 0, shows: [], auditedAtOnce: null })], [read], []],
  ['a reading audited after its answer', [reading(0, { auditedAtOnce: false })], [read], ['audited after the answer']],
];

t.test('a history is found wrong where it is, and only there', (t) => {
  for (const [name, calls, audits, expected] of HISTORIES) t.same(rules(calls, audits), expected, name);
  const [, calls, audits] = HISTORIES.find(([name]) => name === 'a reading after the no')!;
  const [violation] = checkHistory(calls, audits);
  t.same(violation!.calls, ['no', 'read'], 'it names both calls');
  t.match(
    printed(calls, new Set(violation!.calls)),
    /^> 0\.0–5\.0 ms no A at 0 by REST: no → 201 \n> 6\.0–8\.0 ms read B/,
  );
  t.end();
});

t.test('the forwardings that are there are those that were audited, and every one that was answered is there', (t) => {
  const of = { ...read, hop: 'h1' };
  const rows: [name: string, calls: Call[], hops: string[], audits: Audited[], violations: number][] = [
    ['as it should be, also when it is read', [forwarding(0)], ['h1'], [sent, of], 0],
    ['nobody heard of it, but the audit did', [], ['h1'], [sent], 0],
    ['nobody heard of it, not even the audit', [], ['h1'], [], 1],
    ['audited and not there', [], [], [sent], 1],
    ['audited twice', [forwarding(0)], ['h1'], [sent, sent], 1],
    ['answered and not there', [forwarding(0)], [], [], 1],
    ['refused', [forwarding(0, REFUSED)], [], [{ ...withheld, hop: null }], 0],
  ];
  for (const [name, calls, hops, audits, violations] of rows)
    t.equal(checkForwardings(calls, hops, audits).length, violations, name);
  t.end();
});

const row = (more: Partial<Row>): Row => ({
  id: 'r1',
  entry: 'e1',
  hop: 'h1',
  from: 'A',
  to: 'B',
  opened: 10,
  closed: null,
  closedTx: null,
  ...more,
});
const onward = (more: Partial<Row> = {}): Row => row({ id: 'r2', hop: 'h2', from: 'B', to: 'C', opened: 12, ...more });
const said = (more: Partial<Said>): Said => ({
  tx: 't0',
  linkTx: null,
  given: true,
  discloser: 'A',
  recipient: 'B',
  categories: ['STAMMDATEN'],
  statedAt: 1,
  recordedAt: 2,
  countsFrom: 2,
  countsUntil: null,
  validFrom: 0,
  validUntil: 1_000,
  ...more,
});
const noAt = (at: number, more: Partial<Said> = {}): Said =>
  said({
    tx: 't9',
    given: false,
    discloser: null,
    recipient: null,
    categories: null,
    recordedAt: at,
    countsFrom: at,
    ...more,
  });
const YES = [said({}), said({ recipient: 'C' })];
const closed = { closed: 20, closedTx: 't9' };
const world = (more: Partial<Facts>): Facts => ({
  said: YES,
  agreements: [{ tx: 't0', parties: ['A', 'B', 'C'], from: 0, until: null }],
  suspensions: [],
  entries: [
    {
      id: 'e1',
      category: 'STAMMDATEN',
      origin: 'A',
      replacedAt: null,
      replacedTx: null,
      erasedAt: null,
      erasedTx: null,
    },
  ],
  rows: [row({}), onward()],
  hops: ['h1', 'h2'].map((id) => ({ id, endedAt: null, endedTx: null })),
  ...more,
});
const [entry] = world({}).entries;
const bothClosed = [row(closed), onward(closed)];
const NO_BASIS = 'a row without a basis';
const NO_CAUSE = 'a row closed without a cause';

const WORLDS: [name: string, facts: Facts, rules: string[]][] = [
  ['everything permitted', world({}), []],
  ['opened without any yes', world({ said: [] }), [NO_BASIS, NO_BASIS]],
  ['opened without an agreement', world({ agreements: [] }), [NO_BASIS, NO_BASIS]],
  ['a no that left the rows open', world({ said: [...YES, noAt(20)] }), [NO_BASIS, NO_BASIS]],
  ['a no that closed them', world({ said: [...YES, noAt(20)], rows: bothClosed }), []],
  ['a no whose transaction closed them a little later', world({ said: [...YES, noAt(18)], rows: bothClosed }), []],
  [
    'a no whose rows another transaction closed later',
    world({ said: [...YES, noAt(18, { tx: 't8' })], rows: bothClosed }),
    [NO_BASIS, NO_BASIS],
  ],
  [
    'a no that closed the first link and left what hangs on it',
    world({ said: [...YES, noAt(20, { recipient: 'B' })], rows: [row(closed), onward()] }),
    [NO_BASIS],
  ],
  ['a no to who passes on', world({ said: [...YES, noAt(20, { discloser: 'B' })] }), [NO_BASIS]],
  ['opened after a no', world({ said: [...YES, noAt(5)] }), [NO_BASIS, NO_BASIS]],
  [
    'opened in the very transaction of the no',
    world({ said: [...YES, noAt(9)], rows: [row({ opened: 10, closed: 12, closedTx: 't9' })] }),
    [NO_BASIS],
  ],
  [
    'opened and closed in one millisecond',
    world({ said: [...YES, noAt(10)], rows: [row({ closed: 10, closedTx: 't9' })] }),
    [],
  ],
  [
    'a weaker yes that left a row open',
    world({ said: [...YES, said({ statedAt: 15, recordedAt: 16, countsFrom: 16, validUntil: 16 })], rows: [row({})] }),
    [NO_BASIS],
  ],
  [
    'a termination',
    world({ agreements: [{ tx: 't9', parties: ['A', 'B', 'C'], from: 0, until: 20 }] }),
    [NO_BASIS, NO_BASIS],
  ],
  [
    'a suspension of who receives last',
    world({ suspensions: [{ tx: 't9', agency: 'C', from: 20, until: 30 }] }),
    [NO_BASIS],
  ],
  [
    'a suspension that closed what it had to',
    world({ suspensions: [{ tx: 't9', agency: 'C', from: 20, until: 30 }], rows: [row({}), onward(closed)] }),
    [],
  ],
  ['a correction', world({ entries: [{ ...entry!, replacedAt: 20, replacedTx: 't9' }] }), [NO_BASIS, NO_BASIS]],
  ['an erasure', world({ entries: [{ ...entry!, erasedAt: 20, erasedTx: 't9' }] }), [NO_BASIS, NO_BASIS]],
  [
    'a recall',
    world({
      hops: [
        { id: 'h1', endedAt: 20, endedTx: 't9' },
        { id: 'h2', endedAt: null, endedTx: null },
      ],
    }),
    [NO_BASIS, NO_BASIS],
  ],
  ['a no that counts from a link on', world({ said: [...YES, noAt(3, { countsFrom: 20 })] }), [NO_BASIS, NO_BASIS]],
  ['a row that nothing closed', world({ rows: [row(closed)] }), [NO_CAUSE]],
];

t.test('rows are found without a basis where they are, and only there', (t) => {
  for (const [name, facts, expected] of WORLDS)
    t.same(
      checkRows(facts).map((one) => one.rule),
      expected,
      name,
    );
  t.end();
});
