/**
 * How long an operation may take. Here and not by Fastify's `handlerTimeout`, whose timer ends with the body of the
 * request (5.12), so that it never fires for a POST; and here it holds for each field of GraphQL by itself.
 */
import type { Run } from './kit.ts';

export interface TimeLimit {
  handlerTimeoutMs: number;
  /** Told what an operation threw after it had been given up; nobody else would hear of it. */
  onLateFailure: (error: unknown) => void;
}

/** What was begun is not undone: it may still take effect. */
export class TookTooLong extends Error {}

/** The same operation; throws TookTooLong when its time is over. */
export const inTime =
  (run: Run, { handlerTimeoutMs, onLateFailure }: TimeLimit): Run =>
  (actor, input) =>
    new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(new TookTooLong());
      }, handlerTimeoutMs);
      run(actor, input)
        .then(resolve, (error: unknown) => {
          if (isLate) onLateFailure(error);
          else reject(error);
        })
        .finally(() => clearTimeout(timer));
    });
