/**
 * The life of a proposal, as a table: who may do what from which status. Which status each side is shown is for the
 * database to say (`internal.proposal_status`), so that no other can leave it.
 */

/** LAPSED: nobody decided in time. Shown from that millisecond on, without anything having to happen. */
export const PROPOSAL_STATUSES = ['PROPOSED', 'CONFIRMED', 'DECLINED', 'WITHDRAWN', 'LAPSED'] as const;
export type ProposalStatus = (typeof PROPOSAL_STATUSES)[number];
export type ProposalDecision = 'CONFIRMED' | 'DECLINED';

export const PROPOSAL_ACTIONS = ['CONFIRM', 'DECLINE', 'WITHDRAW'] as const;
export type ProposalAction = (typeof PROPOSAL_ACTIONS)[number];
/** PROPOSER: brought it. GIVER: the discloser, or the origin, who has to prove it and so decides. */
export type ProposalRole = 'PROPOSER' | 'GIVER';

const BY: Record<ProposalAction, ProposalRole> = { CONFIRM: 'GIVER', DECLINE: 'GIVER', WITHDRAW: 'PROPOSER' };

/** Days until it lapses, by the calendar of Europe/Berlin, at the same time of day. */
export const PROPOSAL_DAYS = 28;

export const isActionOf = (action: ProposalAction, role: ProposalRole): boolean => BY[action] === role;

/** What that role may do from there: an open proposal is decided once, and nothing follows. */
export const proposalActions = (status: ProposalStatus, role: ProposalRole): ProposalAction[] =>
  status === 'PROPOSED' ? PROPOSAL_ACTIONS.filter((action) => isActionOf(action, role)) : [];
