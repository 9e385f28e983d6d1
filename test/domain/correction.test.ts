import { type HeldRow, inheritMarks, offers } from '../../src/domain/correction.ts';
import type { DisclosureRowFact, EntryMeta, Facts, Instant, Reason } from '../../src/domain/facts.ts';
import {
  AGENCIES,
  agency,
  day,
  entry,
  facts,
  given,
  NOW,
  release,
  row,
  stopEverything,
  withdrawn,
} from '../support/consent-world.ts';
import { t } from '../support/t.ts';

/** mbe wrote it; it travelled jmd → schule → jobcenter, each hop with a yes of its own; anna is whom it is about. */
const FIRST = row({ id: 'first', from: 'mbe', to: 'jmd' });
const SECOND = row({ id: 'second', from: 'jmd', to: 'schule' });
const THIRD = row({ id: 'third', from: 'schule', to: 'jobcenter' });
const CHAIN = [FIRST, SECOND, THIRD];
const GIVEN = [
  given({ id: 'to-jmd', recipient: 'jmd', validUntil: day(30) }),
  given({ id: 'to-schule', recipient: 'schule', validUntil: day(40) }),
  given({ id: 'to-jobcenter', recipient: 'jobcenter', validUntil: day(20) }),
];
const TO_JMD = GIVEN[0]!;
const CORRECTED = entry({ id: 'corrected' });

interface Scene {
  rows?: readonly DisclosureRowFact[];
  corrected?: EntryMeta;
  known?: Partial<Facts>;
  notAfter?: Record<string, Instant>;
}

function offered({ rows = CHAIN, corrected = CORRECTED, known = {}, notAfter = {} }: Scene = {}) {
  let made = 0;
  const held: HeldRow[] = rows.map((one) => ({
    row: one,
    person: 'anna',
    entry: entry(),
    notAfter: notAfter[one.id] ?? null,
  }));
  const world = facts({ rows: [...rows], statements: GIVEN, ...known });
  return offers(held, corrected, world, NOW, () => `new-${++made}`);
}

const followed = (scene: Scene): string[] => offered(scene).permitted.map((one) => one.of);
const withheld = (scene: Scene) => offered(scene).withheld.map(({ of, reasons }) => [of, ...reasons]);

t.test('who holds the old one by a chain gets the new one by the same chain', async (t) => {
  for (const rows of [CHAIN, CHAIN.toReversed(), [SECOND, THIRD, FIRST]]) {
    const { permitted, withheld: none } = offered({ rows });
    t.same(none, []);
    t.same(
      permitted.map((one) => one.of),
      ['first', 'second', 'third'],
      'each after the one that it hangs on',
    );
    const [first, second, third] = permitted.map((one) => one.row);
    const opened = { entry: 'corrected', opened: NOW, closed: null, purpose: 'BERATUNG' };
    t.match(first, { ...opened, from: 'mbe', to: 'jmd', reliedOn: { statements: ['to-jmd'], row: null } });
    t.match(second, { ...opened, from: 'jmd', to: 'schule', reliedOn: { statements: ['to-schule'], row: first!.id } });
    t.match(third, { ...opened, from: 'schule', to: 'jobcenter', reliedOn: { row: second!.id } });
    t.same([first!.goodUntil, second!.goodUntil, third!.goodUntil], [day(30), day(30), day(20)]);
  }
});

/** What is changed; who gets the new one then, and why not the others. */
const SCENES: [why: string, scene: Scene, to: string[], not: [string, ...Reason[]][]][] = [
  ['nothing held, nothing offered', { rows: [] }, [], []],
  [
    'what the person stopped meanwhile is neither live nor offered',
    { known: { statements: [...GIVEN, stopEverything({ recordedAt: NOW })] } },
    [],
    [],
  ],
  [
    'a no about the last hop leaves the hops before',
    { known: { statements: [...GIVEN, withdrawn({ recipient: 'jobcenter', recordedAt: NOW })] } },
    ['first', 'second'],
    [],
  ],
  ['what time has ended is not offered', { rows: [{ ...FIRST, goodUntil: NOW }, SECOND, THIRD] }, [], []],
  ['what was closed is not offered', { rows: [FIRST, { ...SECOND, closed: day(-1) }, THIRD] }, ['first'], []],
  [
    'secrecy newly set needs a release to each',
    {
      corrected: { ...CORRECTED, secrecy: true },
      known: { releases: [release({ recipient: 'jmd' }), release({ id: 'f2', recipient: 'jobcenter' })] },
    },
    ['first'],
    [
      ['second', 'ONWARD_NOT_COVERED'],
      ['third', 'ONWARD_NOT_HELD'],
    ],
  ],
  [
    'a residence guard newly set stops at the first public body',
    { corrected: { ...CORRECTED, guardFrom: NOW } },
    ['first'],
    [
      ['second', 'RESIDENCE_GUARD'],
      ['third', 'ONWARD_NOT_HELD', 'RESIDENCE_GUARD'],
    ],
  ],
  [
    'somebody newly concerned has to agree too',
    { corrected: { ...CORRECTED, concerns: ['anna', 'ben'] } },
    [],
    [
      ['first', 'NO_CONSENT'],
      ['second', 'ONWARD_NOT_COVERED', 'ONWARD_NOT_HELD'],
      ['third', 'ONWARD_NOT_COVERED', 'ONWARD_NOT_HELD'],
    ],
  ],
  [
    'and may agree to a part',
    {
      corrected: { ...CORRECTED, concerns: ['anna', 'ben'] },
      known: { statements: [...GIVEN, given({ id: 'ben', person: 'ben', recipient: 'jmd' })] },
    },
    ['first'],
    [
      ['second', 'ONWARD_NOT_COVERED'],
      ['third', 'ONWARD_NOT_COVERED', 'ONWARD_NOT_HELD'],
    ],
  ],
  [
    'a holder that was suspended holds nothing',
    { known: { agencies: [...AGENCIES.filter(({ id }) => id !== 'jmd'), agency({ id: 'jmd', suspendedAt: NOW })] } },
    [],
    [],
  ],
  [
    'what its holder wrote itself is not offered to it, and no reason is told for that',
    { rows: [FIRST], corrected: { ...CORRECTED, origin: 'jmd' } },
    [],
    [['first']],
  ],
  [
    'an unreadable correction goes nowhere',
    { corrected: { ...CORRECTED, concerns: [] } },
    [],
    [
      ['first', 'UNREADABLE'],
      ['second', 'UNREADABLE'],
      ['third', 'UNREADABLE'],
    ],
  ],
];
for (const [why, scene, to, not] of SCENES) {
  t.test(why, async (t) => {
    t.same(followed(scene), to);
    t.same(withheld(scene), not);
    t.same(followed({ ...scene, rows: (scene.rows ?? CHAIN).toReversed() }), to, 'in whatever order the rows come');
  });
}

t.test('what hangs on two rows ends with the last of them', async (t) => {
  const again = row({ id: 'again', from: 'mbe', to: 'jmd', purpose: 'BERATUNG' });
  const { permitted } = offered({
    rows: [FIRST, SECOND, again],
    notAfter: { first: day(5), again: day(9) },
  });
  const ends = Object.fromEntries(permitted.map(({ of, row: { goodUntil } }) => [of, goodUntil]));
  t.same([ends.first, ends.again], [day(5), day(9)], 'no later than its forwarding lasts');
  t.equal(ends.second, day(9));
});

t.test('a renewal that begins later does not keep the new one from ending with the old yes', async (t) => {
  const later = given({
    ...TO_JMD,
    id: 'later',
    statedAt: day(-1),
    recordedAt: NOW,
    validFrom: day(29),
    validUntil: day(60),
  });
  const { permitted } = offered({ rows: [FIRST], known: { statements: [TO_JMD, later] } });
  t.equal(permitted[0]!.row.goodUntil, day(60));
});

t.test('the facts and the held rows stay as they were', async (t) => {
  const before = JSON.stringify(CHAIN);
  offered();
  t.equal(JSON.stringify(CHAIN), before);
});

// ── Marks ──

type Old = Parameters<typeof inheritMarks>[0];
type Written = Parameters<typeof inheritMarks>[1];
const plain: Old = { category: 'SPRACHE', secrecy: false, guardFrom: null, filedUnder: null };
const residence: Old = { ...plain, category: 'AUFENTHALT' };
const paper: Old = { ...plain, category: 'DOKUMENT', filedUnder: ['SCHULE'] };

const MARKS: [string, Old, Partial<Written>, ReturnType<typeof inheritMarks>][] = [
  ['what was left out is as it was', plain, {}, { secrecy: false, guardFrom: null, filedUnder: null }],
  [
    'secrecy and guard too',
    { ...plain, secrecy: true, guardFrom: day(3) },
    {},
    { secrecy: true, guardFrom: day(3), filedUnder: null },
  ],
  [
    'what was said is as said',
    { ...plain, secrecy: true, guardFrom: day(3) },
    { secrecy: false, guardFrom: null },
    { secrecy: false, guardFrom: null, filedUnder: null },
  ],
  [
    'a title that turns out to be missing is guarded',
    residence,
    { payload: { aufenthaltstitel: 'OHNE' } },
    { secrecy: false, guardFrom: NOW, filedUnder: null },
  ],
  [
    'a title that needed no guard and needs none now has none',
    residence,
    { payload: { aufenthaltstitel: 'DEUTSCH' } },
    { secrecy: false, guardFrom: null, filedUnder: null },
  ],
  [
    'from when it was guarded before, if that is earlier',
    { ...residence, guardFrom: day(-3) },
    { payload: { aufenthaltstitel: 'OHNE' } },
    { secrecy: false, guardFrom: day(-3), filedUnder: null },
  ],
  [
    'a guard stays until its author lifts it',
    { ...residence, guardFrom: day(-3) },
    { payload: { aufenthaltstitel: 'DEUTSCH' } },
    { secrecy: false, guardFrom: day(-3), filedUnder: null },
  ],
  [
    'as by this',
    { ...residence, guardFrom: day(-3) },
    { payload: { aufenthaltstitel: 'DEUTSCH' }, guardFrom: null },
    { secrecy: false, guardFrom: null, filedUnder: null },
  ],
  ['a document stays filed', paper, {}, { secrecy: false, guardFrom: null, filedUnder: ['SCHULE'] }],
  [
    'filed otherwise the catalogue speaks again',
    paper,
    { filedUnder: ['AUFENTHALT'] },
    { secrecy: undefined, guardFrom: undefined, filedUnder: ['AUFENTHALT'] },
  ],
  [
    'a secret one stays secret, and without a guard so far the catalogue says whether it has one now',
    { ...paper, secrecy: true },
    { filedUnder: ['AUFENTHALT'] },
    { secrecy: true, guardFrom: undefined, filedUnder: ['AUFENTHALT'] },
  ],
  [
    'but what was careful stays so',
    { ...paper, secrecy: true, guardFrom: day(2) },
    { filedUnder: ['SCHULE', 'KONTAKT'] },
    { secrecy: true, guardFrom: day(2), filedUnder: ['SCHULE', 'KONTAKT'] },
  ],
];
t.test('a correction inherits marks, never less careful ones than the catalogue demands', async (t) => {
  for (const [why, old, written, expected] of MARKS) {
    t.same(inheritMarks(old, { payload: {}, ...written } as Written, NOW), expected, why);
  }
});
