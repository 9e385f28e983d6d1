/** What a rhythm may say, and what it means where it leaves something to its beginning. */
import { type Day, inFull, readRule } from '../../src/domain/recurrence-rule.ts';
import { t } from '../support/t.ts';

const faultOf = (text: string): string | null => {
  const read = readRule(text);
  return 'detail' in read ? read.detail : null;
};

t.test('rules as RFC 5545 has them are taken', async (t) => {
  for (const text of [
    'FREQ=MONTHLY;BYDAY=2TU;BYHOUR=8',
    'freq=monthly;byday=2tu',
    'FREQ=DAILY',
    'FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR;WKST=SU',
    'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1',
    'FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU;BYHOUR=0;BYMINUTE=59',
    'FREQ=YEARLY;BYWEEKNO=-1,20;BYDAY=MO',
    'FREQ=YEARLY;BYYEARDAY=1,-1,366',
    'FREQ=MONTHLY;BYMONTHDAY=1,-31;BYMONTH=1,12',
    'FREQ=DAILY;COUNT=1000',
    'FREQ=DAILY;UNTIL=20281231',
    'FREQ=DAILY;UNTIL=20280229T235959Z',
    'FREQ=YEARLY;BYDAY=53MO,+1TU',
  ]) {
    t.equal(faultOf(text), null, text);
  }
});

const ROWS: [text: string, says: RegExp][] = [
  ['', /no recurrence rule/],
  ['each second Tuesday', /no recurrence rule/],
  ['FREQ=DAILY;', /no recurrence rule/],
  ['FREQ=DAILY;COUNT=1=2', /no recurrence rule/],
  ['RRULE:FREQ=DAILY', /a part that is not used here; write FREQ, /],
  ['FREQ=DAILY;BYSECOND=0', /a part that is not used here/],
  ['FREQ=DAILY;DTSTART=20270101', /a part that is not used here/],
  ['FREQ=DAILY;toString=1', /a part that is not used here/],
  ['FREQ=DAILY;COUNT=1;COUNT=2', /^says COUNT twice$/],
  ['BYDAY=MO', /has to say FREQ=DAILY/],
  ['FREQ=HOURLY', /at most once a day/],
  ['FREQ=MINUTELY', /at most once a day/],
  ['FREQ=SECONDLY', /at most once a day/],
  ['FREQ=DAILY,WEEKLY', /does not write FREQ/],
  ['FREQ=DAILY;BYHOUR=8,16', /several rounds a day/],
  ['FREQ=DAILY;BYMINUTE=0,30', /several rounds a day/],
  ['FREQ=DAILY;BYHOUR=24', /does not write BYHOUR/],
  ['FREQ=DAILY;BYMINUTE=60', /does not write BYMINUTE/],
  ['FREQ=DAILY;INTERVAL=0', /does not write INTERVAL/],
  ['FREQ=DAILY;INTERVAL=1001', /does not write INTERVAL/],
  ['FREQ=DAILY;INTERVAL=-1', /does not write INTERVAL/],
  ['FREQ=DAILY;COUNT=0', /does not write COUNT/],
  ['FREQ=DAILY;COUNT=1001', /does not write COUNT/],
  ['FREQ=DAILY;COUNT=1e2', /does not write COUNT/],
  ['FREQ=DAILY;UNTIL=2027-01-01', /does not write UNTIL/],
  ['FREQ=DAILY;UNTIL=20270431', /does not write UNTIL/],
  ['FREQ=DAILY;UNTIL=20271301', /does not write UNTIL/],
  ['FREQ=DAILY;UNTIL=20270101T080000', /does not write UNTIL/],
  ['FREQ=DAILY;UNTIL=20270101T246000Z', /does not write UNTIL/],
  ['FREQ=DAILY;BYMONTH=13', /does not write BYMONTH/],
  ['FREQ=MONTHLY;BYMONTHDAY=0', /does not write BYMONTHDAY/],
  ['FREQ=MONTHLY;BYMONTHDAY=32', /does not write BYMONTHDAY/],
  ['FREQ=WEEKLY;BYDAY=', /does not write BYDAY/],
  ['FREQ=WEEKLY;BYDAY=DI', /does not write BYDAY/],
  ['FREQ=MONTHLY;BYDAY=0MO', /does not write BYDAY/],
  ['FREQ=MONTHLY;BYDAY=54MO', /does not write BYDAY/],
  ['FREQ=WEEKLY;WKST=1', /does not write WKST/],
  [`FREQ=MONTHLY;BYMONTHDAY=${Array(367).fill(1).join()}`, /does not write BYMONTHDAY/],
  ['FREQ=DAILY;COUNT=1;UNTIL=20270101', /COUNT and UNTIL/],
  ['FREQ=MONTHLY;BYWEEKNO=1', /BYWEEKNO, which does not go with FREQ=MONTHLY/],
  ['FREQ=DAILY;BYYEARDAY=1', /BYYEARDAY, which does not go with FREQ=DAILY/],
  ['FREQ=WEEKLY;BYMONTHDAY=1', /BYMONTHDAY, which does not go with FREQ=WEEKLY/],
  ['FREQ=YEARLY;BYYEARDAY=1;BYDAY=MO', /write one of them/],
  ['FREQ=WEEKLY;BYDAY=2TU', /counts weekdays/],
  ['FREQ=DAILY;BYDAY=-1FR', /counts weekdays/],
  ['FREQ=YEARLY;BYWEEKNO=3;BYDAY=1MO', /counts weekdays/],
  ['FREQ=MONTHLY;BYMONTHDAY=3;BYDAY=1MO', /counts weekdays/],
  ['FREQ=DAILY;BYSETPOS=1', /BYSETPOS without another/],
];

t.test('what is none says what to write', async (t) => {
  for (const [text, says] of ROWS) t.match(faultOf(text), says, text.slice(0, 60));
});

t.test('it comes at 8 unless it says another time', async (t) => {
  const timeOf = (text: string) => {
    const read = readRule(text);
    return 'rule' in read && [read.rule.hour, read.rule.minute];
  };
  t.same(timeOf('FREQ=DAILY'), [8, 0]);
  t.same(timeOf('FREQ=DAILY;BYMINUTE=15'), [8, 15]);
  t.same(timeOf('FREQ=DAILY;BYHOUR=0'), [0, 0]);
});

t.test('what is left to the beginning is said in full', async (t) => {
  const wednesday: Day = { year: 2027, month: 3, day: 31, weekday: 3 };
  const full = (text: string): string => {
    const read = readRule(text);
    if ('detail' in read) throw new Error(read.detail);
    return inFull(read.rule, wednesday);
  };
  for (const [text, says] of [
    ['FREQ=DAILY', 'FREQ=DAILY'],
    ['FREQ=WEEKLY', 'FREQ=WEEKLY;BYDAY=WE'],
    ['FREQ=WEEKLY;BYDAY=FR', 'FREQ=WEEKLY;BYDAY=FR'],
    ['FREQ=MONTHLY', 'FREQ=MONTHLY;BYMONTHDAY=31'],
    ['FREQ=MONTHLY;BYDAY=1MO', 'FREQ=MONTHLY;BYDAY=1MO'],
    ['FREQ=YEARLY', 'FREQ=YEARLY;BYMONTHDAY=31;BYMONTH=3'],
    ['FREQ=YEARLY;BYMONTH=5', 'FREQ=YEARLY;BYMONTH=5;BYMONTHDAY=31'],
    ['FREQ=YEARLY;BYMONTHDAY=2', 'FREQ=YEARLY;BYMONTHDAY=2'],
    ['FREQ=YEARLY;BYYEARDAY=2', 'FREQ=YEARLY;BYYEARDAY=2'],
    ['FREQ=YEARLY;BYWEEKNO=20', 'FREQ=YEARLY;BYWEEKNO=20;BYDAY=WE'],
    ['FREQ=YEARLY;BYDAY=MO', 'FREQ=YEARLY;BYDAY=MO'],
  ] as const) {
    t.equal(full(text), says);
  }
  const counted = full('FREQ=YEARLY;BYDAY=MO,-1SU').split(/[=,]/);
  t.same(counted.slice(2, 5), ['1MO', '2MO', '3MO'], 'each Monday beside a weekday that is counted');
  t.same(counted.slice(-2), ['53MO', '-1SU']);
});
