/**
 * What an agency is reminded of, and when.
 *
 * A period for somebody to act in counts calendar days after the day on which it begins, and where it would end on a day that is
 * no working day it ends on the next one (§ 193 BGB, § 26(3) SGB X). Who is reminded is reminded at 08:00 of that day.
 */
import { addDaysBerlin, dayBerlin, hourOfDayBerlin, startOfDayBerlin } from './calendar.ts';
import { countingAmong, releasesAbout, statementsAbout, takenAmong } from './consent-rules.ts';
import type { Facts, GivenRelease, GivenStatement, Instant, NoStatement, WithdrawnRelease } from './facts.ts';
import type { Land } from './laender.ts';
import { addDays, type HolidaysOf, workingDayFrom, workingDayUntil } from './working-days.ts';

/** Periods: since when, how many days, and by whose holidays. */
export const PERIODS = ['REMINDER', 'ANSWER_DUE', 'ANSWER_OWED'] as const;
/** Of the due date; a sender and a recipient have holidays of their own. */
export const DUE_DATES = ['DUE_FOR_SENDER', 'DUE_FOR_RECIPIENT', 'OVERDUE'] as const;
/** A part of a plan is to be looked at again; each side has holidays of its own. */
export const REVIEWS = ['PLAN_REVIEW_FOR_OPENER', 'PLAN_REVIEW_FOR_PARTNER'] as const;
/** What is about to end. */
export const ENDINGS = ['CONSENT_ENDING', 'RELEASE_ENDING', 'DISCLOSURE_ENDING', 'AGREEMENT_ENDING'] as const;
export type ReminderKind =
  | (typeof PERIODS)[number]
  | (typeof DUE_DATES)[number]
  | (typeof REVIEWS)[number]
  | (typeof ENDINGS)[number];

interface Named {
  /** Of what it is about. */
  id: string;
  /** How often it was told already. */
  told: number;
}
export type Reminder = Named &
  (
    | { kind: (typeof PERIODS)[number]; since: Instant; days: number; land: Land | null }
    | { kind: (typeof DUE_DATES)[number] | (typeof REVIEWS)[number]; dueDate: string; land: Land | null }
    /** capped: it ends then only if nobody accepts in time what it hangs on. */
    | { kind: (typeof ENDINGS)[number]; ends: Instant; capped: boolean }
  );

const HOUR_OF_DAY = 8;
const DAYS_BEFORE_END = 30;
/** Who still owes an answer is reminded again. */
const DAYS_UNTIL_AGAIN = 7;
const MOST_TIMES = 4;

/** When it is to be told. */
export function momentOf(reminder: Reminder, holidaysOf: HolidaysOf): Instant {
  switch (reminder.kind) {
    case 'REMINDER':
    case 'ANSWER_DUE':
    case 'ANSWER_OWED': {
      const { since, days, land, told } = reminder;
      const lastDay = addDays(dayBerlin(since), told === 0 ? days : DAYS_UNTIL_AGAIN);
      return hourOfDayBerlin(workingDayFrom(lastDay, land, holidaysOf), HOUR_OF_DAY);
    }
    case 'DUE_FOR_SENDER':
    case 'DUE_FOR_RECIPIENT':
    case 'PLAN_REVIEW_FOR_OPENER':
    case 'PLAN_REVIEW_FOR_PARTNER':
      return hourOfDayBerlin(workingDayUntil(reminder.dueDate, reminder.land, holidaysOf), HOUR_OF_DAY);
    case 'OVERDUE':
      return startOfDayBerlin(addDays(reminder.dueDate, 1));
    default:
      return addDaysBerlin(reminder.ends, -DAYS_BEFORE_END);
  }
}

/** From when on it is not worth telling any more; null: it stays so. */
function overFrom(reminder: Reminder): Instant | null {
  if ('ends' in reminder) return reminder.ends;
  const isDue = reminder.kind === 'DUE_FOR_SENDER' || reminder.kind === 'DUE_FOR_RECIPIENT';
  return isDue ? startOfDayBerlin(addDays(reminder.dueDate, 1)) : null;
}

/** DROP: there is nothing to be told any more. LATER: not before that instant. again: when to look once more after telling. */
export type Judged =
  | { outcome: 'DROP' }
  | { outcome: 'LATER'; at: Instant }
  | { outcome: 'TELL'; again: Instant | null };

/** @param said what the persons have said whose yeses are about to end. */
export function judgeReminder(
  reminder: Reminder,
  at: Instant,
  said: Pick<Facts, 'statements' | 'releases'>,
  holidaysOf: HolidaysOf,
): Judged {
  const over = overFrom(reminder);
  if (over !== null && over <= at) return { outcome: 'DROP' };
  const moment = momentOf(reminder, holidaysOf);
  if (at < moment) return { outcome: 'LATER', at: moment };
  if ('capped' in reminder && reminder.capped) return { outcome: 'LATER', at: addDaysBerlin(at, 1) };
  if (reminder.kind === 'CONSENT_ENDING' || reminder.kind === 'RELEASE_ENDING') {
    const yeses = reminder.kind === 'CONSENT_ENDING' ? said.statements : said.releases;
    const yes = yeses.find((one) => one.id === reminder.id && one.decision === 'GIVEN');
    return yes?.decision === 'GIVEN' && endsSomething(yes, said) ? tellOnce : { outcome: 'DROP' };
  }
  const told = reminder.told + 1;
  if (reminder.kind !== 'ANSWER_OWED' || told === MOST_TIMES) return tellOnce;
  return { outcome: 'TELL', again: momentOf({ ...reminder, told, since: at }, holidaysOf) };
}

const tellOnce: Judged = { outcome: 'TELL', again: null };

/** Whether there is a category for which this yes is what holds when it ends, and nothing holds from then on (R2 and R6). */
export function endsSomething(
  yes: GivenStatement | GivenRelease,
  said: Pick<Facts, 'statements' | 'releases'>,
): boolean {
  const facts: Facts = { ...said, agencies: [], agreements: [], rows: [] };
  return yes.categories.some((category) => {
    const about: { yeses: (GivenStatement | GivenRelease)[]; nos: (NoStatement | WithdrawnRelease)[] } =
      'discloser' in yes ? statementsAbout({ ...yes, category }, facts) : releasesAbout({ ...yes, category }, facts);
    const taken = takenAmong(countingAmong(about.yeses, about.nos), yes.validUntil);
    return taken.some((one) => one.id === yes.id) && taken.every((one) => one.validUntil <= yes.validUntil);
  });
}
