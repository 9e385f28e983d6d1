/** R0: a yes that breaks a recording rule makes everything unreadable. Months, days and birthdays are those of Berlin. */
import type { GivenRelease, GivenStatement } from '../../../src/domain/facts.ts';
import { ADULT_FROM, day, given, NOW, release } from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { type Row, table, world } from './asking.ts';

const UNREADABLE: Row[2] = ['UNREADABLE'];
const saying = (change: Partial<GivenStatement>) => world({ statements: [given(change)] });

t.test('who records it, and when', (t) => {
  table(t, [
    ['its discloser', saying({ recordedBy: 'mbe' }), 'PERMIT'],
    ['its recipient', saying({ recordedBy: 'jobcenter' }), UNREADABLE],
    ['a third agency', saying({ recordedBy: 'jmd' }), UNREADABLE],
    [
      'a release, by its origin',
      world({ statements: [given()], releases: [release({ recordedBy: 'mbe' })] }),
      'PERMIT',
    ],
    [
      'a release, by its recipient',
      world({ statements: [given()], releases: [release({ recordedBy: 'jobcenter' })] }),
      UNREADABLE,
    ],
    ['recorded at the instant it was stated', saying({ statedAt: day(-2), recordedAt: day(-2) }), 'PERMIT'],
    ['recorded 1 ms before it was stated', saying({ statedAt: day(-2), recordedAt: day(-2) - 1 }), UNREADABLE],
    ['recorded at the instant of the question', saying({ recordedAt: NOW }), 'PERMIT'],
    ['recorded 1 ms after the question: not known yet', saying({ recordedAt: NOW + 1 }), ['NO_CONSENT']],
  ]);
  t.end();
});

t.test('how long it may run', (t) => {
  table(t, [
    ['for 1 ms', saying({ validFrom: NOW, validUntil: NOW + 1 }), 'PERMIT'],
    ['for no time', saying({ validFrom: day(1), validUntil: day(1) }), UNREADABLE],
    ['backwards', saying({ validFrom: day(2), validUntil: day(1) }), UNREADABLE],
    ['from before it was stated', saying({ statedAt: day(-2), validFrom: day(-9) }), 'PERMIT'],
  ]);
  t.end();
});

t.test('to twelve calendar months after it was stated, to the millisecond', (t) => {
  const rows: [name: string, statedAt: string, validUntil: string][] = [
    ['an ordinary year', '2026-03-10T09:30:00+01:00', '2027-03-10T09:30:00+01:00'],
    ['into summer time: an hour less', '2025-03-29T12:00:00+01:00', '2026-03-29T12:00:00+02:00'],
    ['out of summer time: an hour more', '2025-10-25T12:00:00+02:00', '2026-10-25T12:00:00+01:00'],
    ['the day itself changes, before', '2025-10-26T00:00:00+02:00', '2026-10-26T00:00:00+01:00'],
    ['midnight in Berlin is another day in Greenwich', '2025-07-01T00:00:00+02:00', '2026-07-01T00:00:00+02:00'],
    ['across 29 February', '2027-06-01T10:00:00+02:00', '2028-06-01T10:00:00+02:00'],
    ['from 29 February to 28', '2028-02-29T08:00:00+01:00', '2029-02-28T08:00:00+01:00'],
    ['from 28 February of the year before a leap year to 28', '2027-02-28T08:00:00+01:00', '2028-02-28T08:00:00+01:00'],
    ['29 February begins in Berlin while Greenwich has 28', '2028-02-29T00:30:00+01:00', '2029-02-28T00:30:00+01:00'],
    [
      '1 March begins in Berlin while Greenwich has 29 February',
      '2028-03-01T00:30:00+01:00',
      '2029-03-01T00:30:00+01:00',
    ],
    ['with milliseconds', '2026-03-10T09:30:00.123+01:00', '2027-03-10T09:30:00.123+01:00'],
  ];
  for (const [name, from, until] of rows) {
    const statedAt = Date.parse(from);
    const at = statedAt + 60_000;
    const running = (validUntil: number, change: Partial<GivenStatement> = {}) =>
      world(
        {
          agreements: [
            {
              ...world({}).facts.agreements[0]!,
              from: statedAt,
              parties: ['mbe', 'jobcenter'].map((agency) => ({ agency, signedAt: statedAt, leftAt: null })),
            },
          ],
          statements: [given({ statedAt, validUntil, ...change })],
        },
        { at },
      );
    table(t, [
      [`${name}: exactly`, running(Date.parse(until)), 'PERMIT'],
      [`${name}: 1 ms beyond`, running(Date.parse(until) + 1), UNREADABLE],
      [
        `${name}: counted from the statement, not from validFrom`,
        running(Date.parse(until) + 1, { validFrom: statedAt + 1 }),
        UNREADABLE,
      ],
    ]);
  }
  t.end();
});

t.test('a release runs no longer either', (t) => {
  const released = (change: Partial<GivenRelease>) =>
    world({
      statements: [given()],
      releases: [release({ statedAt: Date.parse('2026-01-31T12:00:00+01:00'), ...change })],
    });
  table(t, [
    ['twelve months', released({ validUntil: Date.parse('2027-01-31T12:00:00+01:00') }), 'PERMIT'],
    ['1 ms beyond', released({ validUntil: Date.parse('2027-01-31T12:00:00+01:00') + 1 }), UNREADABLE],
    ['for no time', released({ validUntil: Date.parse('2026-01-31T12:00:00+01:00') }), UNREADABLE],
  ]);
  t.end();
});

t.test('a guardian speaks until the birthday of 18', (t) => {
  const youth = { ageBand: 'FROM_15_TO_17', adultFrom: ADULT_FROM } as const;
  table(t, [
    ['a guardian, to the birthday', saying({ ...youth, statedBy: 'GUARDIAN', validUntil: ADULT_FROM }), 'PERMIT'],
    ['a guardian, 1 ms beyond', saying({ ...youth, statedBy: 'GUARDIAN', validUntil: ADULT_FROM + 1 }), UNREADABLE],
    [
      'for a child, 1 ms beyond',
      saying({ ...youth, ageBand: 'UNDER_15', statedBy: 'GUARDIAN', validUntil: ADULT_FROM + 1 }),
      UNREADABLE,
    ],
    [
      'a release by a guardian, 1 ms beyond',
      world({
        statements: [given()],
        releases: [release({ ...youth, statedBy: 'GUARDIAN', validUntil: ADULT_FROM + 1 })],
      }),
      UNREADABLE,
    ],
    ['the youth itself may speak for the time after', saying({ ...youth, validUntil: ADULT_FROM + 1 }), 'PERMIT'],
    ['an adult has no such day', saying({ ageBand: 'ADULT', adultFrom: ADULT_FROM }), UNREADABLE],
    ['a youth has one', saying({ ageBand: 'FROM_15_TO_17', adultFrom: null }), UNREADABLE],
    ['a child has one', saying({ ageBand: 'UNDER_15', statedBy: 'GUARDIAN', adultFrom: null }), UNREADABLE],
  ]);
  t.end();
});
