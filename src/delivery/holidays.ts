/**
 * The public holidays of the Länder. Only days that the whole of a Land has: not Mariä Himmelfahrt in Bayern, which is one in
 * its Catholic communes alone, nor Fronleichnam in parts of Sachsen and Thüringen, nor the Friedensfest of Augsburg. So a
 * reminder comes a day early there, and nowhere a day late (docs/adr/0021).
 */
import { getHolidays } from 'feiertagejs';
import type { Land } from '../domain/laender.ts';
import type { HolidaysOf } from '../domain/working-days.ts';

/** By Land, what the library knows of it that not all of it has. */
const OF_COMMUNES: Partial<Record<Land, string>> = { BY: 'MARIAHIMMELFAHRT' };
/** Clocks look a year ahead at most, and reminders of this many years and Länder are few. */
const MOST_KEPT = 200;

const known = new Map<string, ReadonlySet<string>>();

export const germanHolidays: HolidaysOf = (land, year) => {
  const name = `${land ?? 'BUND'} ${year}`;
  const present = known.get(name);
  if (present !== undefined) return present;
  const days = getHolidays(year, land ?? 'BUND')
    .filter((holiday) => land === null || holiday.name !== OF_COMMUNES[land])
    // They stand at noon UTC; the library's own text of a day is that of the machine's zone.
    .map((holiday) => holiday.date.toISOString().slice(0, 10));
  const found = new Set(days);
  if (known.size >= MOST_KEPT) known.clear();
  known.set(name, found);
  return found;
};
