/** Terminating an agreement for all, and leaving it alone. What only it permitted closes for good. */
import { type Problem, problem } from '../domain/problem.ts';
import { getAgreement, noAgreement } from './agreements.ts';
import { type Answer, agencyOf } from './answer.ts';
import type { Actor, AgreementRecord, Deps } from './ports.ts';
import { reviewPersons } from './review-persons.ts';
import { askToConfirm, whatWouldClose } from './would-close.ts';

export const ENDING = {
  TERMINATE: 'AGREEMENT_TERMINATED',
  LEAVE: 'AGREEMENT_LEFT',
} as const;
export type Ending = keyof typeof ENDING;

export const terminateAgreement = (deps: Deps, actor: Actor, agreementId: string, confirm: boolean) =>
  end(deps, actor, agreementId, 'TERMINATE', confirm);

export function leaveAgreement(deps: Deps, actor: Actor, agreementId: string, confirm: boolean) {
  agencyOf(actor);
  return end(deps, actor, agreementId, 'LEAVE', confirm);
}

async function end(
  deps: Deps,
  actor: Actor,
  agreementId: string,
  ending: Ending,
  confirm: boolean,
): Promise<Answer<AgreementRecord>> {
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const outcome = await tx.changeAgreement(actor, agreementId, ending);
    if (outcome !== 'ok' && outcome !== 'amended') return { commit: false, value: ENDING_REFUSED[ending][outcome] };
    const persons = await tx.lockPersonsOfAgreement(agreementId);
    const { closed } = await reviewPersons(tx, actor, persons, ENDING[ending]);
    // Always asked, so that the question itself does not tell how many there are.
    if (confirm) return { commit: true, value: null };
    return { commit: false, value: askToConfirm(consequences(ending, whatWouldClose(actor, closed))) };
  });
  return refused ?? getAgreement(deps, actor, agreementId);
}

const consequences = (ending: Ending, what: string): string =>
  ending === 'LEAVE'
    ? `This would close for good ${what}, and permit no new ones from or to your agency. Nothing has happened yet. Send the request again with "confirm": true to do it.`
    : `This would close for good ${what}, and permit no new ones. Nothing has happened yet. Send the request again with "confirm": true to do it.`;

type Refusal = 'not-found' | 'conflict' | 'not-signed';

export const ENDING_REFUSED: Readonly<Record<Ending, Readonly<Record<Refusal, Problem>>>> = {
  TERMINATE: {
    'not-found': noAgreement,
    conflict: problem('conflict', 'It has been terminated already.'),
    'not-signed': problem('conflict', 'Your agency has not signed it, or has left it, so it cannot end it for others.'),
  },
  LEAVE: {
    'not-found': noAgreement,
    conflict: problem('conflict', 'It has been terminated already.'),
    'not-signed': problem('conflict', 'Your agency has not signed it, or has left it already.'),
  },
};
