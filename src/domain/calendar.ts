/**
 * Days, months and birthdays as people in Germany count them: in Europe/Berlin, whatever the machine's zone.
 *
 * Every function takes and gives instants (milliseconds since the epoch, UTC); none reads a clock.
 */
import type { Instant } from './facts.ts';

const BERLIN = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Berlin',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});

/** A date and time of day on a Berlin wall clock; month 1 to 12. */
interface WallTime {
  year: number;
  month: number;
  day: number;
  /** Milliseconds since midnight on the wall clock. */
  timeOfDayMs: number;
}

/** What a clock on a wall in Berlin, read as if it were UTC, says at that instant. */
function wallAsUtc(at: Instant): number {
  const part: Record<string, number> = {};
  for (const { type, value } of BERLIN.formatToParts(at)) part[type] = Number(value);
  const seconds = Date.UTC(part.year!, part.month! - 1, part.day!, part.hour!, part.minute!, part.second!);
  return seconds + (((at % 1000) + 1000) % 1000);
}

function wallTime(at: Instant): WallTime {
  const wall = new Date(wallAsUtc(at));
  const midnight = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate());
  return {
    year: wall.getUTCFullYear(),
    month: wall.getUTCMonth() + 1,
    day: wall.getUTCDate(),
    timeOfDayMs: wall.getTime() - midnight,
  };
}

/**
 * The instant at which a Berlin wall clock shows that time. In autumn, when it shows it twice, the first (a consent then
 * ends earlier, not later); in spring, when it never shows it, the time read with the offset before the change.
 */
function instantOf(wall: WallTime): Instant {
  const asUtc = Date.UTC(wall.year, wall.month - 1, wall.day) + wall.timeOfDayMs;
  const hourMs = 3_600_000;
  const summer = asUtc - 2 * hourMs;
  const winter = asUtc - hourMs;
  return wallAsUtc(summer) === asUtc ? summer : winter;
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

/** The same time of day that many calendar months later; a day that the month does not have becomes its last. */
export function addMonthsBerlin(at: Instant, months: number): Instant {
  const wall = wallTime(at);
  const index = wall.year * 12 + (wall.month - 1) + months;
  const year = Math.floor(index / 12);
  const month = (index % 12) + 1;
  return instantOf({ year, month, day: Math.min(wall.day, daysIn(year, month)), timeOfDayMs: wall.timeOfDayMs });
}

/** The same time of day that many calendar days later. */
export function addDaysBerlin(at: Instant, days: number): Instant {
  const wall = wallTime(at);
  // Date.UTC counts on into the months that follow.
  return instantOf({ ...wall, day: wall.day + days });
}

/** The calendar day in Berlin on which the instant lies, `YYYY-MM-DD`. */
export const dayBerlin = (at: Instant): string => new Date(wallAsUtc(at)).toISOString().slice(0, 10);

/** What a clock in Berlin shows at the instant, `HH:MM`. */
export const timeBerlin = (at: Instant): string => new Date(wallAsUtc(at)).toISOString().slice(11, 16);

/** 00:00 in Berlin of a calendar day `YYYY-MM-DD`. Throws RangeError for a day that does not exist. */
export const startOfDayBerlin = (date: string): Instant => hourOfDayBerlin(date, 0);

/** That full hour on a Berlin wall clock, of a calendar day `YYYY-MM-DD`. Throws RangeError for a day that does not exist. */
export function hourOfDayBerlin(date: string, hour: number): Instant {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const [year, month, day] = match ? [Number(match[1]), Number(match[2]), Number(match[3])] : [0, 0, 0];
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) throw new RangeError('not a calendar day');
  return instantOf({ year, month, day, timeOfDayMs: hour * 3_600_000 });
}

/** 00:00 in Berlin of the 18th birthday; who is born on 29 February has it on the 28th. */
export function eighteenthBirthday(birthDate: string): Instant {
  return addMonthsBerlin(startOfDayBerlin(birthDate), 18 * 12);
}
