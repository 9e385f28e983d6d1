/**
 * npm run bench -- --soak [--minutes 10]: 64 connections for ten minutes, the four works by turns over REST and GraphQL. Memory of the
 * service once a minute; any answer that is not the expected one ends it. Then the service is started again, on all that data.
 */
import { parseArgs } from 'node:util';
import { measure } from './measure/measure.ts';
import { WORKS } from './measure/works.ts';
import { startSystem } from './system.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
const PERSONS = 10_000;
const TURN_SECONDS = 7;

const system = await startSystem();
try {
  await system.fill({ first: 0, end: PERSONS });
  const began = performance.now();
  let [requests, seed, turn, highest] = [0, 1, 0, 0];
  const memory: number[] = [];
  for (let minute = 1; minute <= minutes; minute++) {
    while (performance.now() - began < minute * 60_000) {
      const target = turn++ % 2 === 0 ? 'REST' : 'GraphQL';
      for (const work of WORKS) {
        const job = { work, target, connections: 64, seconds: TURN_SECONDS, warmUpSeconds: 0.2 } as const;
        const { requests: answered, resident } = await measure(system, { ...job, persons: PERSONS, seed: seed++ });
        requests += answered;
        highest = Math.max(highest, resident);
        memory.push(resident);
      }
    }
    console.log(`${minute} min: ${requests} requests, ${Math.round(memory.at(-1)!)} MiB`);
  }
  const quarter = Math.ceil(memory.length / 4);
  const mean = (some: readonly number[]): number => some.reduce((sum, one) => sum + one, 0) / some.length;
  const [early, late] = [mean(memory.slice(quarter, 2 * quarter)), mean(memory.slice(-quarter))];
  console.log(
    `memory: ${Math.round(early)} MiB in the second quarter, ${Math.round(late)} MiB in the last one, at most ${Math.round(highest)} MiB`,
  );
  const ready = await system.restartService();
  console.log(`a second start was ready after ${(ready / 1_000).toFixed(2)} s`);
  console.log(`${requests} requests, 0 errors`);
} finally {
  await system.stop();
}
