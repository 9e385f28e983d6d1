/** Proposals as each side may see them. */
import { type Answer, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import { type Actor, type Deps, type ProposalRecord, type ProposalWithEvidence, sealedAs } from './ports.ts';

export type ShownProposal = ProposalRecord & { evidenceRef: string | null };

export const showProposal =
  ({ vault }: Deps) =>
  ({ evidence, ...proposal }: ProposalWithEvidence): ShownProposal => ({
    ...proposal,
    evidenceRef: evidence === null ? null : (vault.open(evidence, sealedAs.evidence(proposal.id)) as string),
  });

export async function getProposal(deps: Deps, actor: Actor, proposalId: string): Promise<Answer<ShownProposal>> {
  const found = await deps.proposals.get(actor, proposalId);
  return found === null ? notFound('proposal') : showProposal(deps)(found);
}

export async function listProposals(
  deps: Deps,
  actor: Actor,
  direction: 'SENT' | 'RECEIVED',
  query: PageQuery,
): Promise<Answer<Page<ShownProposal>>> {
  const page = await paged(deps.vault, actor, query, {
    name: `proposals:${direction}`,
    load: (after, most) => deps.proposals.list(actor, direction === 'RECEIVED', after, most),
    positionOf: (proposal) => ({ at: proposal.proposedAt, id: proposal.id }),
  });
  return 'problem' in page ? page : { ...page, items: page.items.map(showProposal(deps)) };
}
