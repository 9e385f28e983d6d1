/** What is aimed at, with 16 connections: our share of the floor's throughput, and how often its CPU we may take in Node. */
import type { Work } from '../measure/works.ts';
import type { Line } from './summary.ts';

const OF_REST: Record<Work, { rate: number; nodeCpu: number }> = {
  R1: { rate: 0.55, nodeCpu: 2.2 },
  R2: { rate: 0.75, nodeCpu: 1.5 },
  W1: { rate: 0.55, nodeCpu: 2.4 },
  W2: { rate: 0.6, nodeCpu: 2.2 },
};
const GRAPHQL_OF_REST = 0.8;
const P99_OF_FLOOR = 3;
export const AIMED_AT = 16;

export interface Verdict {
  work: Work;
  what: string;
  aim: string;
  reached: number;
  isReached: boolean;
}

export function verdictsOf(lines: readonly Line[]): Verdict[] {
  const here = lines.filter((one) => one.connections === AIMED_AT);
  return here
    .filter((one) => one.target === 'REST')
    .flatMap(({ work, rate, ratio }) => {
      const aims = OF_REST[work];
      const graphql = here.find((one) => one.work === work && one.target === 'GraphQL')!;
      return [
        atLeast(work, 'requests a second, of the floor’s', aims.rate, ratio.rate),
        atMost(work, 'CPU of Node a request, of the floor’s', aims.nodeCpu, ratio.nodeCpu),
        atMost(work, 'p99, of the floor’s', P99_OF_FLOOR, ratio.p99),
        atLeast(work, 'GraphQL, of our own REST', GRAPHQL_OF_REST, graphql.rate / rate),
      ];
    });
}

const atLeast = (work: Work, what: string, aim: number, reached: number): Verdict => ({
  work,
  what,
  aim: `≥ ${aim}`,
  reached,
  isReached: reached >= aim,
});
const atMost = (work: Work, what: string, aim: number, reached: number): Verdict => ({
  work,
  what,
  aim: `≤ ${aim}`,
  reached,
  isReached: reached <= aim,
});
