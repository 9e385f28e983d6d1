/** Cooperation agreements: without one in force between two agencies nothing is disclosed between them. */
import { type AgreementVersionTerms, termsFault } from '../domain/agreement.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { draft } from './draft-agreement.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, AgreementRecord, AgreementVersionRecord, Deps } from './ports.ts';
import { rhythmFault } from './rhythm-fault.ts';

export const noAgreement = notFound('agreement');

export const listAgreements = (deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<AgreementRecord>>> =>
  paged(deps.vault, actor, query, {
    name: 'agreements',
    load: (after, most) => deps.agreements.list(actor, after, most),
    positionOf: (agreement) => ({ at: agreement.createdAt, id: agreement.id }),
  });

export async function getAgreement(deps: Deps, actor: Actor, agreementId: string): Promise<Answer<AgreementRecord>> {
  return (await deps.agreements.get(actor, agreementId)) ?? noAgreement;
}

export async function createAgreement(
  deps: Deps,
  actor: Actor,
  terms: AgreementVersionTerms,
): Promise<Answer<AgreementRecord>> {
  const broken = (pointer: string, detail: string): Problem =>
    problem('rule-broken', 'The agreement cannot be drafted like this.', { errors: [{ pointer, detail }] });
  const fault = termsFault(terms);
  if (fault !== null) return broken(fault.pointer, fault.detail);
  if (actor.agency !== null && !terms.parties.includes(actor.agency)) {
    return broken('/parties', 'your own agency must be one of them');
  }
  const inRhythm = rhythmFault(deps, terms);
  if (inRhythm !== null) return broken('/turnus', inRhythm);
  const id = deps.newId();
  const names = await deps.agreements.names(actor, terms.parties);
  const drafted = draft({ agreementId: id, number: 1, replaces: null, terms, names });
  const outcome = await deps.agreements.create(actor, { id, ...drafted });
  if (outcome === 'party-unknown') return broken('/parties', 'one of them is no agency of this exchange');
  return getAgreement(deps, actor, id);
}

/** A version's number is its position. */
export const listAgreementVersions = (
  deps: Deps,
  actor: Actor,
  agreementId: string,
  query: PageQuery,
): Promise<Answer<Page<AgreementVersionRecord>>> =>
  paged(deps.vault, actor, query, {
    name: `agreement-versions:${agreementId}`,
    load: (after, most) => deps.agreements.versions(actor, agreementId, after?.at ?? 0, most, false),
    positionOf: ({ number }) => ({ at: number, id: agreementId }),
    missing: noAgreement,
  });

export async function getAgreementVersion(
  deps: Deps,
  actor: Actor,
  agreementId: string,
  number: number,
): Promise<Answer<AgreementVersionRecord>> {
  const [found] = (await deps.agreements.versions(actor, agreementId, number - 1, 1, true)) ?? [];
  return found?.number === number ? found : notFound('version of an agreement');
}
