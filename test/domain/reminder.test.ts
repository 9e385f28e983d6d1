/** When somebody is reminded: periods over weekends, holidays and both changes of the clocks; and what is worth telling at all. */
import type { Facts, GivenRelease, GivenStatement } from '../../src/domain/facts.ts';
import { LAENDER, type Land } from '../../src/domain/laender.ts';
import {
  type DUE_DATES,
  endsSomething,
  judgeReminder,
  momentOf,
  type PERIODS,
  REVIEWS,
  type Reminder,
} from '../../src/domain/reminder.ts';
import { addDays, type HolidaysOf, isWorkingDay } from '../../src/domain/working-days.ts';
import { day, given, NOW, refused, release, withdrawn, withdrawnRelease } from '../support/consent-world.ts';
import { t } from '../support/t.ts';

/** As the law of each has them, of the days that are met here. */
const EVERYWHERE = ['2026-04-03', '2026-04-06', '2026-12-25', '2026-12-26', '2027-01-01'];
const OF_LAND: Partial<Record<Land, string[]>> = {
  BW: ['2027-01-06'],
  BE: ['2027-03-08'],
  SH: ['2028-10-31'],
  BY: ['2028-11-01'],
  SN: ['2026-11-18', '2028-10-31'],
};
const holidaysOf: HolidaysOf = (land, year) =>
  new Set([...EVERYWHERE, ...(land === null ? [] : (OF_LAND[land] ?? []))].filter((one) => one.startsWith(`${year}`)));
const shown = (at: number): string => new Date(at).toISOString();
const instant = (text: string): string => shown(Date.parse(text));

const period = (
  since: string,
  days: number,
  land: Land | null = null,
  kind: (typeof PERIODS)[number] = 'REMINDER',
) => ({
  kind,
  id: 'f1',
  told: 0,
  since: Date.parse(since),
  days,
  land,
});
const due = (
  dueDate: string,
  kind: (typeof DUE_DATES)[number] | (typeof REVIEWS)[number] = 'DUE_FOR_SENDER',
): Reminder => ({
  kind,
  id: 'f1',
  told: 0,
  dueDate,
  land: 'SH',
});
const ending = (
  kind: 'CONSENT_ENDING' | 'RELEASE_ENDING' | 'DISCLOSURE_ENDING' | 'AGREEMENT_ENDING',
  ends: number,
  more: { id?: string; capped?: boolean } = {},
): Reminder => ({ kind, id: 's1', told: 0, ends, capped: false, ...more });
const nothingSaid = { statements: [], releases: [] };
const judged = (reminder: Reminder, at: number, said: Pick<Facts, 'statements' | 'releases'> = nothingSaid) =>
  judgeReminder(reminder, at, said, holidaysOf);
const TOLD = { outcome: 'TELL', again: null };

t.test('a period ends at 08:00 of its last day, or of the next working day', async (t) => {
  const rows: [since: string, days: number, land: Land | null, ends: string, why: string][] = [
    ['2026-06-15T10:00+02:00', 3, null, '2026-06-18T08:00+02:00', 'on a Thursday'],
    ['2026-06-17T10:00+02:00', 3, null, '2026-06-22T08:00+02:00', 'a Saturday'],
    ['2026-06-18T10:00+02:00', 3, null, '2026-06-22T08:00+02:00', 'a Sunday'],
    ['2026-06-15T23:59+02:00', 1, null, '2026-06-16T08:00+02:00', 'days are counted, not hours'],
    ['2026-06-16T00:30+02:00', 1, null, '2026-06-17T08:00+02:00', 'and days of Berlin, not of UTC'],
    ['2026-12-22T10:00+01:00', 3, null, '2026-12-28T08:00+01:00', 'Christmas and the weekend after it'],
    ['2026-12-29T10:00+01:00', 3, null, '2027-01-04T08:00+01:00', 'New Year, a Friday'],
    ['2026-03-31T10:00+02:00', 3, null, '2026-04-07T08:00+02:00', 'from Good Friday to Easter Monday'],
    ['2026-03-27T10:00+01:00', 3, null, '2026-03-30T08:00+02:00', 'over the change to summer time'],
    ['2026-03-28T10:00+01:00', 1, null, '2026-03-30T08:00+02:00', 'on the very Sunday of that change'],
    ['2026-10-22T10:00+02:00', 4, null, '2026-10-26T08:00+01:00', 'over the change to winter time'],
    ['2026-10-24T10:00+02:00', 1, null, '2026-10-26T08:00+01:00', 'on the very Sunday of that change'],
    ['2028-10-28T10:00+02:00', 3, 'SH', '2028-11-01T08:00+01:00', 'Reformationstag, in Schleswig-Holstein'],
    ['2028-10-28T10:00+02:00', 3, 'BY', '2028-10-31T08:00+01:00', 'which is none in Bayern'],
    ['2028-10-28T10:00+02:00', 3, null, '2028-10-31T08:00+01:00', 'nor where no Land is known'],
    ['2028-10-29T10:00+01:00', 3, 'BY', '2028-11-02T08:00+01:00', 'Allerheiligen, in Bayern'],
    ['2028-10-29T10:00+01:00', 3, 'SH', '2028-11-01T08:00+01:00', 'which is none in Schleswig-Holstein'],
    ['2026-11-15T10:00+01:00', 3, 'SN', '2026-11-19T08:00+01:00', 'Buß- und Bettag, in Sachsen'],
    ['2027-03-05T10:00+01:00', 3, 'BE', '2027-03-09T08:00+01:00', 'Frauentag, in Berlin'],
    ['2027-01-03T10:00+01:00', 3, 'BW', '2027-01-07T08:00+01:00', 'Heilige Drei Könige, in Baden-Württemberg'],
    ['2026-06-15T10:00+02:00', 365, null, '2027-06-15T08:00+02:00', 'the longest'],
  ];
  for (const [since, days, land, ends, why] of rows) {
    t.equal(shown(momentOf(period(since, days, land), holidaysOf)), instant(ends), why);
    t.same(judged(period(since, days, land), Date.parse(ends) - 1), { outcome: 'LATER', at: Date.parse(ends) }, why);
    t.same(judged(period(since, days, land), Date.parse(ends)), TOLD, why);
  }
});

t.test('a due date is told at 08:00 of the last working day until it, and passes with its day', async (t) => {
  const rows: [dueDate: string, told: string, passes: string][] = [
    ['2026-06-18', '2026-06-18T08:00+02:00', '2026-06-19T00:00+02:00'],
    ['2026-06-21', '2026-06-19T08:00+02:00', '2026-06-22T00:00+02:00'],
    ['2026-04-06', '2026-04-02T08:00+02:00', '2026-04-07T00:00+02:00'],
    ['2026-12-27', '2026-12-24T08:00+01:00', '2026-12-28T00:00+01:00'],
    ['2027-01-03', '2026-12-31T08:00+01:00', '2027-01-04T00:00+01:00'],
    ['2028-10-31', '2028-10-30T08:00+01:00', '2028-11-01T00:00+01:00'],
    ['2026-03-28', '2026-03-27T08:00+01:00', '2026-03-29T00:00+01:00'],
    ['2026-03-29', '2026-03-27T08:00+01:00', '2026-03-30T00:00+02:00'],
    ['2026-10-25', '2026-10-23T08:00+02:00', '2026-10-26T00:00+01:00'],
  ];
  for (const [dueDate, told, passes] of rows) {
    const passed = Date.parse(passes);
    for (const kind of ['DUE_FOR_SENDER', 'DUE_FOR_RECIPIENT'] as const) {
      t.equal(shown(momentOf(due(dueDate, kind), holidaysOf)), instant(told), dueDate);
      t.same(judged(due(dueDate, kind), passed - 1), TOLD, 'until it has passed');
      t.same(judged(due(dueDate, kind), passed), { outcome: 'DROP' }, 'and not any more then');
    }
    t.equal(shown(momentOf(due(dueDate, 'OVERDUE'), holidaysOf)), instant(passes), dueDate);
    t.same(judged(due(dueDate, 'OVERDUE'), passed + 1), TOLD, 'however late');
  }
});

t.test('a review is told at 08:00 of the last working day until it, and when that was missed later', async (t) => {
  for (const kind of REVIEWS) {
    const review = due('2026-11-22', kind);
    const moment = Date.parse('2026-11-20T08:00+01:00');
    t.same(judged(review, moment - 1), { outcome: 'LATER', at: moment }, 'a Sunday');
    t.same(judged(review, moment), TOLD, kind);
    t.same(judged(review, Date.parse('2026-12-24T10:00+01:00')), TOLD, 'it has to be looked at all the same');
  }
});

t.test('an end is told 30 calendar days before, holidays or not, until it has come', async (t) => {
  const rows: [ends: string, told: string][] = [
    ['2026-07-15T12:00+02:00', '2026-06-15T12:00+02:00'],
    ['2026-04-20T12:00+02:00', '2026-03-21T12:00+01:00'],
    ['2026-11-10T09:30+01:00', '2026-10-11T09:30+02:00'],
    ['2027-01-24T00:00+01:00', '2026-12-25T00:00+01:00'],
  ];
  for (const [ends, told] of rows) {
    const reminder = ending('AGREEMENT_ENDING', Date.parse(ends));
    t.same(judged(reminder, Date.parse(told) - 1), { outcome: 'LATER', at: Date.parse(told) }, ends);
    t.same(judged(reminder, Date.parse(told)), TOLD, ends);
    t.same(judged(reminder, Date.parse(ends) - 1), TOLD, 'recorded late, or after a long standstill');
    t.same(judged(reminder, Date.parse(ends)), { outcome: 'DROP' }, 'not when it has ended');
  }
});

t.test('what ends only because nobody has accepted yet is looked at again a day later', async (t) => {
  const reminder = ending('DISCLOSURE_ENDING', day(10), { capped: true });
  t.same(judged(reminder, NOW), { outcome: 'LATER', at: day(1) });
  t.same(judged({ ...reminder, capped: false } as Reminder, NOW), TOLD);
});

t.test('who owes an answer is reminded four times, a week apart, on working days', async (t) => {
  let reminder = period('2026-03-10T10:00+01:00', 14, null, 'ANSWER_OWED');
  const told: string[] = [];
  for (let at = momentOf(reminder, holidaysOf); ; ) {
    told.push(shown(at));
    const now = judged(reminder, at);
    if (now.outcome !== 'TELL' || now.again === null) break;
    t.same(judged({ ...reminder, told: told.length, since: at }, now.again - 1).outcome, 'LATER');
    [reminder, at] = [{ ...reminder, told: told.length, since: at }, now.again];
  }
  const days = ['2026-03-24T08:00+01:00', '2026-03-31T08:00+02:00', '2026-04-07T08:00+02:00', '2026-04-14T08:00+02:00'];
  t.same(told, days.map(instant));
});

t.test('days are counted on the calendar', async (t) => {
  t.equal(addDays('2028-02-28', 1), '2028-02-29');
  t.equal(addDays('2026-12-31', 1), '2027-01-01');
  t.equal(addDays('2026-03-01', -1), '2026-02-28');
  t.notOk(isWorkingDay('2026-06-20', null, holidaysOf));
  t.notOk(isWorkingDay('2026-06-21', null, holidaysOf));
  t.ok(isWorkingDay('2026-12-24', null, holidaysOf), 'the 24th of December is no public holiday');
  for (const land of LAENDER) t.notOk(isWorkingDay('2026-12-25', land, holidaysOf), land);
});

t.test('a yes that is about to end is told while it is what holds, and nothing goes on after it', async (t) => {
  const end = day(20);
  const yes = (change: Partial<GivenStatement> = {}) => given({ validUntil: end, ...change });
  const other = (change: Partial<GivenStatement>) => given({ id: 's2', statedAt: day(-5), ...change });
  const rows: [why: string, said: Facts['statements'], ends: boolean][] = [
    ['alone', [yes()], true],
    ['withdrawn', [yes(), withdrawn({ recordedAt: day(-1) })], false],
    ['refused before it was said', [yes(), refused({ recordedAt: day(-12), statedAt: day(-12) })], true],
    ['withdrawn for another recipient', [yes(), withdrawn({ recipient: 'jmd', recordedAt: day(-1) })], true],
    ['withdrawn in part', [yes({ categories: ['STAMMDATEN', 'KONTAKT'] }), withdrawn({ recordedAt: day(-1) })], true],
    ['a later one lasts longer', [yes(), other({ validUntil: day(90) })], false],
    [
      'a later one lasts longer, for part of it',
      [yes({ categories: ['STAMMDATEN', 'KONTAKT'] }), other({ validUntil: day(90) })],
      true,
    ],
    ['a later one for another purpose', [yes(), other({ purpose: 'SPRACHFOERDERUNG', validUntil: day(90) })], true],
    ['a later one for another recipient', [yes(), other({ recipient: 'jmd', validUntil: day(90) })], true],
    ['a later one of another person', [yes(), other({ person: 'berta', validUntil: day(90) })], true],
    ['a later one begins when it ends', [yes(), other({ validFrom: end, validUntil: day(90) })], false],
    ['a later one begins after a gap', [yes(), other({ validFrom: end + 1, validUntil: day(90) })], true],
    ['a later one ends sooner: that one will be told', [yes(), other({ validUntil: day(10) })], false],
    [
      'an earlier one lasts longer, and does not count any more',
      [yes(), given({ id: 's0', statedAt: day(-20), validUntil: day(90) })],
      true,
    ],
    ['another of the same moment lasts longer', [yes(), other({ statedAt: day(-10), validUntil: day(90) })], false],
    ['another of the same moment ends with it', [yes(), other({ statedAt: day(-10), validUntil: end })], true],
    [
      'a later one that was withdrawn with it',
      [yes(), other({ validUntil: day(90) }), withdrawn({ recordedAt: day(-1) })],
      false,
    ],
  ];
  for (const [why, statements, ends] of rows) {
    const [about] = statements as GivenStatement[];
    t.equal(endsSomething(about!, { statements, releases: [] }), ends, why);
    const outcome = judged(ending('CONSENT_ENDING', end), NOW, { statements, releases: [] });
    t.same(outcome, ends ? TOLD : { outcome: 'DROP' }, why);
    t.equal(endsSomething(about!, { statements: statements.toReversed(), releases: [] }), ends, 'in any order');
  }
});

t.test('a release that is about to end is judged like a yes', async (t) => {
  const end = day(20);
  const yes = (change: Partial<GivenRelease> = {}) => release({ validUntil: end, ...change });
  const reminder = ending('RELEASE_ENDING', end, { id: 'f1' });
  const rows: [why: string, said: Facts['releases'], ends: boolean][] = [
    ['alone', [yes()], true],
    ['withdrawn', [yes(), withdrawnRelease({ recordedAt: day(-1) })], false],
    ['a later one lasts longer', [yes(), release({ id: 'f2', statedAt: day(-5), validUntil: day(90) })], false],
    [
      'a later one of another origin',
      [yes(), release({ id: 'f2', origin: 'jmd', statedAt: day(-5), validUntil: day(90) })],
      true,
    ],
  ];
  for (const [why, releases, ends] of rows) {
    t.same(judged(reminder, NOW, { statements: [], releases }), ends ? TOLD : { outcome: 'DROP' }, why);
  }
  t.same(judged(reminder, NOW), { outcome: 'DROP' }, 'one that is not this person’s any more');
  const no = withdrawnRelease({ id: 'f1' });
  t.same(judged(reminder, NOW, { statements: [], releases: [no] }), { outcome: 'DROP' }, 'a no ends nothing');
});
