/** What can be wrong with a world, for fast-check: one thing at a time. */
import fc from 'fast-check';
import type { GivenRelease, GivenStatement } from '../../../src/domain/facts.ts';
import { day, type World } from '../../support/consent-world.ts';

type Fields = Record<string, unknown>;
/** Makes one change to a copy of a world; tells what it did by its name. */
export type Break = (world: World) => void;

/** Stands for a field that is taken away altogether. */
const ABSENT = Symbol('absent');
const JUNK = [ABSENT, null, Number.NaN, 1.5, Number.POSITIVE_INFINITY, {}, []];

/** Fields whose junk the page says nothing about: a decision repeats an entry's id and category as they stand. */
const LEFT_ALONE = { entry: ['id', 'category'], question: ['entries', 'kind'] };

/** Every record in here with the name of each of its fields: agreements and their parties, rows and what they rely on. */
function fieldsIn(value: unknown): [Fields, string][] {
  if (Array.isArray(value)) return value.flatMap(fieldsIn);
  if (typeof value !== 'object' || value === null) return [];
  const record = value as Fields;
  return Object.entries(record).flatMap(([name, content]) => [
    [record, name] as [Fields, string],
    ...fieldsIn(content),
  ]);
}

function spoil(fields: [Fields, string][], which: number, junk: (typeof JUNK)[number]): void {
  if (fields.length === 0) return;
  const [record, name] = fields[which % fields.length] as [Fields, string];
  if (junk === ABSENT) delete record[name];
  else record[name] = junk;
}

const which = fc.nat({ max: 9999 });
const junk = fc.constantFrom(...JUNK);

/** A field of some fact that is absent, null or nonsense. (Where null is allowed, null is fine.) */
const factField: fc.Arbitrary<Break> = fc.tuple(which, junk).map(
  ([index, value]) =>
    ({ facts }) =>
      spoil(fieldsIn(Object.values(facts)), index, value),
);

const questionField: fc.Arbitrary<Break> = fc.tuple(which, junk).map(([index, value]) => ({ question }) => {
  const names = Object.keys(question).filter((name) => !LEFT_ALONE.question.includes(name));
  spoil(
    names.map((name) => [question as unknown as Fields, name]),
    index,
    value,
  );
});

const entryField: fc.Arbitrary<Break> = fc.tuple(which, junk).map(
  ([index, value]) =>
    ({ question }) =>
      spoil(
        fieldsIn(question.entries).filter(([, name]) => !LEFT_ALONE.entry.includes(name)),
        index,
        value,
      ),
);

type Given = GivenStatement | GivenRelease;
const recordingRules: ((given: Given) => void)[] = [
  (given) => {
    given.recordedBy = 'nobody';
  },
  (given) => {
    given.statedAt = given.recordedAt + 1;
  },
  (given) => {
    given.validUntil = given.validFrom;
  },
  (given) => {
    given.validUntil = day(400);
  },
  (given) => {
    given.ageBand = given.ageBand === 'ADULT' ? 'FROM_15_TO_17' : 'ADULT';
  },
  (given) => {
    given.ageBand = 'UNDER_15';
    given.statedBy = 'GUARDIAN';
    given.adultFrom = given.validUntil - 1;
  },
  (given) => {
    given.categories = [];
  },
];

/** A yes that should never have been recorded. */
const recordingRule: fc.Arbitrary<Break> = fc
  .tuple(which, fc.constantFrom(...recordingRules))
  .map(([index, breakIt]) => ({ facts }) => {
    const givens = [...facts.statements, ...facts.releases].filter((one) => one.decision === 'GIVEN');
    if (givens.length > 0) breakIt(givens[index % givens.length] as Given);
  });

/** A second fact with an id that is taken: a copy, one of whose plain values may be another. */
const takenId: fc.Arbitrary<Break> = fc
  .tuple(which, which, fc.boolean())
  .map(([list, index, changed]) => ({ facts }) => {
    const lists = (Object.values(facts) as { id: string }[][]).filter((one) => one.length > 0);
    if (lists.length === 0) return;
    const chosen = lists[list % lists.length]!;
    const copy: Fields = structuredClone(chosen[index % chosen.length]!);
    for (const [name, value] of Object.entries(copy)) {
      if (Array.isArray(value)) copy[name] = [...value, ...value].reverse();
      if (changed && typeof value === 'boolean') copy[name] = !value;
      if (changed && name === 'person') copy[name] = 'carla';
      if (changed && (name === 'until' || name === 'closed')) copy[name] = day(-4);
    }
    chosen.push(copy as { id: string });
  });

/** An entry asked twice, in the same words or in others. */
const askedTwice: fc.Arbitrary<Break> = fc.tuple(which, fc.boolean()).map(([index, changed]) => ({ question }) => {
  if (question.entries.length === 0) return;
  const copy = structuredClone(question.entries[index % question.entries.length]!);
  copy.concerns = [...copy.concerns, ...copy.concerns].reverse();
  if (changed) copy.guardFrom = day(-9);
  question.entries.push(copy);
});

export const anyFactBreak: fc.Arbitrary<Break> = fc.oneof(factField, recordingRule, takenId);
export const anyBreak: fc.Arbitrary<Break> = fc.oneof(anyFactBreak, questionField, entryField, askedTwice);

/** The world, its sets and lists copied, after the change. */
export function broken(world: World, change: Break | null): World {
  const copy = structuredClone(world);
  change?.(copy);
  return copy;
}
