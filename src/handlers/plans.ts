/** Plans that two agencies write together, and the dated names that they go by. */
import type { CodeQuery } from '../contract/code-lists.ts';
import type { AnswerPlanProposalInput, PlanQuery, ProposePlanPartInput } from '../contract/plans.ts';
import { viewPlan, viewPlanProposal } from '../contract/view-plans.ts';
import { viewCreated, viewPage } from '../contract/views.ts';
import { codesOf } from '../domain/code-lists.ts';
import { DEFAULT_PLACE, type PlanPlace } from '../domain/plan.ts';
import { isProblem } from '../domain/problem.ts';
import { getOwnAgency } from '../usecases/agencies.ts';
import { type OpenedPlan, openPlan } from '../usecases/open-plan.ts';
import type { Actor, Effect } from '../usecases/ports.ts';
import { type ProposedPart, proposedBefore, proposePlanPart } from '../usecases/propose-plan-part.ts';
import * as read from '../usecases/read-plan.ts';
import { answerPlanProposal, withdrawPlanProposal } from '../usecases/settle-plan-proposal.ts';
import { toFilter, toNewEntry } from './inputs.ts';
import { type Context, countedIfRefused, idIn, pageOf, param, type Runs, shown } from './kit.ts';

const placeOf = (after: string | null | undefined): PlanPlace => {
  if (after === undefined) return DEFAULT_PLACE;
  return after === null ? { at: 'FIRST' } : { at: 'AFTER', part: after };
};

/** What is left out and what is null differ: the law's day, and none. */
const toPart = ({ partId, replaces, after, reviewOn, entry, entryId }: ProposePlanPartInput): ProposedPart => ({
  partId: partId ?? null,
  replaces,
  place: placeOf(after),
  ...(reviewOn === undefined ? {} : { reviewOn }),
  ...(entry === undefined ? {} : { entry: toNewEntry(entry) }),
  ...(entryId === undefined ? {} : { entryId }),
});

export const planHandlers = ({ deps, previews }: Context) => {
  const replaySettled = async (actor: Actor, effect: Effect) =>
    shown(await read.getPlanProposal(deps, actor, idIn(effect, 'plan'), idIn(effect, 'proposal')), viewPlanProposal);
  return {
    openPlan: {
      run: async (actor, input) => shown(await openPlan(deps, actor, input.body as OpenedPlan), viewPlan),
      replay: async (actor, effect) => shown(await read.getPlan(deps, actor, idIn(effect, 'plan')), viewPlan),
    },
    listPlans: async (actor, input) => {
      const filter = toFilter(input.query as PlanQuery);
      return shown(await read.listPlans(deps, actor, pageOf(input), filter), viewPage(viewCreated));
    },
    getPlan: {
      run: async (actor, input) => shown(await read.getPlan(deps, actor, param(input, 'planId')), viewPlan),
      peek: async (actor, input) => shown(await read.peekPlan(deps, actor, param(input, 'planId')), viewPlan),
    },
    listPlanHistory: async (actor, input) => {
      const history = await read.listPlanHistory(deps, actor, param(input, 'planId'), pageOf(input));
      return shown(history, viewPage(viewPlanProposal));
    },
    proposePlanPart: {
      run: async (actor, input) => {
        const part = toPart(input.body as ProposePlanPartInput);
        const proposed = await proposePlanPart(deps, actor, param(input, 'planId'), part);
        return countedIfRefused(previews, actor, proposed, viewPlanProposal);
      },
      replay: async (actor, effect) =>
        countedIfRefused(previews, actor, await proposedBefore(deps, actor, effect), viewPlanProposal),
    },
    getPlanProposal: {
      run: async (actor, input) =>
        shown(
          await read.getPlanProposal(deps, actor, param(input, 'planId'), param(input, 'planProposalId')),
          viewPlanProposal,
        ),
      peek: async (actor, input) =>
        shown(
          await read.peekPlanProposal(deps, actor, param(input, 'planId'), param(input, 'planProposalId')),
          viewPlanProposal,
        ),
    },
    answerPlanProposal: {
      run: async (actor, input) => {
        const { answer, code = null, ...more } = input.body as AnswerPlanProposalInput;
        const replaces = more.replaces === undefined ? {} : { replaces: more.replaces };
        const given = { answer, code, ...replaces };
        return shown(
          await answerPlanProposal(deps, actor, param(input, 'planId'), param(input, 'planProposalId'), given),
          viewPlanProposal,
        );
      },
      replay: replaySettled,
    },
    withdrawPlanProposal: {
      run: async (actor, input) =>
        shown(
          await withdrawPlanProposal(deps, actor, param(input, 'planId'), param(input, 'planProposalId')),
          viewPlanProposal,
        ),
      replay: replaySettled,
    },
    listCodes: async (actor, input) => {
      // Nothing in it is anybody's; but a suspended agency is refused everywhere.
      const refused = actor.agency === null ? null : await getOwnAgency(deps, actor);
      if (isProblem(refused)) return refused;
      const { list, on } = input.query as CodeQuery;
      return { codes: codesOf({ ...(list === undefined ? {} : { list }), ...(on === undefined ? {} : { on }) }) };
    },
  } satisfies Runs;
};
