/** Batch after batch of what time has changed and nobody was told of yet; see the use case. */
import type { Deps } from '../usecases/ports.ts';
import { tellLapsedProposals, tellUnacknowledged } from '../usecases/tell-of-time.ts';

interface Log {
  info(fields: object, message: string): void;
}

const JOBS = [
  [tellUnacknowledged, 'closings-unacknowledged', 'told of closings that were not answered in time'],
  [tellLapsedProposals, 'proposals-lapsed', 'told of proposals that have lapsed'],
] as const;

export async function tellOfTime(deps: Deps, log: Log, isStopped: () => boolean): Promise<void> {
  for (const [tell, code, message] of JOBS) {
    let told: number;
    do {
      told = await tell(deps);
      if (told > 0) log.info({ code, told }, message);
    } while (told > 0 && !isStopped());
  }
}
