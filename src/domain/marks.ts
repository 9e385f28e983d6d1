/**
 * The marks an entry is stored with: what its author said, checked against what the catalogue demands. Where the author
 * says nothing the catalogue speaks, and where nobody knows the more cautious reading holds.
 *
 * | mark | when the author says nothing | what the author may not say |
 * |---|---|---|
 * | secrecy | true for what is always or usually secret, and for a DOKUMENT filed under such; else false | false for what is always secret |
 * | guardFrom | AUFENTHALT: see `residenceGuard`; DOKUMENT filed under AUFENTHALT: an error; else null | a later instant than the catalogue's |
 * | filedUnder | DOKUMENT: an error; else null | anything, unless for a DOKUMENT |
 */
import { startOfDayBerlin } from './calendar.ts';
import {
  ALWAYS_SECRET_CATEGORIES,
  CATEGORIES,
  type Category,
  GUARDED_CATEGORIES,
  type PayloadOf,
  USUALLY_SECRET_CATEGORIES,
} from './catalogue.ts';
import type { EntryMeta, Instant } from './facts.ts';
import type { FieldError } from './problem.ts';

export type Marks = Pick<EntryMeta, 'secrecy' | 'guardFrom' | 'filedUnder'>;

/** What is known of an entry that is being written. A mark that its author left out is undefined; null is a statement. */
export interface MarksInput {
  category: Category;
  /** Valid for the category (contract/payload.ts). */
  payload: PayloadOf<Category>;
  secrecy?: boolean;
  guardFrom?: Instant | null;
  filedUnder?: readonly string[] | null;
  /** The exchange's clock when the entry is recorded. */
  at: Instant;
}

const isCategory = (code: string): code is Category => (CATEGORIES as readonly string[]).includes(code);

const overlap = (some: readonly Category[], others: readonly Category[]): boolean =>
  some.some((category) => others.includes(category));

/**
 * The instant from which no public body may learn this residence status (R7; §§ 87, 88 AufenthG); null: none follows
 * from it. Without a title, with an unclear one, and with none named: at once. A Duldung suspends a removal
 * until the day printed on it (§ 60a AufenthG); the guard begins with that day, not after it, and at once when no day is named.
 */
export function residenceGuard(payload: PayloadOf<'AUFENTHALT'>, at: Instant): Instant | null {
  switch (payload.aufenthaltstitel) {
    case undefined:
    case 'OHNE':
    case 'UNGEKLAERT':
      return at;
    case 'DULDUNG':
      return payload.gueltigBis === undefined ? at : startOfDayBerlin(payload.gueltigBis);
    default:
      return null;
  }
}

function filedUnderOf({ category, filedUnder }: MarksInput, errors: FieldError[]): Category[] | null {
  const refuse = (detail: string): null => {
    errors.push({ pointer: '/filedUnder', detail });
    return null;
  };
  if (category !== 'DOKUMENT') return filedUnder == null ? null : refuse('is for a DOKUMENT only');
  if (filedUnder == null || filedUnder.length === 0) return refuse('is required: at least one category');
  if (!filedUnder.every(isCategory)) return refuse('contains something that is no category');
  if (filedUnder.includes('DOKUMENT')) return refuse('contains DOKUMENT; name what the content is about');
  if (new Set(filedUnder).size !== filedUnder.length) return refuse('names a category twice');
  return [...filedUnder];
}

function secrecyOf(input: MarksInput, categories: readonly Category[], errors: FieldError[]): boolean {
  const always = overlap(categories, ALWAYS_SECRET_CATEGORIES);
  if (always && input.secrecy === false) {
    errors.push({ pointer: '/secrecy', detail: 'cannot be false: this is always under professional secrecy' });
  }
  return always || (input.secrecy ?? overlap(categories, USUALLY_SECRET_CATEGORIES));
}

function guardFromOf(input: MarksInput, categories: readonly Category[], errors: FieldError[]): Instant | null {
  const { category, payload, guardFrom, at } = input;
  if (category === 'DOKUMENT' && guardFrom === undefined && overlap(categories, GUARDED_CATEGORIES)) {
    errors.push({
      pointer: '/guardFrom',
      detail: 'is required for a DOKUMENT filed under AUFENTHALT: an instant, or null when the guard never holds',
    });
  }
  const demanded = category === 'AUFENTHALT' ? residenceGuard(payload as PayloadOf<'AUFENTHALT'>, at) : null;
  if (guardFrom === undefined || demanded === null) return guardFrom ?? demanded;
  if (guardFrom === null || guardFrom > demanded) {
    errors.push({ pointer: '/guardFrom', detail: 'is later than this residence status allows; earlier is possible' });
  }
  return guardFrom;
}

/** The marks to store, or every rule that is broken. Pointers are relative to the entry. */
export function marksOf(input: MarksInput): Marks | FieldError[] {
  const errors: FieldError[] = [];
  const filedUnder = filedUnderOf(input, errors);
  const categories: readonly Category[] = [input.category, ...(filedUnder ?? [])];
  const marks: Marks = {
    secrecy: secrecyOf(input, categories, errors),
    guardFrom: guardFromOf(input, categories, errors),
    filedUnder,
  };
  return errors.length > 0 ? errors : marks;
}
