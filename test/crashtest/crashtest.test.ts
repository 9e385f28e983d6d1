/** A short run, with TESTS=all; `npm run crashtest` makes long ones. */
import type { Test } from 'tap';
import { leftToItsCommand } from '../support/long.ts';
import { t } from '../support/t.ts';
import { type CrashOptions, crash } from './crash.ts';
import { lastLine, lineOf } from './report.ts';

async function demandNothingLost(t: Test, options: CrashOptions): Promise<void> {
  const report = await crash(options);
  t.comment(lastLine(report));
  t.same(report.findings.map(lineOf), []);
  t.equal(report.forwardings, options.forwardings);
  t.equal(report.killed.kills, options.kills);
  t.equal(report.killed.databaseKills, options.databaseKills);
  t.ok(report.killed.under > 0 && report.traffic.brokeOff > 0, 'requests were under way at the kills');
  t.ok(report.events > options.forwardings, 'each forwarding was told of, and steps too');
  t.equal(report.deliveries - report.takenTwice, report.events, 'and every event was taken');
}

t.test(
  'two on one database, killed again and again, and it as well, lose nothing that they have acknowledged and invent nothing',
  { skip: leftToItsCommand },
  (t) => demandNothingLost(t, { kills: 2, databaseKills: 1, forwardings: 40, instances: 2, seed: 2 }),
);
