/** Shapes that many operations share. */
import { z } from 'zod';
import { startOfDayBerlin } from '../domain/calendar.ts';
import { CATEGORIES, PURPOSES } from '../domain/catalogue.ts';

export const id = z.uuid().describe('UUIDv7');
export const instant = z.iso.datetime({ precision: 3 }).describe('RFC 3339, UTC, with milliseconds');
export const day = z.iso.date().describe('YYYY-MM-DD, a day in Europe/Berlin');

/** An instant, or a day when only the day is known; a day stands for 00:00 Europe/Berlin. Gives milliseconds. */
export const instantOrDay = z
  .union([z.iso.datetime({ offset: true }), z.iso.date()])
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

/** Short words without control characters: names and titles of organisations, never of clients. */
export const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}+$/u, 'without control characters');

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50).describe('At most 200'),
  cursor: z.string().min(1).max(500).optional().describe('`nextCursor` of the page before; yours alone, opaque'),
});

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().describe('Give it as `cursor` for the next page; null on the last'),
  });

export const formatInstant = (at: number): string => new Date(at).toISOString();
export const formatInstantOrNull = (at: number | null): string | null => (at === null ? null : formatInstant(at));
