/** "Months, days and birthdays are those of Europe/Berlin." */
import {
  addDaysBerlin,
  addMonthsBerlin,
  dayBerlin,
  eighteenthBirthday,
  startOfDayBerlin,
} from '../../../src/domain/calendar.ts';
import { t } from '../../support/t.ts';

const tell = (instant: number) => new Date(instant).toISOString();

t.test('months later it is the same time of day', (t) => {
  const rows: [name: string, from: string, months: number, expected: string][] = [
    ['a month', '2026-01-15T09:00:00+01:00', 1, '2026-02-15T09:00:00+01:00'],
    ['into summer time', '2026-03-15T09:00:00+01:00', 1, '2026-04-15T09:00:00+02:00'],
    ['out of summer time', '2026-10-15T09:00:00+02:00', 1, '2026-11-15T09:00:00+01:00'],
    ['across the year', '2026-11-30T23:30:00+01:00', 2, '2027-01-30T23:30:00+01:00'],
    ['the day is cut to the month', '2026-01-31T09:00:00+01:00', 1, '2026-02-28T09:00:00+01:00'],
    ['twelve from 29 February', '2028-02-29T09:00:00+01:00', 12, '2029-02-28T09:00:00+01:00'],
    [
      'twelve from the first minutes of March, when Greenwich has February',
      '2028-03-01T00:10:00+01:00',
      12,
      '2029-03-01T00:10:00+01:00',
    ],
    ['twelve, to the millisecond', '2026-05-05T05:05:05.555+02:00', 12, '2027-05-05T05:05:05.555+02:00'],
  ];
  for (const [name, from, months, expected] of rows) {
    t.equal(tell(addMonthsBerlin(Date.parse(from), months)), tell(Date.parse(expected)), name);
  }
  t.end();
});

t.test('a day begins and ends at midnight in Berlin', (t) => {
  const rows: [at: string, expected: string][] = [
    ['2026-01-01T00:00:00.000+01:00', '2026-01-01'],
    ['2026-01-01T00:00:00.000+00:00', '2026-01-01'],
    ['2025-12-31T23:00:00.000Z', '2026-01-01'],
    ['2025-12-31T22:59:59.999Z', '2025-12-31'],
    ['2026-06-30T22:00:00.000Z', '2026-07-01'],
    ['2026-06-30T21:59:59.999Z', '2026-06-30'],
  ];
  for (const [at, expected] of rows) t.equal(dayBerlin(Date.parse(at)), expected, at);
  t.end();
});

t.test('days later it is the same time of day', (t) => {
  const rows: [name: string, from: string, days: number, expected: string][] = [
    ['four weeks', '2026-05-05T05:05:05.555+02:00', 28, '2026-06-02T05:05:05.555+02:00'],
    ['across the year', '2026-12-20T23:30:00+01:00', 28, '2027-01-17T23:30:00+01:00'],
    ['across 29 February', '2028-02-15T09:00:00+01:00', 28, '2028-03-14T09:00:00+01:00'],
    ['into summer time', '2026-03-15T09:00:00+01:00', 28, '2026-04-12T09:00:00+02:00'],
    ['out of summer time', '2026-10-15T09:00:00+02:00', 28, '2026-11-12T09:00:00+01:00'],
    ['into the hour that spring leaves out', '2026-03-01T02:30:00+01:00', 28, '2026-03-29T03:30:00+02:00'],
    ['into the hour that autumn repeats: the first', '2026-09-27T02:30:00+02:00', 28, '2026-10-25T02:30:00+02:00'],
    ['from the second of it', '2026-10-25T02:30:00+01:00', 28, '2026-11-22T02:30:00+01:00'],
  ];
  for (const [name, from, days, expected] of rows) {
    t.equal(tell(addDaysBerlin(Date.parse(from), days)), tell(Date.parse(expected)), name);
  }
  t.end();
});

t.test('a day begins at midnight in Berlin', (t) => {
  t.equal(tell(startOfDayBerlin('2026-01-15')), '2026-01-14T23:00:00.000Z', 'in winter');
  t.equal(tell(startOfDayBerlin('2026-07-15')), '2026-07-14T22:00:00.000Z', 'in summer');
  t.equal(tell(startOfDayBerlin('2026-03-29')), '2026-03-28T23:00:00.000Z', 'on the day summer time begins');
  t.equal(tell(startOfDayBerlin('2026-10-25')), '2026-10-24T22:00:00.000Z', 'on the day it ends');
  t.end();
});

t.test('what is no day of the calendar begins never', (t) => {
  for (const text of [
    '2026-02-30',
    '2026-00-01',
    '2026-13-01',
    '2026-01-00',
    '2026-1-1',
    '15.01.2026',
    '',
    '2026-01-15T00:00',
  ]) {
    t.throws(() => startOfDayBerlin(text), RangeError, text);
  }
  t.end();
});

t.test('the 18th birthday begins at midnight in Berlin', (t) => {
  t.equal(tell(eighteenthBirthday('2008-07-15')), '2026-07-14T22:00:00.000Z', 'in summer');
  t.equal(tell(eighteenthBirthday('2008-12-31')), '2026-12-30T23:00:00.000Z', 'in winter');
  t.equal(
    tell(eighteenthBirthday('2008-02-29')),
    '2026-02-27T23:00:00.000Z',
    'who was born on 29 February comes of age on 28',
  );
  t.end();
});
