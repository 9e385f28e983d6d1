/** What happens by itself, by the database's clock. Every instance ticks; locks see to it that nothing is done twice. */
import { closeEnded } from '../usecases/close-ended.ts';
import { forgetKeys } from '../usecases/forget-keys.ts';
import type { Deps } from '../usecases/ports.ts';
import { publishRounds } from '../usecases/publish-rounds.ts';
import { remind } from '../usecases/remind.ts';
import { expireRequests } from '../usecases/requests.ts';
import { tellLapsedProposals, tellUnacknowledged } from '../usecases/tell-of-time.ts';

const TICK_MS = 30_000;

interface ClockLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Clocks {
  /** Waits for a tick that runs. */
  stop(): Promise<void>;
}

/** One kind of thing that time brings: a batch at each call, until one finds nothing. */
interface Step {
  /** What is logged when a batch has done something. */
  code: string;
  message: string;
  /** looked: 0 when nothing is left. done: what is counted and logged. */
  batch(): Promise<{ looked: number; done: Record<string, number> }>;
}

function stepsOf(deps: Deps): Step[] {
  const counted = (name: string, work: () => Promise<number>) => async () => {
    const many = await work();
    return { looked: many, done: { [name]: many } };
  };
  return [
    {
      code: 'disclosures-ended',
      message: 'closed disclosures that time had ended',
      batch: counted('closed', () => closeEnded(deps)),
    },
    {
      code: 'requests-expired',
      message: 'wrote down which requests time had ended',
      batch: counted('expired', () => expireRequests(deps)),
    },
    // After what others see, so that nobody is reminded of what has just ended.
    {
      code: 'reminders-told',
      message: 'reminded agencies of what is due or about to end',
      batch: async () => {
        const { taken, told } = await remind(deps);
        return { looked: taken, done: { told } };
      },
    },
    {
      code: 'closings-unacknowledged',
      message: 'told of closings that were not answered in time',
      batch: counted('told', () => tellUnacknowledged(deps)),
    },
    {
      code: 'proposals-lapsed',
      message: 'told of proposals that have lapsed',
      batch: counted('told', () => tellLapsedProposals(deps)),
    },
    {
      code: 'rounds-published',
      message: 'published the rounds that agreements asked for',
      // Follows each rhythm to its end by itself.
      batch: async () => ({ looked: 0, done: { published: await publishRounds(deps) } }),
    },
  ];
}

/** @param onRun told of each run in which nothing failed, for metrics. */
export function startClocks(deps: Deps, log: ClockLog, onRun: () => void = () => {}, tickMs = TICK_MS): Clocks {
  const steps = stepsOf(deps);
  let stopped = false;
  let running = Promise.resolve();

  /** False: it failed. What fails keeps nothing else from being done. */
  const attempted = async (step: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work();
      return true;
    } catch (err) {
      log.error({ err, code: 'clock-failed', step }, 'a tick of the clock failed in part; the next one tries again');
      return false;
    }
  };
  const takeStep = async ({ code, message, batch }: Step): Promise<void> => {
    let left: number;
    do {
      const { looked, done } = await batch();
      if (Object.values(done).some((many) => many > 0)) log.info({ code, ...done }, message);
      left = looked;
    } while (left > 0 && !stopped);
  };
  const tick = async (): Promise<void> => {
    // One that waited for a slow one before it.
    if (stopped) return;
    let hasFailed = false;
    for (const step of steps) {
      if (stopped) return;
      if (!(await attempted(step.code, () => takeStep(step)))) hasFailed = true;
    }
    if (!(await attempted('keys-forgotten', () => forgetKeys(deps).then(() => {})))) hasFailed = true;
    if (!hasFailed) onRun();
  };
  const timer = setInterval(() => {
    // A slow tick is not overtaken by the next.
    running = running.then(tick);
  }, tickMs);
  timer.unref();
  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await running;
    },
  };
}
