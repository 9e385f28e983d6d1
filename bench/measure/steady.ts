/** A process that forwards at a steady rate, whether what it asked before was answered or not (an open loop), over REST. */
import { Pool } from 'undici';
import { randomOf } from '../../test/support/random.ts';
import { requestOf } from './works.ts';

export interface Steady {
  origin: string;
  perSecond: number;
  seconds: number;
  persons: number;
  tokens: string[];
  seed: number;
}

export interface SteadilyDone {
  done: number;
  /** Forwardings a second, as they were answered. */
  rate: number;
  /** Of the requests, milliseconds from when each was due. */
  p50: number;
  p99: number;
}

async function run({ origin, perSecond, seconds, persons, tokens, seed }: Steady): Promise<SteadilyDone> {
  const pool = new Pool(origin, { connections: 32, pipelining: 1 });
  const { next } = randomOf(seed);
  const took: number[] = [];
  const began = performance.now();
  const forward = async (dueAt: number): Promise<void> => {
    const { agency, path, method, body, key } = requestOf('W2', 'REST', persons, next);
    const headers = { authorization: `Bearer ${tokens[agency]}`, 'content-type': 'application/json' };
    const answer = await pool.request({ path, method, body, headers: { ...headers, 'idempotency-key': key! } });
    const text = await answer.body.text();
    if (answer.statusCode !== 201) throw new Error(`forwarding answered ${answer.statusCode}: ${text}`);
    took.push(performance.now() - dueAt);
  };
  const running: Promise<void>[] = [];
  for (let sent = 0; sent < perSecond * seconds; ) {
    const due = Math.min(perSecond * seconds, ((performance.now() - began) / 1_000) * perSecond);
    for (; sent < due; sent++) running.push(forward(began + (sent / perSecond) * 1_000));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await Promise.all(running);
  const rate = took.length / ((performance.now() - began) / 1_000);
  await pool.close();
  const sorted = took.sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)]!;
  return { done: sorted.length, rate, p50: at(0.5), p99: at(0.99) };
}

process.on('message', (job: Steady) => {
  run(job).then(
    (done) => process.send!(done),
    (error: unknown) => process.send!({ failed: String(error).slice(0, 500) }, () => process.exit(1)),
  );
});
