/** Deciding and saving, again while the facts that were decided upon have changed in between. */
import { type Problem, problem } from '../domain/problem.ts';
import type { Deps } from './ports.ts';

/** Facts about one person change rarely; more than so many changes between deciding and saving are no coincidence. */
const MOST_ATTEMPTS = 8;

/** The first answer of `attempt` that is none of 'stale', or the problem `overloaded`. */
export async function whileStale<T>(deps: Deps, attempt: () => Promise<T | 'stale'>): Promise<T | Problem> {
  for (let made = 0; made < MOST_ATTEMPTS; made++) {
    const outcome = await attempt();
    if (outcome !== 'stale') return outcome;
    await deps.pause(made);
  }
  return problem('overloaded', 'What is known about this client changed again and again meanwhile. Try again.');
}
