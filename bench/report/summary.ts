/** What the rounds of a work come to: rates and latencies by their median, CPU by its lowest round, for noise only adds to it. */
import type { Measured } from '../measure/measure.ts';
import { TARGETS, type Target, type Work } from '../measure/works.ts';

/** What was measured of one work with that many connections, by target, one a round. */
export interface Cell {
  work: Work;
  connections: number;
  rounds: Record<Target, Measured[]>;
}

export interface Line extends Omit<Measured, 'requests' | 'resident'> {
  work: Work;
  connections: number;
  target: Target;
  /** To the floor in the same cell. */
  ratio: { rate: number; nodeCpu: number; postgresCpu: number; p99: number };
}

export const linesOf = ({ work, connections, rounds }: Cell): Line[] => {
  const all = TARGETS.map((target) => ({ work, connections, target, ...summed(rounds[target]) }));
  const floor = all.find((one) => one.target === 'floor')!;
  return all.map((one) => ({
    ...one,
    ratio: {
      rate: one.rate / floor.rate,
      nodeCpu: one.nodeCpu / floor.nodeCpu,
      postgresCpu: one.postgresCpu / floor.postgresCpu,
      p99: one.p99 / floor.p99,
    },
  }));
};

const summed = (rounds: readonly Measured[]): Omit<Measured, 'requests' | 'resident'> => ({
  rate: median(rounds.map((one) => one.rate)),
  p50: median(rounds.map((one) => one.p50)),
  p99: median(rounds.map((one) => one.p99)),
  nodeCpu: Math.min(...rounds.map((one) => one.nodeCpu)),
  postgresCpu: Math.min(...rounds.map((one) => one.postgresCpu)),
  loadCpu: Math.min(...rounds.map((one) => one.loadCpu)),
  peak: Math.max(...rounds.map((one) => one.peak)),
  bytes: Math.round(median(rounds.map((one) => one.bytes))),
});

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
