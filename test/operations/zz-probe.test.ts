import t from 'tap';
import { startExchange } from '../support/exchange.ts';
import { systemAt } from '../support/both-doors.ts';
import { admit, agree } from './world.ts';
const exchange = await startExchange();
t.teardown(() => exchange.close());
t.test('probe', async (t) => {
  const a = await admit(exchange, 'REST');
  const b = await admit(exchange, 'REST');
  try { await agree([a, b]); } catch (e) { console.error(String(e).slice(0, 300)); }
  for (const l of exchange.log) if (/"level":50|unexpected/.test(l)) console.error(l.slice(0, 3000));
  t.pass('x');
  void systemAt;
});
