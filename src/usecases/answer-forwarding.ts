/**
 * Answering a forwarding: the status alone, or with entries about the person. These go back as a forwarding of their own, with
 * its own consent check in that direction; both are written in one transaction, or neither.
 */
import { type Answer, notFound } from './answer.ts';
import { decideForwarding, type Withheld } from './decide-forwarding.ts';
import { refuse, toSave } from './forward-laufzettel.ts';
import type { Actor, Deps, ForwardingHeader } from './ports.ts';
import { asSender, type ShownForwarding } from './read-forwarding.ts';
import { judgeStep, type Step, stepForwarding } from './step-forwarding.ts';
import { whileStale } from './while-stale.ts';

export interface Answered {
  /** The forwarding that was answered. */
  forwarding: ForwardingHeader;
  /** The forwarding that carries the answer. */
  answer: ShownForwarding | null;
  withheld: Withheld[];
}

export async function answerForwarding(
  deps: Deps,
  actor: Actor,
  forwardingId: string,
  { expectedVersion, entryIds }: { expectedVersion: number; entryIds?: readonly string[] },
): Promise<Answer<Answered>> {
  const step: Step = { action: 'ANSWER', expectedVersion };
  if (entryIds !== undefined) return answerWithEntries(deps, actor, forwardingId, step, entryIds);
  const stepped = await stepForwarding(deps, actor, forwardingId, step);
  return 'problem' in stepped ? stepped : { forwarding: stepped, answer: null, withheld: [] };
}

async function answerWithEntries(
  deps: Deps,
  actor: Actor,
  forwardingId: string,
  step: Step,
  entryIds: readonly string[],
): Promise<Answer<Answered>> {
  return whileStale(deps, async () => {
    const judged = await judgeStep(deps, actor, forwardingId, step);
    if ('problem' in judged) return judged;
    const { laufzettelId, from } = judged.header;
    const request = { recipient: from, entryIds, strict: false };
    const decided = await decideForwarding(deps, actor, laufzettelId, request, { answering: true });
    if ('problem' in decided) return decided;
    if (decided.decision.refused) return refuse(deps, actor, laufzettelId, decided);
    const answers = { id: forwardingId, expectedVersion: step.expectedVersion };
    const saved = { ...toSave(deps, laufzettelId, decided), answers };
    const sent = await deps.forwardings.commit(actor, saved);
    if (sent === 'stale') return 'stale';
    const forwarding = await deps.forwardings.header(actor, forwardingId);
    if (forwarding === null) return notFound('forwarding');
    return { forwarding, answer: asSender(sent), withheld: decided.withheld };
  });
}
