import type { AgeBand, StatedBy } from '../../src/domain/facts.ts';
import { cutToRecording, problemsOfYes, type YesTimes } from '../../src/domain/recording.ts';
import { t } from '../support/t.ts';

const at = (text: string): number => Date.parse(text);
const RECORDED = at('2026-06-15T12:00:00+02:00');
const EIGHTEENTH = at('2027-01-01T00:00:00+01:00');

const yes = (change: Partial<YesTimes> = {}): YesTimes => ({
  statedAt: at('2026-06-14T09:00:00+02:00'),
  validFrom: change.statedAt ?? at('2026-06-14T09:00:00+02:00'),
  validUntil: at('2026-12-01T00:00:00+01:00'),
  statedBy: 'PERSON',
  ageBand: 'ADULT',
  adultFrom: null,
  ...change,
});

/** Two yeses a millisecond apart: the last one that may be recorded, and the first one that may not. */
interface Boundary {
  name: string;
  last: Partial<YesTimes>;
  first: Partial<YesTimes>;
  pointer: string;
}

const minor = (validUntil: number, statedBy: StatedBy = 'GUARDIAN', ageBand: AgeBand = 'UNDER_15') => ({
  statedBy,
  ageBand,
  adultFrom: EIGHTEENTH,
  validUntil,
});
const stated = (statedAt: string, validUntil: number) => ({ statedAt: at(statedAt), validUntil });

const BOUNDARIES: Boundary[] = [
  {
    name: 'statedAt is at most recordedAt',
    last: { statedAt: RECORDED },
    first: { statedAt: RECORDED + 1 },
    pointer: '/statedAt',
  },
  {
    name: 'validFrom lies before validUntil',
    last: { validFrom: at('2026-12-01T00:00:00+01:00') - 1 },
    first: { validFrom: at('2026-12-01T00:00:00+01:00') },
    pointer: '/validUntil',
  },
  {
    name: 'twelve months end at the same time of day, summer time or not',
    last: stated('2026-03-29T01:30:00+01:00', at('2027-03-29T01:30:00+02:00')),
    first: stated('2026-03-29T01:30:00+01:00', at('2027-03-29T01:30:00+02:00') + 1),
    pointer: '/validUntil',
  },
  {
    name: 'twelve months after 29 February end on the 28th',
    last: stated('2024-02-29T10:00:00+01:00', at('2025-02-28T10:00:00+01:00')),
    first: stated('2024-02-29T10:00:00+01:00', at('2025-02-28T10:00:00+01:00') + 1),
    pointer: '/validUntil',
  },
  {
    name: 'twelve months may have 366 days',
    last: stated('2023-03-01T00:00:00+01:00', at('2024-03-01T00:00:00+01:00')),
    first: stated('2023-03-01T00:00:00+01:00', at('2024-03-01T00:00:00+01:00') + 1),
    pointer: '/validUntil',
  },
  {
    name: "a guardian's yes ends with the day of 18",
    last: minor(EIGHTEENTH),
    first: minor(EIGHTEENTH + 1),
    pointer: '/validUntil',
  },
  {
    name: "a guardian's yes for a youth ends with the day of 18",
    last: minor(EIGHTEENTH, 'GUARDIAN', 'FROM_15_TO_17'),
    first: minor(EIGHTEENTH + 1, 'GUARDIAN', 'FROM_15_TO_17'),
    pointer: '/validUntil',
  },
];

t.test('each boundary of a yes is met to the millisecond', async (t) => {
  for (const { name, last, first, pointer } of BOUNDARIES) {
    t.same(problemsOfYes(yes(last), RECORDED), [], `${name}: the last that may be`);
    t.same(
      problemsOfYes(yes(first), RECORDED).map((error) => error.pointer),
      [pointer],
      `${name}: the first that may not`,
    );
  }
});

t.test("a youth's own yes may last beyond the day of 18", async (t) => {
  t.same(problemsOfYes(yes(minor(EIGHTEENTH + 86_400_000, 'PERSON', 'FROM_15_TO_17')), RECORDED), []);
});

t.test('adultFrom is there for minors and for nobody else', async (t) => {
  const pointers = (change: Partial<YesTimes>) => problemsOfYes(yes(change), RECORDED).map((error) => error.pointer);
  t.same(pointers({ ageBand: 'ADULT', adultFrom: EIGHTEENTH }), ['/adultFrom']);
  t.same(pointers({ ageBand: 'UNDER_15', statedBy: 'GUARDIAN', adultFrom: null }), ['/adultFrom']);
  t.same(pointers({ ageBand: 'FROM_15_TO_17', adultFrom: null }), ['/adultFrom']);
});

t.test('everything that breaks a rule is told at once', async (t) => {
  const broken = yes({ statedAt: RECORDED + 1, validUntil: RECORDED - 1, validFrom: RECORDED, ageBand: 'UNDER_15' });
  t.same(
    problemsOfYes(broken, RECORDED).map((error) => error.pointer),
    ['/statedAt', '/validUntil', '/adultFrom'],
  );
});

t.test('a no that lies ahead is cut to its recording, any other is left as it is', async (t) => {
  t.equal(cutToRecording(RECORDED + 1, RECORDED), RECORDED);
  t.equal(cutToRecording(RECORDED, RECORDED), RECORDED);
  t.equal(cutToRecording(RECORDED - 1, RECORDED), RECORDED - 1);
});
