/**
 * A process that asks: as many connections as it is told, each with one request at a time, by undici. It counts what is answered
 * within the window, and how long it took; any answer that is not the expected one ends it.
 *
 * Gets a job as a message, and answers with `measuring`, `measured` and the result.
 */
import { Client, type Dispatcher } from 'undici';
import { randomOf } from '../../test/support/random.ts';
import { AGENCIES, idOf } from '../filling/plan.ts';
import { type Asked, type Cursor, requestOf, type Target, type Work } from './works.ts';

export interface Job {
  origin: string;
  work: Work;
  target: Target;
  connections: number;
  seconds: number;
  warmUpSeconds: number;
  /** Persons that there are. */
  persons: number;
  /** By agency; none at the floor. */
  tokens: string[];
  seed: number;
  /** Pages of inboxes to be read; none: the first ones. */
  cursors?: Cursor[];
}

export interface Loaded {
  requests: number;
  /** Milliseconds. */
  p50: number;
  p99: number;
  /** Bytes of one answer, in the mean. */
  bytes: number;
}

const EXPECTED: Record<Work, number> = { R1: 200, R2: 200, W1: 201, W2: 201 };

class Load {
  readonly #job: Job;
  readonly #random: () => number;
  readonly #agencies = Array.from({ length: AGENCIES }, (_, index) => idOf('agency', index));
  readonly durations: number[] = [];
  bytes = 0;
  measuring = false;
  #over = false;

  constructor(job: Job) {
    this.#job = job;
    this.#random = randomOf(job.seed).next;
  }

  stop(): void {
    this.#over = true;
  }

  async connection(): Promise<void> {
    const client = new Client(this.#job.origin, { pipelining: 1 });
    try {
      while (!this.#over) await this.#ask(client);
    } finally {
      await client.destroy();
    }
  }

  #headers({ agency, body, key }: Asked): Record<string, string> {
    const { target, tokens } = this.#job;
    return {
      ...(target === 'floor' ? { 'x-agency': this.#agencies[agency]! } : { authorization: `Bearer ${tokens[agency]}` }),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
      ...(key === null ? {} : { 'idempotency-key': key }),
    };
  }

  #ask(client: Client): Promise<void> {
    const { work, target, persons, cursors } = this.#job;
    const cursor = cursors?.[Math.floor(this.#random() * cursors.length)];
    const asked = requestOf(work, target, persons, this.#random, cursor);
    const expected = target === 'GraphQL' ? 200 : EXPECTED[work];
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const began = performance.now();
    let status = 0;
    let size = 0;
    let first: Buffer | null = null;
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart() {},
      onResponseStart(_, code) {
        status = code;
      },
      onResponseData: (_, chunk) => {
        size += chunk.length;
        first ??= chunk;
      },
      onResponseEnd: () => {
        // A GraphQL error comes with 200 too.
        const failed = status !== expected || (target === 'GraphQL' && !first!.subarray(0, 8).equals(DATA));
        if (failed) return reject(new Error(`${work} at ${target} answered ${status}: ${first?.toString()}`));
        if (this.measuring) {
          this.durations.push(performance.now() - began);
          this.bytes += size;
        }
        resolve();
      },
      onResponseError: (_, error) => reject(error),
    };
    client.dispatch(
      { path: asked.path, method: asked.method, body: asked.body, headers: this.#headers(asked) },
      handler,
    );
    return promise;
  }
}

const DATA = Buffer.from('{"data":');
const pause = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1_000));

async function run(job: Job): Promise<Loaded> {
  const load = new Load(job);
  const connections = Promise.all(Array.from({ length: job.connections }, () => load.connection()));
  const timed = (async () => {
    await pause(job.warmUpSeconds);
    load.measuring = true;
    process.send!('measuring');
    await pause(job.seconds);
    load.measuring = false;
    process.send!('measured');
    load.stop();
  })();
  await Promise.race([connections, timed]);
  await connections;
  const sorted = Float64Array.from(load.durations).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { requests: sorted.length, p50: at(0.5), p99: at(0.99), bytes: Math.round(load.bytes / sorted.length) };
}

process.on('message', (job: Job) => {
  run(job).then(
    (loaded) => process.send!(loaded),
    (error: unknown) => process.send!({ failed: String(error).slice(0, 500) }, () => process.exit(1)),
  );
});
