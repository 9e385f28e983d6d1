/**
 * Forwarding a Laufzettel: load the facts, decide, save what was decided if the facts still stand, else decide again.
 *
 * A refusal is a value, not an exception, so its audit record is kept.
 */
import type { Category, Purpose } from '../domain/catalogue.ts';
import { endsOf } from '../domain/ends.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { reviewRows } from '../domain/review.ts';
import { type Answer, agencyOf } from './answer.ts';
import {
  type DecidedQuestion,
  decideForwarding,
  expiryOfDecided,
  type ForwardRequest,
  subjectOf,
  type Withheld,
} from './decide-forwarding.ts';
import { type ToldNeed, tellNeeded } from './needed-consents.ts';
import type { Actor, DecidedForwarding, Deps } from './ports.ts';
import { missingHandles } from './read-entries.ts';
import { asSender, type ShownForwarding } from './read-forwarding.ts';
import { openRows } from './review-persons.ts';
import { whileStale } from './while-stale.ts';

export interface Forwarded {
  forwarding: ShownForwarding;
  withheld: Withheld[];
}

export async function forwardLaufzettel(
  deps: Deps,
  actor: Actor,
  laufzettelId: string,
  request: ForwardRequest,
): Promise<Answer<Forwarded>> {
  return whileStale(deps, async () => {
    const decided = await decideForwarding(deps, actor, laufzettelId, request);
    if ('problem' in decided) return decided;
    if (decided.decision.refused) return refuse(deps, actor, laufzettelId, decided);
    const forwarding = toSave(deps, laufzettelId, decided, request);
    const sent = await deps.forwardings.commit(actor, forwarding);
    return sent === 'stale' ? 'stale' : { forwarding: asSender(sent), withheld: decided.withheld };
  });
}

/** Tells the sender why nothing went, and leaves it in the audit. */
export async function refuse(
  deps: Deps,
  actor: Actor,
  laufzettelId: string,
  decided: DecidedQuestion,
): Promise<Answer<never>> {
  const {
    found,
    question: { kind, purpose, recipient },
    decision: { missingCore },
    permitted,
    withheld,
  } = decided;
  const because = missingCore.length > 0 ? 'CORE_MISSING' : permitted.length === 0 ? 'NOTHING_PERMITTED' : 'STRICT';
  const needed = await tellNeeded(deps, actor, decided);
  const subject = { ...subjectOf(laufzettelId, decided), permitted: [], missingCore, because, needed };
  await deps.audit.note(actor, 'forwarding.send', 'WITHHOLD', subject, found.at);
  return refusal(actor, { kind, purpose, recipient, because, missingCore, withheld, needed });
}

export interface Refused {
  kind: string;
  purpose: Purpose;
  recipient: string;
  because: 'CORE_MISSING' | 'NOTHING_PERMITTED' | 'STRICT';
  missingCore: readonly Category[];
  withheld: readonly Withheld[];
  needed: readonly ToldNeed[];
}

export function refusal(actor: Actor, refused: Refused): Problem {
  const { kind, purpose, recipient, because, missingCore, withheld, needed } = refused;
  const why = {
    CORE_MISSING: `a ${kind} is not sent without ${missingCore.join(' and ')}`,
    NOTHING_PERMITTED: 'nothing of it is permitted',
    STRICT: 'you asked for all or nothing',
  }[because];
  const detail = `Nothing was sent: ${why}. The entries withheld say why, each with all its reasons.`;
  // scope is what a consent would have to name; a yes names all four.
  const scope = { discloser: agencyOf(actor), recipient, purpose };
  return problem('consent-missing', detail, { extra: { withheld, missingCore, needed, scope } });
}

export function toSave(
  deps: Deps,
  laufzettelId: string,
  decided: DecidedQuestion,
  { requestId }: { requestId?: string } = {},
): DecidedForwarding {
  const { found, question, permitted } = decided;
  const entries = new Map(found.entries.map((entry) => [entry.id, entry]));
  const id = deps.newId();
  // The recipient gets a handle of its own on the person, unless it holds one; on others concerned when it first reads.
  const newHandles = missingHandles(deps, [found.person], found.handles);
  const toClientId = found.handles[found.person] ?? newHandles[0]!.id;
  const expiresAt = expiryOfDecided(decided);
  const going = permitted.map((one) => entries.get(one.entry)!);
  const ends = endsOf(question, going, found.facts);
  const rows = permitted.map(({ entry, reliedOn }) => ({
    id: deps.newId(),
    entry,
    goodUntil: Math.min(ends.get(entry)!, expiresAt),
    reliedOn,
  }));
  return {
    id,
    laufzettelId,
    to: question.recipient,
    fromClientId: found.clientId,
    toClientId,
    person: found.person,
    purpose: found.purpose,
    at: found.at,
    newHandles,
    rows,
    moves: heldLonger(decided, rows),
    expiresAt,
    ...(requestId === undefined ? {} : { requestId }),
    versions: found.facts.versions,
    subject: { ...subjectOf(laufzettelId, decided), forwarding: id },
  };
}

/** What the recipient has passed on hangs on its holding the entry, and with these rows it may hold it longer. */
function heldLonger(
  { found: { facts, at, entries, passedOn }, question }: DecidedQuestion,
  rows: DecidedForwarding['rows'],
): DecidedForwarding['moves'] {
  if (passedOn.length === 0) return [];
  const { discloser: from, recipient: to, purpose } = question;
  const opened = rows.map((row) => ({ ...row, from, to, purpose, opened: at, closed: null }));
  const open = openRows({ rows: passedOn, entries, facts });
  return reviewRows(open, { ...facts, rows: [...facts.rows, ...opened] }, at).move;
}
