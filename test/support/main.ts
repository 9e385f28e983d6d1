import type { Test } from 'tap';
import { type Child, type ChildOptions, startChild } from './child.ts';

export const MASTER_KEY = Buffer.alloc(32, 7).toString('base64');

/** The service as whoever types "npm start" gets it, on any free port, with these settings. */
export function startMain(t: Test, environment: Record<string, string>, options: ChildOptions = {}): Child {
  const child = startChild('src/main.ts', [], { ...options, environment: { PORT: '0', ...environment } });
  t.teardown(async () => {
    child.process.kill('SIGTERM');
    await child.ended;
  });
  return child;
}

/** The service says in its log where it listens. */
export async function urlOf(child: Child): Promise<string> {
  const line = await child.lineThat((text) => /listening at http/.test(text));
  return line.match(/http:\/\/[\w.:[\]]+/)![0];
}

/** It ends by itself, with exactly one sentence that matches, and no stack trace. */
export async function failsWith(t: Test, child: Child, expected: RegExp): Promise<void> {
  const { exitCode, stdout, stderr } = await child.ended;
  t.equal(exitCode, 1);
  t.match(stderr, expected);
  t.equal(stderr.trimEnd().split('\n').length, 1, 'one line');
  t.notMatch(stdout + stderr, /\bat \S+ \(?(?:file|node):/, 'no stack trace');
}
