/**
 * What becomes of a proposal: the other side accepts or declines it, or its proposer withdraws it. With the answer the forwarding that
 * carries it is done, and does not expire any more; what is withdrawn before anybody has accepted it is recalled.
 */
import { transition } from '../domain/laufzettel.ts';
import {
  allowedPlanActions,
  changedBeneath,
  type PlanAction,
  type PlanDeclineCode,
  STATUS_AFTER,
} from '../domain/plan.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { reviewRows } from '../domain/review.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import type { Actor, ClosingTransaction, Deps, StoredPlanProposal } from './ports.ts';
import { getPlanProposal, peekPlanProposal, type SeenPlan, type ShownPlanProposal, seePlan } from './read-plan.ts';
import { applyReview, openRows } from './review-persons.ts';
import { whileStale } from './while-stale.ts';

export interface PlanAnswer {
  answer: 'ACCEPT' | 'DECLINE';
  /** Of a DECLINE. */
  code: PlanDeclineCode | null;
  /** The entry that who accepts knows will be replaced; undefined: the one that the proposal says. */
  replaces?: string | null;
}

interface Settling {
  action: PlanAction;
  code: PlanDeclineCode | null;
  replaces?: string | null;
}

export const answerPlanProposal = (
  deps: Deps,
  actor: Actor,
  planId: string,
  proposalId: string,
  { answer, ...more }: PlanAnswer,
): Promise<Answer<ShownPlanProposal>> => settle(deps, actor, planId, proposalId, { action: answer, ...more });

export const withdrawPlanProposal = (
  deps: Deps,
  actor: Actor,
  planId: string,
  proposalId: string,
): Promise<Answer<ShownPlanProposal>> => settle(deps, actor, planId, proposalId, { action: 'WITHDRAW', code: null });

type Outcome = 'stale' | 'settled' | Problem;

async function settle(
  deps: Deps,
  actor: Actor,
  planId: string,
  proposalId: string,
  settling: Settling,
): Promise<Answer<ShownPlanProposal>> {
  const settled = await whileStale(deps, async () => {
    // Which forwarding it came by stays the same; everything else is looked at again once its persons are locked.
    const before = await peekPlanProposal(deps, actor, planId, proposalId);
    if (isProblem(before)) return before;
    return deps.closing.run<Outcome>(async (tx) => {
      const value = await settleLocked(
        deps,
        tx,
        actor,
        { planId, proposalId, by: before.proposal.forwardingId },
        settling,
      );
      return { commit: value === 'settled', value };
    });
  });
  return isProblem(settled) ? settled : getPlanProposal(deps, actor, planId, proposalId);
}

async function settleLocked(
  deps: Deps,
  tx: ClosingTransaction,
  actor: Actor,
  { planId, proposalId, by }: { planId: string; proposalId: string; by: string },
  settling: Settling,
): Promise<Outcome> {
  const locked = await tx.lockForwarding(actor, by);
  const found = await tx.readPlan(actor, planId);
  const seen = found && seePlan(deps, agencyOf(actor), found);
  const proposal = seen?.folded.history.find(({ id }) => id === proposalId);
  if (locked === null || seen === null || proposal === undefined) return notFound('proposal');
  const { action, code } = settling;
  const refused = whyNot(seen, proposal, agencyOf(actor), settling);
  if (refused !== null) return refused;
  const settled = { id: proposalId, planId, expected: seen.found.version, status: STATUS_AFTER[action], code };
  if (!(await tx.settlePlanProposal(actor, settled))) return 'stale';
  return (await settleForwarding(tx, actor, locked, proposal, action)) ? 'settled' : 'stale';
}

function whyNot({ folded, readable }: SeenPlan, proposal: StoredPlanProposal, who: string, settling: Settling) {
  const { action, replaces } = settling;
  const allowed = allowedPlanActions(proposal, who);
  const isAllowed = allowed.includes(action);
  // The answer shows it; whoever does not want to read it rejects its forwarding.
  const isUnread = isAllowed && action !== 'WITHDRAW' && readable.get(proposal.entry)?.held?.fetched !== true;
  if (!isAllowed || isUnread) {
    const hint = isUnread ? ' Read it first.' : '';
    return problem('transition-illegal', `${action} is not possible from ${proposal.status}.${hint}`, {
      extra: { currentStatus: proposal.status, allowed: isUnread ? [] : allowed },
    });
  }
  const beneath = action === 'ACCEPT' ? changedBeneath(folded, proposal, replaces) : null;
  if (beneath === null) return null;
  return problem(
    'conflict',
    'The part has another entry by now than the one that the proposal replaces. Decline it, or name as `replaces` the entry that it shall replace.',
    { extra: beneath },
  );
}

type Locked = NonNullable<Awaited<ReturnType<ClosingTransaction['lockForwarding']>>>;

/** The step that follows for the forwarding, with everybody locked whom it concerns. false: it is not as it was read. */
async function settleForwarding(
  tx: ClosingTransaction,
  actor: Actor,
  locked: Locked,
  { forwardingId, carriedBy, carriedVersion }: StoredPlanProposal,
  action: PlanAction,
): Promise<boolean> {
  const status =
    action === 'WITHDRAW' ? transition(carriedBy, 'RECALL', 'SENDER') : transition(carriedBy, 'SETTLE', 'EXCHANGE');
  const open = openRows(locked);
  const isOf = (id: string): boolean => locked.ofForwarding.includes(id);
  // What it disclosed has ended: it has ended itself, or will be told so, and the entry is held some other way.
  const isLive = open.some(({ row }) => isOf(row.id) && locked.at < row.goodUntil);
  if (status === null || !isLive) return true;
  const stepped = await tx.step(actor, forwardingId, carriedVersion, { status, rejectCode: null });
  if (stepped === null) return false;
  if (action === 'WITHDRAW') {
    const review = reviewRows(open, locked.facts, locked.at, locked.ofForwarding);
    await applyReview(tx, actor, locked, review, 'FORWARDING_RECALLED');
  } else if (action === 'ACCEPT' && (carriedBy === 'SENT' || carriedBy === 'DELIVERED')) {
    // It no longer ends because nobody has accepted it in time. What was declined still does.
    const kept = open.map((one) => (isOf(one.row.id) ? { ...one, notAfter: null } : one));
    await applyReview(tx, actor, locked, reviewRows(kept, locked.facts, locked.at), 'PLAN_ANSWERED');
  }
  return true;
}
