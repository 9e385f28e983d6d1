import { CODE_LISTS, codesOf, DATED_CODES, isInUse, planNameOn, reviewDayOf } from '../../src/domain/code-lists.ts';
import { isDay } from '../../src/domain/fields.ts';
import { t } from '../support/t.ts';

t.test('a name is in use from its first day to its last, both included', async (t) => {
  const rows: [from: string | null, until: string | null, on: string, isUsed: boolean][] = [
    ['2023-07-01', null, '2023-06-30', false],
    ['2023-07-01', null, '2023-07-01', true],
    [null, '2023-06-30', '2023-06-30', true],
    [null, '2023-06-30', '2023-07-01', false],
    [null, null, '1900-01-01', true],
  ];
  for (const [validFrom, validUntil, on, isUsed] of rows) t.equal(isInUse({ validFrom, validUntil }, on), isUsed, on);
});

t.test('one code of a list has one meaning on a day', async (t) => {
  const days = DATED_CODES.flatMap(({ validFrom, validUntil }) => [validFrom, validUntil]).filter(
    (day) => day !== null,
  );
  for (const day of days) t.ok(isDay(day), day);
  for (const on of [...days, '2026-11-23']) {
    for (const list of CODE_LISTS) {
      const codes = codesOf({ list, on }).map(({ code }) => code);
      t.equal(new Set(codes).size, codes.length, `${list} on ${on}`);
    }
  }
});

t.test(
  'a review period is that of a plan that has a name, and a name of a plan says which plans may bear it',
  async (t) => {
    const names = codesOf({ list: 'PLAN_NAMES' });
    for (const { code, months } of codesOf({ list: 'REVIEW_PERIODS' })) {
      t.ok(names.some((name) => name.code === code) && months! > 0, code);
    }
    for (const { code, kinds } of names) t.ok(kinds.length > 0, code);
    t.equal(codesOf({}).length, DATED_CODES.length);
  },
);

t.test('the law changes the name of a plan, and of a benefit', async (t) => {
  const rows: [code: string, kind: 'FOERDERPLAN' | 'BERUFSWEGEPLANUNG', on: string, label: string | undefined][] = [
    ['EINGLIEDERUNGSVEREINBARUNG', 'BERUFSWEGEPLANUNG', '2023-06-30', 'Eingliederungsvereinbarung'],
    ['EINGLIEDERUNGSVEREINBARUNG', 'BERUFSWEGEPLANUNG', '2023-07-01', undefined],
    ['KOOPERATIONSPLAN', 'FOERDERPLAN', '2023-06-30', undefined],
    ['KOOPERATIONSPLAN', 'FOERDERPLAN', '2023-07-01', 'Kooperationsplan'],
    ['BERUFSWEGEPLAN', 'FOERDERPLAN', '2026-11-23', undefined],
    ['BERUFSWEGEPLAN', 'BERUFSWEGEPLANUNG', '2026-11-23', 'Berufswegeplan'],
  ];
  for (const [code, kind, on, label] of rows)
    t.equal(planNameOn(code, kind, on)?.label, label, `${code} ${kind} ${on}`);
  const benefits = (on: string) => codesOf({ list: 'BENEFIT_NAMES', on }).map(({ code }) => code);
  t.ok(benefits('2022-12-31').includes('ARBEITSLOSENGELD_II') && !benefits('2022-12-31').includes('BUERGERGELD'));
  t.ok(benefits('2023-01-01').includes('BUERGERGELD') && !benefits('2023-01-01').includes('ARBEITSLOSENGELD_II'));
});

t.test('what is planned by a name of the law is looked at again within the months that the law says', async (t) => {
  t.equal(
    reviewDayOf('KOOPERATIONSPLAN', '2026-08-31'),
    '2027-02-28',
    'a month that has no such day ends with its last',
  );
  t.equal(reviewDayOf('KOOPERATIONSPLAN', '2023-06-30'), null, 'there was none yet');
  t.equal(reviewDayOf('FOERDERPLAN', '2026-11-23'), null, 'no law says anything about it');
});
