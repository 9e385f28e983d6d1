/** From what use cases answer about plans to what goes over the wire. Content is taken from Disclosed values only. */
import type { PlanPlace } from '../domain/plan.ts';
import { formatInstant, formatInstantOrNull } from './common.ts';
import { viewEntry } from './views.ts';

type EntryLike = Parameters<typeof viewEntry>[0];

interface ProposalLike {
  id: string;
  part: string;
  by: string;
  status: string;
  code: string | null;
  place: PlanPlace;
  reviewOn: string | null;
  forwardingId: string;
  proposedAt: number;
  answeredAt: number | null;
}

interface ShownProposalLike {
  planId: string;
  proposal: ProposalLike;
  entry: EntryLike;
  replaces: string | null;
}

interface PlanLike {
  plan: { createdAt: number };
  version: number;
  parts: readonly { id: string; proposal: ProposalLike; entry: EntryLike }[];
  open: readonly ShownProposalLike[];
  closedEntries: readonly { entryId: string; category: string; closedAt: number }[];
}

export const viewPlanProposal = ({ planId, proposal, entry, replaces }: ShownProposalLike) => {
  const { id, part, by, status, code, place, reviewOn, forwardingId, proposedAt, answeredAt } = proposal;
  return {
    id,
    planId,
    partId: part,
    proposedBy: by,
    status,
    code,
    place: place.at,
    after: place.at === 'AFTER' ? place.part : null,
    reviewOn,
    forwardingId,
    proposedAt: formatInstant(proposedAt),
    answeredAt: formatInstantOrNull(answeredAt),
    replaces,
    entry: viewEntry(entry),
  };
};

export const viewPlan = ({ plan, version, parts, open, closedEntries }: PlanLike) => ({
  ...plan,
  createdAt: formatInstant(plan.createdAt),
  version,
  parts: parts.map(({ id, proposal, entry }) => ({
    id,
    proposalId: proposal.id,
    reviewOn: proposal.reviewOn,
    agreedAt: formatInstant(proposal.answeredAt!),
    entry: viewEntry(entry),
  })),
  openProposals: open.map(viewPlanProposal),
  closedEntries: closedEntries.map((one) => ({ ...one, closedAt: formatInstant(one.closedAt) })),
});

export const viewOwnPlanProposal = <T extends { proposedAt: number; answeredAt: number | null }>(one: T) => ({
  ...one,
  proposedAt: formatInstant(one.proposedAt),
  answeredAt: formatInstantOrNull(one.answeredAt),
});
