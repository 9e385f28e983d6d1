/** Who may do what with a proposal: every pair of status and role. */
import {
  isActionOf,
  PROPOSAL_ACTIONS,
  PROPOSAL_STATUSES,
  type ProposalAction,
  type ProposalRole,
  type ProposalStatus,
  proposalActions,
} from '../../src/domain/proposal.ts';
import { t } from '../support/t.ts';

const ROWS: [ProposalStatus, ProposalRole, ProposalAction[]][] = [
  ['PROPOSED', 'PROPOSER', ['WITHDRAW']],
  ['PROPOSED', 'GIVER', ['CONFIRM', 'DECLINE']],
  ['CONFIRMED', 'PROPOSER', []],
  ['CONFIRMED', 'GIVER', []],
  ['DECLINED', 'PROPOSER', []],
  ['DECLINED', 'GIVER', []],
  ['WITHDRAWN', 'PROPOSER', []],
  ['WITHDRAWN', 'GIVER', []],
  ['LAPSED', 'PROPOSER', []],
  ['LAPSED', 'GIVER', []],
];

t.test('a proposal is decided once, by its giver, and withdrawn by its proposer', async (t) => {
  t.equal(ROWS.length, PROPOSAL_STATUSES.length * 2, 'every pair is a row');
  for (const [status, role, actions] of ROWS) t.same(proposalActions(status, role), actions, `${status} by ${role}`);
  for (const action of PROPOSAL_ACTIONS) {
    t.not(isActionOf(action, 'GIVER'), isActionOf(action, 'PROPOSER'), `${action} is one side's`);
  }
});
