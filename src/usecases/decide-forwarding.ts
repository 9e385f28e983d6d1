/** What preview and forwarding share: the question put to `decide`, in one snapshot of the facts. */

import type { Category } from '../domain/catalogue.ts';
import { decide } from '../domain/consent.ts';
import { inForceBetween } from '../domain/consent-rules.ts';
import type { Decision, Instant, Permit, Question, Reason } from '../domain/facts.ts';
import { expiryOf } from '../domain/laufzettel.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { agencyOf, notFound } from './answer.ts';
import { notOpen } from './end-laufzettel.ts';
import type { Actor, DecidedAt, Deps, ForwardFacts, StoredEntry } from './ports.ts';

export interface ForwardRequest {
  recipient: string;
  entryIds?: readonly string[];
  strict: boolean;
  /** The request that it fulfils. */
  requestId?: string;
}

export interface Withheld {
  entryId: string;
  category: Category;
  reasons: readonly Reason[];
}

export interface DecidedQuestion {
  found: ForwardFacts;
  question: Question;
  decision: Decision;
  permitted: Permit[];
  withheld: Withheld[];
}

export async function decideForwarding(
  deps: Pick<Deps, 'watch'> & { forwardings: Pick<Deps['forwardings'], 'load'> },
  actor: Actor,
  laufzettelId: string,
  { recipient, entryIds, strict }: ForwardRequest,
  { answering = false, decidedAt = 'forward' }: { answering?: boolean; decidedAt?: DecidedAt } = {},
): Promise<DecidedQuestion | Problem> {
  const discloser = agencyOf(actor);
  const asked = entryIds === undefined ? null : [...new Set(entryIds)];
  const found = await deps.forwardings.load(actor, laufzettelId, recipient, asked, answering);
  if (found === null) return notFound('Laufzettel');
  if (found.status !== 'OPEN') return notOpen('FORWARD', found.status);
  if (recipient === discloser || !found.recipientKnown) {
    const detail = recipient === discloser ? 'must be another agency than your own' : 'no agency of this exchange';
    return problem('rule-broken', 'It cannot be forwarded there.', { errors: [{ pointer: '/recipient', detail }] });
  }
  if (found.unknown.length > 0) {
    return problem('rule-broken', 'It names entries that do not exist or are not yours to name.', {
      errors: [{ pointer: '/entryIds', detail: `no such entry: ${found.unknown.join(', ')}` }],
    });
  }
  const replaced = found.entries.filter((entry) => entry.origin === discloser && entry.replacedBy !== null);
  if (asked !== null && replaced.length > 0) return namesReplaced(replaced);
  const { person, purpose, at, kind } = found;
  const entries = found.entries.filter((entry) => !replaced.includes(entry));
  const question: Question = { person, discloser, recipient, purpose, at, kind, strict, entries };
  const decision = deps.watch.deciding(decidedAt, () => decide(question, found.facts));
  const permitted = decision.entries.filter((one) => one.outcome === 'PERMIT');
  const withheld = decision.entries
    .filter((one) => one.outcome === 'WITHHOLD')
    .map((one) => ({ entryId: one.entry, category: one.category as Category, reasons: one.reasons }));
  return { found, question, decision, permitted, withheld };
}

/**
 * When it expires unless it is accepted: by the shortest term of the agreements between the two for the purpose. Both know
 * them, whatever goes and whatever of it is still there: the day tells nothing of what was withheld or has vanished.
 */
export const expiryOfDecided = ({ found: { at, facts }, question: { discloser, ...hop } }: DecidedQuestion): Instant =>
  expiryOf(
    at,
    inForceBetween(discloser, hop, facts).map(({ id }) => facts.daysToAccept[id]!),
  );

/** Nobody sends on what it has corrected. Of others' corrections nothing is said: what they closed is not held any more. */
const namesReplaced = (replaced: readonly StoredEntry[]): Problem =>
  problem('rule-broken', 'It names entries that you have corrected. Name those that replace them.', {
    errors: replaced.map(({ id, replacedBy }) => ({
      pointer: '/entryIds',
      detail: `${id} was replaced by ${replacedBy}`,
    })),
  });

/** What the audit keeps of a decision: ids and codes. */
export const subjectOf = (laufzettelId: string, { question, permitted, withheld }: DecidedQuestion) => ({
  laufzettel: laufzettelId,
  recipient: question.recipient,
  permitted: permitted.map((one) => one.entry),
  withheld: withheld.map(({ entryId, ...why }) => ({ entry: entryId, ...why })),
});
