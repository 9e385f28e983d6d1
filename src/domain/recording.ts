/** The rules for recording what a person said (`consent.md`, "Recording a GIVEN", "Recording a no"). Pure. */

import type { AgeBand, Instant, StatedBy } from './facts.ts';
import type { FieldError } from './problem.ts';
import { lastsAtMostTwelveMonths } from './readable.ts';

export interface YesTimes {
  statedAt: Instant;
  validFrom: Instant;
  validUntil: Instant;
  statedBy: StatedBy;
  ageBand: AgeBand;
  adultFrom: Instant | null;
}

/** What breaks a rule, by field; empty when the yes may be recorded. */
export function problemsOfYes(yes: YesTimes, recordedAt: Instant): FieldError[] {
  const errors: FieldError[] = [];
  const broken = (field: string, detail: string): void => {
    errors.push({ pointer: `/${field}`, detail });
  };
  if (yes.statedAt > recordedAt) broken('statedAt', 'lies ahead; a consent can be recorded once it has been stated');
  if (yes.validFrom >= yes.validUntil) broken('validUntil', 'must be later than validFrom');
  if (!lastsAtMostTwelveMonths(yes.statedAt, yes.validUntil)) {
    broken('validUntil', 'must be at most 12 calendar months after statedAt');
  }
  if (yes.ageBand === 'ADULT' && yes.adultFrom !== null) broken('adultFrom', 'must be null for ADULT');
  if (yes.ageBand !== 'ADULT' && yes.adultFrom === null) {
    broken('adultFrom', 'is needed for a minor: the day of the 18th birthday');
  }
  if (yes.statedBy === 'GUARDIAN' && yes.adultFrom !== null && yes.validUntil > yes.adultFrom) {
    broken('validUntil', 'must not be later than adultFrom when a GUARDIAN stated it');
  }
  return errors;
}

/** A no counts at once: a `statedAt` that lies ahead is cut. */
export const cutToRecording = (statedAt: Instant, recordedAt: Instant): Instant => Math.min(statedAt, recordedAt);
