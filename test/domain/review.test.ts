import fc from 'fast-check';
import { decide, goodUntil } from '../../src/domain/consent.ts';
import type { DisclosureRowFact, Facts, GivenStatement, StatementFact } from '../../src/domain/facts.ts';
import { type OpenRow, type Review, reviewRows } from '../../src/domain/review.ts';
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
  withdrawnRelease,
} from '../support/consent-world.ts';
import { t } from '../support/t.ts';

/** mbe wrote it; it travels jmd → schule → jobcenter. Consents end one after the other, the first one first. */
const TO_JMD = given({ id: 'to-jmd', recipient: 'jmd', validUntil: day(30) });
const TO_SCHULE = given({ id: 'to-schule', recipient: 'schule', validUntil: day(40) });
const TO_JOBCENTER = given({ id: 'to-jobcenter', recipient: 'jobcenter', validUntil: day(50) });
const GIVEN = [TO_JMD, TO_SCHULE, TO_JOBCENTER];

const FIRST = row({ id: 'first', from: 'mbe', to: 'jmd' });
const SECOND = row({ id: 'second', from: 'jmd', to: 'schule' });
const THIRD = row({ id: 'third', from: 'schule', to: 'jobcenter' });
const CHAIN = [FIRST, SECOND, THIRD];

/** When a row ends at the latest, by its id. */
type NotAfter = Record<string, number | null>;
const open = (rows: readonly DisclosureRowFact[], notAfter: NotAfter = {}): OpenRow[] =>
  rows.map((one) => ({ row: one, person: 'anna', entry: entry(), notAfter: notAfter[one.id] ?? null }));
const review = (
  rows: readonly DisclosureRowFact[],
  statements: StatementFact[],
  { ending, notAfter, ...change }: Partial<Facts> & { ending?: string[]; notAfter?: NotAfter } = {},
): Review => reviewRows(open(rows, notAfter), facts({ rows: [...rows], statements, ...change }), NOW, ending);
const closedIds = ({ close }: Review): string[] => close.map((one) => one.id).sort();
const ALL = ['first', 'second', 'third'];

t.test('what is still permitted goes on unchanged', async (t) => {
  t.same(review(CHAIN, GIVEN), { ended: [], close: [], move: [] });
});

t.test('what nobody has accepted ends when its forwarding expires, and what hangs on it with it', async (t) => {
  const moved = ({ move }: Review) => Object.fromEntries(move.map((one) => [one.id, one.goodUntil]));
  t.same(moved(review(CHAIN, GIVEN, { notAfter: { first: day(14) } })), {
    first: day(14),
    second: day(14),
    third: day(14),
  });
  t.same(moved(review(CHAIN, GIVEN, { notAfter: { third: day(14) } })), { third: day(14) });
  t.same(moved(review(CHAIN, GIVEN, { notAfter: { first: day(300) } })), {}, 'and what ends before ends before');
  const capped = CHAIN.map((one) => ({ ...one, goodUntil: day(14) }));
  t.same(
    moved(review(capped, GIVEN)),
    { first: day(30), second: day(30), third: day(30) },
    'and goes on once it is accepted',
  );
});

t.test('a chain falls with its first link, at once and in whatever order its rows come', async (t) => {
  for (const rows of [CHAIN, CHAIN.toReversed(), [SECOND, FIRST, THIRD]]) {
    const { ended, close, move } = review(rows, [...GIVEN, withdrawn({ recipient: 'jmd', recordedAt: NOW })]);
    t.same(ended, [], 'by the fact, not by time');
    t.same(close.map((one) => one.id).sort(), ALL);
    t.ok(close.every((one) => one.at === NOW));
    t.same(move, []);
  }
});

t.test('a chain falls from the link that is cut, and no further back', async (t) => {
  t.same(closedIds(review(CHAIN, [...GIVEN, withdrawn({ recipient: 'schule' })])), ['second', 'third']);
  t.same(closedIds(review(CHAIN, [...GIVEN, withdrawn({ recipient: 'jobcenter' })])), ['third']);
  t.same(closedIds(review(CHAIN, [...GIVEN, withdrawn({ discloser: 'jmd', recipient: 'schule' })])), [
    'second',
    'third',
  ]);
});

t.test(
  'a row that travelled on the slip of somebody whom the entry does not concern falls, and what hangs on it',
  async (t) => {
    for (const rows of [CHAIN, CHAIN.toReversed()]) {
      const held = open(rows).map((one) => (one.row.id === 'second' ? { ...one, person: 'ben' } : one));
      const { close } = reviewRows(held, facts({ rows: [...rows], statements: GIVEN }), NOW);
      t.same(close, [
        { id: 'second', at: NOW, reasons: ['UNREADABLE'] },
        { id: 'third', at: NOW, reasons: ['ONWARD_NOT_HELD'] },
      ]);
    }
  },
);

t.test('a row that hangs on two rows goes on with the other', async (t) => {
  const again = row({ id: 'again', from: 'mbe', to: 'jmd' });
  t.same(closedIds(review([...CHAIN, again], GIVEN, { ending: ['first'] })), ['first']);
  t.same(closedIds(review([...CHAIN, again], GIVEN, { ending: ['first', 'again'] })), ['again', ...ALL]);
});

t.test('rows that hold each other in a circle fall when nobody from outside feeds them', async (t) => {
  const back = row({ id: 'back', from: 'schule', to: 'jmd' });
  const circle = [FIRST, SECOND, back];
  t.same(review(circle, GIVEN), { ended: [], close: [], move: [] });
  t.same(closedIds(review(circle, GIVEN, { ending: ['first'] })), ['back', 'first', 'second']);
});

t.test(
  'a row back to who wrote the entry, which nobody should have written, closes; no reason is told for it',
  async (t) => {
    const back = row({ id: 'back', from: 'jmd', to: 'mbe' });
    t.same(review([FIRST, back], GIVEN).close, [{ id: 'back', at: NOW, reasons: [] }]);
  },
);

t.test('what every fact can end closes', async (t) => {
  const secret = { ...entry(), secrecy: true };
  const held = open([FIRST]).map((one) => ({ ...one, entry: secret }));
  const known = facts({ rows: [FIRST], statements: GIVEN, releases: [release({ recipient: 'jmd' })] });
  const closes = (change: Partial<Facts>) => reviewRows(held, { ...known, ...change }, NOW).close.length === 1;
  t.equal(closes({}), false);
  t.equal(closes({ releases: [...known.releases, withdrawnRelease({ recipient: 'jmd' })] }), true, 'a release');
  t.equal(closes({ statements: [...GIVEN, stopEverything()] }), true, 'stop everything');
  t.equal(closes({ agreements: [{ ...known.agreements[0]!, terminatedAt: NOW }] }), true, 'a termination');
  for (const id of ['mbe', 'jmd']) {
    const agencies = [...AGENCIES.filter((one) => one.id !== id), agency({ id, suspendedAt: NOW })];
    t.equal(closes({ agencies }), true, `${id} is suspended`);
  }
  t.equal(closes({ statements: [given({ ...TO_JMD, validUntil: TO_JMD.validFrom })] }), true, 'an unreadable fact');
  const guarded = held.map((one) => ({ ...one, entry: { ...secret, guardFrom: NOW } }));
  const agencies = [...AGENCIES.filter((one) => one.id !== 'jmd'), agency({ id: 'jmd', publicBody: true })];
  t.equal(reviewRows(guarded, { ...known, agencies }, NOW).close.length, 1, 'became a public body');
});

t.test('what time has ended ended then, closed by nobody, and no renewal brings it back', async (t) => {
  const past = { ...FIRST, goodUntil: day(-1) };
  const renewed = given({ ...TO_JMD, id: 'renewed', statedAt: day(-2), recordedAt: NOW, validUntil: day(90) });
  t.same(review([past], [...GIVEN, renewed]), { ended: [{ id: 'first', at: day(-1) }], close: [], move: [] });
  const now = { ...FIRST, goodUntil: NOW };
  const atNow = review([now], [...GIVEN, renewed]);
  t.same(atNow, { ended: [{ id: 'first', at: NOW }], close: [], move: [] }, 'at its very millisecond too');
  const soon = { ...FIRST, goodUntil: NOW + 1 };
  const stillRuns = review([soon], [...GIVEN, renewed]);
  t.same(stillRuns.ended, [], 'a millisecond before it still runs');
  t.same(stillRuns.close, []);
});

t.test('a no does not close what time had ended before it', async (t) => {
  const past = { ...FIRST, goodUntil: day(-1) };
  const still = row({ id: 'still', from: 'mbe', to: 'jmd' });
  for (const rows of [
    [past, still],
    [still, past],
  ]) {
    t.same(review(rows, [...GIVEN, withdrawn({ recipient: 'jmd', recordedAt: NOW })]), {
      ended: [{ id: 'first', at: day(-1) }],
      close: [{ id: 'still', at: NOW, reasons: ['WITHDRAWN'] }],
      move: [],
    });
  }
});

t.test('what hangs on a row that time has ended ends when it was known to end, not later', async (t) => {
  const past = [FIRST, SECOND, THIRD].map((one) => ({ ...one, goodUntil: day(-1) }));
  const { ended, close } = review(past, GIVEN);
  t.same(
    ended,
    ALL.map((id) => ({ id, at: day(-1) })),
  );
  t.same(close, []);
});

t.test('a renewal moves the end of the rows that go on, and of those that hang on them', async (t) => {
  const renewed = given({ ...TO_JMD, id: 'renewed', statedAt: day(-1), recordedAt: NOW, validUntil: day(45) });
  for (const rows of [CHAIN, CHAIN.toReversed()]) {
    const { close, move } = review(rows, [...GIVEN, renewed]);
    t.same(close, []);
    t.same(Object.fromEntries(move.map((one) => [one.id, one.goodUntil])), {
      first: day(45),
      second: day(40), // its own consent ends before the renewed one
      third: day(40), // ends with the row that it hangs on
    });
  }
});

t.test('an earlier end moves the rows that hang on it to the front too', async (t) => {
  const shorter = given({ ...TO_JMD, id: 'shorter', statedAt: day(-1), recordedAt: NOW, validUntil: day(10) });
  const { move } = review(CHAIN.toReversed(), [...GIVEN, shorter]);
  t.same(Object.fromEntries(move.map((one) => [one.id, one.goodUntil])), {
    first: day(10),
    second: day(10),
    third: day(10),
  });
});

t.test('a forced end takes what hangs on it along, and is no later than an end by time', async (t) => {
  t.same(closedIds(review(CHAIN, GIVEN, { ending: ['second'] })), ['second', 'third']);
  const past = { ...FIRST, goodUntil: day(-1) };
  const forced = review([past], GIVEN, { ending: ['first'] });
  t.same(forced, { ended: [{ id: 'first', at: day(-1) }], close: [], move: [] }, 'nor is it closed twice');
  t.same(review(CHAIN, GIVEN, { ending: ['unknown'] }), { ended: [], close: [], move: [] });
});

// ── Any world: the review agrees with `decide`, whatever the order ──

const anyYes = fc.record({
  recipient: fc.constantFrom('jmd', 'schule', 'jobcenter'),
  days: fc.integer({ min: 1, max: 60 }),
  statedDaysAgo: fc.integer({ min: 2, max: 9 }),
});
const anyRow = fc.record({
  hop: fc.constantFrom(
    ['mbe', 'jmd'],
    ['mbe', 'schule'],
    ['jmd', 'schule'],
    ['schule', 'jmd'],
    ['schule', 'jobcenter'],
  ),
  days: fc.integer({ min: -1, max: 60 }),
});
const anyWorld = fc.record({
  yeses: fc.array(anyYes, { maxLength: 6 }),
  nos: fc.array(fc.constantFrom('jmd', 'schule', 'jobcenter', null), { maxLength: 1 }),
  rows: fc.array(anyRow, { minLength: 1, maxLength: 6 }),
  forced: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 1 }),
  latest: fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 1, max: 60 })), { maxLength: 3 }),
});

t.test(
  'in any world what time ended has ended, exactly what decide withholds has closed, and ends stand where goodUntil says',
  async (t) => {
    t.doesNotThrow(() =>
      fc.assert(
        fc.property(anyWorld, ({ yeses, nos, rows, forced, latest }) => {
          const statements: StatementFact[] = [
            ...yeses.map((yes, index): GivenStatement => {
              const statedAt = day(-yes.statedDaysAgo);
              return given({ id: `s${index}`, recipient: yes.recipient, statedAt, validUntil: day(yes.days) });
            }),
            ...nos.map((recipient, index) => withdrawn({ id: `n${index}`, recipient, recordedAt: day(-5) })),
          ];
          const held = rows.map(({ hop: [from, to], days }, index) =>
            row({ id: `r${index}`, from: from!, to: to!, goodUntil: day(days) }),
          );
          const ending = forced.map((index) => `r${index}`);
          const notAfter: NotAfter = Object.fromEntries(latest.map(([index, days]) => [`r${index}`, day(days)]));
          const answer = review(held, statements, { ending, notAfter });
          const backwards = review(held.toReversed(), statements, { ending, notAfter });
          if (JSON.stringify(sorted(answer)) !== JSON.stringify(sorted(backwards))) return false;

          const endedAt = new Map(answer.ended.map((one) => [one.id, one.at]));
          const closedAt = new Map(answer.close.map((one) => [one.id, one.at]));
          const movedTo = new Map(answer.move.map((one) => [one.id, one.goodUntil]));
          const left = held
            .filter((one) => !endedAt.has(one.id) && !closedAt.has(one.id))
            .map((one) => ({ ...one, goodUntil: movedTo.get(one.id) ?? one.goodUntil }));
          const after = facts({ statements, rows: left });
          const asked = (one: DisclosureRowFact) => ({
            person: 'anna',
            discloser: one.from,
            recipient: one.to,
            purpose: one.purpose,
            at: NOW,
            kind: '',
            strict: false,
            entries: [entry()],
          });
          return held.every((one) => {
            if (one.goodUntil <= NOW) return endedAt.get(one.id) === one.goodUntil && !closedAt.has(one.id);
            if (endedAt.has(one.id)) return false;
            if (ending.includes(one.id)) return closedAt.get(one.id) === NOW;
            const permitted = decide(asked(one), after).entries[0]?.outcome === 'PERMIT';
            if (!permitted) return closedAt.get(one.id) === NOW;
            if (closedAt.has(one.id)) return false;
            const stands = left.find((other) => other.id === one.id);
            const byFacts = goodUntil(asked(one), entry(), after);
            return stands !== undefined && stands.goodUntil === Math.min(byFacts, notAfter[one.id] ?? byFacts);
          });
        }),
        { numRuns: 2000 },
      ),
    );
  },
);

const sorted = ({ ended, close, move }: Review) => ({
  ended: ended.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
  close: close.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
  move: move.toSorted((left, right) => (left.id < right.id ? -1 : 1)),
});

t.test('a fact that cannot be read closes everything, whatever entry it is about', async (t) => {
  const other = entry({ id: 'another-entry' });
  const broken = row({
    id: 'broken',
    entry: other.id,
    from: 'mbe',
    to: 'jmd',
    goodUntil: day(20),
    purpose: 'ALL' as 'BERATUNG',
  });
  const rows = [...CHAIN, broken];
  const all = [...open(CHAIN), { row: broken, person: 'anna', entry: other, notAfter: null }];
  t.same(closedIds(reviewRows(all, facts({ rows, statements: GIVEN }), NOW)), ['broken', ...ALL]);
  const none = { ...facts({ rows: CHAIN }), statements: null as unknown as StatementFact[] };
  t.same(closedIds(reviewRows(open(CHAIN), none, NOW)), ALL);
});

t.test('the more is disclosed about a person, the longer it takes, but not by the square', async (t) => {
  /** How often a row is looked at while so many entries, each disclosed to one agency and passed on by it, are decided again. */
  const looksFor = (many: number): number => {
    let looks = 0;
    const watched = (one: DisclosureRowFact): DisclosureRowFact =>
      Object.defineProperty({ ...one }, 'entry', {
        enumerable: true,
        get() {
          looks += 1;
          return one.entry;
        },
      });
    const all = Array.from({ length: many }, (_, index) => {
      const about = entry({ id: `entry-${index}` });
      const first = watched({ ...FIRST, id: `first-${index}`, entry: about.id });
      const second = watched({ ...SECOND, id: `second-${index}`, entry: about.id });
      return [first, second].map((one) => ({ row: one, person: 'anna', entry: about, notAfter: null }));
    }).flat();
    const rows = all.map((one) => one.row);
    t.same(reviewRows(all, facts({ rows, statements: GIVEN }), NOW).close, []);
    return looks;
  };
  t.ok(looksFor(200) < 3 * looksFor(100));
});
