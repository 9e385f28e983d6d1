/**
 * When a recurrence rule comes, found out by looking at each day: by the table of RFC 5545 section 3.3.10 and by nothing of
 * src/. Slow and plain.
 */
const DAY_MS = 86_400_000;
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'];
const BERLIN = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Berlin', dateStyle: 'short', timeStyle: 'short' });

const indexOf = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / DAY_MS;
/** 0: Monday. 1 January 1970 was a Thursday. */
const weekdayOf = (index: number): number => (((index + 3) % 7) + 7) % 7;

interface Calendar {
  index: number;
  year: number;
  month: number;
  day: number;
}

function calendarOf(index: number): Calendar {
  const date = new Date(index * DAY_MS);
  return { index, year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

/** Which one it is of those within first to last, from either end. */
const isNumber = (wanted: number, index: number, first: number, last: number, step: number): boolean =>
  wanted > 0 ? Math.floor((index - first) / step) + 1 === wanted : Math.floor((last - index) / step) + 1 === -wanted;

/** ISO 8601: the week of a year that has its Thursday. */
function isoWeek(index: number): { year: number; week: number } {
  const { year, index: thursday } = calendarOf(index - weekdayOf(index) + 3);
  return { year, week: Math.floor((thursday - indexOf(year, 1, 1)) / 7) + 1 };
}

/** The instant at which a wall in Berlin shows that time; the first of two; null: it never does. */
export function instantInBerlin({ index }: { index: number }, hour: number, minute: number): number | null {
  const wall = index * DAY_MS + (hour * 60 + minute) * 60_000;
  const shown = new Date(wall).toISOString().slice(0, 16).replace('T', ' ');
  return [2, 1].map((hours) => wall - hours * 3_600_000).find((at) => BERLIN.format(at) === shown) ?? null;
}

/** @param from a day, YYYY-MM-DD. Gives instants, in order, up to that many years later. */
export function comesBy(rule: string, from: string, years: number): number[] {
  const parts = Object.fromEntries(rule.split(';').map((part) => part.split('='))) as Record<string, string>;
  const numbers = (name: string): number[] | null => parts[name]?.split(',').map(Number) ?? null;
  const start = calendarOf(indexOf(...(from.split('-').map(Number) as [number, number, number])));
  const { FREQ, WKST = 'MO' } = parts;
  const interval = Number(parts.INTERVAL ?? 1);
  const weekStart = (index: number): number => index - ((weekdayOf(index) - WEEKDAYS.indexOf(WKST) + 7) % 7);
  const [months, monthDays, yearDays] = [numbers('BYMONTH'), numbers('BYMONTHDAY'), numbers('BYYEARDAY')];
  const weeks = numbers('BYWEEKNO');
  const saysDay = ['BYDAY', 'BYMONTHDAY', 'BYYEARDAY'].some((name) => name in parts);

  const periodOf = ({ index, year, month }: Calendar): number => {
    if (FREQ === 'DAILY') return index - start.index;
    if (FREQ === 'WEEKLY') return (weekStart(index) - weekStart(start.index)) / 7;
    return FREQ === 'MONTHLY' ? (year - start.year) * 12 + month - start.month : year - start.year;
  };
  const lastOf = (year: number, month: number): number => indexOf(year, month + 1, 1) - 1;
  const isWeekday = (day: Calendar): boolean =>
    parts.BYDAY!.split(',').some((one) => {
      const number = Number(one.slice(0, -2));
      if (weekdayOf(day.index) !== WEEKDAYS.indexOf(one.slice(-2))) return false;
      if (number === 0) return true;
      return FREQ === 'MONTHLY' || months
        ? isNumber(number, day.index, indexOf(day.year, day.month, 1), lastOf(day.year, day.month), 7)
        : isNumber(number, day.index, indexOf(day.year, 1, 1), lastOf(day.year, 12), 7);
    });
  const fits = (day: Calendar): boolean => {
    if (months && !months.includes(day.month)) return false;
    const last = lastOf(day.year, day.month);
    if (monthDays && !monthDays.some((one) => isNumber(one, day.index, indexOf(day.year, day.month, 1), last, 1))) {
      return false;
    }
    const end = lastOf(day.year, 12);
    if (yearDays && !yearDays.some((one) => isNumber(one, day.index, indexOf(day.year, 1, 1), end, 1))) return false;
    if (weeks && !weeks.includes(isoWeek(day.index).week)) return false;
    if (parts.BYDAY) return isWeekday(day);
    if (saysDay || FREQ === 'DAILY') return true;
    if (FREQ === 'WEEKLY' || weeks) return weekdayOf(day.index) === weekdayOf(start.index);
    return day.day === start.day && (FREQ === 'MONTHLY' || months !== null || day.month === start.month);
  };

  const byPeriod = new Map<number, Calendar[]>();
  const begin = indexOf(start.year, 1, 1) - 7;
  for (let index = begin; index <= start.index + years * 366; index += 1) {
    const day = calendarOf(index);
    const period = periodOf(day);
    if (period < 0 || period % interval !== 0 || !fits(day)) continue;
    byPeriod.set(period, [...(byPeriod.get(period) ?? []), day]);
  }
  const picked = [...byPeriod.values()].flatMap((days) => {
    const positions = numbers('BYSETPOS');
    return positions
      ? days.filter((_day, place) => positions.some((one) => (one > 0 ? one - 1 : days.length + one) === place))
      : days;
  });
  const moments = picked
    .filter((day) => day.index >= start.index)
    .map((day) => instantInBerlin(day, Number(parts.BYHOUR ?? 8), Number(parts.BYMINUTE ?? 0)))
    .filter((at) => at !== null)
    .slice(0, Number(parts.COUNT ?? Number.POSITIVE_INFINITY));
  const end = indexOf(start.year + years, start.month, start.day) * DAY_MS;
  return moments.filter((at) => at < end);
}
