/** Refuses requests while the process has more to do than it can, so that those it has taken get their answers. */
import { getHeapStatistics } from 'node:v8';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';

/** Long enough that one garbage collection or one slow start of a neighbour is no pressure. */
const SAMPLE_MS = 2_000;

export interface PressureLimits {
  /** Mean delay of the event loop in a sample. 0: no limit. */
  eventLoopDelayMs: number;
  /** Of what Node may use. 0: no limit. */
  heapPercent: number;
}

/** For the `config` of a route that answers under pressure too. */
export const ALWAYS_ANSWERED = { pressureHandler: () => undefined };

/** Call it on the root. What is refused is an error of that route, which each door answers in its own form. */
export async function refuseUnderPressure(
  fastify: FastifyInstance,
  { eventLoopDelayMs, heapPercent }: PressureLimits,
): Promise<void> {
  await fastify.register(underPressure, {
    sampleInterval: SAMPLE_MS,
    maxEventLoopDelay: eventLoopDelayMs,
    maxHeapUsedBytes: Math.floor((getHeapStatistics().heap_size_limit * heapPercent) / 100),
  });
}
