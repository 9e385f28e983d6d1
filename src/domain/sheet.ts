/**
 * What one signed sheet says: one line or several, recorded together or not at all. Pure.
 *
 * A sheet may say no to what it says yes to elsewhere ("I withdraw everything, and agree to this"). The no would win, for it
 * beats every yes that was stated before it was recorded; the yes would look recorded and permit nothing. So such a sheet is
 * sent back.
 */
import type { Category, Purpose } from './catalogue.ts';
import type { AgencyId } from './facts.ts';
import type { Review } from './review.ts';

export type StatedType = 'STATEMENT' | 'RELEASE';

/** What a line is about; null where a no leaves something out. A release has no purpose. */
export interface LineScope {
  type: StatedType;
  decision: 'GIVEN' | 'REFUSED' | 'WITHDRAWN';
  /** The discloser; of a release the origin. */
  giver: AgencyId | null;
  recipient: AgencyId | null;
  purpose: Purpose | null;
  categories: readonly Category[] | null;
}

const meet = <T>(one: T | null, other: T | null): boolean => one === null || other === null || one === other;

function haveCommon(one: LineScope, other: LineScope): boolean {
  return (
    one.type === other.type &&
    meet(one.giver, other.giver) &&
    meet(one.recipient, other.recipient) &&
    meet(one.purpose, other.purpose) &&
    (one.categories === null ||
      other.categories === null ||
      one.categories.some((category) => other.categories!.includes(category)))
  );
}

/** Each yes that a no of the same sheet would beat, by their places among the lines. */
export function contradictions(lines: readonly LineScope[]): { yes: number; no: number }[] {
  return lines.flatMap((line, yes) => {
    if (line.decision !== 'GIVEN') return [];
    const no = lines.findIndex((other) => other.decision !== 'GIVEN' && haveCommon(line, other));
    return no < 0 ? [] : [{ yes, no }];
  });
}

/**
 * What a sheet's yeses end, beside what its noes end anyway: a no needs no confirmation, a yes that takes something away does.
 *
 * @param whole the review with everything that the sheet says, @param noesAlone with its noes only.
 */
export function endedByYeses(whole: Review, noesAlone: Review): { closed: Set<string>; moved: Set<string> } {
  const closedAnyway = new Set(noesAlone.close.map((row) => row.id));
  const movedAnyway = new Map(noesAlone.move.map((row) => [row.id, row.goodUntil]));
  return {
    closed: new Set(whole.close.map((row) => row.id).filter((id) => !closedAnyway.has(id))),
    moved: new Set(whole.move.filter((row) => movedAnyway.get(row.id) !== row.goodUntil).map((row) => row.id)),
  };
}
