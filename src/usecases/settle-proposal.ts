/** What becomes of a proposal: the giver confirms or declines it, the proposer withdraws it. */
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { isActionOf, type ProposalAction, type ProposalStatus, proposalActions } from '../domain/proposal.ts';
import { type Answer, notFound } from './answer.ts';
import { getProposal, type ShownProposal } from './list-proposals.ts';
import type { Actor, Deps, ProposalRecord } from './ports.ts';
import type { YesLine } from './sheet.ts';
import { writeSheet } from './write-sheet.ts';

export interface Confirmation {
  /** An own handle on the person, where there are several. */
  clientId?: string;
  /** The caller has read what a weaker yes would withhold. */
  confirm: boolean;
  /** Where the giver keeps the proof; left out: as the proposer said. */
  evidenceRef?: string;
}

const roleOf = ({ direction }: Pick<ProposalRecord, 'direction'>) => (direction === 'SENT' ? 'PROPOSER' : 'GIVER');

function illegal(action: ProposalAction, status: ProposalStatus, role: 'PROPOSER' | 'GIVER'): Problem {
  return problem('transition-illegal', `${action} is not possible from ${status}.`, {
    extra: { currentStatus: status, allowed: proposalActions(status, role) },
  });
}

/** The proposal, if the actor may take that step now. */
async function open(deps: Deps, actor: Actor, proposalId: string, action: ProposalAction) {
  const found = await getProposal(deps, actor, proposalId);
  if (isProblem(found)) return found;
  const role = roleOf(found);
  if (!isActionOf(action, role)) {
    const who = role === 'PROPOSER' ? 'Only the agency that it was proposed to may' : 'Only its proposer may';
    return problem('not-allowed', `${who} ${action}.`);
  }
  return proposalActions(found.status, role).includes(action) ? found : illegal(action, found.status, role);
}

/**
 * The ordinary recording, with every rule judged anew at this moment: the giver records it, its clock is the recording's,
 * and the proof is sealed under the giver's own key.
 */
export async function confirmProposal(
  deps: Deps,
  actor: Actor,
  proposalId: string,
  confirmation: Confirmation,
): Promise<Answer<ShownProposal>> {
  const proposal = await open(deps, actor, proposalId, 'CONFIRM');
  if (isProblem(proposal)) return proposal;
  const evidenceRef = confirmation.evidenceRef ?? proposal.evidenceRef;
  if (evidenceRef === null) return broken('evidenceRef', 'is needed, for the proof of its proposer is gone');
  const clientId = confirmation.clientId ?? proposal.clientId;
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const locked = await tx.lockClient(actor, clientId, [proposal.recipient]);
    const settled =
      locked === null || locked.wrapped === null
        ? null
        : await tx.settleProposal(actor, proposalId, 'CONFIRMED', clientId, locked.at);
    if (locked === null || settled === null) return { commit: false, value: noSuchHandle(confirmation) };
    if (settled !== 'ok') return { commit: false, value: illegal('CONFIRM', settled, 'GIVER') };
    const lines = [lineOf(proposal, evidenceRef)];
    const { confirm } = confirmation;
    const answer = await writeSheet(deps, tx, actor, clientId, locked, { lines, confirm, isForm: false });
    return isProblem(answer) ? { commit: false, value: answer } : { commit: true, value: null };
  });
  return refused ?? getProposal(deps, actor, proposalId);
}

const broken = (field: string, detail: string): Problem =>
  problem('rule-broken', 'This cannot be confirmed like this; nothing was stored. See errors.', {
    errors: [{ pointer: `/${field}`, detail }],
  });

/** A handle that is unknown, another agency's or on somebody else is the same. */
const noSuchHandle = ({ clientId }: Confirmation): Problem =>
  clientId === undefined
    ? notFound('proposal')
    : broken('clientId', 'is no client of yours whom the proposal is about');

function lineOf(proposal: ShownProposal, evidenceRef: string): YesLine {
  const { type, giver, purpose, recipient, categories, statedAt, statedBy, ageBand, ...more } = proposal;
  const { validFrom, validUntil, form, capacityConfirmed, explicitSpecialCategories, language, textHash } = more;
  return {
    ...{ type, decision: 'GIVEN', giver, recipient, purpose, categories, statedAt, statedBy, ageBand },
    ...{ validFrom, validUntil, form, capacityConfirmed, explicitSpecialCategories, language, textHash },
    adultFrom: more.adultFrom,
    evidenceRef,
    proposalId: proposal.id,
    // What was proposed stands in no part of this request.
    pointerOf: () => '',
  };
}

/** Declining is the giver's own: the proposer is not told, and cannot tell it from a giver who does not know the person. */
export async function declineProposal(deps: Deps, actor: Actor, proposalId: string): Promise<Answer<ShownProposal>> {
  const proposal = await open(deps, actor, proposalId, 'DECLINE');
  if (isProblem(proposal)) return proposal;
  const settled = await deps.proposals.settle(actor, proposalId, 'DECLINED', null, null);
  if (settled === null) return notFound('proposal');
  return settled === 'ok' ? getProposal(deps, actor, proposalId) : illegal('DECLINE', settled, 'GIVER');
}

export async function withdrawProposal(deps: Deps, actor: Actor, proposalId: string): Promise<Answer<ShownProposal>> {
  const proposal = await open(deps, actor, proposalId, 'WITHDRAW');
  if (isProblem(proposal)) return proposal;
  const settled = await deps.proposals.withdraw(actor, proposalId);
  if (settled === null) return notFound('proposal');
  return settled === 'ok' ? getProposal(deps, actor, proposalId) : illegal('WITHDRAW', settled, 'PROPOSER');
}
