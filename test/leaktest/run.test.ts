/** The canary run, short: nobody gets what they may not know. The long one: docs/leaktest.md. */
import { t } from '../support/t.ts';
import { leaktest } from './run.ts';

t.setTimeout(300_000);

t.test('nobody gets what the client has not agreed to, and everybody gets what is theirs', async (t) => {
  const report = await leaktest({ operations: 1_000, seed: 7, say: () => {} });
  t.same(report.findings, []);
  t.ok(report.operations >= 1_000);
  t.ok(report.reads > 300 && report.disclosures > 30 && report.refusals > 5, 'it was no idle run');
  const read = ['getPlan', 'getConference', 'getConference as text/html', 'getOwnPage', 'getOwnPage as text/html'];
  for (const what of read) t.ok(report.tally.get(what)! > 0, `${what} was read`);
  t.ok(report.tables > 20 && report.bytes > 10_000_000, 'the database was searched');
});
