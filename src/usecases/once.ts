/**
 * The same request sent again has no second effect, and gets the first one's answer rendered anew.
 *
 * What a request notes first is its effect; the transaction that has it writes it beside the key, and can do so only once. A
 * request that finds an effect renders it from the ids, through the check of this moment. Without an effect nothing happened,
 * and nothing is kept.
 */
import { randomUUID } from 'node:crypto';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
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

/** Each waits for another's effect a second at most. */
const MOST_ATTEMPTS = 3;

export async function once<T>(
  deps: Deps,
  actor: Actor,
  { key, content }: KeyedRequest,
  { run, replay }: Once<T>,
): Promise<{ answer: Answer<T>; replayed: boolean }> {
  const hash = deps.fingerprints.key(actor.agency ?? `system:${actor.system}`, key);
  const request = deps.fingerprints.request(content);
  const attempt = randomUUID();

  /** What is to be answered without running it; null: nobody else has had an effect. */
  async function before(): Promise<{ answer: Answer<T>; replayed: boolean } | null> {
    const found = await deps.retries.lookUp(actor, hash, request);
    if (found.state === 'mismatch') return { answer: mismatch, replayed: false };
    if (found.state === 'new' || found.attempt === attempt) return null;
    return { answer: await demand(replay)(found), replayed: true };
  }

  for (let left = MOST_ATTEMPTS; left > 0; left--) {
    const found = await before();
    if (found !== null) return found;
    try {
      const named = { key: hash.toString('hex'), content: request.toString('hex'), attempt };
      const answer = await run(replay === null ? actor : { ...actor, request: named });
      // It may be the effect that the same request has had meanwhile that is in the way.
      return (isProblem(answer) ? await before() : null) ?? { answer, replayed: false };
    } catch (error) {
      // Whoever had the effect answers for both.
      if (!(error instanceof TakenOver)) throw error;
    }
  }
  return (await before()) ?? { answer: inFlight, replayed: false };
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
