/** Proposals of a yes that another agency has to confirm. */
import type { ConfirmationInput, ProposalInput } from '../contract/proposals.ts';
import * as view from '../contract/views.ts';
import { getProposal, listProposals } from '../usecases/list-proposals.ts';
import type { Actor, Effect } from '../usecases/ports.ts';
import { proposeConsent } from '../usecases/propose-consent.ts';
import * as settle from '../usecases/settle-proposal.ts';
import { toNewProposal } from './inputs.ts';
import { type Context, idIn, pageOf, param, type Runs, shown } from './kit.ts';

export const proposalHandlers = ({ deps }: Context) => {
  const replay = async (actor: Actor, effect: Effect) =>
    shown(await getProposal(deps, actor, idIn(effect, 'proposal')), view.viewProposal);
  return {
    proposeConsent: {
      run: async (actor, input) => {
        const proposal = toNewProposal(input.body as ProposalInput);
        return shown(await proposeConsent(deps, actor, param(input, 'clientId'), proposal), view.viewProposal);
      },
      replay,
    },
    listProposals: async (actor, input) => {
      const { direction } = input.query as { direction: 'SENT' | 'RECEIVED' };
      return shown(await listProposals(deps, actor, direction, pageOf(input)), view.viewPage(view.viewProposal));
    },
    getProposal: async (actor, input) =>
      shown(await getProposal(deps, actor, param(input, 'proposalId')), view.viewProposal),
    confirmProposal: {
      run: async (actor, input) => {
        const confirmation = input.body as ConfirmationInput;
        const confirmed = await settle.confirmProposal(deps, actor, param(input, 'proposalId'), confirmation);
        return shown(confirmed, view.viewProposal);
      },
      replay,
    },
    declineProposal: {
      run: async (actor, input) =>
        shown(await settle.declineProposal(deps, actor, param(input, 'proposalId')), view.viewProposal),
      replay,
    },
    withdrawProposal: {
      run: async (actor, input) =>
        shown(await settle.withdrawProposal(deps, actor, param(input, 'proposalId')), view.viewProposal),
      replay,
    },
  } satisfies Runs;
};
