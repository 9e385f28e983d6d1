/** When a rhythm comes: rows taken from the calendar by hand, and any rule against an oracle that looks at each day. */
import fc from 'fast-check';
import { rhythms } from '../../src/delivery/rhythms.ts';
import { startOfDayBerlin } from '../../src/domain/calendar.ts';
import { t } from '../support/t.ts';
import { comesBy } from './calendar-oracle.ts';

/** Followed from moment to moment, as the clock job does. */
function moments(
  turnus: string,
  from: string,
  until: string,
  startsAt = startOfDayBerlin(from),
  most = 1000,
): string[] {
  const rhythm = { turnus, from: startsAt };
  const found: string[] = [];
  let { next } = rhythms.since(rhythm, startsAt - 1, startsAt - 1);
  while (next !== null && next < startOfDayBerlin(until) && found.length < most) {
    found.push(new Date(next).toISOString().slice(0, 16));
    next = rhythms.since(rhythm, next, next).next;
  }
  return found;
}

interface Row {
  why: string;
  turnus: string;
  from: string;
  until: string;
  /** UTC. */
  comes: string[];
}

const ROWS: Row[] = [
  {
    why: 'each second Tuesday of a month, 08:00 in Berlin in winter and in summer',
    turnus: 'FREQ=MONTHLY;BYDAY=2TU',
    from: '2027-01-01',
    until: '2027-12-31',
    comes: [
      '2027-01-12T07:00',
      '2027-02-09T07:00',
      '2027-03-09T07:00',
      '2027-04-13T06:00',
      '2027-05-11T06:00',
      '2027-06-08T06:00',
      '2027-07-13T06:00',
      '2027-08-10T06:00',
      '2027-09-14T06:00',
      '2027-10-12T06:00',
      '2027-11-09T07:00',
      '2027-12-14T07:00',
    ],
  },
  {
    why: 'each second week on Tuesday, from the week in which it begins',
    turnus: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;BYHOUR=10;BYMINUTE=30',
    from: '2027-03-01',
    until: '2027-04-20',
    comes: ['2027-03-02T09:30', '2027-03-16T09:30', '2027-03-30T08:30', '2027-04-13T08:30'],
  },
  {
    why: 'weekly takes its weekday from its first day',
    turnus: 'FREQ=WEEKLY',
    from: '2027-10-21',
    until: '2027-11-12',
    comes: ['2027-10-21T06:00', '2027-10-28T06:00', '2027-11-04T07:00', '2027-11-11T07:00'],
  },
  {
    why: 'a holiday is a day like any other: Christmas, New Year, Easter Monday',
    turnus: 'FREQ=YEARLY;BYMONTH=1,3,12;BYMONTHDAY=1,25,29;BYHOUR=9',
    from: '2027-01-01',
    until: '2028-01-01',
    comes: [
      '2027-01-01T08:00',
      '2027-01-25T08:00',
      '2027-01-29T08:00',
      '2027-03-01T08:00',
      '2027-03-25T08:00',
      '2027-03-29T07:00',
      '2027-12-01T08:00',
      '2027-12-25T08:00',
      '2027-12-29T08:00',
    ],
  },
  {
    why: 'an hour that no clock shows in spring is no moment: there is none on 28 March',
    turnus: 'FREQ=DAILY;BYHOUR=2;BYMINUTE=30',
    from: '2027-03-27',
    until: '2027-03-30',
    comes: ['2027-03-27T01:30', '2027-03-29T00:30'],
  },
  {
    why: 'an hour that clocks show twice in autumn comes once, the first time: 31 October',
    turnus: 'FREQ=DAILY;BYHOUR=2;BYMINUTE=30',
    from: '2027-10-30',
    until: '2027-11-02',
    comes: ['2027-10-30T00:30', '2027-10-31T00:30', '2027-11-01T01:30'],
  },
  {
    why: 'the last working day of a month, as the rule has it',
    turnus: 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    from: '2027-01-01',
    until: '2027-06-01',
    comes: ['2027-01-29T07:00', '2027-02-26T07:00', '2027-03-31T06:00', '2027-04-30T06:00', '2027-05-31T06:00'],
  },
  {
    why: 'a month without that day has none',
    turnus: 'FREQ=MONTHLY',
    from: '2027-01-31',
    until: '2027-06-01',
    comes: ['2027-01-31T07:00', '2027-03-31T06:00', '2027-05-31T06:00'],
  },
  {
    why: 'where a week begins decides which weeks count: from Monday',
    turnus: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO',
    from: '2027-08-03',
    until: '2027-08-30',
    comes: ['2027-08-03T06:00', '2027-08-08T06:00', '2027-08-17T06:00', '2027-08-22T06:00'],
  },
  {
    why: 'where a week begins decides which weeks count: from Sunday',
    turnus: 'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU',
    from: '2027-08-03',
    until: '2027-08-30',
    comes: ['2027-08-03T06:00', '2027-08-15T06:00', '2027-08-17T06:00', '2027-08-29T06:00'],
  },
  {
    why: 'so many, and no more; the one that no clock shows is not counted',
    turnus: 'FREQ=DAILY;COUNT=3;BYHOUR=2',
    from: '2027-03-27',
    until: '2027-12-31',
    comes: ['2027-03-27T01:00', '2027-03-29T00:00', '2027-03-30T00:00'],
  },
  {
    why: 'until a day, which counts',
    turnus: 'FREQ=DAILY;UNTIL=20270103',
    from: '2027-01-01',
    until: '2027-12-31',
    comes: ['2027-01-01T07:00', '2027-01-02T07:00', '2027-01-03T07:00'],
  },
  {
    why: 'until an instant',
    turnus: 'FREQ=DAILY;UNTIL=20270103T065959Z',
    from: '2027-01-01',
    until: '2027-12-31',
    comes: ['2027-01-01T07:00', '2027-01-02T07:00'],
  },
  {
    why: 'an hour earlier than the usual one on the first day',
    turnus: 'FREQ=WEEKLY;BYDAY=FR;BYHOUR=6',
    from: '2027-01-01',
    until: '2027-01-10',
    comes: ['2027-01-01T05:00', '2027-01-08T05:00'],
  },
  {
    why: 'the weekday of its first day in a week of the year, year after year',
    turnus: 'FREQ=YEARLY;BYWEEKNO=20',
    from: '2026-01-01',
    until: '2029-01-01',
    comes: ['2026-05-14T06:00', '2027-05-20T06:00', '2028-05-18T06:00'],
  },
  {
    why: 'small letters are the same',
    turnus: 'freq=daily;count=1',
    from: '2027-01-01',
    until: '2027-02-01',
    comes: ['2027-01-01T07:00'],
  },
  {
    why: 'what is no rule never comes',
    turnus: 'each second Tuesday',
    from: '2027-01-01',
    until: '2028-01-01',
    comes: [],
  },
];

for (const { why, turnus, from, until, comes } of ROWS) {
  t.test(why, async (t) => t.same(moments(turnus, from, until), comes, turnus));
}

t.test('nothing comes before the instant at which the agreement begins', async (t) => {
  const startsAt = Date.parse('2027-01-01T09:00:00.000Z');
  t.same(moments('FREQ=DAILY', '2027-01-01', '2027-01-03', startsAt), ['2027-01-02T07:00']);
});

t.test('of several moments that were missed the last one is told, and the next', async (t) => {
  const rhythm = { turnus: 'FREQ=WEEKLY;BYDAY=MO', from: startOfDayBerlin('2027-01-01') };
  const at = (day: string): number => startOfDayBerlin(day);
  const found = rhythms.since(rhythm, Date.parse('2027-03-01T07:00:00.000Z'), at('2027-04-14'));
  t.same(found, { last: Date.parse('2027-04-12T06:00:00.000Z'), next: Date.parse('2027-04-19T06:00:00.000Z') });
  const { last, next } = rhythms.since(rhythm, found.last!, at('2027-04-14'));
  t.same([last, next], [null, found.next], 'none twice');
});

t.test('a rule that never comes, or cannot be counted, has no first moment', async (t) => {
  const from = startOfDayBerlin('2027-01-01');
  for (const turnus of [
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30',
    'FREQ=DAILY;INTERVAL=7;BYDAY=MO',
    'FREQ=MONTHLY;BYDAY=5MO;BYSETPOS=2',
    'FREQ=DAILY;UNTIL=20261231',
    'FREQ=DAILY;COUNT=1000;BYMONTH=2;BYMONTHDAY=29',
    'no rule',
  ]) {
    t.equal(rhythms.first({ turnus, from }), null, turnus);
  }
  t.equal(
    rhythms.first({ turnus: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', from }),
    Date.parse('2028-02-29T07:00:00.000Z'),
  );
});

// ── Any rule ──

const some = <Value>(values: readonly Value[], most: number) =>
  fc.option(fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: most }), { nil: null, freq: 1 });
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, place) => first + place).filter((one) => one !== 0);
const DAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const NUMBERED = DAYS.flatMap((day) => [day, `1${day}`, `2${day}`, `-1${day}`]);

const anyRule = fc
  .record({
    FREQ: fc.constantFrom('DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'),
    INTERVAL: fc.constantFrom(1, 1, 2, 3, 5),
    BYMONTH: some(range(1, 12), 4),
    BYMONTHDAY: some(range(-31, 31), 4),
    BYYEARDAY: some(range(-366, 366), 4),
    BYWEEKNO: some(range(2, 51), 4),
    plain: some(DAYS, 3),
    numbered: some(NUMBERED, 3),
    BYSETPOS: some([1, 2, -1], 2),
    WKST: fc.constantFrom('MO', 'SU'),
    BYHOUR: fc.option(fc.constantFrom(0, 2, 3, 6, 17, 23), { nil: null }),
    BYMINUTE: fc.option(fc.constantFrom(0, 30), { nil: null }),
    COUNT: fc.option(fc.constantFrom(1, 3, 7), { nil: null }),
  })
  .map(({ plain, numbered, ...rule }) => {
    const isYearly = rule.FREQ === 'YEARLY';
    const yearDays = isYearly ? rule.BYYEARDAY : null;
    const weeks = isYearly && yearDays === null && rule.BYMONTH === null ? rule.BYWEEKNO : null;
    const monthDays = rule.FREQ === 'WEEKLY' || weeks || yearDays ? null : rule.BYMONTHDAY;
    const isCounted = (isYearly || rule.FREQ === 'MONTHLY') && !weeks && !monthDays;
    const parts = {
      ...rule,
      BYMONTHDAY: monthDays,
      BYYEARDAY: yearDays,
      BYWEEKNO: weeks,
      BYDAY: yearDays ? null : isCounted ? numbered : plain,
      // Weeks of a year are those that begin on Monday.
      WKST: weeks ? 'MO' : rule.WKST,
    };
    const picks = ['BYMONTH', 'BYMONTHDAY', 'BYYEARDAY', 'BYWEEKNO', 'BYDAY'] as const;
    if (picks.every((name) => parts[name] === null) || rule.FREQ === 'DAILY') parts.BYSETPOS = null;
    return Object.entries(parts)
      .filter(([, value]) => value !== null)
      .map(([name, value]) => `${name}=${[value].flat().join(',')}`)
      .join(';');
  });

t.test('any rule comes when one finds it by looking at each day', async (t) => {
  const anyDay = fc
    .integer({ min: 0, max: 4000 })
    .map((days) => new Date(Date.UTC(2024, 0, 1 + days)).toISOString().slice(0, 10));
  const MOST = 60;
  let compared = 0;
  fc.assert(
    fc.property(anyRule, anyDay, (turnus, from) => {
      const until = `${Number(from.slice(0, 4)) + 3}-01-01`;
      const seen = comesBy(turnus, from, 3).filter((at) => at < startOfDayBerlin(until));
      const expected = seen.slice(0, MOST).map((at) => new Date(at).toISOString().slice(0, 16));
      compared += expected.length;
      const found = moments(turnus, from, until, undefined, MOST);
      return JSON.stringify(found) === JSON.stringify(expected);
    }),
    { numRuns: 200 },
  );
  t.ok(compared > 200, `${compared} moments were compared`);
});
