/**
 * How long an operation may take. Here and not by Fastify's `handlerTimeout`, whose timer ends with the body of the
 * request (5.12), so that it never fires for a POST; and here it holds for each field of GraphQL by itself.
 */
export interface TimeLimit {
  handlerTimeoutMs: number;
  /** Told what an operation threw after it had been given up; nobody else would hear of it. */
  onLateFailure: (error: unknown) => void;
}

/** What was begun is not undone: it may still take effect. */
export class TookTooLong extends Error {}

/** The same work; throws TookTooLong when its time is over. */
export const inTime =
  <Given extends unknown[], Answer>(
    work: (...given: Given) => Promise<Answer>,
    { handlerTimeoutMs, onLateFailure }: TimeLimit,
  ): ((...given: Given) => Promise<Answer>) =>
  (...given) =>
    new Promise((resolve, reject) => {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        reject(new TookTooLong());
      }, handlerTimeoutMs);
      work(...given)
        .then(resolve, (error: unknown) => {
          if (isLate) onLateFailure(error);
          else reject(error);
        })
        .finally(() => clearTimeout(timer));
    });
