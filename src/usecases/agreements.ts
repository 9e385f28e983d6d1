/** Cooperation agreements: without one in force between two agencies nothing is disclosed between them. */
import { type Problem, problem } from '../domain/problem.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, AgreementRecord, AgreementTerms, Deps } from './ports.ts';
import { reviewPersons, rowsOf } from './review-persons.ts';
import { rhythmFault } from './rhythm-fault.ts';
import { tellNumber } from './tell-number.ts';

export const listAgreements = (deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<AgreementRecord>>> =>
  paged(deps.vault, actor, query, {
    name: 'agreements',
    load: (after, most) => deps.agreements.list(actor, after, most),
    positionOf: (agreement) => ({ at: agreement.createdAt, id: agreement.id }),
  });

export async function getAgreement(deps: Deps, actor: Actor, agreementId: string): Promise<Answer<AgreementRecord>> {
  return (await deps.agreements.get(actor, agreementId)) ?? notFound('agreement');
}

export type NewAgreement = Pick<AgreementRecord, 'title' | 'purposes' | 'categories' | 'from' | 'until'> &
  AgreementTerms & { parties: string[] };

export async function createAgreement(
  deps: Deps,
  actor: Actor,
  agreement: NewAgreement,
): Promise<Answer<AgreementRecord>> {
  const broken = (pointer: string, detail: string): Problem =>
    problem('rule-broken', 'The agreement cannot be drafted like this.', { errors: [{ pointer, detail }] });
  const parties = [...new Set(agreement.parties)];
  if (parties.length < 2) return broken('/parties', 'at least two different agencies');
  if (actor.agency !== null && !parties.includes(actor.agency)) {
    return broken('/parties', 'your own agency must be one of them');
  }
  if (agreement.until !== null && agreement.until <= agreement.from) return broken('/until', 'must be later than from');
  const fault = rhythmFault(deps, agreement);
  if (fault !== null) return broken('/turnus', fault);
  const id = deps.newId();
  const outcome = await deps.agreements.create(actor, {
    ...agreement,
    id,
    parties,
    purposes: [...new Set(agreement.purposes)],
    categories: [...new Set(agreement.categories)],
  });
  if (outcome === 'party-unknown') return broken('/parties', 'one of them is no agency of this exchange');
  return getAgreement(deps, actor, id);
}

export async function signAgreement(deps: Deps, actor: Actor, agreementId: string): Promise<Answer<AgreementRecord>> {
  agencyOf(actor);
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const outcome = await tx.changeAgreement(actor, agreementId, 'SIGN');
    if (outcome === 'not-found') return { commit: false, value: notFound('agreement') };
    if (outcome === 'conflict') {
      return { commit: false, value: problem('conflict', 'Your agency has signed it already, or it was terminated.') };
    }
    // A new basis may let open disclosures last longer; it never closes one.
    await reviewPersons(tx, actor, await tx.lockPersonsOfAgreement(agreementId), 'AGREEMENT_SIGNED');
    return { commit: true, value: null };
  });
  return refused ?? getAgreement(deps, actor, agreementId);
}

export async function terminateAgreement(
  deps: Deps,
  actor: Actor,
  agreementId: string,
  confirm: boolean,
): Promise<Answer<AgreementRecord>> {
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const outcome = await tx.changeAgreement(actor, agreementId, 'TERMINATE');
    if (outcome === 'not-found') return { commit: false, value: notFound('agreement') };
    if (outcome === 'conflict') return { commit: false, value: problem('conflict', 'It has been terminated already.') };
    if (outcome === 'not-signed') {
      return {
        commit: false,
        value: problem('conflict', 'Your agency has not signed it, so it cannot end it for others.'),
      };
    }
    const persons = await tx.lockPersonsOfAgreement(agreementId);
    const { closed } = await reviewPersons(tx, actor, persons, 'AGREEMENT_TERMINATED');
    if (confirm) return { commit: true, value: null };
    // A party learns the number of disclosures that it has to do with, the admin a rounded number of persons.
    const own = rowsOf(actor.agency, closed).length;
    const what =
      actor.agency === null
        ? `what was disclosed under it about ${tellNumber(new Set(closed.map((row) => row.person)).size)}`
        : `${own} of the disclosures under it that you made, received, or wrote the entry of`;
    const detail = `This would close for good ${what}, and permit no new ones. Nothing has happened yet. Send the request again with "confirm": true to do it.`;
    return {
      commit: false,
      value: problem('confirmation-required', detail, { extra: { confirmWith: { confirm: true } } }),
    };
  });
  return refused ?? getAgreement(deps, actor, agreementId);
}
