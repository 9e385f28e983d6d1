/** Counts what a closing transaction ends, once it has committed: asking for a confirmation ends nothing. */
import type { Reason } from '../domain/facts.ts';
import type { Closing, ClosingTransaction } from '../usecases/ports.ts';

type Closed = (cause: string, rows: readonly { reasons?: readonly Reason[] }[]) => void;

export function watchedClosing(closing: Closing, onClosed: Closed): Closing {
  return {
    run: async (work) => {
      // Of the last attempt: a transaction that collides with another one is tried again.
      let ended: Parameters<Closed>[] = [];
      let committed = false;
      const value = await closing.run(async (tx) => {
        ended = [];
        const watched: ClosingTransaction = {
          ...tx,
          applyReview: async (actor, review) => {
            await tx.applyReview(actor, review);
            if (review.close.length > 0) ended.push([review.cause, review.close]);
          },
        };
        const done = await work(watched);
        committed = done.commit;
        return done;
      });
      if (committed) for (const one of ended) onClosed(...one);
      return value;
    },
  };
}
