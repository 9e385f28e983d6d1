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

export interface RunnerOptions {
  lookEveryMs?: number;
  /** Whether the database is there; while it is not, nobody looks and nothing is said about it here. */
  isConnected?: () => boolean;
  /** Told what came of each attempt, and of what was disabled by it; for metrics. */
  watch?: LaneWatch;
}

export interface LaneWatch {
  sent(outcome: string): void;
  disabled(why: string): void;
}

export interface LaneRunner {
  /** Looks what is due for these agencies. */
  wake(agencies: readonly string[]): void;
  /** Sends nothing more; waits for what is on its way. */
  stop(): Promise<void>;
}

export function startLaneRunner(deps: RunnerDeps, log: RunnerLog, options: RunnerOptions = {}): LaneRunner {
  const { lookEveryMs = LOOK_EVERY_MS, isConnected = () => true, watch } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const lanes = new Lanes(MOST_LANES, (webhookId) => run(webhookId));
  const failing = new Failing();
  /** Agencies that something new was told to since the last look began. */
  let news = new Set<string>();
  let isTime = false;
  let looking: Promise<void> | null = null;

  /** One look at a time: whatever comes meanwhile is looked at together by the next one. */
  function look(): void {
    looking ??= lookOnce().finally(() => {
      looking = null;
      if (!signal.aborted && (isTime || news.size > 0)) look();
    });
  }
  async function lookOnce(): Promise<void> {
    const agencies = isTime ? null : [...news];
    [news, isTime] = [new Set(), false];
    try {
      for (const webhookId of await deps.webhooks.due(agencies)) if (!signal.aborted) lanes.start(webhookId);
      failing.isWell(LOOKING);
    } catch (err) {
      if (failing.isNew(LOOKING))
        log.error(
          { err, code: 'webhooks-failed' },
          'what is due for webhooks could not be read; it is tried again each second',
        );
    }
  }

  async function run(webhookId: string): Promise<boolean> {
    if (signal.aborted || !(await deps.laneLocks.take(webhookId))) return false;
    try {
      const { hasMore, disabled } = await runLane(deps, webhookId, signal, watch?.sent);
      if (disabled !== null) {
        watch?.disabled(disabled);
        log.warn(
          { code: 'webhook-disabled', webhook: webhookId, why: disabled },
          'a webhook takes nothing and was disabled',
        );
      }
      failing.isWell(webhookId);
      return hasMore && !signal.aborted;
    } catch (err) {
      if (isConnected() && failing.isNew(webhookId))
        log.error(
          { err, code: 'webhook-failed', webhook: webhookId },
          'a webhook could not be served; it is tried again each second',
        );
      return false;
    } finally {
      await deps.laneLocks.release(webhookId);
    }
  }

  async function forget(): Promise<void> {
    try {
      while (!signal.aborted && (await deps.webhooks.forgetAttempts(MOST_FORGOTTEN)) === MOST_FORGOTTEN);
    } catch (err) {
      log.error({ err, code: 'webhooks-failed' }, 'old attempts could not be forgotten');
    }
  }

  const timer = setInterval(() => {
    if (!isConnected()) return;
    isTime = true;
    look();
  }, lookEveryMs);
  const forgetting = setInterval(forget, FORGET_EVERY_MS);
  timer.unref();
  forgetting.unref();
  return {
    wake(agencies) {
      if (signal.aborted) return;
      for (const agency of agencies) news.add(agency);
      look();
    },
    async stop() {
      stopping.abort();
      clearInterval(timer);
      clearInterval(forgetting);
      await looking;
      await lanes.ended();
    },
  };
}

/** Which lanes are worked on; whoever finds no place waits for one, in the order of coming. */
class Lanes {
  readonly #most: number;
  readonly #work: (webhookId: string) => Promise<boolean>;
  readonly #running = new Map<string, Promise<void>>();
  /** Had something new while it ran. */
  readonly #again = new Set<string>();
  readonly #waiting = new Set<string>();

  /** @param work gives whether there is more to do for it. */
  constructor(most: number, work: (webhookId: string) => Promise<boolean>) {
    this.#most = most;
    this.#work = work;
  }

  start(webhookId: string): void {
    if (this.#running.has(webhookId)) this.#again.add(webhookId);
    else if (this.#running.size >= this.#most) this.#waiting.add(webhookId);
    else this.#running.set(webhookId, this.#run(webhookId));
  }

  /** What waits is not begun any more once its work refuses. */
  async ended(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.values());
  }

  async #run(webhookId: string): Promise<void> {
    const hasMore = await this.#work(webhookId);
    this.#running.delete(webhookId);
    if (this.#again.delete(webhookId) || hasMore) this.#waiting.add(webhookId);
    const [next] = this.#waiting;
    if (next !== undefined && this.#waiting.delete(next)) this.start(next);
  }
}

const LOOKING = 'looking';
const MOST_REMEMBERED = 1_000;

/** What fails again and again is said once, until it has been well in between. */
class Failing {
  readonly #failing = new Set<string>();

  isNew(what: string): boolean {
    if (this.#failing.has(what) || this.#failing.size >= MOST_REMEMBERED) return false;
    this.#failing.add(what);
    return true;
  }

  isWell(what: string): void {
    this.#failing.delete(what);
  }
}
