/** What is wrong with the rhythm in terms of an agreement; null: nothing, or it has none. */
import type { AgreementVersionTerms } from '../domain/agreement.ts';
import { readRule } from '../domain/recurrence-rule.ts';
import type { Deps } from './ports.ts';

export function rhythmFault(
  { rhythms }: Pick<Deps, 'rhythms'>,
  { turnus, from, until }: Pick<AgreementVersionTerms, 'turnus' | 'from' | 'until'>,
): string | null {
  if (turnus === null) return null;
  const read = readRule(turnus);
  if ('detail' in read) return read.detail;
  const first = rhythms.first({ turnus, from });
  if (first === null) return 'gives no round in the first ten years, or so few that they cannot be counted';
  return until !== null && first >= until ? 'gives no round before the agreement ends' : null;
}
