/** The clock job of conferences: writes down what time has ended, and reminds both sides of what is planned. */
import type { Deps } from './ports.ts';

const CONFERENCES_AT_ONCE = 200;

/** @returns how many it has looked at. Reads do not wait for it. */
export const tendConferences = ({ conferences }: Pick<Deps, 'conferences'>): Promise<number> =>
  conferences.tend(CONFERENCES_AT_ONCE);
