/**
 * npm run racetest -- --rounds N --seed S: withdrawals and all else that ends disclosures against forwarding, reading,
 * accepting, correcting and linking, from two processes of the service on one database. The last line has the counts; the
 * exit code is 1 when a rule was broken, and the history that shows it is printed before.
 */
import { parseArgs } from 'node:util';
import { migrate } from '../../src/persistence/migrate.ts';
import { startTestServer } from '../support/test-server.ts';
import { race } from './race.ts';
import { lastLine } from './report.ts';

const PROGRESS_EVERY_ROUNDS = 200;

function positive(text: string, name: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} is a whole number from 1 on`);
  return number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { rounds: { type: 'string', default: '2000' }, seed: { type: 'string' } },
  });
  const rounds = positive(values.rounds, 'rounds');
  const seed = positive(values.seed ?? String(1 + Math.floor(Math.random() * 1_000_000)), 'seed');
  const server = await startTestServer();
  try {
    await migrate(server.migrateUrl, { log: { info() {} } });
    process.env.LAUFZETTEL_TEST_POSTGRES = server.superUrl;
    let told = 0;
    const report = await race({
      rounds,
      seed,
      onProgress(done) {
        if (done - told < PROGRESS_EVERY_ROUNDS) return;
        told = done;
        const megabytes = Math.round(process.memoryUsage().rss / 1_048_576);
        console.log(`${done} rounds, ${megabytes} MiB`);
      },
    });
    for (const [name, many] of Object.entries(report.endings).sort()) console.log(`${many} × ${name}`);
    for (const slice of report.slices) console.log(`\n${slice}`);
    for (const { rule, says } of report.violations.filter((one) => one.calls.length === 0))
      console.log(`${rule}: ${says}`);
    console.log(lastLine(report, seed));
    return report.violations.length === 0 ? 0 : 1;
  } finally {
    await server.stop();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error);
  return 1;
});
