/** Proposing new terms for an agreement, and taking that back. Until all have signed them the present ones hold in full. */
import { type AgreementVersionTerms, amendmentFault } from '../domain/agreement.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { getAgreement, noAgreement } from './agreements.ts';
import type { Answer } from './answer.ts';
import { draft } from './draft-agreement.ts';
import type { Actor, AgreementRecord, AgreementTransaction, Deps, Proposed } from './ports.ts';
import { rhythmFault } from './rhythm-fault.ts';
import { whileStale } from './while-stale.ts';

/** Whole new terms; `from` stays, for what was disclosed stands on it. */
export type NewTerms = Omit<AgreementVersionTerms, 'from'>;

export type Amendment = Parameters<AgreementTransaction['amendAgreement']>[1];

export async function amendAgreement(
  deps: Deps,
  actor: Actor,
  agreementId: string,
  terms: NewTerms,
): Promise<Answer<AgreementRecord>> {
  const refused = await whileStale<Problem | null>(deps, async () => {
    const amendment = await draftAmendment(deps, actor, agreementId, terms);
    if (isProblem(amendment)) return amendment;
    const outcome = await deps.closing.run(async (tx) => {
      const value = await tx.amendAgreement(actor, amendment);
      return { commit: value === 'ok', value };
    });
    if (outcome === 'ok') return null;
    return outcome === 'stale' ? outcome : PROPOSAL_REFUSED[outcome];
  });
  return refused ?? getAgreement(deps, actor, agreementId);
}

/** The next version as it would be stored; whether it may be proposed is for the transaction to say, but for the terms by themselves. */
export async function draftAmendment(
  deps: Deps,
  actor: Actor,
  agreementId: string,
  terms: NewTerms,
): Promise<Answer<Amendment>> {
  const present = await deps.agreements.get(actor, agreementId);
  if (present === null) return noAgreement;
  const amended = { ...terms, from: present.from };
  const staying = present.parties.filter((party) => party.leftAt === null).map((party) => party.agencyId);
  const fault = amendmentFault(amended, { ...present, parties: staying }, staying);
  if (fault !== null) return broken(fault.pointer, fault.detail);
  const inRhythm = rhythmFault(deps, amended);
  if (inRhythm !== null) return broken('/turnus', inRhythm);
  const number = present.lastNumber + 1;
  const names = await deps.agreements.names(actor, amended.parties);
  const drafted = draft({ agreementId, number, replaces: present.number, terms: amended, names });
  return { agreementId, number, replaces: present.number, ...drafted };
}

export async function withdrawAmendment(
  deps: Deps,
  actor: Actor,
  agreementId: string,
): Promise<Answer<AgreementRecord>> {
  const outcome = await deps.closing.run(async (tx) => {
    const value = await tx.withdrawAmendment(actor, agreementId);
    return { commit: value === 'ok', value };
  });
  switch (outcome) {
    case 'ok':
      return getAgreement(deps, actor, agreementId);
    case 'not-found':
      return noAgreement;
    case 'none':
      return noneOpen;
    case 'not-proposer':
      return problem('conflict', 'Only who proposed the amendment may withdraw it, or the admin.');
  }
}

export const noneOpen = problem('conflict', 'No amendment of this agreement is open.');

const broken = (pointer: string, detail: string): Problem =>
  problem('rule-broken', 'The agreement cannot be amended like this.', { errors: [{ pointer, detail }] });

export const PROPOSAL_REFUSED: Readonly<Record<Exclude<Proposed, 'ok' | 'stale'>, Problem>> = {
  'not-found': noAgreement,
  'not-bound': problem('conflict', 'Your agency has not signed the agreement, or has left it.'),
  unsigned: problem('conflict', 'Nobody has signed the agreement; terminate it and draft another one.'),
  terminated: problem('conflict', 'The agreement was terminated; draft another one.'),
  ended: problem('conflict', 'The agreement has ended; draft another one.'),
  open: problem('conflict', 'An amendment is open already; sign it, or have it withdrawn first.'),
  'party-unknown': broken('/parties', 'one of them is no agency of this exchange'),
  'party-missing': broken('/parties', 'must name everybody who is named now and has not left'),
  'until-past': broken('/until', 'must lie ahead; to end it at once, terminate it'),
};
