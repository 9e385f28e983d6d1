/** Tokens live five minutes; they are got anew well before. */
const KEPT_FOR_MS = 200_000;

/** A way to get access tokens that asks for new ones only when those at hand are about to end. */
export function remembered<T>(getAnew: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | null = null;
  let until = 0;
  return () => {
    if (known === null || performance.now() > until) {
      known = getAnew();
      until = performance.now() + KEPT_FOR_MS;
    }
    return known;
  };
}
