/**
 * The types a personal field may have, and what is right for each. The catalogue is written in these words; the zod
 * schemas of the contract are built from them and add nothing of their own.
 *
 * Every sentence given back describes the rule. None repeats the value, for it would end up in an error text or a log.
 */

/** What a value looks like. Lengths count Unicode code points, as JSON Schema does. */
export type Shape =
  /** A proper name of the client or of a place: one line. Not free text. */
  | { readonly type: 'name'; readonly max: number }
  /** Free text of one line. */
  | { readonly type: 'text'; readonly max: number }
  /** Free text of many lines. */
  | { readonly type: 'longText'; readonly max: number }
  /** A name for a file, without a path. */
  | { readonly type: 'fileName'; readonly max: number }
  /** A day, `YYYY-MM-DD`. */
  | { readonly type: 'date' }
  /** RFC 3339, UTC, with milliseconds: `2026-11-02T09:30:00.000Z`. */
  | { readonly type: 'instant' }
  /** BCP 47 (RFC 5646) language tag. */
  | { readonly type: 'language' }
  | { readonly type: 'email' }
  | { readonly type: 'phone' }
  /** German postcode. */
  | { readonly type: 'postcode' }
  /** SHA-256, 64 hexadecimal digits in lower case. */
  | { readonly type: 'sha256' }
  /** Bytes in base64 (RFC 4648 section 4), whose number and SHA-256 stand in two sibling fields. */
  | { readonly type: 'base64'; readonly maxBytes: number; readonly sizeIn: string; readonly sha256In: string }
  | { readonly type: 'code'; readonly codes: readonly string[] }
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | ({ readonly type: 'record' } & RecordShape)
  | { readonly type: 'list'; readonly max: number; readonly of: Shape };

/** An object: at least one of its fields has to be there. */
export interface RecordShape {
  readonly fields: Fields;
  /** Pairs of days or instants the first of which must not lie after the second. */
  readonly inOrder?: readonly (readonly [string, string])[];
}

/** A shape with its meaning. A field that is not required is left out when there is nothing to say; it is never null. */
export type Field = Shape & { readonly description: string; readonly required?: true };
export type Fields = { readonly [name: string]: Field };

type StringType = Exclude<Shape['type'], 'code' | 'boolean' | 'integer' | 'record' | 'list'>;
export type StringShape = Extract<Shape, { type: StringType }>;

/** The TypeScript type of a value of that shape. */
export type ValueOf<S> = S extends { type: 'code'; codes: readonly (infer Code)[] }
  ? Code
  : S extends { type: 'boolean' }
    ? boolean
    : S extends { type: 'integer' }
      ? number
      : S extends { type: 'record'; fields: infer F }
        ? RecordOf<F>
        : S extends { type: 'list'; of: infer Item }
          ? ValueOf<Item>[]
          : string;

/** The TypeScript type of an object with those fields; of several sets of fields, the union. */
export type RecordOf<F> = F extends unknown
  ? {
      -readonly [Name in keyof F as F[Name] extends { required: true } ? Name : never]: ValueOf<F[Name]>;
    } & {
      -readonly [Name in keyof F as F[Name] extends { required: true } ? never : Name]?: ValueOf<F[Name]>;
    }
  : never;

const FREE_TEXT: readonly Shape['type'][] = ['text', 'longText', 'fileName'];

/** Whether people can write into it whatever they like, and so about whom they like. */
export function isFreeText(shape: Shape): boolean {
  return FREE_TEXT.includes(shape.type) || (shape.type === 'list' && isFreeText(shape.of));
}

/** The meaning of a field as callers read it: free text carries the warning that the check cannot look inside. */
export function meaningOf(field: Field): string {
  return isFreeText(field) ? `${field.description}. Do not name third persons.` : `${field.description}.`;
}

/** Control characters and noncharacters show nothing and hide something; lone surrogates are no text at all. */
const FORBIDDEN_IN_A_LINE = /[\p{Cc}\p{Noncharacter_Code_Point}\u2028\u2029]/u;
const FORBIDDEN_IN_LINES = /[^\P{Cc}\t\n\r]|\p{Noncharacter_Code_Point}/u;
/** What turns the reading direction could make `gpj.exe` look like `exe.jpg`. */
const FORBIDDEN_IN_A_FILE_NAME = /[/\\:*?"<>|\p{Bidi_Control}]|^\.|[. ]$/u;
/** More combining marks in a row than any script needs (UAX #15, Stream-Safe Text Format). */
const TOO_MANY_MARKS = /\p{M}{31}/u;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Code points, counted only as far as it matters: `limit + 1` stands for more. */
function lengthUpTo(limit: number, value: string): number {
  if (value.length > 2 * limit) return limit + 1;
  let count = 0;
  for (const _ of value) count += 1;
  return count;
}

/**
 * The same text can be spelled in several ways in Unicode; it is kept in NFC, which changes no character that anybody
 * sees. Nothing else is ever changed. What is refused anyway stays as it is: piles of combining marks take NFC quadratic
 * time (100,000 of them: seven seconds).
 */
export function normalised(shape: StringShape, value: string): string {
  const isText = 'max' in shape && lengthUpTo(shape.max, value) <= shape.max;
  return isText && !TOO_MANY_MARKS.test(value) ? value.normalize('NFC') : value;
}

function textProblem(shape: { type: string; max: number }, value: string): string | null {
  if (lengthUpTo(shape.max, value) > shape.max) return `has more than ${shape.max} characters`;
  if (!value.isWellFormed()) return 'is not well-formed Unicode';
  const forbidden = shape.type === 'longText' ? FORBIDDEN_IN_LINES : FORBIDDEN_IN_A_LINE;
  if (forbidden.test(value)) {
    return shape.type === 'longText'
      ? 'contains control characters other than line breaks and tabs'
      : 'contains line breaks or other control characters';
  }
  if (TOO_MANY_MARKS.test(value)) return 'contains more than 30 combining marks in a row';
  return VISIBLE.test(value) ? null : 'is blank; leave the field out instead';
}

const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const EARLIEST_YEAR = 1900;
export const LATEST_YEAR = 2199;

/** Whether `YYYY-MM-DD` names a day of the (Gregorian) calendar, within the years the service works with. */
export function isDay(value: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
  if (!match) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = month === 2 && leap ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
  return year >= EARLIEST_YEAR && year <= LATEST_YEAR && day >= 1 && day <= days;
}

function isMoment(value: string): boolean {
  return /^.{10}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/.test(value) && isDay(value.slice(0, 10));
}

const LANGUAGE = /^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$/;

function isLanguageTag(value: string): boolean {
  if (value.length > 35 || !LANGUAGE.test(value)) return false;
  try {
    return Intl.getCanonicalLocales(value).length === 1;
  } catch {
    return false;
  }
}

/** One mailbox, ASCII, as RFC 5321 lets it be transported; no display name, no comment, no quoting. */
const EMAIL =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}$/;
const isEmail = (value: string): boolean => value.length <= 254 && value.indexOf('@') <= 64 && EMAIL.test(value);

const PHONE = /^\+?[0-9 ()/-]+$/;

/** Written as people write it; 5 to 15 digits (ITU-T E.164 knows no longer number). */
function isPhone(value: string): boolean {
  if (value.length > 30 || !PHONE.test(value)) return false;
  const digits = value.replace(/\D/g, '').length;
  return digits >= 5 && digits <= 15;
}

/** Characters of padded base64 that so many bytes take. */
export const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3);
const POSTCODE = /^[0-9]{5}$/;
const SHA256 = /^[0-9a-f]{64}$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

function base64Problem(maxBytes: number, value: string): string | null {
  if (value.length > base64Length(maxBytes)) return `holds more than ${maxBytes} bytes`;
  if (value.length % 4 !== 0 || !BASE64.test(value)) return 'is not padded base64 (RFC 4648 section 4)';
  return null;
}

/** What is wrong with a string of that shape, as the rest of a sentence; null when nothing is. */
export function stringProblem(shape: StringShape, value: string): string | null {
  switch (shape.type) {
    case 'name':
    case 'text':
    case 'longText':
      return textProblem(shape, value);
    case 'fileName':
      return (
        textProblem(shape, value) ??
        (FORBIDDEN_IN_A_FILE_NAME.test(value) ? 'is not a plain file name: no path, no leading dot' : null)
      );
    case 'date':
      return isDay(value) ? null : `is not a day of the calendar, YYYY-MM-DD, ${EARLIEST_YEAR} to ${LATEST_YEAR}`;
    case 'instant':
      return isMoment(value) ? null : 'is not an instant in UTC with milliseconds, as in 2026-11-02T09:30:00.000Z';
    case 'language':
      return isLanguageTag(value) ? null : 'is not a BCP 47 language tag such as de, tr, kmr or pt-BR';
    case 'email':
      return isEmail(value) ? null : 'is not one plain e-mail address of at most 254 characters';
    case 'phone':
      return isPhone(value) ? null : 'is not a phone number: 5 to 15 digits, with + ( ) / - and spaces at most';
    case 'postcode':
      return POSTCODE.test(value) ? null : 'is not a German postcode of five digits';
    case 'sha256':
      return SHA256.test(value) ? null : 'is not a SHA-256 of 64 hexadecimal digits in lower case';
    case 'base64':
      return base64Problem(shape.maxBytes, value);
  }
}

/** The same rules as far as the keywords of JSON Schema 2020-12 can say them. */
export function stringKeywords(shape: StringShape): Readonly<Record<string, string | number>> {
  switch (shape.type) {
    case 'name':
    case 'text':
    case 'longText':
    case 'fileName':
      return { minLength: 1, maxLength: shape.max };
    case 'date':
      return { format: 'date' };
    case 'instant':
      return { format: 'date-time', pattern: '\\.[0-9]{3}Z$' };
    case 'language':
      return { pattern: LANGUAGE.source, maxLength: 35 };
    case 'email':
      return { format: 'email', maxLength: 254 };
    case 'phone':
      return { pattern: PHONE.source, minLength: 5, maxLength: 30 };
    case 'postcode':
      return { pattern: POSTCODE.source };
    case 'sha256':
      return { pattern: SHA256.source };
    case 'base64':
      return { contentEncoding: 'base64', minLength: 4, maxLength: base64Length(shape.maxBytes) };
  }
}
