/**
 * Which lanes this instance runs: those of agencies that something new was told to, at once; and every second those that the
 * database's clock says are due. So nothing that another instance left behind waits longer than that.
 */
import type { Deps, LaneLocks } from '../usecases/ports.ts';
import { runLane } from './lanes.ts';

const LOOK_EVERY_MS = 1_000;
/** Each waits for its address most of the time. */
const MOST_LANES = 100;
const MOST_FORGOTTEN = 10_000;
const FORGET_EVERY_MS = 600_000;

type RunnerDeps = Pick<Deps, 'webhooks' | 'webhookKeys' | 'webhookPost'> & { laneLocks: LaneLocks };

interface RunnerLog {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LaneRunner {
  /** Looks what is due for these agencies. */
  wake(agencies: readonly string[]): void;
  /** Sends nothing more; waits for what is on its way. */
  stop(): Promise<void>;
}

/** @param onSent told how many were delivered and how many failed, for metrics. */
export function startLaneRunner(
  deps: RunnerDeps,
  log: RunnerLog,
  lookEveryMs = LOOK_EVERY_MS,
  onSent: (delivered: number, failed: number) => void = () => {},
): LaneRunner {
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  /** Had something new while it ran. */
  const again = new Set<string>();
  /** Found no place. */
  const waiting = new Set<string>();
  let looking: Promise<void> = Promise.resolve();

  async function look(agencies: readonly string[] | null): Promise<void> {
    if (stopping.signal.aborted) return;
    try {
      for (const webhookId of await deps.webhooks.due(agencies)) start(webhookId);
    } catch (err) {
      log.error(
        { err, code: 'webhooks-failed' },
        'what is due for webhooks could not be read; the next second tries again',
      );
    }
  }

  function start(webhookId: string): void {
    if (stopping.signal.aborted) return;
    if (running.has(webhookId)) again.add(webhookId);
    else if (running.size >= MOST_LANES) waiting.add(webhookId);
    else {
      running.set(
        webhookId,
        run(webhookId).finally(() => {
          running.delete(webhookId);
          if (again.delete(webhookId)) waiting.add(webhookId);
          const [next] = waiting;
          if (next !== undefined && waiting.delete(next)) start(next);
        }),
      );
    }
  }

  async function run(webhookId: string): Promise<void> {
    if (!(await deps.laneLocks.take(webhookId))) return;
    try {
      const { hasMore, delivered, failed, disabled } = await runLane(deps, webhookId, stopping.signal);
      onSent(delivered, failed);
      if (disabled)
        log.warn({ code: 'webhook-disabled', webhook: webhookId }, 'a webhook takes nothing and was disabled');
      if (hasMore) again.add(webhookId);
    } catch (err) {
      log.error(
        { err, code: 'webhook-failed', webhook: webhookId },
        'a webhook could not be served; the next second tries again',
      );
    } finally {
      await deps.laneLocks.release(webhookId);
    }
  }

  const wake = (agencies: readonly string[] | null): void => {
    looking = look(agencies);
  };
  const timer = setInterval(() => wake(null), lookEveryMs);
  const forgetting = setInterval(() => {
    deps.webhooks
      .forgetAttempts(MOST_FORGOTTEN)
      .catch((err: unknown) => log.error({ err, code: 'webhooks-failed' }, 'old attempts could not be forgotten'));
  }, FORGET_EVERY_MS);
  timer.unref();
  forgetting.unref();
  return {
    wake,
    async stop() {
      stopping.abort();
      clearInterval(timer);
      clearInterval(forgetting);
      await looking;
      await Promise.all(running.values());
    },
  };
}
