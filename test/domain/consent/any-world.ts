/**
 * Any small world, for fast-check: few ids and few instants, so that ties and collisions are frequent.
 * The first choice is the one that counterexamples shrink to.
 */
import fc from 'fast-check';
import type { Category, Purpose } from '../../../src/domain/catalogue.ts';
import type {
  AgencyFact,
  AgreementFact,
  DisclosureRowFact,
  EntryMeta,
  Facts,
  Instant,
  Question,
  ReleaseFact,
  StatementFact,
} from '../../../src/domain/facts.ts';
import {
  AGENCIES,
  agreement,
  day,
  entry,
  given,
  NOW,
  party,
  question,
  refused,
  release,
  row,
  type World,
  withdrawnRelease,
} from '../../support/consent-world.ts';

const CATEGORIES_HERE: Category[] = ['STAMMDATEN', 'GESUNDHEIT', 'BERATUNGSNOTIZ', 'DOKUMENT'];
const PURPOSES_HERE: Purpose[] = ['BERATUNG', 'TERMIN'];
const ALL_AGENCIES = ['mbe', 'jmd', 'schule', 'jobcenter'];

/** Nearly always the usual, now and then one of the others. */
const mostly = <T>(usual: T, ...others: T[]): fc.Arbitrary<T> =>
  fc.oneof(
    { withCrossShrink: true },
    { arbitrary: fc.constant(usual), weight: 8 },
    { arbitrary: fc.constantFrom(usual, ...others), weight: 1 },
  );
const days = (...choices: number[]): fc.Arbitrary<Instant> => fc.constantFrom(...choices.map(day));
const later = (usual: Instant | null, ...choices: number[]) => mostly(usual, ...choices.map(day));
const categories = fc.oneof(
  { withCrossShrink: true },
  { arbitrary: fc.constant(CATEGORIES_HERE), weight: 4 },
  { arbitrary: fc.subarray(CATEGORIES_HERE, { minLength: 1 }), weight: 1 },
);
const person = mostly('anna', 'ben');
const statedBy = mostly('PERSON' as const, 'GUARDIAN' as const, 'LEGAL_REPRESENTATIVE' as const);
const ageBand = mostly('ADULT' as const, 'FROM_15_TO_17' as const, 'UNDER_15' as const);
const sender = mostly('mbe', 'jmd', 'schule');
const receiver = mostly('jobcenter', 'jmd', 'schule', 'mbe');
/** When it was said and written down: now and then late, now and then not yet. */
const saidAndRecorded = fc
  .tuple(days(-3, -2, -1, 0), mostly(0, 1, 2))
  .map(([statedAt, daysLater]) => ({ statedAt, recordedAt: statedAt + day(daysLater) - NOW }));

const aYes = fc
  .record({
    person,
    statedBy,
    ageBand,
    said: saidAndRecorded,
    recipient: receiver,
    categories,
    validFrom: days(-3, -2, -1, 0, 1),
    length: fc.constantFrom(9, 1, 2, 3),
    form: mostly('WRITTEN' as const, 'ELECTRONIC' as const, 'ORAL' as const),
    capacityConfirmed: mostly(true, false),
    explicitSpecialCategories: mostly(true, false),
  })
  .map(({ said, length, ...rest }) => ({ ...rest, ...said, validUntil: rest.validFrom + day(length) - NOW }));

const aNo = fc
  .record({ person, statedBy, ageBand, said: saidAndRecorded, recordedBy: sender })
  .map(({ said, ...rest }) => ({ ...rest, ...said }));
const orLeftOut = <T>(named: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ withCrossShrink: true }, { arbitrary: named, weight: 3 }, { arbitrary: fc.constant(null), weight: 1 });

export const anyStatement: fc.Arbitrary<StatementFact> = fc.oneof(
  {
    arbitrary: fc
      .tuple(aYes, sender, mostly(...(PURPOSES_HERE as [Purpose, ...Purpose[]])))
      .map(([said, discloser, purpose]) => given({ ...said, discloser, purpose })),
    weight: 3,
  },
  {
    arbitrary: fc
      .record({
        decision: fc.constantFrom('REFUSED' as const, 'WITHDRAWN' as const),
        discloser: orLeftOut(sender),
        recipient: orLeftOut(receiver),
        purpose: orLeftOut(fc.constantFrom(...PURPOSES_HERE)),
        categories: orLeftOut(fc.subarray(CATEGORIES_HERE, { minLength: 1 })),
      })
      .chain((scope) => aNo.map((said) => refused({ ...said, ...scope }))),
    weight: 1,
  },
);

export const anyRelease: fc.Arbitrary<ReleaseFact> = fc.oneof(
  { arbitrary: fc.tuple(aYes, sender).map(([said, origin]) => release({ ...said, origin })), weight: 4 },
  {
    arbitrary: fc
      .record({ origin: orLeftOut(sender), recipient: orLeftOut(receiver), categories: orLeftOut(categories) })
      .chain((scope) => aNo.map((said) => withdrawnRelease({ ...said, ...scope }))),
    weight: 1,
  },
);

export const anyAgreement: fc.Arbitrary<AgreementFact> = fc
  .record({
    parties: fc
      .tuple(
        ...ALL_AGENCIES.map((name) =>
          fc.record({ name: fc.constant(name), signedAt: later(day(-2), 0, 1), leftAt: later(null, 0, 1) }),
        ),
      )
      .chain((all) => fc.subarray(all, { minLength: 3 }))
      .map((some) => some.map(({ name, ...when }) => party(name, when))),
    purposes: fc.oneof(
      { weight: 4, arbitrary: fc.constant(PURPOSES_HERE) },
      { weight: 1, arbitrary: fc.subarray(PURPOSES_HERE, { minLength: 1 }) },
    ),
    categories,
    from: mostly(day(-2), day(0), day(1)),
    until: later(null, 0, 1),
    terminatedAt: later(null, -1, 0, 1),
  })
  .map(agreement);

export const anyRow: fc.Arbitrary<DisclosureRowFact> = fc
  .record({
    entry: fc.constantFrom('e1', 'e2'),
    from: sender,
    to: mostly('jmd', 'schule', 'mbe', 'jobcenter'),
    purpose: mostly(...(PURPOSES_HERE as [Purpose, ...Purpose[]])),
    opened: mostly(day(-1), day(0), day(1)),
    closed: later(null, -1, 1),
    goodUntil: mostly(day(2), day(0)),
  })
  .map(row);

export const anyEntry: fc.Arbitrary<EntryMeta> = fc
  .record({
    id: fc.constantFrom('e1', 'e2', 'e3'),
    category: fc.constantFrom(...CATEGORIES_HERE),
    origin: mostly('mbe', 'jmd', 'schule', 'jobcenter'),
    concerns: mostly(['anna'], ['anna', 'ben'], ['ben', 'anna', 'ben'], ['ben']),
    secrecy: fc.boolean(),
    guardFrom: later(null, -1, 0, 1),
    filedUnder: fc.subarray(CATEGORIES_HERE.slice(0, 3), { minLength: 1 }),
  })
  .map((drawn) => ({
    ...entry(drawn),
    secrecy: drawn.secrecy || drawn.category === 'BERATUNGSNOTIZ' || drawn.filedUnder.includes('BERATUNGSNOTIZ'),
    filedUnder: drawn.category === 'DOKUMENT' ? drawn.filedUnder : null,
  }));

/** Ids by position, in an order of their own, so that the smallest id is not the first fact. */
const named = <T extends { id: string }>(one: fc.Arbitrary<T>, ids: string[], minLength = 0): fc.Arbitrary<T[]> =>
  fc
    .tuple(fc.array(one, { minLength, maxLength: ids.length }), fc.shuffledSubarray(ids, { minLength: ids.length }))
    .map(([ones, order]) => ones.map((each, index) => ({ ...each, id: order[index]! })));

/** What permits most of what is asked here, so that the facts beside it can tip the answer. */
const ALL = { statedAt: day(-3), validFrom: day(-3), validUntil: day(3), categories: CATEGORIES_HERE };
const HOPS = [
  ['mbe', 'jobcenter'],
  ['mbe', 'jmd'],
  ['mbe', 'schule'],
] as const;
const usualStatements = ['anna', 'ben'].flatMap((person) =>
  HOPS.map(([discloser, recipient], hop) => given({ ...ALL, id: `u${hop}${person}`, person, discloser, recipient })),
);
const usualReleases = ['anna', 'ben'].flatMap((person) =>
  HOPS.map(([origin, recipient], hop) => release({ ...ALL, id: `v${hop}${person}`, person, origin, recipient })),
);
const usualRows = ['e1', 'e2'].flatMap((entry) => [
  row({ id: `q1${entry}`, entry }),
  row({ id: `q2${entry}`, entry, from: 'jmd', to: 'schule' }),
]);
/** Mostly all of the usual, or most of it, or none. */
const theUsual = <T>(usual: T[]): fc.Arbitrary<T[]> =>
  fc.oneof(
    { withCrossShrink: true },
    { arbitrary: fc.constant<T[]>([]), weight: 1 },
    { arbitrary: fc.subarray(usual, { minLength: usual.length - 2 }), weight: 1 },
    { arbitrary: fc.constant(usual), weight: 3 },
  );
const besides = <T>(usual: T[], others: fc.Arbitrary<T[]>): fc.Arbitrary<T[]> =>
  fc.tuple(theUsual(usual), others).map(([some, more]) => [...more, ...some]);

export const anyQuestion: fc.Arbitrary<Question> = fc
  .record({
    discloser: fc.constantFrom('mbe', 'mbe', 'jmd', 'schule'),
    recipient: mostly('jobcenter', 'mbe', 'schule'),
    purpose: mostly(...(PURPOSES_HERE as [Purpose, ...Purpose[]])),
    kind: mostly('FALLMITTEILUNG', 'BERATUNGSANFRAGE', 'TERMIN', 'POSTKARTE'),
    strict: fc.boolean(),
    entries: fc.uniqueArray(anyEntry, { selector: (one) => one.id, maxLength: 3 }),
  })
  .filter((drawn) => drawn.discloser !== drawn.recipient)
  .map(question);

export const anyFacts: fc.Arbitrary<Facts> = fc.record({
  agencies: fc
    .tuple(
      ...AGENCIES.map((one) =>
        mostly<AgencyFact | null>(
          one,
          null,
          { ...one, publicBody: !one.publicBody },
          { ...one, suspendedAt: day(0) },
          { ...one, suspendedAt: day(1) },
        ),
      ),
    )
    .map((all) => all.filter((one) => one !== null)),
  agreements: named(anyAgreement, ['k2', 'k1', 'k10'], 1),
  statements: besides(usualStatements, named(anyStatement, ['s2', 's1', 's10', 'S3'])),
  releases: besides(usualReleases, named(anyRelease, ['f2', 'f1', 'F3'])),
  rows: besides(usualRows, named(anyRow, ['r2', 'r1', 'R3'])),
});

/** Readable facts, a readable question. */
export const anyWorld: fc.Arbitrary<World> = fc.record({ question: anyQuestion, facts: anyFacts });
