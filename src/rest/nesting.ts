/**
 * Whether lists and objects stand in each other for more than so many levels. Level by level and without recursion, so
 * that no body can exhaust the stack here, nor in anything that walks it later.
 */
export function isNestedDeeperThan(levels: number, value: unknown): boolean {
  let inside = [value].filter(isNest);
  for (let level = 1; inside.length > 0; level++) {
    if (level > levels) return true;
    inside = inside.flatMap((nest) => Object.values(nest).filter(isNest));
  }
  return false;
}

const isNest = (value: unknown): value is object => typeof value === 'object' && value !== null;
