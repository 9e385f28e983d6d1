/**
 * A year of rounds, over both changes of summer time, Easter and Christmas: each rhythm's moments are listed here by hand, and
 * nothing else comes. The clock job runs each morning, and a millisecond before and at each moment.
 */
import { startExchange } from '../support/exchange.ts';
import { roundsJob } from '../support/rounds-job.ts';
import { t } from '../support/t.ts';
import { type Admitted, admit, agree, stopClock } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

/** In UTC, as the clock goes: 08:00 in Berlin is 07:00 in winter and 06:00 in summer. */
const RHYTHMS: Record<string, string[]> = {
  // Each second Tuesday of a month.
  'FREQ=MONTHLY;BYDAY=2TU': [
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
  // Each fourth Friday from the first of the year, 16:00: 26 March is Good Friday, 31 December a Friday like any other.
  'FREQ=WEEKLY;INTERVAL=4;BYDAY=FR;BYHOUR=16': [
    '2027-01-01T15:00',
    '2027-01-29T15:00',
    '2027-02-26T15:00',
    '2027-03-26T15:00',
    '2027-04-23T14:00',
    '2027-05-21T14:00',
    '2027-06-18T14:00',
    '2027-07-16T14:00',
    '2027-08-13T14:00',
    '2027-09-10T14:00',
    '2027-10-08T14:00',
    '2027-11-05T15:00',
    '2027-12-03T15:00',
    '2027-12-31T15:00',
  ],
  // The last Sunday of a month in the night: on 28 March no clock shows 02:30, on 31 October each shows it twice.
  'FREQ=MONTHLY;BYDAY=-1SU;BYHOUR=2;BYMINUTE=30': [
    '2027-01-31T01:30',
    '2027-02-28T01:30',
    '2027-04-25T00:30',
    '2027-05-30T00:30',
    '2027-06-27T00:30',
    '2027-07-25T00:30',
    '2027-08-29T00:30',
    '2027-09-26T00:30',
    '2027-10-31T00:30',
    '2027-11-28T01:30',
    '2027-12-26T01:30',
  ],
  // Christmas, New Year's Eve, Easter Sunday and Monday, the day of German unity: the agreement says so, so they come.
  'FREQ=YEARLY;BYMONTH=3,10,12;BYMONTHDAY=3,25,28,29,31;BYHOUR=9': [
    '2027-03-03T08:00',
    '2027-03-25T08:00',
    '2027-03-28T07:00',
    '2027-03-29T07:00',
    '2027-03-31T07:00',
    '2027-10-03T07:00',
    '2027-10-25T07:00',
    '2027-10-28T07:00',
    '2027-10-29T07:00',
    '2027-10-31T08:00',
    '2027-12-03T08:00',
    '2027-12-25T08:00',
    '2027-12-28T08:00',
    '2027-12-29T08:00',
    '2027-12-31T08:00',
  ],
};

t.test('rounds come exactly when the agreement says', async (t) => {
  await stopClock(exchange, '2026-12-31T12:00:00.000Z');
  const agreements: { turnus: string; id: string; parties: [Admitted, Admitted] }[] = [];
  for (const turnus of Object.keys(RHYTHMS)) {
    const parties: [Admitted, Admitted] = [await admit(exchange, 'REST'), await admit(exchange, 'GraphQL')];
    agreements.push({ turnus, parties, id: await agree(parties, { turnus, from: '2027-01-01', until: '2028-01-01' }) });
  }
  const moments = Object.values(RHYTHMS)
    .flat()
    .map((at) => Date.parse(`${at}:00.000Z`));
  const mornings = Array.from({ length: 380 }, (_, day) => Date.UTC(2027, 0, 1 + day, 4, 59));
  const ticks = [...new Set([...moments.flatMap((at) => [at - 1, at]), ...mornings])].sort((one, other) => one - other);
  const job = roundsJob(exchange);
  t.teardown(() => job.close());
  for (const tick of ticks) {
    await stopClock(exchange, new Date(tick).toISOString());
    await job.tick();
  }
  for (const { turnus, id, parties } of agreements) {
    for (const { id: reader, system } of parties) {
      const { items } = await system.done('listRounds', { query: { agreementId: id } });
      const shown = items.map((round: { at: string }) => round.at.slice(0, 16)).reverse();
      t.same(shown, RHYTHMS[turnus], `${turnus}, as ${reader} sees it`);
      const windows = items.map((round: { windowFrom: string }) => round.windowFrom.slice(0, 16)).reverse();
      t.same(windows, ['2026-12-31T23:00', ...shown.slice(0, -1)], 'each window begins where the one before ended');
    }
    const late = 'SELECT count(*)::int AS many FROM round WHERE agreement_id = $1 AND published_at <> moment';
    t.same(await exchange.sql(late, [id]), [{ many: 0 }], 'each at its moment, not before and not after');
  }
});
