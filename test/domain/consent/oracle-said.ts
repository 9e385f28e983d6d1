/** The oracle's ears: what a person said about one scope, and what of it holds. R2 and R6 judge by the same words. */
import type { Category, Purpose } from '../../../src/domain/catalogue.ts';
import type {
  AgencyId,
  Facts,
  GivenRelease,
  GivenStatement,
  Instant,
  PersonId,
  Reason,
} from '../../../src/domain/facts.ts';

/** What a GIVEN or a no can be about: for a statement all of it, for a release (R6) the origin stands first and there is no purpose. */
export type Scope = { person: PersonId; from: AgencyId; to: AgencyId; purpose: Purpose | null; category: Category };
export type Given = GivenStatement | GivenRelease;
type No = { statedBy: string; ageBand: string; recordedAt: Instant; decision: 'REFUSED' | 'WITHDRAWN' };
/** Everything one person said about one scope. */
export type Said = { yeses: Given[]; nos: No[] };

export function statementsAbout(scope: Scope, facts: Facts): Said {
  const said: Said = { yeses: [], nos: [] };
  for (const one of facts.statements) {
    const leftOutOr = (named: string | null, wanted: string | null) => named === null || named === wanted;
    if (one.person !== scope.person) continue;
    if (!leftOutOr(one.discloser, scope.from) || !leftOutOr(one.recipient, scope.to)) continue;
    if (!leftOutOr(one.purpose, scope.purpose)) continue;
    if (one.categories !== null && !one.categories.includes(scope.category)) continue;
    if (one.decision === 'GIVEN') said.yeses.push(one);
    else said.nos.push(one);
  }
  return said;
}

export function releasesAbout(scope: Scope, facts: Facts): Said {
  const said: Said = { yeses: [], nos: [] };
  for (const one of facts.releases) {
    if (one.person !== scope.person) continue;
    if (one.origin !== null && one.origin !== scope.from) continue;
    if (one.recipient !== null && one.recipient !== scope.to) continue;
    if (one.categories !== null && !one.categories.includes(scope.category)) continue;
    if (one.decision === 'GIVEN') said.yeses.push(one);
    else said.nos.push(one);
  }
  return said;
}

/** "A GIVEN counts when it beats every no about that scope." */
export function countingOnes({ yeses, nos }: Said): Given[] {
  const sinceThen = (no: No) => yeses.filter((given) => given.statedAt > no.recordedAt);
  const isYouths = (no: No) => no.statedBy === 'PERSON' && no.ageBand === 'FROM_15_TO_17';
  const lifted = (no: No) => !isYouths(no) || sinceThen(no).some((given) => given.statedBy === 'PERSON');
  return yeses.filter((given) => nos.every((no) => sinceThen(no).includes(given) && lifted(no)));
}

/** "Of the counting ones with validFrom ≤ at take the latest by statedAt, several if tied." */
export function takenOnes(said: Said, at: Instant): Given[] {
  const begun = countingOnes(said).filter((given) => given.validFrom <= at);
  return begun.filter((given) => begun.every((other) => other.statedAt <= given.statedAt));
}

/** "REFUSED or WITHDRAWN as the latest no by recordedAt is (both if tied)." */
export const asTheLatestNo = (nos: No[]): Reason[] =>
  nos.filter((no) => nos.every((other) => other.recordedAt <= no.recordedAt)).map((no) => no.decision);

/** R3 */
export function hasCapacity(given: Given): boolean {
  switch (given.ageBand) {
    case 'UNDER_15':
      return given.statedBy === 'GUARDIAN';
    case 'FROM_15_TO_17':
      return given.statedBy === 'GUARDIAN' || (given.statedBy === 'PERSON' && given.capacityConfirmed);
    case 'ADULT':
      return given.statedBy === 'PERSON' || given.statedBy === 'LEGAL_REPRESENTATIVE';
  }
}
