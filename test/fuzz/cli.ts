/** npm run fuzz -- --requests N --seed S: random requests, and the findings. Exit code 1 where there is one. */
import { parseArgs } from 'node:util';
import { migrate } from '../../src/persistence/migrate.ts';
import { startTestServer } from '../support/test-server.ts';
import { fuzz } from './run.ts';
import { neverDone, summary } from './summary.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '3000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const [requests, seed] = [Number(values.requests), Number(values.seed)];
if (![requests, seed].every((one) => Number.isSafeInteger(one) && one >= 0)) {
  console.error('Say --requests and --seed as whole numbers.');
  process.exit(2);
}

const EVERY = 10_000;
let told = 0;
const server = await startTestServer();
try {
  await migrate(server.migrateUrl, { log: { info() {} } });
  process.env.LAUFZETTEL_TEST_POSTGRES = server.superUrl;
  const report = await fuzz({
    requests,
    seed,
    onFinding: (finding) => console.log(`FINDING ${finding}\n`),
    onProgress: (sent) => {
      if (sent - told < EVERY) return;
      told = sent;
      console.log(`${sent} sent, ${Math.round(process.memoryUsage().rss / 1024 / 1024)} MiB`);
    },
  });
  console.log(`Never done: ${neverDone(report).join(', ') || 'none'}`);
  console.log(summary(report, seed));
  process.exitCode = report.findings.length === 0 && report.requests === requests ? 0 : 1;
} finally {
  await server.stop();
}
