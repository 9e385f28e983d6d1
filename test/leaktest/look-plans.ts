/** Looking at plans: each side sees what it wrote or may read now, in its order, and nothing of anything else. */
import { type PlanView, planFor, standing } from './joint.ts';
import { Finding, type KnownPlan, type Lane } from './lane.ts';
import { contentsAre, expectCode, named, perhapsFetched, within } from './look.ts';
import { door, type Kind, keysOf, recent } from './moves.ts';

interface Shown {
  id: string;
  entry: { id: string; payload: object };
}

/** Read here or there, by one row or the other: where there is one alone it is that one. */
function markShown(lane: Lane, reader: number, shown: readonly { id: string }[]): void {
  const names = named(
    lane,
    shown.map((one) => one.id),
  );
  for (const name of names) {
    const rows = lane.oracle.rows.filter((row) => row.entry.name === name && row.to === reader && !row.closed);
    for (const row of rows) perhapsFetched(row);
    if (rows.length === 1) rows[0]!.fetched = 'yes';
  }
}

/** Whether the reader may be told of it at all; then what it sees of it by the contract. */
function expectSeen(
  lane: Lane,
  what: string,
  ours: PlanView | null,
  reader: number,
  known: KnownPlan,
  answer: { status: number; code: string | null },
): ours is PlanView {
  if (answer.status === 200 && ours === null) throw new Finding('leak', `${what} was shown`);
  if (answer.status === 200) return true;
  const { traces, history } = ours ?? { traces: null, history: [] };
  const surely = ours !== null && (known.plan.openedBy === reader || history.length > 0 || traces!.surely.length > 0);
  if (surely && lane.exact) throw new Finding('miss', `${what} answered ${answer.status} ${answer.code}`);
  expectCode(what, answer, 'not-found');
  return false;
}

/** @returns what was read; null: there is no such plan for that agency. */
export async function readPlan(
  lane: Lane,
  by: number,
  name: string,
  at: 'REST' | 'GraphQL',
  // biome-ignore lint/suspicious/noExplicitAny: whoever asked looks at what it holds
): Promise<any> {
  const known = lane.plans.get(name)!;
  const { number: reader } = lane.partner(by);
  const what = `${name}, read by ${lane.nameOf(by)},`;
  const ours = planFor(known.plan, reader, lane.oracle);
  const answer = await lane.call(by, 'getPlan', { params: { planId: known.id }, door: at });
  lane.did('getPlan');
  lane.setting.counts.reads += 1;
  if (lane.isSuspended(by)) {
    expectCode(what, answer, 'agency-suspended');
    return null;
  }
  if (!expectSeen(lane, what, ours, reader, known, answer)) return null;
  const { parts, openProposals, closedEntries } = answer.value as {
    parts: (Shown & { proposalId: string })[];
    openProposals: Shown[];
    closedEntries: { entryId: string }[];
  };
  const shown = [...parts, ...openProposals].map((one) => one.entry);
  readableAlone(lane, what, reader, shown);
  if (lane.exact) {
    const theirs = {
      parts: parts.map((one) => `${one.id} by ${one.proposalId}: ${one.entry.id}`),
      open: idsOf(openProposals),
    };
    const idOf = (entry: { name: string }): string => lane.entries.get(entry.name)!.id;
    const expected = {
      parts: ours.parts.map(({ part, proposal }) => `${part} by ${proposal.id}: ${idOf(standing(proposal.entries))}`),
      open: idsOf(ours.open),
    };
    equal(what, theirs, expected);
    const told = named(
      lane,
      closedEntries.map((one) => one.entryId),
    );
    const names = (entries: readonly { name: string }[]): string[] => entries.map((one) => one.name);
    within(`${what} of what has closed,`, told, names(ours.traces.perhaps), 'leak', 'showed');
    within(`${what} of what has closed,`, names(ours.traces.surely), told, 'miss', 'did not show');
  }
  contentsAre(lane, what, shown);
  markShown(lane, reader, shown);
  return answer.value;
}

const idsOf = (proposals: readonly { id: string }[]): string[] => proposals.map((one) => one.id).sort();

function equal(what: string, theirs: unknown, ours: unknown): void {
  const [one, other] = [JSON.stringify(theirs), JSON.stringify(ours)];
  if (one !== other) throw new Finding('mismatch', `${what} showed ${one}, and the contract says ${other}`);
}

function readableAlone(lane: Lane, what: string, reader: number, shown: readonly { id: string }[]): void {
  for (const { id } of shown) {
    const known = [...lane.entries.values()].find((one) => one.id === id);
    if (known === undefined || !lane.oracle.mayRead(reader, known.entry))
      throw new Finding('leak', `${what} showed ${known?.entry.name ?? id}`);
  }
}

/** Every proposal with its answer, as far as the reader sees it. */
export async function readHistory(lane: Lane, by: number, name: string, at: 'REST' | 'GraphQL'): Promise<void> {
  const known = lane.plans.get(name)!;
  const { number: reader } = lane.partner(by);
  const what = `the history of ${name}, read by ${lane.nameOf(by)},`;
  const ours = planFor(known.plan, reader, lane.oracle);
  const answer = await lane.call(by, 'listPlanHistory', {
    params: { planId: known.id },
    query: { limit: 100 },
    door: at,
  });
  lane.did('listPlanHistory');
  lane.setting.counts.reads += 1;
  if (lane.isSuspended(by)) return expectCode(what, answer, 'agency-suspended');
  if (!expectSeen(lane, what, ours, reader, known, answer)) return;
  const items = answer.value.items as (Shown & { status: string })[];
  const shown = items.map((one) => one.entry);
  readableAlone(lane, what, reader, shown);
  if (lane.exact)
    equal(
      what,
      items.map((one) => `${one.id} ${one.status}`).sort(),
      ours.history.map(({ proposal, status }) => `${proposal.id} ${status}`).sort(),
    );
  contentsAre(lane, what, shown);
  markShown(lane, reader, shown);
}

async function readProposal(
  lane: Lane,
  by: number,
  name: string,
  which: number,
  at: 'REST' | 'GraphQL',
): Promise<void> {
  const known = lane.plans.get(name)!;
  const proposal = known.plan.proposals[which % known.plan.proposals.length];
  if (proposal === undefined) return;
  const { number: reader } = lane.partner(by);
  const what = `${proposal.name} of ${name}, read by ${lane.nameOf(by)},`;
  const seen = planFor(known.plan, reader, lane.oracle)?.history.some((one) => one.proposal === proposal) ?? false;
  const params = { planId: known.id, planProposalId: proposal.id };
  const answer = await lane.call(by, 'getPlanProposal', { params, door: at });
  lane.did('getPlanProposal');
  lane.setting.counts.reads += 1;
  if (lane.isSuspended(by)) return expectCode(what, answer, 'agency-suspended');
  if (answer.status === 200 && !seen) throw new Finding('leak', `${what} was shown`);
  if (answer.status !== 200 && seen && lane.exact)
    throw new Finding('miss', `${what} answered ${answer.status} ${answer.code}`);
  if (answer.status !== 200) return expectCode(what, answer, 'not-found');
  contentsAre(lane, what, [answer.value.entry]);
  markShown(lane, reader, [answer.value.entry]);
}

/** Both sides and somebody else read all plans. */
export async function sweepPlans(lane: Lane): Promise<void> {
  const many = lane.setting.network.partners.length;
  for (const [name, { by, partner, plan }] of lane.plans) {
    for (const reader of new Set([by, partner, (by + partner) % many])) await readPlan(lane, reader, name, 'REST');
    await readHistory(lane, partner, name, 'REST');
    if (plan.proposals.length > 0) await readProposal(lane, partner, name, plan.proposals.length - 1, 'GraphQL');
  }
}

export const lookPlans: Record<string, Kind> = {
  readPlan: {
    weight: 9,
    choose(lane, random) {
      const all = keysOf(lane.plans);
      if (all.length === 0) return null;
      const plan = recent(random, all);
      const known = lane.plans.get(plan)!;
      const by = random.weighted([
        [4, known.partner],
        [3, known.by],
        [2, random.below(lane.setting.network.partners.length)],
      ]);
      return {
        plan,
        by,
        how: random.pick(['plan', 'plan', 'history', 'proposal']),
        which: random.below(50),
        door: door(random),
      };
    },
    async perform(lane, move) {
      if (!lane.plans.has(move.plan)) return;
      if (move.how === 'plan') await readPlan(lane, move.by, move.plan, move.door);
      if (move.how === 'history') await readHistory(lane, move.by, move.plan, move.door);
      if (move.how === 'proposal') await readProposal(lane, move.by, move.plan, move.which, move.door);
    },
    tell: (move, name) => `${name(move.by)} reads ${move.plan} (${move.how})`,
  },
};
