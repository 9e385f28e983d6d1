import t from 'tap';
import { startExchange, AGENCY, AGREEMENT } from '../support/exchange.ts';
t.test('probe', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const admin = await exchange.as('admin');
  let at = Date.now();
  const s = await admin.post(`/v1/agencies/${AGENCY.rantzau}/suspend`, { confirm: true });
  t.comment('suspend', s.status, s.text, Date.now() - at);
  at = Date.now();
  const r = await admin.post(`/v1/agreements/${AGREEMENT}/terminate`, { confirm: true });
  t.comment('terminate', r.status, r.text, Date.now() - at);
  t.comment(exchange.log.filter((l) => /"level":"error"/.test(l)).join('\n'));
  t.pass('x');
});
