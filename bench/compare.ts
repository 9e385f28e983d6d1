/**
 * npm run bench [-- --quick]: the four works over REST, over GraphQL and at the floor, in turn, with all walls up. Writes
 * bench/RESULTS.md and bench/results.svg; takes a quarter of an hour, with --quick two minutes and less certainty.
 *
 * To look at a part, which writes nothing: --only R1,W2, --connections 1,16, --seconds 8; --profile FOLDER has the service write what its
 * processor did (V8's format). docs/performance.md says what the figures mean.
 */
import { parseArgs } from 'node:util';
import { measure } from './measure/measure.ts';
import { TARGETS, WORKS } from './measure/works.ts';
import { writeResults } from './report/results.ts';
import type { Cell } from './report/summary.ts';
import { startSystem } from './system.ts';

interface Extent {
  persons: number;
  rounds: number;
  seconds: number;
  warmUpSeconds: number;
}

const WHOLE: Extent = { persons: 10_000, rounds: 3, seconds: 5, warmUpSeconds: 1 };
const QUICK: Extent = { persons: 2_000, rounds: 2, seconds: 0.6, warmUpSeconds: 0.3 };
const CONNECTIONS = [1, 16, 64];

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
    connections: { type: 'string' },
    seconds: { type: 'string' },
    profile: { type: 'string' },
  },
});
const extent = { ...(values.quick ? QUICK : WHOLE), ...(values.seconds ? { seconds: Number(values.seconds) } : {}) };
const works = WORKS.filter((work) => values.only === undefined || values.only.split(',').includes(work));
const connections = values.connections?.split(',').map(Number) ?? CONNECTIONS;

const began = performance.now();
const say = (line: string): void =>
  console.log(`${String(Math.round((performance.now() - began) / 1_000)).padStart(4)} s  ${line}`);

say(`${extent.persons} persons, ${extent.persons * 10} Laufzettel, ${extent.persons * 80} entries are written`);
const system = await startSystem({ profile: values.profile });
try {
  await system.fill({ first: 0, end: extent.persons });
  const cells: Cell[] = [];
  let seed = 1;
  for (const work of works) {
    for (const many of connections) {
      const cell: Cell = { work, connections: many, rounds: { floor: [], REST: [], GraphQL: [] } };
      for (let round = 0; round < extent.rounds; round++) {
        for (const target of TARGETS) {
          const { persons, seconds, warmUpSeconds } = extent;
          const job = { work, target, connections: many, seconds, warmUpSeconds, persons, seed: seed++ };
          cell.rounds[target].push(await measure(system, job));
        }
      }
      cells.push(cell);
      const rates = TARGETS.map((target) => {
        const last = cell.rounds[target].at(-1)!;
        return `${target} ${Math.round(last.rate)}/s, ${last.p99.toFixed(1)} ms, CPU ${Math.round(last.nodeCpu)} + ${Math.round(last.postgresCpu)} µs, ${last.bytes} B`;
      });
      say(`${work}, ${many} connections: ${rates.join('; ')}`);
    }
  }
  if (values.only === undefined && values.connections === undefined && values.seconds === undefined) {
    const { rows } = await system.owner.query("SELECT split_part(version(), ' on ', 1) AS postgres");
    const { rows: promises } = await system.owner.query(
      "SELECT name || ' ' || setting AS one FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')",
    );
    const durability = promises.map(({ one }) => one);
    await writeResults(cells, { quick: values.quick, ...extent, postgres: rows[0].postgres, durability });
    say('bench/RESULTS.md and bench/results.svg are written');
  }
} finally {
  await system.stop();
}
