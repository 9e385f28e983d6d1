/** One process of the service at one address: killed without warning, and started again by who watches it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from '../support/child.ts';

const READY_WITHIN_MS = 120_000;
const AGAIN_AFTER_MS = 200;

export interface Instance {
  readonly url: string;
  /** How often it ended though nobody killed it and its database was there. */
  readonly failures: string[];
  /** SIGKILL; it is started again at once. Resolves when the process is gone. */
  kill(): Promise<void>;
  ready(): Promise<void>;
  /** In order. */
  stop(): Promise<void>;
}

export interface InstanceOptions {
  port: number;
  environment: Record<string, string>;
  /** What it wrote, each time that it has ended. */
  onLog(text: string): void;
  /** A service that starts without its database ends, and is started again, as an operator's supervisor would. */
  isDatabaseUp(): boolean;
}

export function startInstance({ port, environment, isDatabaseUp, onLog }: InstanceOptions): Instance {
  const url = `http://127.0.0.1:${port}`;
  const failures: string[] = [];
  let isStopping = false;
  let wasKilled = false;
  let isReady = false;
  let child = start();

  function start(): Child {
    const started = startChild('src/main.ts', [], { environment: { ...environment, PORT: String(port) } });
    void notice(started);
    void started.ended.then(async ({ exitCode, signal, stdout, stderr }) => {
      onLog(stdout + stderr);
      if (isStopping) return;
      // One that has served waits for its database; one that only starts ends, and is started again.
      if (!wasKilled && (isReady || isDatabaseUp())) failures.push(`exit ${exitCode ?? signal}: ${stderr.trim()}`);
      isReady = false;
      if (!wasKilled) await sleep(AGAIN_AFTER_MS);
      wasKilled = false;
      if (!isStopping) child = start();
    });
    return started;
  }

  async function answers(): Promise<boolean> {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(5_000) }).catch(() => null);
    await answer?.arrayBuffer().catch(() => null);
    return answer?.ok ?? false;
  }

  async function notice({ process }: Child): Promise<void> {
    for (; process.exitCode === null && process.signalCode === null; await sleep(100)) {
      if (!(await answers())) continue;
      isReady = true;
      return;
    }
  }

  return {
    url,
    failures,
    async kill() {
      const { process, ended } = child;
      wasKilled = true;
      process.kill('SIGKILL');
      await ended;
    },
    async ready() {
      for (const until = Date.now() + READY_WITHIN_MS; ; await sleep(50)) {
        if (await answers()) return;
        if (Date.now() > until) throw new Error(`a service does not become ready: ${failures.at(-1) ?? ''}`);
      }
    },
    async stop() {
      isStopping = true;
      child.process.kill('SIGTERM');
      await child.ended;
    },
  };
}
