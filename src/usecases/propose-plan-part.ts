/**
 * Proposing a part of a plan: its content is an entry of the proposer's, which goes to the other side by the ordinary check and
 * forwarding. Entry, forwarding and proposal are written in one transaction, or nothing is; a refusal is a value, and its audit
 * record is kept.
 */
import { dayBerlin } from '../domain/calendar.ts';
import type { Category, Purpose } from '../domain/catalogue.ts';
import { reviewDayOf } from '../domain/code-lists.ts';
import { own } from '../domain/disclosure.ts';
import type { Reason } from '../domain/facts.ts';
import { judgeProposing, type PlanPlace, type ProposingFault } from '../domain/plan.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { concernsUnknown } from './add-entry.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { type DecidedQuestion, decideForwarding } from './decide-forwarding.ts';
import { type Refused, refusal, toSave } from './forward-laufzettel.ts';
import { tellNeeded, toldAs } from './needed-consents.ts';
import { newEntries, type WrittenEntry } from './new-entries.ts';
import {
  type Actor,
  type ClosingTransaction,
  type Deps,
  type Effect,
  type NewEntry,
  NotOwnClient,
  type PlanRecord,
} from './ports.ts';
import { show } from './read-entries.ts';
import { getPlanProposal, type SeenPlan, type ShownPlanProposal, seePlan } from './read-plan.ts';
import { whileStale } from './while-stale.ts';

export interface ProposedPart {
  /** null: a new part. */
  partId: string | null;
  /** The entry that stands there for the proposer; null: none. */
  replaces: string | null;
  place: PlanPlace;
  /** null: on no day; undefined: on the last day that the law leaves. */
  reviewOn?: string | null;
  /** One of the two. */
  entry?: WrittenEntry;
  entryId?: string;
}

/** Read to be written: the entry, new or there already, and the day. */
interface Prepared {
  plan: PlanRecord;
  entryId: string;
  written: NewEntry | null;
  reviewOn: string | null;
  at: number;
}

type Outcome = 'stale' | Problem | { proposalId: string } | { plan: PlanRecord; refused: DecidedQuestion };

export async function proposePlanPart(
  deps: Deps,
  actor: Actor,
  planId: string,
  part: ProposedPart,
): Promise<Answer<ShownPlanProposal>> {
  try {
    const proposed = await whileStale(deps, async () => {
      const prepared = await prepare(deps, actor, planId, part);
      if (isProblem(prepared)) return prepared;
      return deps.closing.run<Outcome>(async (tx) => {
        const value = await propose(deps, tx, actor, part, prepared);
        return { commit: typeof value === 'object' && 'proposalId' in value, value };
      });
    });
    if (isProblem(proposed)) return proposed;
    if ('refused' in proposed) return refuse(deps, actor, proposed.plan, part, proposed.refused);
    return getPlanProposal(deps, actor, planId, proposed.proposalId);
  } catch (error) {
    if (error instanceof NotOwnClient) return concernsUnknown('/entry/concerns');
    throw error;
  }
}

async function prepare(
  deps: Deps,
  actor: Actor,
  planId: string,
  { entry, entryId, reviewOn }: ProposedPart,
): Promise<Prepared | Problem> {
  const found = await deps.plans.read(actor, planId);
  const seen = found && seePlan(deps, agencyOf(actor), found);
  if (seen === null) return notFound('plan');
  const { plan } = seen.found;
  const key = await deps.clients.key(actor, plan.clientId);
  if (key === null) return notFound('plan');
  const today = dayBerlin(key.at);
  if (reviewOn != null && reviewOn < today) return broken('/reviewOn', 'lies in the past');
  const content = async () => entry?.payload ?? (await ownPayload(deps, actor, entryId!));
  const day = reviewOn === undefined ? defaultReview(plan, await content(), today) : reviewOn;
  const ready = { plan, at: key.at, reviewOn: day };
  if (entry === undefined) return { ...ready, entryId: entryId!, written: null };
  if (entry.category !== plan.kind) return broken('/entry/category', `has to be ${plan.kind}, as the plan is`);
  const written = newEntries(deps, [entry], { id: plan.clientId, ...key }, () => '/entry');
  if (isProblem(written)) return written;
  return { ...ready, entryId: written[0]!.id, written: written[0]! };
}

/** Of what is done, or dropped, nothing has to be looked at again. */
function defaultReview({ nameCode }: PlanRecord, payload: unknown, today: string): string | null {
  const { status } = (payload ?? {}) as { status?: string };
  return status === 'ERLEDIGT' || status === 'ENTFALLEN' ? null : reviewDayOf(nameCode, today);
}

/** What one's own entry says. Of another's nothing is opened here: that would be reading it, and it can be no part anyway. */
async function ownPayload(deps: Deps, actor: Actor, entryId: string): Promise<unknown> {
  const reader = agencyOf(actor);
  const found = await deps.entries.read(actor, { entryId });
  const entry = found?.entries.find((one) => one.id === entryId && one.origin === reader);
  if (found === null || entry === undefined) return null;
  const shown = show(deps, entry, own(reader), { reader, sealed: found.sealed, handles: {} });
  return shown?.disclosed.payload;
}

async function propose(
  deps: Deps,
  tx: ClosingTransaction,
  actor: Actor,
  { partId, replaces, place }: ProposedPart,
  { plan: { id: planId, laufzettelId }, entryId, written, reviewOn, at }: Prepared,
): Promise<Outcome> {
  const by = agencyOf(actor);
  const found = await tx.readPlan(actor, planId);
  const seen = found && seePlan(deps, by, found);
  if (seen === null) return notFound('plan');
  const { plan, version: expected } = seen.found;
  const judged = judgeProposing(seen.folded, { by, part: partId, replaces, place });
  if ('fault' in judged) return sayFault(judged);
  const id = deps.newId();
  await tx.note(actor, 'plan.propose', 'PERMIT', { plan: planId, proposal: id, entry: entryId }, at);
  if (written !== null) await tx.addEntries(actor, [written], at);
  const recipient = plan.openedBy === by ? plan.partner : plan.openedBy;
  const request = { recipient, entryIds: [entryId], strict: true };
  const decided = await decideForwarding(
    { watch: deps.watch, forwardings: tx.forwarding },
    actor,
    laufzettelId,
    request,
  );
  if (isProblem(decided)) return aboutEntryId(decided);
  const unfit = unfitFor(seen, decided, entryId, by);
  if (unfit !== null) return broken('/entryId', unfit);
  if (decided.decision.refused) return { plan, refused: decided };
  const saved = toSave(deps, laufzettelId, decided);
  if ((await tx.forwarding.commit(actor, saved)) === 'stale') return 'stale';
  const part = partId ?? deps.newId();
  const proposal = { id, planId, part, entry: entryId, forwardingId: saved.id, place, reviewOn, expected };
  const isWritten = await tx.proposeInPlan(actor, { ...proposal, replaces: judged.replaces }, saved.at);
  return isWritten ? { proposalId: id } : 'stale';
}

/** Why that entry cannot be a part of this plan; null: it can. */
function unfitFor({ found: { plan }, folded }: SeenPlan, decided: DecidedQuestion, entryId: string, by: string) {
  const entry = decided.found.entries.find((one) => one.id === entryId)!;
  if (entry.origin !== by) return 'must be an entry that you wrote';
  if (entry.category !== plan.kind) return `must be of the category ${plan.kind}, as the plan is`;
  if (!entry.concerns.includes(decided.found.person)) return 'must be about the client of the plan';
  return folded.history.some((one) => one.entry === entryId) ? 'stands in this plan already' : null;
}

/** A forwarding names a list of entries, a proposal one. */
const aboutEntryId = (found: Problem): Problem =>
  found.errors === undefined
    ? found
    : {
        ...found,
        errors: found.errors.map((one) => ({ ...one, pointer: one.pointer.replace('/entryIds', '/entryId') })),
      };

const broken = (pointer: string, detail: string): Problem =>
  problem('rule-broken', 'It cannot be proposed like this. See errors.', { errors: [{ pointer, detail }] });

function sayFault(found: ProposingFault): Problem {
  switch (found.fault) {
    case 'PART_CHANGED':
      return problem('conflict', 'The part has another entry than the one that you replace. Read the plan again.', {
        extra: { current: found.current },
      });
    case 'NO_SUCH_PART':
      return broken('/partId', 'no such part in this plan');
    case 'NO_SUCH_PLACE':
      return broken('/after', 'must be another part that stands in the plan');
    case 'TOO_MANY_PARTS':
      return broken('/partId', 'the plan has as many parts as it may have; replace one');
    case 'TOO_MANY_PROPOSALS':
      return broken('', 'the plan has as many proposals as it may have; open another one');
    case 'TOO_MANY_OPEN':
      return broken('', 'you have as many open proposals in this plan as you may; wait for answers, or withdraw some');
  }
}

interface ToldWithheld {
  entryId?: string | undefined;
  category: Category;
  reasons: readonly Reason[];
}

interface Noted extends Omit<Refused, 'withheld'> {
  withheld: ToldWithheld[];
}

/** Its members in the order in which they are told, however it was kept. */
const toldWithheld = ({ entryId, category, reasons }: ToldWithheld): ToldWithheld => ({
  ...(entryId === undefined ? {} : { entryId }),
  category,
  reasons,
});

/** Nothing is kept but that it was refused, and why. An entry that was written with it has never been there, and is not named. */
async function refuse(
  deps: Deps,
  actor: Actor,
  plan: PlanRecord,
  { entryId }: ProposedPart,
  decided: DecidedQuestion,
): Promise<Problem> {
  const { found, question, decision, withheld } = decided;
  const { purpose, recipient } = question;
  const told: Noted = {
    kind: plan.kind,
    purpose: purpose as Purpose,
    recipient,
    because: decision.missingCore.length > 0 ? 'CORE_MISSING' : 'STRICT',
    missingCore: decision.missingCore,
    withheld: withheld.map((one) => toldWithheld(entryId === undefined ? { ...one, entryId } : one)),
    needed: await tellNeeded(deps, actor, decided),
  };
  await deps.audit.note(actor, 'plan.propose', 'WITHHOLD', { plan: plan.id, ...told }, found.at);
  return refusal(actor, told as Refused);
}

/** The answer to a proposal that was made before, or refused for the reasons of then. */
export async function proposedBefore(deps: Deps, actor: Actor, effect: Effect): Promise<Answer<ShownPlanProposal>> {
  const subject = effect.subject as unknown as Noted & { plan: string; proposal: string };
  if (effect.outcome === 'PERMIT') return getPlanProposal(deps, actor, subject.plan, subject.proposal);
  const told = { withheld: subject.withheld.map(toldWithheld), needed: subject.needed.map(toldAs) };
  return refusal(actor, { ...subject, ...told } as Refused);
}
