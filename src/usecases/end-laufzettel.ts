/**
 * Completing or cancelling a Laufzettel, by its creator. Afterwards those who are told of it, the creator and whoever got it
 * from the creator, neither add to it nor forward it; to everybody else it stays open (docs/adr/0017).
 */
import type { LaufzettelStatus } from '../domain/laufzettel.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { reviewRows } from '../domain/review.ts';
import { type Answer, notFound } from './answer.ts';
import { getLaufzettel } from './laufzettel.ts';
import type { Actor, Deps, EndedLaufzettel, LaufzettelRecord } from './ports.ts';
import { applyReview, openRows } from './review-persons.ts';

/** For everything that is done with a Laufzettel and needs an open one. */
export const notOpen = (action: string, status: LaufzettelStatus): Problem =>
  problem('transition-illegal', `${action} is not possible: the Laufzettel is ${status}.`, {
    extra: { currentStatus: status, allowed: [] },
  });

/** Possible when none of the creator's own forwardings of it is still being worked on. */
export async function completeLaufzettel(
  deps: Deps,
  actor: Actor,
  laufzettelId: string,
  expectedVersion: number,
): Promise<Answer<LaufzettelRecord>> {
  const ended = await deps.laufzettel.end(actor, laufzettelId, expectedVersion, 'COMPLETED');
  return problemOf('COMPLETE', ended) ?? getLaufzettel(deps, actor, laufzettelId);
}

/** Recalls the creator's own forwardings that nobody has accepted yet; what they disclosed is closed with them. */
export async function cancelLaufzettel(
  deps: Deps,
  actor: Actor,
  laufzettelId: string,
  expectedVersion: number,
): Promise<Answer<LaufzettelRecord>> {
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const locked = await tx.lockLaufzettel(actor, laufzettelId);
    if (locked === null) return { commit: false, value: notFound('Laufzettel') };
    const ended = await tx.endLaufzettel(actor, laufzettelId, expectedVersion, 'CANCELLED');
    if (ended?.outcome !== 'ok') return { commit: false, value: problemOf('CANCEL', ended) };
    const review = reviewRows(openRows(locked), locked.facts, locked.at, ended.ending);
    await applyReview(tx, actor, locked, review, 'FORWARDING_RECALLED');
    return { commit: true, value: null };
  });
  return refused ?? getLaufzettel(deps, actor, laufzettelId);
}

function problemOf(action: 'COMPLETE' | 'CANCEL', ended: EndedLaufzettel | null): Problem | null {
  switch (ended?.outcome) {
    case 'ok':
      return null;
    case undefined:
      return notFound('Laufzettel');
    case 'not-allowed':
      return problem('not-allowed', 'Only the agency that created a Laufzettel completes or cancels it.');
    case 'stale':
      return problem('version-stale', 'The Laufzettel has changed since you read it. Read it again.', {
        extra: { currentVersion: ended.version },
      });
    case 'illegal':
      return notOpen(action, ended.status);
    case 'open':
      return problem('transition-illegal', 'COMPLETE is not possible while forwardings of yours are not answered.', {
        extra: { currentStatus: 'OPEN', allowed: ['CANCEL'], open: ended.open },
      });
  }
}
