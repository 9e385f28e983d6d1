/**
 * Recurrence rules (RFC 5545 section 3.3.10) as far as an agreement's rhythm may use them: what they may say, and with what they
 * leave to their beginning said in full. When they come is for a library; see delivery/rhythms.ts.
 *
 * A round comes at most once a day, at a full minute, so nothing below a day repeats.
 */

const FREQUENCIES = ['DAILY', 'WEEKLY', 'MONTHLY', 'YEARLY'] as const;
type Frequency = (typeof FREQUENCIES)[number];

/** By ISO 8601, Monday first. */
const WEEKDAYS = ['MO', 'TU', 'WE', 'TH', 'FR', 'SA', 'SU'] as const;

/** Whatever a rule counts, it is told within some years; and the longest list that means anything has each day of a year. */
const MOST_COUNTED = 1000;
const MOST_LISTED = 366;

/** As many as one weekday of a year can have. */
const WEEKS = Array.from({ length: 53 }, (_, place) => place + 1);

/** At which hour of its day a round comes unless the rule says so. */
const USUAL_HOUR = 8;

/** A part's values, each as it was written but for its case. */
type Parts = ReadonlyMap<PartName, readonly string[]>;

export interface RecurrenceRule {
  frequency: Frequency;
  parts: Parts;
  /** At which hour and minute of a day it comes. */
  hour: number;
  minute: number;
}

export type Read = { rule: RecurrenceRule } | { detail: string };

const between = (least: number, most: number) => (value: string) =>
  /^\d{1,4}$/.test(value) && Number(value) >= least && Number(value) <= most;

/** Counted from the end as well, by a minus. */
const fromEitherEnd = (most: number) => (value: string) =>
  /^[+-]?\d{1,3}$/.test(value) && Math.abs(Number(value)) >= 1 && Math.abs(Number(value)) <= most;

/** A weekday, with or without which one of them it is. */
const WEEKDAY = /^([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)$/;
const isNumbered = (day: string): boolean => /\d/.test(day);

function isWeekday(value: string): boolean {
  const [, number] = WEEKDAY.exec(value) ?? [];
  return WEEKDAY.test(value) && (number === undefined || fromEitherEnd(53)(number));
}

/** A day, whose end counts; or an instant of UTC (section 3.3.10: a rule with a time zone ends at none other). */
function isUntil(value: string): boolean {
  const [, year, month, day, time = '00:00:00'] =
    /^(\d{4})(\d\d)(\d\d)(?:T(\d{6})Z)?$/
      .exec(value)
      ?.map((part) => part?.replace(/^(\d\d)(\d\d)(\d\d)$/, '$1:$2:$3')) ?? [];
  const written = `${year}-${month}-${day}T${time}.000Z`;
  const at = Date.parse(written);
  // 31 April would be read as 1 May.
  return !Number.isNaN(at) && new Date(at).toISOString() === written;
}

const isOneOf = (names: readonly string[]) => (value: string) => names.includes(value);

/** How each value of a part is written, and how many it may have. */
const PARTS = {
  FREQ: { is: isOneOf(FREQUENCIES), most: 1 },
  INTERVAL: { is: between(1, 1000), most: 1 },
  COUNT: { is: between(1, MOST_COUNTED), most: 1 },
  UNTIL: { is: isUntil, most: 1 },
  BYMONTH: { is: between(1, 12), most: MOST_LISTED },
  BYWEEKNO: { is: fromEitherEnd(53), most: MOST_LISTED },
  BYYEARDAY: { is: fromEitherEnd(366), most: MOST_LISTED },
  BYMONTHDAY: { is: fromEitherEnd(31), most: MOST_LISTED },
  BYDAY: { is: isWeekday, most: MOST_LISTED },
  BYHOUR: { is: between(0, 23), most: 1 },
  BYMINUTE: { is: between(0, 59), most: 1 },
  BYSETPOS: { is: fromEitherEnd(366), most: MOST_LISTED },
  WKST: { is: isOneOf(WEEKDAYS), most: 1 },
} as const;
type PartName = keyof typeof PARTS;

const GOES_WITH: readonly [PartName, readonly Frequency[]][] = [
  ['BYWEEKNO', ['YEARLY']],
  ['BYYEARDAY', ['YEARLY']],
  ['BYMONTHDAY', ['DAILY', 'MONTHLY', 'YEARLY']],
];

const isPartName = (name: string): name is PartName => Object.hasOwn(PARTS, name);

const NO_RULE = 'is no recurrence rule of RFC 5545, which looks like FREQ=MONTHLY;BYDAY=2TU;BYHOUR=8';
const NO_FREQUENCY = 'has to say FREQ=DAILY, WEEKLY, MONTHLY or YEARLY: a round comes at most once a day';
const SEVERAL_A_DAY = 'asks for several rounds a day; write one BYHOUR and one BYMINUTE at most';
const BOTH_ENDS = 'says COUNT and UNTIL; write one of them';
const NOTHING_TO_PICK = 'says BYSETPOS without another BY part that it picks from';
const OTHER_DAYS = 'says BYYEARDAY with BYMONTHDAY, BYWEEKNO or BYDAY; write one of them';
const NUMBERED_DAYS =
  'counts weekdays, as in BYDAY=2TU, which goes with FREQ=MONTHLY or YEARLY, and without BYWEEKNO and BYMONTHDAY';

/** A rule, or the sentence that says what is wrong with it. */
export function readRule(text: string): Read {
  const parts = new Map<PartName, readonly string[]>();
  for (const part of text.toUpperCase().split(';')) {
    const [name = '', value, ...more] = part.split('=');
    if (value === undefined || more.length > 0) return { detail: NO_RULE };
    if (!isPartName(name)) {
      return { detail: `has a part that is not used here; write ${Object.keys(PARTS).join(', ')}` };
    }
    if (parts.has(name)) return { detail: `says ${name} twice` };
    parts.set(name, value.split(','));
  }
  const fault = faultOf(parts);
  if (fault !== null) return { detail: fault };
  const [frequency] = parts.get('FREQ') as [Frequency];
  const timeOf = (name: 'BYHOUR' | 'BYMINUTE', usual: number): number => Number(parts.get(name)?.[0] ?? usual);
  return { rule: { frequency, parts, hour: timeOf('BYHOUR', USUAL_HOUR), minute: timeOf('BYMINUTE', 0) } };
}

function faultOf(parts: Parts): string | null {
  const [frequency = ''] = parts.get('FREQ') ?? [];
  if (!PARTS.FREQ.is(frequency)) return NO_FREQUENCY;
  if ((parts.get('BYHOUR') ?? []).length > 1 || (parts.get('BYMINUTE') ?? []).length > 1) return SEVERAL_A_DAY;
  for (const [name, values] of parts) {
    const { is, most } = PARTS[name];
    if (values.length > most || !values.every((value) => is(value))) {
      return `does not write ${name} as RFC 5545 has it, or beyond what is taken here`;
    }
  }
  return clashOf(frequency as Frequency, parts);
}

/** Parts that do not go with each other, by the table of section 3.3.10 and the sentences before it. */
function clashOf(frequency: Frequency, parts: Parts): string | null {
  if (parts.has('COUNT') && parts.has('UNTIL')) return BOTH_ENDS;
  for (const [name, frequencies] of GOES_WITH) {
    if (parts.has(name) && !frequencies.includes(frequency))
      return `says ${name}, which does not go with FREQ=${frequency}`;
  }
  // The library does not narrow days of a year by the others.
  const others = (['BYWEEKNO', 'BYMONTHDAY', 'BYDAY'] as const).some((name) => parts.has(name));
  if (parts.has('BYYEARDAY') && others) return OTHER_DAYS;
  const counts = parts.get('BYDAY')?.some(isNumbered) ?? false;
  // With days of a month it is not said what they would be counted in.
  const isCounted = frequency === 'MONTHLY' || frequency === 'YEARLY';
  if (counts && (!isCounted || parts.has('BYWEEKNO') || parts.has('BYMONTHDAY'))) return NUMBERED_DAYS;
  const picksFrom = [...parts.keys()].some((name) => name.startsWith('BY') && name !== 'BYSETPOS');
  return parts.has('BYSETPOS') && !picksFrom ? NOTHING_TO_PICK : null;
}

/**
 * The rule with what it leaves to its beginning said in full, so that it comes alike from wherever one begins to count:
 * weekly from a Tuesday is each Tuesday (section 3.3.10: what the rule does not say is derived from its start).
 *
 * @param start a day of the Gregorian calendar, month 1 to 12, weekday 1 (Monday) to 7
 */
export function inFull({ frequency, parts }: RecurrenceRule, start: Day): string {
  const all = new Map<PartName, readonly string[]>(parts);
  const saysDay = (['BYDAY', 'BYMONTHDAY', 'BYYEARDAY'] as const).some((name) => parts.has(name));
  const takesWeekday = frequency === 'WEEKLY' || parts.has('BYWEEKNO');
  if (!saysDay && frequency !== 'DAILY') {
    if (takesWeekday) all.set('BYDAY', [WEEKDAYS[start.weekday - 1]!]);
    else all.set('BYMONTHDAY', [String(start.day)]);
    if (frequency === 'YEARLY' && !takesWeekday && !parts.has('BYMONTH')) all.set('BYMONTH', [String(start.month)]);
  }
  const days = parts.get('BYDAY') ?? [];
  // The library overlooks "each Monday" of a year where another weekday is counted, so each of them is.
  if (frequency === 'YEARLY' && days.some(isNumbered)) {
    all.set('BYDAY', [
      ...new Set(days.flatMap((one) => (isNumbered(one) ? one : WEEKS.map((number) => `${number}${one}`)))),
    ]);
  }
  return [...all].map(([name, values]) => `${name}=${values.join(',')}`).join(';');
}

export interface Day {
  year: number;
  month: number;
  day: number;
  weekday: number;
}
