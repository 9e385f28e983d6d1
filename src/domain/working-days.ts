/**
 * Days on which somebody is there to act: not Saturdays, Sundays and public holidays (§ 193 BGB, § 26(3) SGB X).
 *
 * A day is `YYYY-MM-DD`, of the calendar and without a time zone. Which days are holidays the law of each Land says; they are
 * passed in.
 */
import type { Land } from './laender.ts';

/** The public holidays of that Land in that year, as days; null: those that all of Germany has. */
export type HolidaysOf = (land: Land | null, year: number) => ReadonlySet<string>;

const DAY_MS = 86_400_000;
const SATURDAY = 6;
const SUNDAY = 0;

/** That many days later; earlier when negative. */
export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);

export function isWorkingDay(day: string, land: Land | null, holidaysOf: HolidaysOf): boolean {
  const weekday = new Date(day).getUTCDay();
  return weekday !== SATURDAY && weekday !== SUNDAY && !holidaysOf(land, Number(day.slice(0, 4))).has(day);
}

/** The first working day that is not before it. */
export const workingDayFrom = (day: string, land: Land | null, holidaysOf: HolidaysOf): string =>
  isWorkingDay(day, land, holidaysOf) ? day : workingDayFrom(addDays(day, 1), land, holidaysOf);

/** The last working day that is not after it. */
export const workingDayUntil = (day: string, land: Land | null, holidaysOf: HolidaysOf): string =>
  isWorkingDay(day, land, holidaysOf) ? day : workingDayUntil(addDays(day, -1), land, holidaysOf);
