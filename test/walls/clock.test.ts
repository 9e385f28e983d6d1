/** The one clock: it is the database's, it does not stand still, and nothing that it has ended goes on. */
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { later, rowsOf, sent, stopClock } from './scenes.ts';
import { connectAs } from './service-role.ts';

const HOUR = 3_600_000;

t.test('the clock goes on while a transaction lasts: a no cannot hide behind its start', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const service = await connectAs(exchange.database.serviceUrl);
  t.teardown(() => service.close());
  const [{ moved, milliseconds }] = (await service.attempt(
    `WITH first AS MATERIALIZED (SELECT api.clock_now() AS at),
       slept AS MATERIALIZED (SELECT pg_sleep(0.02), first.at FROM first)
     SELECT api.clock_now() > slept.at AS moved, extract(microseconds FROM slept.at)::int % 1000 = 0 AS milliseconds FROM slept`,
  )) as [{ moved: boolean; milliseconds: boolean }];
  t.equal(moved, true);
  t.equal(milliseconds, true, 'cut to milliseconds');
});

t.test('an end that has come while it was being reviewed is not moved', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const validUntil = new Date(Date.now() + HOUR).toISOString();
  const { hop } = await sent(exchange, 'arge', 'caritas', undefined, { validUntil });
  const [row] = await rowsOf(exchange, hop);
  const end = row!.good_until;
  const actor = { agency: AGENCY.arge, system: 'arge', caseworker: null };
  /** Whether a review that was made before would move the end if it were written at that instant. */
  async function moves(at: Date): Promise<boolean> {
    await stopClock(exchange, at);
    const move = [{ id: row!.id, goodUntil: later(end, HOUR).getTime() }];
    const review = { at: at.getTime(), cause: 'GIVEN', persons: [], close: [], move };
    await exchange.sql('SELECT api.apply_review($1, $2)', [actor, review]);
    const after = (await rowsOf(exchange, hop)).find((one) => one.id === row!.id);
    await exchange.sql('UPDATE disclosure SET good_until = $1 WHERE id = $2', [end, row!.id]);
    return after!.good_until.getTime() !== end.getTime();
  }
  t.equal(await moves(later(end, -1)), true, 'a millisecond before it is');
  t.equal(await moves(end), false, 'at its millisecond no more');
});
