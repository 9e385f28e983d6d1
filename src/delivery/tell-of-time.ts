/** Batch after batch of what time has changed and nobody was told of yet; see the use case. */
import type { Deps } from '../usecases/ports.ts';
import { tellLapsedProposals, tellUnacknowledged } from '../usecases/tell-of-time.ts';

interface Log {
  info(fields: object, message: string): void;
}

export async function tellOfTime(deps: Deps, log: Log, isStopped: () => boolean): Promise<void> {
  let told: number;
  do {
    told = await tellUnacknowledged(deps);
    if (told > 0)
      log.info({ code: 'closings-unacknowledged', told }, 'told of closings that were not answered in time');
  } while (told > 0 && !isStopped());
  do {
    told = await tellLapsedProposals(deps);
    if (told > 0) log.info({ code: 'proposals-lapsed', told }, 'told of proposals that have lapsed');
  } while (told > 0 && !isStopped());
}
