/** An export: each of its things as the operation shows it that answers one of them. */
import { formatInstant } from '../contract/common.ts';
import { viewConsentText } from '../contract/consent-texts.ts';
import type { Exporting, ExportView } from '../contract/export.ts';
import { viewAgreement, viewAgreementVersion } from '../contract/view-agreements.ts';
import { viewConferenceHeader } from '../contract/view-conferences.ts';
import { viewOwnPlanProposal } from '../contract/view-plans.ts';
import * as view from '../contract/views.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { actorOf, agencyOf } from '../usecases/answer.ts';
import { exportOwn, type OwnThing } from '../usecases/export-own.ts';
import type { Deps } from '../usecases/ports.ts';
import { outcomeOf } from './handlers.ts';

/** @param onFailed told what nobody expected; the caller only learns that something failed. */
export function createExport(deps: Deps, onFailed: (error: unknown) => void) {
  const failed = (error: unknown): Problem => {
    const outcome = outcomeOf(error);
    if (outcome === null) onFailed(error);
    return outcome ?? somethingFailed;
  };

  async function* viewsOf(things: AsyncGenerator<OwnThing>): AsyncGenerator<ExportView | Problem> {
    try {
      for await (const thing of things) yield shown(thing);
    } catch (error) {
      yield failed(error);
    }
  }

  return async (caller: Caller): Promise<Exporting | Problem> => {
    try {
      const actor = actorOf(caller);
      const begun = await exportOwn(deps, actor);
      if (isProblem(begun)) return begun;
      const { asOf, things, close } = begun;
      return { asOf: formatInstant(asOf), agencyId: agencyOf(actor), views: () => viewsOf(things()), close };
    } catch (error) {
      return failed(error);
    }
  };
}

const somethingFailed = problem('internal', 'Something failed here; it has been logged under the id in instance.');

function shown({ type, thing }: OwnThing): ExportView {
  switch (type) {
    case 'agreement':
      return { type, view: viewAgreement(thing) };
    case 'agreementVersion':
      return { type, view: viewAgreementVersion(thing) };
    case 'statement':
    case 'release':
      return { type, view: view.viewStated(thing) };
    case 'consentText':
      return { type, view: viewConsentText(thing) };
    case 'disclosure':
      return { type, view: view.viewDisclosure(thing) };
    case 'entry':
      return { type, view: view.viewEntry(thing) };
    case 'laufzettel':
      return { type, view: view.viewLaufzettel(thing) };
    case 'request':
      return { type, view: view.viewRequest(thing) };
    case 'forwardingSent':
    case 'forwardingReceived':
      return { type, view: view.viewHeader(thing) };
    case 'proposal':
      return { type, view: view.viewProposal(thing) };
    case 'conference':
      return { type, view: viewConferenceHeader(thing) };
    case 'planProposal':
      return { type, view: viewOwnPlanProposal(thing) };
    case 'plan':
    case 'client':
      return { type, view: view.viewCreated(thing) };
  }
}
