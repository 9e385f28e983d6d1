import { DEFAULT_PLACE, type PlanPlace } from '../domain/plan.ts';
import type {
  OwnPlanProposal,
  PlanRecord,
  PlanStore,
  PlanTransaction,
  ReadPlan,
  StoredPlanProposal,
} from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { only, readAllSealed, type SealedJson } from './read-json.ts';

type ProposalJson = Omit<StoredPlanProposal, 'place'> & { place: 'FIRST' | 'AFTER' | null; afterPart: string | null };
type ReadJson = Omit<ReadPlan, 'sealed' | 'proposals'> & { proposals: ProposalJson[] };

function placeOf(place: ProposalJson['place'], afterPart: string | null): PlanPlace {
  if (place === null) return DEFAULT_PLACE;
  return place === 'FIRST' ? { at: 'FIRST' } : { at: 'AFTER', part: afterPart! };
}

const readPlan =
  (caller: Caller): PlanStore['read'] =>
  async (actor, id) => {
    const text = 'SELECT api.read_plan($1, $2) AS found';
    const { found } = only(await caller.call<{ found: ReadJson | null }>('read_plan', text, [actor.agency, id]));
    if (found === null) return null;
    const proposals = found.proposals.map(({ place, afterPart, ...one }) => ({
      ...one,
      place: placeOf(place, afterPart),
    }));
    return { ...found, proposals, sealed: new Map() };
  };

/** Also on a snapshot. */
export function planStore(database: Caller): PlanStore {
  return {
    open: async (actor, plan, at) => {
      const text = 'SELECT api.open_plan($1, $2, $3) AS outcome';
      type Outcome = Awaited<ReturnType<PlanStore['open']>>;
      return only(await database.call<{ outcome: Outcome }>('open_plan', text, [actor, plan, at])).outcome;
    },
    read: readPlan(database),
    contents: async (actor, id, entries) => {
      const text = 'SELECT api.plan_contents($1, $2, $3) AS sealed';
      const values = [actor.agency, id, [...entries]];
      type Found = { sealed: Record<string, SealedJson> };
      return readAllSealed(only(await database.call<Found>('plan_contents', text, values)).sealed);
    },
    list: async (actor, filter, position, most) => {
      const text = 'SELECT api.list_plans($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, filter, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: PlanRecord[] }>('list_plans', text, values)).list;
    },
    listOwnProposals: async (actor, position, most) => {
      const text = 'SELECT api.list_own_plan_proposals($1, $2, $3, $4) AS list';
      const values = [actor.agency, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: OwnPlanProposal[] }>('list_own_plan_proposals', text, values)).list;
    },
  };
}

/** Within the transaction that forwards what is proposed, or ends or lengthens what was. */
export function planTransaction(tx: Caller): PlanTransaction {
  return {
    readPlan: readPlan(tx),
    proposeInPlan: async (actor, { part, entry, place, ...proposal }, at) => {
      const json = {
        ...proposal,
        partId: part,
        entryId: entry,
        place: place.at === 'DEFAULT' ? null : place.at,
        afterPart: place.at === 'AFTER' ? place.part : null,
      };
      const text = 'SELECT api.propose_in_plan($1, $2, $3) AS done';
      return only(await tx.call<{ done: boolean }>('propose_in_plan', text, [actor, json, at])).done;
    },
    settlePlanProposal: async (actor, settled) => {
      const text = 'SELECT api.settle_plan_proposal($1, $2) AS done';
      return only(await tx.call<{ done: boolean }>('settle_plan_proposal', text, [actor, settled])).done;
    },
  };
}
