/**
 * A plan that two agencies write together: an ordered list of parts, each made of proposals that one side wrote and the other
 * answered. What a reader sees is folded from the proposals whose entry it may read at that moment, and from nothing else: as if
 * all others had never been made. Pure.
 */
import type { AgencyId, Instant } from './facts.ts';

/** LAPSED: it can be answered no more, for the other side may not read it any more; its proposer alone is told. */
export const PLAN_PROPOSAL_STATUSES = ['OPEN', 'ACCEPTED', 'DECLINED', 'WITHDRAWN', 'LAPSED'] as const;
export type PlanProposalStatus = (typeof PLAN_PROPOSAL_STATUSES)[number];

/** Why an agency declines: its own handling, and nothing about the person. */
export const PLAN_DECLINE_CODES = [
  'NOT_RESPONSIBLE',
  'NO_CAPACITY',
  'INCOMPLETE',
  'DATES_NOT_POSSIBLE',
  'OUTDATED',
  'TALK_FIRST',
  'COUNTERPROPOSAL',
] as const;
export type PlanDeclineCode = (typeof PLAN_DECLINE_CODES)[number];

/** Each counts what the one who proposes sees: a limit that others fill would tell of what is withheld. */
export const MOST_PLAN_PARTS = 50;
export const MOST_PLAN_PROPOSALS = 500;
export const MOST_OPEN_PROPOSALS = 50;
export const MOST_PLANS_OF_LAUFZETTEL = 20;

/** Where a part is to stand. default: where it is; a part that is new, at the end. */
export type PlanPlace = { at: 'DEFAULT' } | { at: 'FIRST' } | { at: 'AFTER'; part: string };

export interface PlanProposal {
  id: string;
  part: string;
  by: AgencyId;
  entry: string;
  /** The proposal whose content it takes the place of; null: of none. */
  replaces: string | null;
  place: PlanPlace;
  /** A day, `YYYY-MM-DD`. */
  reviewOn: string | null;
  status: PlanProposalStatus;
  code: PlanDeclineCode | null;
  proposedAt: Instant;
  answeredAt: Instant | null;
}

export interface FoldedPlan<P extends PlanProposal = PlanProposal> {
  /** What is agreed on, in its order. */
  parts: { id: string; current: P }[];
  /** Not answered yet, oldest first. */
  open: P[];
  /** Everything, newest first. */
  history: P[];
  /** Counts proposals and answers. */
  version: number;
}

const byTime =
  <P extends PlanProposal>(instant: (one: P) => Instant) =>
  (one: P, other: P): number =>
    instant(one) - instant(other) || (one.id < other.id ? -1 : 1);

/**
 * @param seen the proposals that the reader may see; whatever they name that is not among them is as if it were not named.
 */
export function foldPlan<P extends PlanProposal>(seen: readonly P[]): FoldedPlan<P> {
  const parts: { id: string; current: P }[] = [];
  const known = new Map(seen.map((one) => [one.id, one]));
  const accepted = seen.filter((one) => one.status === 'ACCEPTED').sort(byTime((one) => one.answeredAt!));
  for (const one of accepted) put(parts, one);
  const standing = new Set(parts.map(({ id }) => id));
  const history = seen
    .map((one) => ({
      ...one,
      replaces: known.has(one.replaces ?? '') ? one.replaces : null,
      place: one.place.at === 'AFTER' && !standing.has(one.place.part) ? DEFAULT_PLACE : one.place,
    }))
    .sort(byTime((one) => one.proposedAt))
    .reverse();
  const shown = new Map(history.map((one) => [one.id, one]));
  return {
    parts: parts.map(({ id, current }) => ({ id, current: shown.get(current.id)! })),
    open: history.filter((one) => one.status === 'OPEN').reverse(),
    history,
    version: 1 + seen.length + seen.filter((one) => one.answeredAt !== null).length,
  };
}

export const DEFAULT_PLACE: PlanPlace = { at: 'DEFAULT' };

function put<P extends PlanProposal>(parts: { id: string; current: P }[], accepted: P): void {
  const { part, place } = accepted;
  const from = parts.findIndex(({ id }) => id === part);
  const isMoved = place.at === 'FIRST' || (place.at === 'AFTER' && parts.some(({ id }) => id === place.part));
  if (from >= 0 && !isMoved) {
    parts[from] = { id: part, current: accepted };
    return;
  }
  if (from >= 0) parts.splice(from, 1);
  const after = place.at === 'AFTER' ? parts.findIndex(({ id }) => id === place.part) : -1;
  const to = place.at === 'FIRST' ? 0 : after >= 0 ? after + 1 : parts.length;
  parts.splice(to, 0, { id: part, current: accepted });
}

/** The proposal whose content is that of the part; null: nothing is agreed on there. */
const currentOf = <P extends PlanProposal>({ parts }: FoldedPlan<P>, part: string): P | null =>
  parts.find(({ id }) => id === part)?.current ?? null;

/** What is proposed. part null: a new one. replaces: the entry that the proposer saw in the part; null: it saw none. */
export interface Proposing {
  by: AgencyId;
  part: string | null;
  replaces: string | null;
  place: PlanPlace;
}

export type ProposingFault =
  | { fault: 'NO_SUCH_PART' | 'NO_SUCH_PLACE' | 'TOO_MANY_PARTS' | 'TOO_MANY_PROPOSALS' | 'TOO_MANY_OPEN' }
  /** current: the entry that stands there. */
  | { fault: 'PART_CHANGED'; current: string | null };

/** Why it cannot be proposed like this to who sees the plan so; or the proposal whose content it is to take the place of. */
export function judgeProposing(plan: FoldedPlan, proposing: Proposing): ProposingFault | { replaces: string | null } {
  const { by, part, replaces, place } = proposing;
  const known = new Set(plan.history.map((one) => one.part));
  if (part !== null && !known.has(part)) return { fault: 'NO_SUCH_PART' };
  const isAfterNone = place.at === 'AFTER' && !plan.parts.some(({ id }) => id === place.part);
  if (isAfterNone || (place.at === 'AFTER' && place.part === part)) return { fault: 'NO_SUCH_PLACE' };
  const current = part === null ? null : currentOf(plan, part);
  if (replaces !== (current?.entry ?? null)) return { fault: 'PART_CHANGED', current: current?.entry ?? null };
  if (part === null && known.size >= MOST_PLAN_PARTS) return { fault: 'TOO_MANY_PARTS' };
  if (plan.history.length >= MOST_PLAN_PROPOSALS) return { fault: 'TOO_MANY_PROPOSALS' };
  const open = plan.open.filter((one) => one.by === by).length;
  return open >= MOST_OPEN_PROPOSALS ? { fault: 'TOO_MANY_OPEN' } : { replaces: current?.id ?? null };
}

export type PlanAction = 'ACCEPT' | 'DECLINE' | 'WITHDRAW';

/** What that agency may do with a proposal that it sees. */
export const allowedPlanActions = (
  { by, status }: Pick<PlanProposal, 'by' | 'status'>,
  who: AgencyId,
): PlanAction[] => {
  if (by === who) return status === 'OPEN' || status === 'LAPSED' ? ['WITHDRAW'] : [];
  return status === 'OPEN' ? ['ACCEPT', 'DECLINE'] : [];
};

export const STATUS_AFTER: Readonly<Record<PlanAction, 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN'>> = {
  ACCEPT: 'ACCEPTED',
  DECLINE: 'DECLINED',
  WITHDRAW: 'WITHDRAWN',
};

/**
 * Whether accepting it would take the place of something that its proposer did not see there, and that who accepts has not named.
 *
 * @param replaces the entry that who accepts knows will be replaced; undefined: the one that the proposal says.
 * @returns the entry that stands there, when it is another one; null where it is as expected.
 */
export function changedBeneath(
  plan: FoldedPlan,
  proposal: PlanProposal,
  replaces: string | null | undefined,
): { current: string | null } | null {
  const current = currentOf(plan, proposal.part);
  const isAsProposed = replaces === undefined && (current?.id ?? null) === proposal.replaces;
  const isAsNamed = replaces !== undefined && (current?.entry ?? null) === replaces;
  return isAsProposed || isAsNamed ? null : { current: current?.entry ?? null };
}
