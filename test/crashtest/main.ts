/**
 * npm run crashtest -- --kills N --forwardings N --database-kills N --instances 1|2 --seed S: kills the service, and the database, at
 * random moments of the work, and reconciles database, feeds and receivers with what was acknowledged. The last line has the counts;
 * the exit code is 1 when anything was lost or invented.
 */
import { appendFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { crash } from './crash.ts';
import { isClean, lastLine, lineOf } from './report.ts';

const PROGRESS_EVERY_MS = 10_000;
const MOST_TOLD = 200;

function whole(text: string, name: string, least: number): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < least) throw new Error(`--${name} is a whole number from ${least} on`);
  return number;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: '50' },
      forwardings: { type: 'string', default: '10000' },
      'database-kills': { type: 'string', default: '0' },
      instances: { type: 'string', default: '2' },
      seed: { type: 'string' },
      'log-file': { type: 'string' },
    },
  });
  const kills = whole(values.kills, 'kills', 0);
  const databaseKills = whole(values['database-kills'], 'database-kills', 0);
  if (databaseKills > kills) throw new Error('--database-kills is how many of the --kills hit the database');
  const instances = whole(values.instances, 'instances', 1);
  if (instances !== 1 && instances !== 2) throw new Error('--instances is 1 or 2');
  const forwardings = whole(values.forwardings, 'forwardings', 1);
  const seed = whole(values.seed ?? String(1 + Math.floor(Math.random() * 1_000_000)), 'seed', 1);
  const logFile = values['log-file'];
  console.log(`seed ${seed}`);
  const began = performance.now();
  let toldAt = 0;
  const report = await crash({
    kills,
    databaseKills,
    instances,
    forwardings,
    seed,
    onLog(text) {
      if (logFile !== undefined) appendFileSync(logFile, text);
    },
    onProgress(progress) {
      if (performance.now() - toldAt < PROGRESS_EVERY_MS && !progress.includes('quiet')) return;
      toldAt = performance.now();
      console.log(`${Math.round((toldAt - began) / 1000)} s: ${progress}`);
    },
  });
  const { traffic, killed, enabledAnew, findings } = report;
  for (const finding of findings.slice(0, MOST_TOLD)) console.log(lineOf(finding));
  if (findings.length > MOST_TOLD) console.log(`and ${findings.length - MOST_TOLD} more`);
  console.log(
    `${Math.round((performance.now() - began) / 1000)} s; ${killed.databaseKills} of the kills hit the database; ` +
      `${traffic.answered} requests answered, ${traffic.brokeOff} broke off, ${traffic.putOff} put off; ` +
      `webhooks enabled anew ${enabledAnew} times`,
  );
  console.log(lastLine(report));
  return isClean(report) ? 0 : 1;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error);
  return 1;
});
