/** The steps of a forwarding's life that its two sides take. The table in `domain/laufzettel.ts` says what is possible. */
import {
  allowedActions,
  type ForwardingAction,
  type ForwardingRole,
  type ForwardingStatus,
  type RejectCode,
  transition,
} from '../domain/laufzettel.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { type Review, reviewRows } from '../domain/review.ts';
import { type Answer, notFound } from './answer.ts';
import { type Actor, ChangedMeanwhile, type ClosingTransaction, type Deps, type ForwardingHeader } from './ports.ts';
import { applyReview, openRows } from './review-persons.ts';

export interface Step {
  action: Exclude<ForwardingAction, 'DELIVER' | 'EXPIRE' | 'SETTLE' | 'BLOCK'>;
  expectedVersion: number;
  rejectCode?: RejectCode;
}

/** Somebody who is faster leaves another version behind, so the second judgement is the last one. */
const MOST_ATTEMPTS = 3;

/** With these what was disclosed ends, or may go on longer than until nobody had accepted it. */
const REVIEWED: readonly ForwardingAction[] = ['ACCEPT', 'REJECT', 'RECALL'];

export async function stepForwarding(
  deps: Deps,
  actor: Actor,
  forwardingId: string,
  step: Step,
): Promise<Answer<ForwardingHeader>> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const judged = await judgeStep(deps, actor, forwardingId, step);
    if ('problem' in judged) return judged;
    const next = { status: judged.next, rejectCode: step.rejectCode ?? null };
    const stepped = REVIEWED.includes(step.action)
      ? await deps.closing.run(async (tx) => {
          const value = await stepAndReview(tx, actor, forwardingId, step, next);
          return { commit: value !== null, value };
        })
      : await deps.forwardings.step(actor, forwardingId, step.expectedVersion, next);
    if (stepped !== null) return stepped;
  }
  throw new ChangedMeanwhile();
}

/** The forwarding and the status that the step leads to, or why it is not possible. */
export async function judgeStep(
  deps: Deps,
  actor: Actor,
  forwardingId: string,
  { action, expectedVersion }: Step,
): Promise<{ header: ForwardingHeader; next: ForwardingStatus } | Problem> {
  const header = await deps.forwardings.header(actor, forwardingId);
  if (header === null) return notFound('forwarding');
  if (header.version !== expectedVersion) return stale(header.version);
  const role: ForwardingRole = header.to === actor.agency ? 'RECIPIENT' : 'SENDER';
  // What time has ended is blocked, written down already or not; what had ended before stays what it was.
  const status = header.live ? header.status : (transition(header.status, 'BLOCK', 'EXCHANGE') ?? header.status);
  const next = transition(status, action, role);
  if (next !== null) return { header, next };
  const hint = action === 'ACCEPT' && status === 'SENT' && role === 'RECIPIENT' ? ' Read it first.' : '';
  return problem('transition-illegal', `${action} is not possible from ${status}.${hint}`, {
    extra: { currentStatus: status, allowed: allowedActions(status, role) },
  });
}

const stale = (version: number): Problem =>
  problem('version-stale', 'The forwarding has changed since you read it. Read it again.', {
    extra: { currentVersion: version },
  });

/** The header at this moment. */
export async function getForwardingHeader(
  deps: Deps,
  actor: Actor,
  forwardingId: string,
): Promise<Answer<ForwardingHeader>> {
  return (await deps.forwardings.header(actor, forwardingId)) ?? notFound('forwarding');
}

/** Takes the step with everybody locked whom it concerns, and decides anew what is open about them. */
async function stepAndReview(
  tx: ClosingTransaction,
  actor: Actor,
  forwardingId: string,
  { action, expectedVersion }: Step,
  next: { status: ForwardingStatus; rejectCode: RejectCode | null },
): Promise<ForwardingHeader | null> {
  const locked = await tx.lockForwarding(actor, forwardingId);
  if (locked === null) return null;
  const stepped = await tx.step(actor, forwardingId, expectedVersion, next);
  if (stepped === null) return null;
  await applyReview(tx, actor, locked, reviewAfter(action, locked), `FORWARDING_${next.status}`);
  return stepped;
}

type Locked = NonNullable<Awaited<ReturnType<ClosingTransaction['lockForwarding']>>>;

/** What is rejected or recalled ends, and what hangs on it; what is accepted no longer ends because nobody accepts it. */
function reviewAfter(action: ForwardingAction, locked: Locked): Review {
  const open = openRows(locked);
  if (action !== 'ACCEPT') return reviewRows(open, locked.facts, locked.at, locked.ofForwarding);
  const accepted = open.map((one) => (locked.ofForwarding.includes(one.row.id) ? { ...one, notAfter: null } : one));
  return reviewRows(accepted, locked.facts, locked.at);
}
