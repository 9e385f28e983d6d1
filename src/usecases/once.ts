/**
 * The same request sent again has no second effect, and gets the first one's answer rendered anew.
 *
 * Its key is claimed, then it is run; what it notes first is kept with the key by the very transaction that has the effect.
 * A request that finds an effect renders it from the ids, through the check of this moment. One that finds nothing but a
 * claim waits a little for whoever holds it. Without an effect nothing happened, and the key is given back.
 */
import { randomUUID } from 'node:crypto';
import { type Problem, problem } from '../domain/problem.ts';
import type { Answer } from './answer.ts';
import { type Actor, type Deps, type Effect, TakenOver } from './ports.ts';

export interface KeyedRequest {
  /** As the caller chose it. */
  key: string;
  /** All that makes it this request: operation, parameters, body. */
  content: unknown;
}

export interface Once<T> {
  /** Acts as this actor, in whose name the effect is kept. */
  run(actor: Actor): Promise<Answer<T>>;
  /** The answer to a request that had that effect; null: it has none, for it only reads. */
  replay: ((effect: Effect) => Promise<Answer<T>>) | null;
}

/** With the pauses of `deps.pause`, about three seconds. */
const MOST_LOOKS = 34;

export async function once<T>(
  deps: Deps,
  actor: Actor,
  { key, content }: KeyedRequest,
  { run, replay }: Once<T>,
): Promise<{ answer: Answer<T>; replayed: boolean }> {
  const hash = deps.fingerprints.key(actor.agency ?? `system:${actor.system}`, key);
  const request = deps.fingerprints.request(content);
  for (let look = 0; look < MOST_LOOKS; look++) {
    const attempt = randomUUID();
    const claim = await deps.retries.claim(actor, hash, request, attempt);
    if (claim.state === 'mismatch') return { answer: mismatch, replayed: false };
    if (claim.state === 'replay') return { answer: await demand(replay)(claim), replayed: true };
    if (claim.state === 'in-flight') {
      await deps.pause(look);
      continue;
    }
    try {
      const claimed = replay === null ? actor : { ...actor, request: { key: hash.toString('hex'), attempt } };
      return { answer: await run(claimed), replayed: false };
    } catch (error) {
      // Whoever took it over answers for both.
      if (!(error instanceof TakenOver)) throw error;
    } finally {
      await deps.retries.release(actor, hash, attempt);
    }
  }
  return { answer: inFlight, replayed: false };
}

function demand<T>(replay: Once<T>['replay']): NonNullable<Once<T>['replay']> {
  if (replay === null) throw new Error('a request that only reads had an effect');
  return replay;
}

const mismatch: Problem = problem(
  'idempotency-mismatch',
  'This Idempotency-Key was used for another request within the last 24 hours. Nothing has happened now.',
);

const inFlight: Problem = problem(
  'idempotency-in-flight',
  'A request with this Idempotency-Key is being worked on. Send it again with the same key in a moment.',
  { extra: { retryAfterSeconds: 1 } },
);
