/**
 * Forwarding a Laufzettel: load the facts, decide, save what was decided if the facts still stand, else decide again.
 *
 * A refusal is a value, not an exception, so its audit record is kept.
 */
import { goodUntil } from '../domain/consent.ts';
import { problem } from '../domain/problem.ts';
import { type Answer, agencyOf } from './answer.ts';
import {
  type DecidedQuestion,
  decideForwarding,
  type ForwardRequest,
  subjectOf,
  type Withheld,
} from './decide-forwarding.ts';
import { tellNeeded } from './needed-consents.ts';
import type { Actor, DecidedForwarding, Deps } from './ports.ts';
import { missingHandles } from './read-entries.ts';
import { getForwarding, type ShownForwarding } from './read-forwarding.ts';

export interface Forwarded {
  forwarding: ShownForwarding;
  withheld: Withheld[];
}

/** Facts about one person change rarely; more than so many changes between deciding and saving are no coincidence. */
const MOST_ATTEMPTS = 8;

export async function forwardLaufzettel(
  deps: Deps,
  actor: Actor,
  laufzettelId: string,
  request: ForwardRequest,
): Promise<Answer<Forwarded>> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const decided = await decideForwarding(deps, actor, laufzettelId, request);
    if ('problem' in decided) return decided;
    if (decided.decision.refused) return refuse(deps, actor, laufzettelId, decided);
    const forwarding = toSave(deps, laufzettelId, decided);
    if ((await deps.forwardings.commit(actor, forwarding)) === 'stale') {
      await deps.pause(attempt);
      continue;
    }
    const shown = await getForwarding(deps, actor, forwarding.id);
    return 'problem' in shown ? shown : { forwarding: shown, withheld: decided.withheld };
  }
  return problem('overloaded', 'What is known about this client changed again and again meanwhile. Try again.');
}

async function refuse(
  deps: Deps,
  actor: Actor,
  laufzettelId: string,
  decided: DecidedQuestion,
): Promise<Answer<never>> {
  const { found, question, decision, withheld } = decided;
  const subject = { ...subjectOf(laufzettelId, decided), permitted: [], missingCore: decision.missingCore };
  await deps.audit.note(actor, 'forwarding.send', 'WITHHOLD', subject, found.at);
  return problem('consent-missing', sentenceOf(decided), {
    extra: {
      withheld,
      missingCore: decision.missingCore,
      needed: await tellNeeded(deps, actor, decided),
      // What a consent would have to name; a yes names all four.
      scope: { discloser: agencyOf(actor), recipient: question.recipient, purpose: question.purpose },
    },
  });
}

function sentenceOf({ question, decision, permitted }: DecidedQuestion): string {
  const why =
    decision.missingCore.length > 0
      ? `a ${question.kind} is not sent without ${decision.missingCore.join(' and ')}`
      : permitted.length === 0
        ? 'nothing of it is permitted'
        : 'you asked for all or nothing';
  return `Nothing was sent: ${why}. The entries withheld say why, each with all its reasons.`;
}

function toSave(deps: Deps, laufzettelId: string, decided: DecidedQuestion): DecidedForwarding {
  const { found, question, permitted } = decided;
  const entries = new Map(found.entries.map((entry) => [entry.id, entry]));
  // The recipient gets a handle of its own on the person, unless it holds one; on others concerned when it first reads.
  const newHandles = missingHandles(deps, [found.person], found.handles);
  const toClientId = found.handles[found.person] ?? newHandles[0]!.id;
  return {
    id: deps.newId(),
    laufzettelId,
    to: question.recipient,
    fromClientId: found.clientId,
    toClientId,
    person: found.person,
    purpose: found.purpose,
    at: found.at,
    newHandles,
    rows: permitted.map((one) => ({
      id: deps.newId(),
      entry: one.entry,
      goodUntil: goodUntil(question, entries.get(one.entry)!, found.facts),
      reliedOn: one.reliedOn,
    })),
    versions: found.facts.versions,
    subject: subjectOf(laufzettelId, decided),
  };
}
