/**
 * Where an operation of the contract meets its use case: parsed input in, view out. Both doors call these same functions.
 * One file an area; here they come together.
 */
import type { Handlers, OperationHandler } from '../contract/run.ts';
import type { Caller } from '../domain/permission.ts';
import { problem } from '../domain/problem.ts';
import { actorOf } from '../usecases/answer.ts';
import { AgencySuspended, ChangedMeanwhile, type Deps } from '../usecases/ports.ts';
import { agencyHandlers } from './agencies.ts';
import { agreementHandlers } from './agreements.ts';
import { clientHandlers } from './clients.ts';
import { consentHandlers } from './consent.ts';
import { entryHandlers } from './entries.ts';
import { erasureHandlers } from './erasure.ts';
import { forwardingHandlers } from './forwardings.ts';
import type { Context, Run } from './kit.ts';
import { laufzettelHandlers } from './laufzettel.ts';
import { perAgency } from './limits.ts';

export function createHandlers(deps: Deps, limits: { previewsPerMinute: number }): Handlers {
  const context: Context = { deps, previews: perAgency(limits.previewsPerMinute, 60) };
  const runs: Record<keyof Handlers, Run> = {
    ...agencyHandlers(context),
    ...agreementHandlers(context),
    ...clientHandlers(context),
    ...erasureHandlers(context),
    ...consentHandlers(context),
    ...entryHandlers(context),
    ...laufzettelHandlers(context),
    ...forwardingHandlers(context),
  };
  return Object.fromEntries(Object.entries(runs).map(([id, run]) => [id, guarded(run)])) as unknown as Handlers;
}

/** What every use case may meet, told the same way. */
function guarded(run: Run): OperationHandler {
  return async (caller: Caller, input) => {
    try {
      return await run(actorOf(caller), input);
    } catch (error) {
      if (error instanceof AgencySuspended) {
        return problem('agency-suspended', 'Your agency is suspended, or is none of this exchange. Ask its admin.');
      }
      if (error instanceof ChangedMeanwhile) {
        return problem('overloaded', 'What you asked for changed again and again meanwhile. Try again.');
      }
      throw error;
    }
  };
}
