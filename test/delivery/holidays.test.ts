/** The public holidays of each Land, by dates that are written down from its law and not from the library that knows them. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { germanHolidays } from '../../src/delivery/holidays.ts';
import { LAENDER, type Land } from '../../src/domain/laender.ts';
import { t } from '../support/t.ts';

/** Those that move with Easter, and Buß- und Bettag, the Wednesday before 23 November. */
const MOVING: Record<number, Record<string, string>> = {
  2026: { good: '04-03', easter: '04-06', ascension: '05-14', whit: '05-25', corpus: '06-04', penance: '11-18' },
  2027: { good: '03-26', easter: '03-29', ascension: '05-06', whit: '05-17', corpus: '05-27', penance: '11-17' },
  2028: { good: '04-14', easter: '04-17', ascension: '05-25', whit: '06-05', corpus: '06-15', penance: '11-22' },
  2029: { good: '03-30', easter: '04-02', ascension: '05-10', whit: '05-21', corpus: '05-31', penance: '11-21' },
  2030: { good: '04-19', easter: '04-22', ascension: '05-30', whit: '06-10', corpus: '06-20', penance: '11-20' },
};
const EVERYWHERE = ['01-01', 'good', 'easter', '05-01', 'ascension', 'whit', '10-03', '12-25', '12-26'];
/** What each Land has beyond that (its Feiertagsgesetz), the whole of it: see docs/adr/0021. */
const OF_LAND: Record<Land, string[]> = {
  BW: ['01-06', 'corpus', '11-01'],
  BY: ['01-06', 'corpus', '11-01'],
  BE: ['03-08'],
  BB: ['10-31'],
  HB: ['10-31'],
  HH: ['10-31'],
  HE: ['corpus'],
  MV: ['03-08', '10-31'],
  NI: ['10-31'],
  NW: ['corpus', '11-01'],
  RP: ['corpus', '11-01'],
  SL: ['corpus', '08-15', '11-01'],
  SN: ['10-31', 'penance'],
  ST: ['01-06', '10-31'],
  SH: ['10-31'],
  TH: ['09-20', '10-31'],
};
const SUNDAY = 0;
/** Brandenburg names Easter Sunday and Whit Sunday too; a Sunday is no working day anywhere. */
const notSundays = (land: Land | null, year: number): string[] =>
  [...germanHolidays(land, year)].filter((day) => new Date(day).getUTCDay() !== SUNDAY).sort();

t.test('each Land has the holidays of its law', async (t) => {
  for (const year of Object.keys(MOVING).map(Number)) {
    const daysOf = (names: string[]): string[] =>
      names
        .map((name) => `${year}-${MOVING[year]![name] ?? name}`)
        .filter((day) => new Date(day).getUTCDay() !== SUNDAY)
        .sort();
    for (const land of LAENDER)
      t.same(notSundays(land, year), daysOf([...EVERYWHERE, ...OF_LAND[land]]), `${land} ${year}`);
    t.same(notSundays(null, year), daysOf(EVERYWHERE), `of no Land, ${year}: those of all`);
  }
});

t.test('a day became a holiday with its law and not before', async (t) => {
  const rows: [land: Land, day: string, is: boolean][] = [
    ['BE', '2018-03-08', false],
    ['BE', '2019-03-08', true],
    ['MV', '2022-03-08', false],
    ['MV', '2023-03-08', true],
    ['TH', '2018-09-20', false],
    ['TH', '2019-09-20', true],
    ['HB', '2018-10-31', true],
    ['HH', '2018-10-31', true],
    ['NI', '2018-10-31', true],
    ['SH', '2018-10-31', true],
    ['NW', '2017-10-31', true],
    ['NW', '2018-10-31', false],
  ];
  for (const [land, day, is] of rows) {
    t.equal(germanHolidays(land, Number(day.slice(0, 4))).has(day), is, `${land} ${day}`);
  }
});

t.test('what only some communes of a Land keep is none of the Land', async (t) => {
  for (const [land, day, what] of [
    ['BY', '2026-08-15', 'Mariä Himmelfahrt'],
    ['BY', '2026-08-08', 'the Friedensfest of Augsburg'],
    ['SN', '2026-06-04', 'Fronleichnam'],
    ['TH', '2026-06-04', 'Fronleichnam'],
  ] as const) {
    t.notOk(germanHolidays(land, 2026).has(day), `${what} in ${land}`);
  }
});

t.test('they are the same days whatever the zone of the machine', async (t) => {
  const module = fileURLToPath(new URL('../../src/delivery/holidays.ts', import.meta.url));
  const script = `import { germanHolidays } from ${JSON.stringify(module)};
    process.stdout.write(JSON.stringify([...germanHolidays('SN', 2026)]));`;
  for (const TZ of ['Pacific/Kiritimati', 'Pacific/Pago_Pago', 'Europe/Berlin']) {
    const options = { env: { ...process.env, TZ }, encoding: 'utf8' as const };
    const days = execFileSync(process.execPath, ['--input-type=module', '--eval', script], options);
    t.same(JSON.parse(days), [...germanHolidays('SN', 2026)], TZ);
  }
});
