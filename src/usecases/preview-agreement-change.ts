/**
 * What a change of an agreement would close, found out by making it, in the very transaction that would make it, and taking all of it
 * back. Audited, for it answers questions.
 */
import { isProblem, type Problem } from '../domain/problem.ts';
import { getAgreement } from './agreements.ts';
import { type Amendment, draftAmendment, type NewTerms, noneOpen, PROPOSAL_REFUSED } from './amend-agreement.ts';
import type { Answer } from './answer.ts';
import { ENDING_REFUSED } from './end-agreement.ts';
import type { Actor, AffectedDisclosure, AgreementRecord, ClosingTransaction, Deps } from './ports.ts';
import { reviewPersons, rowsOf } from './review-persons.ts';
import { VERSION_ENDED } from './sign-agreement.ts';
import { whileStale } from './while-stale.ts';
import { tellPersons } from './would-close.ts';

export const AGREEMENT_CHANGES = ['LEAVE', 'TERMINATE', 'SIGN', 'AMEND'] as const;
export type AgreementChange = (typeof AGREEMENT_CHANGES)[number];

/** SIGN: of the open version, as if all had signed it. AMEND: of these terms, as if all had signed them. */
export type PreviewedChange = { change: 'LEAVE' | 'TERMINATE' | 'SIGN' } | { change: 'AMEND'; terms: NewTerms };

export interface AgreementPreview {
  change: AgreementChange;
  /** Whether the change would do so by itself; false: once others have signed as well. */
  takesEffect: boolean;
  /** Of the disclosures that would close those that the actor made, received or wrote the entry of; null for the admin. */
  count: number | null;
  /** For the admin; null for an agency. */
  personsConcerned: string | null;
  /** The newest of them. */
  disclosures: AffectedDisclosure[];
}

const MOST_SHOWN = 200;

export async function previewAgreementChange(
  deps: Deps,
  actor: Actor,
  agreementId: string,
  previewed: PreviewedChange,
): Promise<Answer<AgreementPreview>> {
  const agreement = await getAgreement(deps, actor, agreementId);
  if (isProblem(agreement)) return agreement;
  const answer = await whileStale<Answer<AgreementPreview>>(deps, async () => {
    const amendment =
      previewed.change === 'AMEND' ? await draftAmendment(deps, actor, agreementId, previewed.terms) : null;
    if (isProblem(amendment)) return amendment;
    return deps.closing.run<Answer<AgreementPreview> | 'stale'>(async (tx) => {
      const refused = await make(tx, actor, agreement, previewed.change, amendment);
      if (refused !== null) return { commit: false, value: refused };
      const persons = await tx.lockPersonsOfAgreement(agreementId);
      const { closed } = await reviewPersons(tx, actor, persons, 'PREVIEW');
      const own = rowsOf(actor.agency, closed).map(({ id }) => id);
      const isAgency = actor.agency !== null;
      const value: AgreementPreview = {
        change: previewed.change,
        takesEffect: takesEffect(agreement, actor, previewed.change),
        count: isAgency ? own.length : null,
        personsConcerned: isAgency ? null : tellPersons(closed),
        disclosures: isAgency ? await tx.disclosuresAmong(actor.agency!, own, MOST_SHOWN) : [],
      };
      return { commit: false, value };
    });
  });
  if (!isProblem(answer)) {
    const subject = { agreement: agreementId, change: previewed.change };
    await deps.audit.note(actor, 'agreement.preview', 'DONE', subject, agreement.asOf);
  }
  return answer;
}

/** Makes the change as far as a preview needs it; null: it is made. */
async function make(
  tx: ClosingTransaction,
  actor: Actor,
  { id: agreementId, openAmendment }: AgreementRecord,
  change: AgreementChange,
  amendment: Amendment | null,
): Promise<Problem | 'stale' | null> {
  if (change === 'LEAVE' || change === 'TERMINATE') {
    const outcome = await tx.changeAgreement(actor, agreementId, change);
    return outcome === 'ok' || outcome === 'amended' ? null : ENDING_REFUSED[change][outcome];
  }
  if (amendment !== null) {
    const outcome = await tx.amendAgreement(actor, amendment);
    if (outcome !== 'ok') return outcome === 'stale' ? outcome : PROPOSAL_REFUSED[outcome];
  }
  if (await tx.tryAmendment(actor, agreementId)) return null;
  return change === 'SIGN' && openAmendment !== null ? VERSION_ENDED : noneOpen;
}

/** Signing is the last signature where nobody else's is lacking; a proposal alone is none. */
function takesEffect({ parties, openAmendment }: AgreementRecord, { agency }: Actor, change: AgreementChange): boolean {
  if (change === 'LEAVE' || change === 'TERMINATE') return true;
  if (change === 'AMEND' || openAmendment === null) return false;
  const bound = parties.filter((party) => party.signedAt !== null && party.leftAt === null);
  const lacking = bound.filter((party) => !openAmendment.signedBy.includes(party.agencyId));
  return lacking.length === 1 && lacking[0]!.agencyId === agency;
}
