/** A recipient's steps: accept, reject. The table in `domain/laufzettel.ts` says what is possible. */

import type { ForwardingStatus } from '../domain/laufzettel.ts';
import { allowedActions, type ForwardingAction, type RejectCode, transition } from '../domain/laufzettel.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { reviewRows } from '../domain/review.ts';
import { type Answer, notFound } from './answer.ts';
import type { Actor, Deps, ForwardingHeader } from './ports.ts';
import { applyReview, openRows } from './review-persons.ts';

const stale = (version: number): Problem =>
  problem('version-stale', 'The forwarding has changed since you read it. Read it again.', {
    extra: { currentVersion: version },
  });

/** The next status, or why that step is not possible. */
function next(
  actor: Actor,
  header: ForwardingHeader,
  action: ForwardingAction,
  expectedVersion: number,
): ForwardingStatus | Problem {
  if (header.version !== expectedVersion) return stale(header.version);
  const role = header.to === actor.agency ? 'RECIPIENT' : 'SENDER';
  const status = transition(header.status, action, role);
  if (status !== null) return status;
  const allowed = allowedActions(header.status, role);
  const hint = action === 'ACCEPT' && header.status === 'SENT' && role === 'RECIPIENT' ? ' Read it first.' : '';
  return problem('transition-illegal', `${action} is not possible from ${header.status}.${hint}`, {
    extra: { currentStatus: header.status, allowed },
  });
}

/** The header at this moment. */
export async function getForwardingHeader(
  deps: Deps,
  actor: Actor,
  forwardingId: string,
): Promise<Answer<ForwardingHeader>> {
  return (await deps.forwardings.header(actor, forwardingId)) ?? notFound('forwarding');
}

export async function acceptForwarding(
  deps: Deps,
  actor: Actor,
  forwardingId: string,
  expectedVersion: number,
): Promise<Answer<ForwardingHeader>> {
  const header = await deps.forwardings.header(actor, forwardingId);
  if (header === null) return notFound('forwarding');
  // What time has ended is blocked, written down already or not.
  const present = header.live ? header : { ...header, status: 'BLOCKED' as const };
  const status = next(actor, present, 'ACCEPT', expectedVersion);
  if (typeof status !== 'string') return status;
  const stepped = await deps.forwardings.step(actor, forwardingId, expectedVersion, { status, rejectCode: null });
  return stepped ?? stale(header.version + 1);
}

/** What a rejected forwarding disclosed is closed with it, and what hangs on that. */
export async function rejectForwarding(
  deps: Deps,
  actor: Actor,
  forwardingId: string,
  expectedVersion: number,
  code: RejectCode,
): Promise<Answer<ForwardingHeader>> {
  const header = await deps.forwardings.header(actor, forwardingId);
  if (header === null) return notFound('forwarding');
  const status = next(actor, header, 'REJECT', expectedVersion);
  if (typeof status !== 'string') return status;
  return deps.closing.run<Answer<ForwardingHeader>>(async (tx) => {
    const locked = await tx.lockForwarding(actor, forwardingId);
    if (locked === null) return { commit: false, value: notFound('forwarding') };
    const stepped = await tx.step(actor, forwardingId, expectedVersion, { status, rejectCode: code });
    if (stepped === null) return { commit: false, value: stale(header.version + 1) };
    const review = reviewRows(openRows(locked), locked.facts, locked.at, locked.ofForwarding);
    await applyReview(tx, actor, locked, review, 'FORWARDING_REJECTED');
    return { commit: true, value: stepped };
  });
}
