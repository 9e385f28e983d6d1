/** The clock job: tells of what time alone has changed for somebody. Lists do not wait for it; they ask the time themselves. */
import type { Deps } from './ports.ts';

const AT_ONCE = 200;

/** Tells giver and author of disclosures whose recipient has not answered in time. @returns of how many. */
export const tellUnacknowledged = (deps: Deps): Promise<number> => deps.closures.tellUnacknowledged(AT_ONCE);

/** Tells both sides of proposals that have lapsed. @returns how many have. */
export const tellLapsedProposals = (deps: Deps): Promise<number> => deps.proposals.tellLapsed(AT_ONCE);
