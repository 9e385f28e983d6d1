/**
 * npm run leaktest -- [--ops N] [--seed S] [--as-it-was]: the canary run, docs/leaktest.md. Ends with 1 when anything was found.
 */
import { parseArgs } from 'node:util';
import { leaktest } from './run.ts';

const { values } = parseArgs({
  options: {
    ops: { type: 'string', default: '2000' },
    seed: { type: 'string' },
    'as-it-was': { type: 'boolean', default: false },
  },
});
const operations = Number(values.ops);
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
if (!Number.isSafeInteger(operations) || operations < 1 || !Number.isSafeInteger(seed)) {
  console.error('Usage: npm run leaktest -- [--ops NUMBER] [--seed NUMBER] [--as-it-was]');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
const startedAt = performance.now();
const report = await leaktest({ operations, seed, say: (line) => console.log(line), shorten: !values['as-it-was'] });
for (const finding of report.findings) console.log(finding);
const seconds = (performance.now() - startedAt) / 1000;
console.log(
  `searched ${report.tables} tables by COPY and ${Math.round(report.bytes / 1e6)} MB of the stopped data directory; ` +
    `${Math.round(report.operations / seconds)} operations a second, at most ${report.peakMegabytes} MB`,
);
const tally = [...report.tally].sort().map(([what, many]) => `${what} ${many}`);
console.log(`of them ${tally.join(', ')}`);
const { reads, disclosures, refusals, findings } = report;
console.log(
  `${report.operations} operations, ${reads} reads, ${disclosures} disclosures, ${refusals} refusals, ${findings.length} leaks, seed ${seed}`,
);
process.exitCode = findings.length === 0 ? 0 : 1;
