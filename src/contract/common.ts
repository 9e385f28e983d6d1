/** Shapes that many operations share. */
import { z } from 'zod';
import { dayBerlin, startOfDayBerlin } from '../domain/calendar.ts';
import { CATEGORIES, PURPOSES } from '../domain/catalogue.ts';

/** Upper and lower case are the same id (RFC 9562 section 4); from here on it is written in lower case. */
export const id = z.uuid().toLowerCase().describe('UUIDv7');
const OUT_OF_OUR_TIMES = 'must lie between 1900 and 2199';
/** Calendars are sure of these years, and nothing in this field lies outside them. */
const inOurTimes = [(text: string) => text >= '1900' && text < '2200', OUT_OF_OUR_TIMES] as const;
/** A day less at either end: whatever its offset, it lies within them in UTC too, as it is answered. */
const inOurTimesAnywhere = [(text: string) => text >= '1900-01-02' && text < '2199-12-31', OUT_OF_OUR_TIMES] as const;

export const instant = z.iso
  .datetime({ precision: 3 })
  .refine(...inOurTimes)
  .describe('RFC 3339, UTC, with milliseconds');
export const day = z.iso
  .date()
  .refine(...inOurTimesAnywhere)
  .describe('YYYY-MM-DD, a day in Europe/Berlin');

/** An instant, or a day when only the day is known; a day stands for 00:00 Europe/Berlin. Gives milliseconds. */
export const instantOrDay = z
  .union([z.iso.datetime({ offset: true }).refine(...inOurTimesAnywhere), z.iso.date().refine(...inOurTimesAnywhere)])
  .describe('RFC 3339 date-time; or YYYY-MM-DD, which stands for 00:00 Europe/Berlin of that day');

export function toInstant(value: string): number {
  return /^\d{4}-\d{2}-\d{2}$/.test(value) ? startOfDayBerlin(value) : Math.floor(Date.parse(value));
}

export const category = z.enum(CATEGORIES);
export const purpose = z.enum(PURPOSES);
export const categories = z
  .array(category)
  .min(1)
  .max(CATEGORIES.length)
  .describe('At least one; order carries no meaning');

/** One line of well-formed text: no control characters, no half of a surrogate pair. */
export const line = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must be one line of text without control characters');

/** Names and titles of organisations, never of clients. */
export const name = line(200);

/** In a URL a number is digits and nothing else: what JavaScript would read as one, `0x10` or ` 1e2 `, is a mistake. */
export const pageSize = z.preprocess(
  (sent) => (typeof sent === 'string' && /^[1-9]\d*$/.test(sent) ? Number(sent) : sent),
  z.int().min(1).max(200).default(50),
);

/** Strict: a filter that is misspelt would answer everything, and a misspelt cursor the first page again and again. */
export const pageQuery = z.strictObject({
  limit: pageSize.describe('At most 200'),
  cursor: z.string().min(1).max(500).optional().describe('`nextCursor` of the page before; yours alone, opaque'),
});

/** A filter by one or several of these names. In a URL the parameter is repeated; given once it is no list yet. */
export const someOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z
    .preprocess((sent) => (typeof sent === 'string' ? [sent] : sent), z.array(z.enum(names)).min(1).max(names.length))
    .optional()
    .describe('One of these, or several');

export const changedSince = instant
  .optional()
  .describe('Changed at this instant or later; the oldest change comes first, so that one can read on from there');

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Give it as `cursor` for the next page; null on the last'),
  });

export const formatInstant = (at: number): string => new Date(at).toISOString();
export const formatInstantOrNull = (at: number | null): string | null => (at === null ? null : formatInstant(at));
export const formatDayBerlin = (at: number): string => dayBerlin(at);

/** A number in a path is digits and nothing else, as in a query. */
export const versionNumber = z.preprocess(
  (sent) => (typeof sent === 'string' && /^[1-9]\d*$/.test(sent) ? Number(sent) : sent),
  z.int().min(1).max(32_767),
);

/** The largest integer of PostgreSQL, and of GraphQL's Int: a greater one is refused alike at both doors. */
const MOST_VERSION = 2_147_483_647;

/** For what several change: which state of it the caller acts upon. */
export const expectedVersion = z
  .int()
  .min(1)
  .max(MOST_VERSION)
  .optional()
  .describe('The `version` that you saw; another one by now is answered 412. At REST If-Match may take its place');
