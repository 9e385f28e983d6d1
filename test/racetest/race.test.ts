/** A short race of two processes on one database, with TESTS=all; `npm run racetest` runs a long one. */
import { leftToItsCommand } from '../support/long.ts';
import { t } from '../support/t.ts';
import { race } from './race.ts';
import { lastLine } from './report.ts';

const ROUNDS = Number(process.env.RACETEST_ROUNDS ?? 30);
const SEED = Number(process.env.RACETEST_SEED ?? 1);

t.test(
  'two processes on one database keep every rule, whatever meets whatever',
  { skip: leftToItsCommand },
  async (t) => {
    const report = await race({ rounds: ROUNDS, seed: SEED });
    t.comment(lastLine(report, SEED));
    t.same(report.violations, [], report.slices.join('\n\n'));
    t.equal(report.rounds, ROUNDS);
    t.ok(report.shown > 0 && report.disclosures > 0 && report.refusals > 0, 'it was read, disclosed and refused');
    t.ok(report.contested > ROUNDS, 'calls met endings');
    t.ok(Object.keys(report.endings).length >= 6, `${Object.keys(report.endings)} ended something`);
  },
);
