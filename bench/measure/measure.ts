/** One measurement: a work at a target for a while, with what it cost. */
import { fork } from 'node:child_process';
import { on } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { System } from '../system.ts';
import type { Job, Loaded } from './load.ts';
import { cpuOf, cpuOfServer, memoryOf } from './processes.ts';

export interface Measured extends Loaded {
  /** Requests a second. */
  rate: number;
  /** Microseconds of CPU a request, of the Node process that is asked, of PostgreSQL, and of the one that asks. */
  nodeCpu: number;
  postgresCpu: number;
  loadCpu: number;
  /** Of the Node process that is asked, MiB: now, and the most since it was started. */
  resident: number;
  peak: number;
}

export type Measurement = Omit<Job, 'origin' | 'tokens'>;

const LOAD = fileURLToPath(new URL('./load.ts', import.meta.url));

export async function measure(system: System, measurement: Measurement): Promise<Measured> {
  const { target } = measurement;
  const asked = target === 'floor' ? system.floor : system.service;
  const origin = target === 'floor' ? system.floorUrl : system.serviceUrl;
  const tokens = target === 'floor' ? [] : await system.tokens();
  const child = fork(LOAD, { execArgv: [] });
  const messages = on(child, 'message', { close: ['exit'] })[Symbol.asyncIterator]();
  try {
    child.send({ ...measurement, origin, tokens } satisfies Job);
    await told(messages, 'measuring');
    const before = [performance.now(), cpuOf(asked), cpuOfServer(system.postgres), cpuOf(child.pid!)] as const;
    await told(messages, 'measured');
    const after = [performance.now(), cpuOf(asked), cpuOfServer(system.postgres), cpuOf(child.pid!)] as const;
    const loaded = (await told(messages)) as Loaded;
    return {
      ...loaded,
      rate: loaded.requests / ((after[0] - before[0]) / 1_000),
      nodeCpu: (after[1] - before[1]) / loaded.requests,
      postgresCpu: (after[2] - before[2]) / loaded.requests,
      loadCpu: (after[3] - before[3]) / loaded.requests,
      ...memoryOf(asked),
    };
  } finally {
    child.disconnect();
  }
}

/** The next message of the process; an error when it is another than the expected one. */
async function told(messages: AsyncIterator<unknown[]>, expected?: string): Promise<unknown> {
  const { value, done } = await messages.next();
  if (done) throw new Error('the load ended');
  const [message] = value as [{ failed?: string } | string];
  if (typeof message === 'object' && message.failed !== undefined) throw new Error(message.failed);
  if (expected !== undefined && message !== expected) throw new Error(`expected ${expected}`);
  return message;
}
