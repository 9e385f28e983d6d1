import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface ChildResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  readonly process: ChildProcessWithoutNullStreams;
  /** The first line of its standard output that passes. Rejects when it ends without one. */
  lineThat(passes: (line: string) => boolean): Promise<string>;
  readonly ended: Promise<ChildResult>;
}

export interface ChildOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** A program and its arguments to run it under, such as prlimit. */
  readonly under?: readonly string[];
}

/** Runs one of our scripts under this Node, with an environment that has no settings of whoever runs the tests. */
export function startChild(
  script: string,
  args: readonly string[],
  { environment = {}, under = [] }: ChildOptions = {},
): Child {
  // tap instruments every child by NODE_OPTIONS, with signal handlers of its own; ours shall be alone.
  const child = spawn('env', ['-u', 'NODE_OPTIONS', ...under, process.execPath, script, ...args], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal, stdout, stderr }));
  const seen: string[] = [];
  const waiting = new Set<(line: string) => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    seen.push(line);
    for (const tell of waiting) tell(line);
  });
  return {
    process: child,
    ended,
    lineThat(passes) {
      const already = seen.find(passes);
      if (already !== undefined) return Promise.resolve(already);
      return new Promise((resolve, reject) => {
        waiting.add((line) => passes(line) && resolve(line));
        ended.then(({ stderr }) => reject(new Error(`it ended before saying so: ${stderr}`)));
      });
    },
  };
}
