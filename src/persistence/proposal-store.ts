import type { ProposalRecord, ProposalStore, ProposalWithEvidence } from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { only, readSealed } from './read-json.ts';

type Row = ProposalRecord & { sealedUnder: string; evidenceSealed: string | null; wrapped: string | null };

function withEvidence({ sealedUnder, evidenceSealed, wrapped, ...proposal }: Row): ProposalWithEvidence {
  const evidence =
    evidenceSealed === null || wrapped === null
      ? null
      : readSealed({ clientId: sealedUnder, wrapped, sealed: evidenceSealed });
  return { ...proposal, evidence };
}

type Settled = Awaited<ReturnType<ProposalStore['settle']>>;

/** Also within a transaction. */
export const settleProposal =
  (caller: Caller): ProposalStore['settle'] =>
  async (actor, id, decision, clientId, at) => {
    const text = 'SELECT api.settle_proposal($1, $2, $3, $4, $5) AS outcome';
    const values = [actor, id, decision, clientId, at];
    return only(await caller.call<{ outcome: Settled }>('settle_proposal', text, values)).outcome;
  };

/** Also on a snapshot. */
export function proposalStore(database: Caller): ProposalStore {
  return {
    propose: async (actor, proposal, evidence, mostOpen) => {
      const text = 'SELECT api.propose_consent($1, $2, $3, $4) AS outcome';
      const values = [actor, proposal, evidence, mostOpen];
      return only(await database.call<{ outcome: 'ok' | 'too-many' }>('propose_consent', text, values)).outcome;
    },
    get: async (actor, id) => {
      const text = 'SELECT api.get_proposal($1, $2) AS found';
      const rows = await database.call<{ found: Row | null }>('get_proposal', text, [actor.agency, id]);
      const { found } = only(rows);
      return found && withEvidence(found);
    },
    list: async (actor, received, position, most) => {
      const text = 'SELECT api.list_proposals($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, received, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: Row[] }>('list_proposals', text, values)).list.map(withEvidence);
    },
    settle: settleProposal(database),
    withdraw: async (actor, id) => {
      const text = 'SELECT api.withdraw_proposal($1, $2) AS outcome';
      return only(await database.call<{ outcome: Settled }>('withdraw_proposal', text, [actor, id])).outcome;
    },
    tellLapsed: async (most) => {
      const text = 'SELECT api.tell_lapsed_proposals($1) AS many';
      return only(await database.call<{ many: number }>('tell_lapsed_proposals', text, [most])).many;
    },
  };
}
