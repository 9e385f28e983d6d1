/**
 * What a test file calls `t`: the root of tap where the file is a process of its own (`node FILE`, `npm test -- FILE`), and
 * where several share a process (shares.ts) the test that stands for the file, so that each has its own end and time.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import tap, { type Test } from 'tap';

const MOST_MS = 300_000;
/** tap ends the process for its time; the file is ended before, and says which it was. */
const RESERVE_MS = 15_000;

let file: Test = tap;

export const t: Test = new Proxy(tap, {
  get(_, name) {
    const value = Reflect.get(file, name, file);
    return typeof value === 'function' ? value.bind(file) : value;
  },
});

/** Runs a test file in this process, and comes back when its tests and what it tears down have ended. */
export async function runFile(path: string): Promise<void> {
  tap.setTimeout(MOST_MS + RESERVE_MS);
  await tap.test(path, { timeout: MOST_MS }, async (test) => {
    file = test;
    await import(pathToFileURL(resolve(path)).href);
  });
}
