/**
 * Reading a plan: folded from those proposals whose entry the reader wrote or may read now, each decided again at this moment. What
 * it had read and may read no more stays as a trace; of everything else there is nothing.
 */
import { disclose, own } from '../domain/disclosure.ts';
import { type FoldedPlan, foldPlan } from '../domain/plan.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { narrowed, type Page, type PageQuery, paged } from './page.ts';
import {
  type Actor,
  ChangedMeanwhile,
  type Deps,
  type PlanFilter,
  type PlanRecord,
  type PlanTrace,
  type ReadPlan,
  type StoredPlanProposal,
} from './ports.ts';
import {
  correctionsOf,
  handlesOn,
  permittedRow,
  type Readable,
  read,
  type ShownEntry,
  untilUnchanged,
} from './read-entries.ts';

/** A plan as its reader sees it, nothing of it opened yet. */
export interface SeenPlan {
  found: ReadPlan;
  folded: FoldedPlan<StoredPlanProposal>;
  /** By entry. */
  readable: ReadonlyMap<string, Readable>;
}

export interface ShownPlanProposal {
  planId: string;
  proposal: StoredPlanProposal;
  entry: ShownEntry;
  /** The entry that stands in the part for its proposer, if the reader sees it. */
  replaces: string | null;
}

export interface ShownPlan {
  plan: PlanRecord;
  version: number;
  parts: { id: string; proposal: StoredPlanProposal; entry: ShownEntry }[];
  open: ShownPlanProposal[];
  closedEntries: PlanTrace[];
}

/** null: there is nothing of it that this reader sees; for the other side it does not exist then. */
export function seePlan(deps: Pick<Deps, 'watch'>, reader: string, found: ReadPlan): SeenPlan | null {
  const readable = new Map<string, Readable>();
  for (const entry of found.entries) {
    if (entry.origin === reader) readable.set(entry.id, { entry, found, held: null });
    else {
      const held = permittedRow(deps, entry, reader, found);
      if (held !== null) readable.set(entry.id, { entry, found, held });
    }
  }
  const seen = found.proposals.filter((one) => readable.has(one.entry));
  if (found.plan.openedBy !== reader && seen.length + found.traces.length === 0) return null;
  return { found, folded: foldPlan(seen), readable };
}

const look = async (deps: Deps, actor: Actor, planId: string): Promise<SeenPlan | null> => {
  const found = await deps.plans.read(actor, planId);
  return found && seePlan(deps, agencyOf(actor), found);
};

/** Opens these proposals' entries; the reading of others' entries is recorded first. */
async function open(
  deps: Deps,
  actor: Actor,
  { found, readable }: SeenPlan,
  proposals: readonly StoredPlanProposal[],
): Promise<Map<string, ShownEntry>> {
  const ids = proposals.map(({ entry }) => entry);
  if (ids.length === 0) return new Map();
  const sealed = await deps.plans.contents(actor, found.plan.id, ids);
  // A key that was destroyed in between, or a row that has closed: what was decided upon has changed.
  if (ids.some((id) => !sealed.has(id))) throw new ChangedMeanwhile();
  const entries = await read(
    deps,
    actor,
    ids.map((id) => ({ ...readable.get(id)!, found: { ...found, sealed } })),
  );
  return new Map(entries.map((one) => [one.disclosed.entry.id, one]));
}

/** The same entries without content. */
function withoutContent({ found, readable }: SeenPlan, reader: string): ReadonlyMap<string, ShownEntry> {
  return new Map(
    [...readable].map(([id, { entry, held }]) => {
      const basis = held?.permit ?? own(reader);
      const disclosed = disclose(entry, basis, () => ({}));
      return [id, { disclosed, handles: handlesOn(entry, found.handles), ...correctionsOf(entry, basis, reader) }];
    }),
  );
}

const shownWith =
  ({ found, folded }: SeenPlan, entries: ReadonlyMap<string, ShownEntry>) =>
  (proposal: StoredPlanProposal): ShownPlanProposal => ({
    planId: found.plan.id,
    proposal,
    entry: entries.get(proposal.entry)!,
    replaces: folded.history.find(({ id }) => id === proposal.replaces)?.entry ?? null,
  });

function planWith(seen: SeenPlan, entries: ReadonlyMap<string, ShownEntry>): ShownPlan {
  const { found, folded } = seen;
  return {
    plan: found.plan,
    version: folded.version,
    parts: folded.parts.map(({ id, current }) => ({ id, proposal: current, entry: entries.get(current.entry)! })),
    open: folded.open.map(shownWith(seen, entries)),
    closedEntries: found.traces,
  };
}

export function getPlan(deps: Deps, actor: Actor, planId: string): Promise<Answer<ShownPlan>> {
  return untilUnchanged(async () => {
    const seen = await look(deps, actor, planId);
    if (seen === null) return notFound('plan');
    const { parts, open: proposed } = seen.folded;
    return planWith(seen, await open(deps, actor, seen, [...parts.map(({ current }) => current), ...proposed]));
  });
}

/** The same view without content, and without a trace: for whoever only wants to know whether it has changed. */
export async function peekPlan(deps: Deps, actor: Actor, planId: string): Promise<Answer<ShownPlan>> {
  const seen = await look(deps, actor, planId);
  return seen === null ? notFound('plan') : planWith(seen, withoutContent(seen, agencyOf(actor)));
}

export function getPlanProposal(
  deps: Deps,
  actor: Actor,
  planId: string,
  proposalId: string,
): Promise<Answer<ShownPlanProposal>> {
  return untilUnchanged(async () => {
    const found = await lookAt(deps, actor, planId, proposalId);
    if (found === null) return notFound('proposal');
    return shownWith(found.seen, await open(deps, actor, found.seen, [found.proposal]))(found.proposal);
  });
}

export async function peekPlanProposal(
  deps: Deps,
  actor: Actor,
  planId: string,
  proposalId: string,
): Promise<Answer<ShownPlanProposal>> {
  const found = await lookAt(deps, actor, planId, proposalId);
  if (found === null) return notFound('proposal');
  return shownWith(found.seen, withoutContent(found.seen, agencyOf(actor)))(found.proposal);
}

/** One proposal of a plan, as its reader sees it. */
async function lookAt(deps: Deps, actor: Actor, planId: string, proposalId: string) {
  const seen = await look(deps, actor, planId);
  const proposal = seen?.folded.history.find(({ id }) => id === proposalId);
  return seen === null || proposal === undefined ? null : { seen, proposal };
}

/** Every proposal with its answer, newest first. */
export function listPlanHistory(
  deps: Deps,
  actor: Actor,
  planId: string,
  query: PageQuery,
): Promise<Answer<Page<ShownPlanProposal>>> {
  return untilUnchanged(async () => {
    const seen = await look(deps, actor, planId);
    const page = await paged<StoredPlanProposal>(deps.vault, actor, query, {
      name: `plan-history:${planId}`,
      load: async (after, most) => {
        if (seen === null) return null;
        const isOlder = ({ proposedAt, id }: StoredPlanProposal): boolean =>
          after === null || proposedAt < after.at || (proposedAt === after.at && id < after.id);
        return seen.folded.history.filter(isOlder).slice(0, most);
      },
      positionOf: ({ proposedAt, id }) => ({ at: proposedAt, id }),
      missing: notFound('plan'),
    });
    if ('problem' in page || seen === null) return page as Exclude<typeof page, Page<StoredPlanProposal>>;
    // Only what is on the page is opened, and counts as read.
    return { ...page, items: page.items.map(shownWith(seen, await open(deps, actor, seen, page.items))) };
  });
}

export const listPlans = (
  deps: Deps,
  actor: Actor,
  query: PageQuery,
  filter: PlanFilter,
): Promise<Answer<Page<PlanRecord>>> =>
  paged(deps.vault, actor, query, {
    name: narrowed('plans', filter),
    load: (after, most) => deps.plans.list(actor, filter, after, most),
    positionOf: ({ createdAt, id }) => ({ at: createdAt, id }),
  });
