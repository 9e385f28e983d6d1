/**
 * Proposing a yes to the agency that has to prove it (Art. 7(1) GDPR). Proposing closes nothing and counts for nothing;
 * whether that agency knows the person does not show here, for that would be personal data of its client.
 */
import { addDaysBerlin } from '../domain/calendar.ts';
import { type FieldError, problem } from '../domain/problem.ts';
import { PROPOSAL_DAYS } from '../domain/proposal.ts';
import { problemsOfYes } from '../domain/recording.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { getProposal, type ShownProposal } from './list-proposals.ts';
import { type Actor, type Deps, type ProposedYes, sealedAs } from './ports.ts';
import { GIVER } from './sheet.ts';

/** Open proposals about one client; a handful is usual. */
const MOST_OPEN = 50;

export type NewProposal = ProposedYes & { evidenceRef: string };

export async function proposeConsent(
  deps: Deps,
  actor: Actor,
  clientId: string,
  { evidenceRef, ...yes }: NewProposal,
): Promise<Answer<ShownProposal>> {
  const key = await deps.clients.key(actor, clientId);
  // A handle whose key was destroyed cannot keep the proof.
  if (key === null || key.wrapped === null) return notFound('client');
  const errors = await faultsOf(deps, actor, yes, key.at);
  if (errors.length > 0) {
    return problem('rule-broken', 'This cannot be proposed; nothing was stored. See errors.', { errors });
  }
  const id = deps.newId();
  const evidence = deps.vault.seal({ clientId, wrapped: key.wrapped }, sealedAs.evidence(id), evidenceRef);
  const proposal = {
    ...yes,
    categories: [...new Set(yes.categories)],
    id,
    clientId,
    proposedAt: key.at,
    lapsesAt: addDaysBerlin(key.at, PROPOSAL_DAYS),
  };
  const outcome = await deps.proposals.propose(actor, proposal, evidence, MOST_OPEN);
  if (outcome === 'too-many') {
    return problem(
      'rule-broken',
      `At most ${MOST_OPEN} proposals about a client may be open; withdraw one, or wait until one lapses.`,
    );
  }
  return getProposal(deps, actor, id);
}

/** The rules of recording, so that what could never be confirmed is not proposed; all that is broken at once. */
async function faultsOf(deps: Deps, actor: Actor, yes: ProposedYes, at: number): Promise<FieldError[]> {
  const errors: FieldError[] = [];
  const giver = GIVER[yes.type];
  for (const [field, agency] of [
    [giver, yes.giver],
    ['recipient', yes.recipient],
  ] as const) {
    if ((await deps.agencies.get(actor, agency)) === null) {
      errors.push({ pointer: `/${field}`, detail: 'no agency of this exchange' });
    }
  }
  if (yes.giver === agencyOf(actor)) {
    errors.push({ pointer: `/${giver}`, detail: 'is your own agency; record it yourself instead of proposing it' });
  }
  if (yes.giver === yes.recipient) {
    errors.push({ pointer: '/recipient', detail: 'must be another agency than the one that gives' });
  }
  return [...errors, ...problemsOfYes(yes, at)];
}
