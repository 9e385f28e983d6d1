/** Suspending an agency, and ending that. What a suspension closed stays closed. */
import { type Problem, problem } from '../domain/problem.ts';
import { notFound } from './answer.ts';
import type { Actor, Deps } from './ports.ts';
import { reviewPersons } from './review-persons.ts';
import { tellNumber } from './tell-number.ts';

export function suspendAgency(deps: Deps, actor: Actor, agencyId: string, confirm: boolean): Promise<Problem | null> {
  return deps.closing.run(async (tx) => {
    if (!(await tx.changeAgency(actor, agencyId, 'SUSPEND'))) return { commit: false, value: notFound('agency') };
    const persons = await tx.lockPersonsOfAgency(agencyId);
    const { closed } = await reviewPersons(tx, actor, persons, 'AGENCY_SUSPENDED');
    // Always asked, so that the question itself does not tell how many there are.
    if (!confirm) {
      const many = tellNumber(new Set(closed.map((row) => row.person)).size);
      return {
        commit: false,
        value: problem(
          'confirmation-required',
          `This would close for good what was disclosed from, to or by this agency, about ${many}. Nothing has happened yet. Send the request again with "confirm": true to do it.`,
          { extra: { confirmWith: { confirm: true }, personsConcerned: many } },
        ),
      };
    }
    return { commit: true, value: null };
  });
}

export function reinstateAgency(deps: Deps, actor: Actor, agencyId: string): Promise<Problem | null> {
  return deps.closing.run(async (tx) => {
    if (!(await tx.changeAgency(actor, agencyId, 'REINSTATE'))) return { commit: false, value: notFound('agency') };
    await reviewPersons(tx, actor, await tx.lockPersonsOfAgency(agencyId), 'AGENCY_REINSTATED');
    return { commit: true, value: null };
  });
}
