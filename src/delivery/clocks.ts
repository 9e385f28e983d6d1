/** What happens by itself, by the database's clock. Every instance ticks; locks see to it that nothing is done twice. */
import { closeEnded } from '../usecases/close-ended.ts';
import { forgetKeys } from '../usecases/forget-keys.ts';
import type { Deps } from '../usecases/ports.ts';
import { publishRounds } from '../usecases/publish-rounds.ts';
import { remind } from '../usecases/remind.ts';
import { expireRequests } from '../usecases/requests.ts';
import { tellOfTime } from './tell-of-time.ts';

const TICK_MS = 30_000;

interface ClockLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Clocks {
  /** Waits for a tick that runs. */
  stop(): Promise<void>;
}

/** @param onRun told of each run that came to its end, for metrics. */
export function startClocks(deps: Deps, log: ClockLog, onRun: () => void = () => {}, tickMs = TICK_MS): Clocks {
  let stopped = false;
  let running = Promise.resolve();
  const tick = async (): Promise<void> => {
    // One that waited for a slow one before it.
    if (stopped) return;
    try {
      let closed: number;
      do {
        closed = await closeEnded(deps);
        if (closed > 0) log.info({ code: 'disclosures-ended', closed }, 'closed disclosures that time had ended');
      } while (closed > 0 && !stopped);
      let expired: number;
      do {
        expired = await expireRequests(deps);
        if (expired > 0) log.info({ code: 'requests-expired', expired }, 'wrote down which requests time had ended');
      } while (expired > 0 && !stopped);
      // Last of what others see, so that nobody is reminded of what has just ended.
      let looked: number;
      do {
        const { taken, told } = await remind(deps);
        looked = taken;
        if (told > 0) log.info({ code: 'reminders-told', told }, 'reminded agencies of what is due or about to end');
      } while (looked > 0 && !stopped);
      await tellOfTime(deps, log, () => stopped);
      await forgetKeys(deps);
      const published = await publishRounds(deps);
      if (published > 0)
        log.info({ code: 'rounds-published', published }, 'published the rounds that agreements asked for');
      onRun();
    } catch (err) {
      log.error({ err, code: 'clock-failed' }, 'a tick of the clock failed; the next one tries again');
    }
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
