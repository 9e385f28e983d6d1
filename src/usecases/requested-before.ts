/** The answer to a request that was made before, or refused then for the reasons of then. */
import type { Purpose } from '../domain/catalogue.ts';
import type { Reason } from '../domain/facts.ts';
import { type Answer, agencyOf } from './answer.ts';
import type { Actor, Deps, Effect, RequestRecord } from './ports.ts';
import { askingRefused, decliningRefused, getRequest } from './requests.ts';

/** What `createRequest` and a step note: `request` when it was made or stepped, `reasons` when that was refused. */
interface Noted {
  request: string;
  agency: string;
  purpose: Purpose;
  reasons: Reason[];
}

export async function requestedBefore(deps: Deps, actor: Actor, effect: Effect): Promise<Answer<RequestRecord>> {
  const { request, agency, purpose, reasons } = effect.subject as unknown as Noted;
  if (effect.outcome === 'PERMIT') return getRequest(deps, actor, request);
  return askingRefused({ asker: agencyOf(actor), asked: agency, purpose }, reasons);
}

/** A step that was taken, or refused then for the reasons of then. */
export async function steppedBefore(deps: Deps, actor: Actor, effect: Effect): Promise<Answer<RequestRecord>> {
  const { request, agency, purpose, reasons } = effect.subject as unknown as Noted;
  if (effect.outcome !== 'WITHHOLD') return getRequest(deps, actor, request);
  return decliningRefused({ asker: agencyOf(actor), asked: agency, purpose }, reasons);
}
