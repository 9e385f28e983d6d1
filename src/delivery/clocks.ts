/** What happens by itself, by the database's clock. Every instance ticks; locks see to it that nothing is done twice. */
import { closeEnded } from '../usecases/close-ended.ts';
import { draftMissing } from '../usecases/draft-agreement.ts';
import { forgetKeys } from '../usecases/forget-keys.ts';
import type { Deps } from '../usecases/ports.ts';
import { publishRounds } from '../usecases/publish-rounds.ts';
import { remind } from '../usecases/remind.ts';
import { expireRequests } from '../usecases/requests.ts';
import { tellLapsedProposals, tellUnacknowledged } from '../usecases/tell-of-time.ts';
import { tendConferences } from '../usecases/tend-conferences.ts';

const TICK_MS = 30_000;
const TEXTS_AT_ONCE = 200;

interface ClockLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Clocks {
  /** Waits for a tick that runs. */
  stop(): Promise<void>;
}

/** One kind of thing that time brings. */
interface Step {
  name: string;
  /** A batch; 0: nothing is left. */
  batch(): Promise<number>;
}

const stepsOf = (deps: Deps, log: ClockLog): readonly Step[] => [
  {
    name: 'close what has ended',
    batch: async () => {
      const closed = await closeEnded(deps);
      if (closed > 0) log.info({ code: 'disclosures-ended', closed }, 'closed disclosures that time had ended');
      return closed;
    },
  },
  {
    name: 'expire requests',
    batch: async () => {
      const expired = await expireRequests(deps);
      if (expired > 0) log.info({ code: 'requests-expired', expired }, 'wrote down which requests time had ended');
      return expired;
    },
  },
  {
    // After what others see, so that nobody is reminded of what has just ended.
    name: 'remind',
    batch: async () => {
      const { taken, told } = await remind(deps);
      if (told > 0) log.info({ code: 'reminders-told', told }, 'reminded agencies of what is due or about to end');
      return taken;
    },
  },
  {
    name: 'tell of closings',
    batch: async () => {
      const told = await tellUnacknowledged(deps);
      if (told > 0)
        log.info({ code: 'closings-unacknowledged', told }, 'told of closings that were not answered in time');
      return told;
    },
  },
  {
    name: 'tell of proposals',
    batch: async () => {
      const told = await tellLapsedProposals(deps);
      if (told > 0) log.info({ code: 'proposals-lapsed', told }, 'told of proposals that have lapsed');
      return told;
    },
  },
  {
    // What an instance of before has drafted since this one started.
    name: 'draft agreements',
    batch: () => draftMissing(deps),
  },
  {
    name: 'tend conferences',
    batch: async () => {
      const tended = await tendConferences(deps);
      if (tended > 0)
        log.info(
          { code: 'conferences-tended', tended },
          'ended conferences that time had ended, and reminded of others',
        );
      return tended;
    },
  },
  {
    name: 'forget keys',
    batch: async () => {
      await forgetKeys(deps);
      return 0;
    },
  },
  {
    // What was asked, and neither signed nor of use any more.
    name: 'forget consent texts',
    batch: () => deps.consentTexts.forget(TEXTS_AT_ONCE),
  },
  {
    // Follows each rhythm to its end by itself.
    name: 'publish rounds',
    batch: async () => {
      const published = await publishRounds(deps);
      if (published > 0)
        log.info({ code: 'rounds-published', published }, 'published the rounds that agreements asked for');
      return 0;
    },
  },
];

/** @param onRun told of each run in which nothing failed, for metrics. */
export function startClocks(deps: Deps, log: ClockLog, onRun: () => void = () => {}, tickMs = TICK_MS): Clocks {
  const steps = stepsOf(deps, log);
  let stopped = false;
  let running = Promise.resolve();

  /** Whether it went well. What fails keeps nothing else from being done. */
  const take = async ({ name, batch }: Step): Promise<boolean> => {
    try {
      while ((await batch()) > 0 && !stopped);
      return true;
    } catch (err) {
      log.error({ err, code: 'clock-failed', step: name }, 'a part of a tick failed; the next one tries again');
      return false;
    }
  };
  const tick = async (): Promise<void> => {
    let isWhole = true;
    for (const step of steps) {
      // Also one that waited for a slow one before it.
      if (stopped) return;
      isWhole = (await take(step)) && isWhole;
    }
    if (isWhole) onRun();
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
