/** What would go, what not, and why. Discloses nothing; audited, for it answers questions. */
import type { Category } from '../domain/catalogue.ts';
import { endsOf } from '../domain/ends.ts';
import type { Answer } from './answer.ts';
import {
  decideForwarding,
  expiryOfDecided,
  type ForwardRequest,
  subjectOf,
  type Withheld,
} from './decide-forwarding.ts';
import { type ToldNeed, tellNeeded } from './needed-consents.ts';
import type { Actor, Deps } from './ports.ts';

export interface Preview {
  decidedAt: number;
  refused: boolean;
  missingCore: readonly Category[];
  /** goodUntil null: of another agency's entry, where it would tell what the person said to others. */
  permitted: { entryId: string; category: Category; goodUntil: number | null }[];
  withheld: Withheld[];
  needed: ToldNeed[];
}

export async function previewForwarding(
  deps: Deps,
  actor: Actor,
  laufzettelId: string,
  request: ForwardRequest,
): Promise<Answer<Preview>> {
  const decided = await decideForwarding(deps, actor, laufzettelId, request, { decidedAt: 'preview' });
  if ('problem' in decided) return decided;
  const { found, question, decision, permitted, withheld } = decided;
  const outcome = decision.refused ? 'WITHHOLD' : 'PERMIT';
  await deps.audit.note(actor, 'forwarding.preview', outcome, subjectOf(laufzettelId, decided), found.at);
  const permittedIds = new Set(permitted.map((one) => one.entry));
  const going = found.entries.filter((entry) => permittedIds.has(entry.id));
  const own = going.filter((entry) => entry.origin === question.discloser);
  const ends = endsOf(question, own, found.facts);
  const told = (end: number | undefined): number | null =>
    end === undefined ? null : Math.min(end, expiryOfDecided(decided));
  return {
    decidedAt: found.at,
    refused: decision.refused,
    missingCore: decision.missingCore,
    permitted: going.map(({ id, category }) => ({ entryId: id, category, goodUntil: told(ends.get(id)) })),
    withheld,
    needed: await tellNeeded(deps, actor, decided),
  };
}
