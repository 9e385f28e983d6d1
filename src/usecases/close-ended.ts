/** The clock job: closes what time has ended already. Reads do not wait for it; they ask the time themselves. */
import type { Deps } from './ports.ts';
import { CLOCK, reviewPersons } from './review-persons.ts';

const ROWS_AT_ONCE = 200;

/** @returns how many disclosures it closed. */
export function closeEnded(deps: Deps): Promise<number> {
  return deps.closing.run(async (tx) => {
    const persons = await tx.lockPersonsOfEnded(ROWS_AT_ONCE);
    const { closed, ended } = await reviewPersons(tx, CLOCK, persons, 'TIME');
    return { commit: true, value: closed.length + ended };
  });
}
