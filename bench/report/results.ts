/** bench/RESULTS.md and bench/results.svg: machine, versions, what was aimed at and reached, and all that was measured. */
import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { arch, cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { ABOUT, WORKS } from '../measure/works.ts';
import { POOL_SIZE, POSTGRES_SETTINGS } from '../system.ts';
import { plotOf } from './plot.ts';
import { type Cell, type Line, linesOf } from './summary.ts';
import { AIMED_AT, verdictsOf } from './targets.ts';

export interface About {
  quick: boolean;
  persons: number;
  rounds: number;
  seconds: number;
  postgres: string;
  /** What a commit promises, as the server has it. */
  durability: string[];
}

const FOLDER = fileURLToPath(new URL('..', import.meta.url));

export async function writeResults(cells: readonly Cell[], about: About): Promise<void> {
  const lines = cells.flatMap(linesOf);
  await writeFile(`${FOLDER}RESULTS.md`, resultsText(lines, about));
  await writeFile(`${FOLDER}results.svg`, plotOf(lines));
}

export function resultsText(lines: readonly Line[], about: About): string {
  const { quick, persons, rounds, seconds, postgres, durability } = about;
  const settings = Object.entries(POSTGRES_SETTINGS).map(([name, value]) => `${name} ${value}`);
  return `# Results of the benchmark

Written by \`npm run bench${quick ? ' -- --quick' : ''}\`${quick ? ', **the short run: rough figures**' : ''}. What the figures mean: [docs/performance.md](../docs/performance.md).

| | |
|---|---|
| machine | ${cpus().length} × ${cpus()[0]!.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}, ${arch()}; load, service, floor and PostgreSQL all on it |
| versions | Node ${process.versions.node}, ${postgres} |
| commit | ${commit()} |
| PostgreSQL | ${[...durability, ...settings].join(', ')} |
| service | one process, all walls up, pool of ${POOL_SIZE}, rate limits set out of reach (10,000,000 a minute) |
| data | ${number(persons)} persons, ${number(persons * 10)} Laufzettel with 8 entries, 50 agencies; what the writes of the run add to it |
| measured | ${rounds} rounds of ${seconds} s each, floor, REST and GraphQL by turns; rates and latencies: median of the rounds, CPU: lowest round; memory of the Node process: the most since its start, of service and floor |

${WORKS.map((work) => `- **${work}**: ${ABOUT[work]}`).join('\n')}

## What was aimed at, with ${AIMED_AT} connections

| work | | aim | reached | |
|---|---|---|---|---|
${verdictsOf(lines)
  .map(
    ({ work, what, aim, reached, isReached }) =>
      `| ${work} | ${what} | ${aim} | ${reached.toFixed(2)} | ${isReached ? 'yes' : '**no**'} |`,
  )
  .join('\n')}

## All of it

![Requests a second](results.svg)

| work | connections | | requests/s | of the floor | p50 ms | p99 ms | CPU Node µs | of the floor | CPU PostgreSQL µs | of the floor | CPU load µs | peak memory MiB | bytes |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
${lines.map(row).join('\n')}
`;
}

const row = (line: Line): string =>
  `| ${line.work} | ${line.connections} | ${line.target} | ${number(Math.round(line.rate))} | ${line.ratio.rate.toFixed(2)} | ${line.p50.toFixed(2)} | ${line.p99.toFixed(2)} | ${Math.round(line.nodeCpu)} | ${line.ratio.nodeCpu.toFixed(2)} | ${Math.round(line.postgresCpu)} | ${line.ratio.postgresCpu.toFixed(2)} | ${Math.round(line.loadCpu)} | ${Math.round(line.peak)} | ${number(line.bytes)} |`;

const number = (value: number): string => value.toLocaleString('en-US');

/** The commit, and whether the tree has been changed since. */
export function commit(): string {
  try {
    const git = (...words: string[]): string =>
      execFileSync('git', words, { cwd: FOLDER, stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .trim();
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', '../src', '../prisma') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ', with changes' : ''}`;
  } catch {
    return 'unknown: not a clone';
  }
}
