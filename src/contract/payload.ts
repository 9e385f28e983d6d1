/**
 * The catalogue as zod schemas: what an entry may hold, to the letter. Nothing here knows a field by its name.
 *
 * Every message is our own and speaks of the rule only: neither a value nor the name of an unknown field comes back, for
 * either may be personal data, and errors travel to logs and screens that the payload never reaches.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
  ALWAYS_SECRET_CATEGORIES,
  ARTICLE_9_CATEGORIES,
  CATALOGUE,
  CATEGORIES,
  type Category,
  type CategoryDefinition,
  coreOf,
  GUARDED_CATEGORIES,
  type PayloadOf,
  USUALLY_SECRET_CATEGORIES,
} from '../domain/catalogue.ts';
import {
  type Field,
  type Fields,
  meaningOf,
  normalised,
  type RecordShape,
  type Shape,
  type StringShape,
  stringKeywords,
  stringProblem,
} from '../domain/fields.ts';
import type { FieldError } from '../domain/problem.ts';
import { id, instant } from './common.ts';

const MAX_ERRORS = 100;
const MAX_CONCERNS = 20;

/** A zod error map: says that a value is missing, or else what it would have to be. */
function expected(sentence: string) {
  return ({ input }: { input?: unknown }): string => {
    if (input === undefined) return 'is required';
    return input === null ? 'is null; what has no content is left out' : sentence;
  };
}

function stringSchema(shape: StringShape): z.ZodType {
  return z
    .string({ error: expected('is not a string') })
    .overwrite((value) => normalised(shape, value))
    .check((context) => {
      const message = stringProblem(shape, context.value);
      if (message) context.issues.push({ code: 'custom', message, input: context.value });
    })
    .meta(stringKeywords(shape));
}

function schemaOf(shape: Shape): z.ZodType {
  switch (shape.type) {
    case 'code':
      return z.enum(shape.codes, { error: expected(`is none of ${shape.codes.join(', ')}`) });
    case 'boolean':
      return z.boolean({ error: expected('is not true or false') });
    case 'integer': {
      const sentence = `is not a whole number from ${shape.min} to ${shape.max}`;
      return z
        .int({ error: expected(sentence) })
        .min(shape.min, sentence)
        .max(shape.max, sentence);
    }
    case 'list':
      return z
        .array(schemaOf(shape.of), { error: expected('is not a list') })
        .min(1, 'is empty; leave the field out instead')
        .max(shape.max, `has more than ${shape.max} items`);
    case 'record':
      return recordSchema(shape);
    default:
      return stringSchema(shape);
  }
}

function fieldSchema(field: Field): z.ZodType {
  const schema = schemaOf(field);
  const described = schema.meta({ ...schema.meta(), description: meaningOf(field) });
  return field.required ? described : described.optional();
}

type Sentence = readonly [field: string, detail: string];

/** Rules between fields; asked only when each field is right by itself. */
function* brokenRules(shape: RecordShape, value: Record<string, unknown>): Generator<Sentence> {
  for (const [first, second] of shape.inOrder ?? []) {
    const [from, until] = [value[first], value[second]];
    if (typeof from === 'string' && typeof until === 'string' && until < from) yield [second, `lies before ${first}`];
  }
  for (const [name, field] of Object.entries(shape.fields)) {
    const text = value[name];
    if (field.type !== 'base64' || typeof text !== 'string') continue;
    const bytes = Buffer.from(text, 'base64');
    if (bytes.toString('base64') !== text) yield [name, 'is not canonical base64 (RFC 4648 section 3.5)'];
    if (bytes.length > field.maxBytes) yield [name, `holds more than ${field.maxBytes} bytes`];
    if (value[field.sizeIn] !== bytes.length) yield [field.sizeIn, `is not the number of bytes in ${name}`];
    const digest = createHash('sha256').update(bytes).digest('hex');
    if (value[field.sha256In] !== digest) yield [field.sha256In, `is not the SHA-256 of ${name}`];
  }
}

/** Takes the names of unknown fields out of the issue: a ZodError may be logged as it is. */
const forgetNames = z.check<object>(({ issues }) => {
  for (const issue of issues) if (issue.code === 'unrecognized_keys') Object.assign(issue, { keys: [] });
});
forgetNames._zod.def.when = () => true; // also when the object is refused already

/** A strict object whose errors name the known fields, never the unknown ones. */
function closedObject(members: Record<string, z.ZodType>): z.ZodObject {
  const known = Object.keys(members).join(', ');
  return z
    .strictObject(members, {
      error: (issue) =>
        issue.code === 'unrecognized_keys'
          ? `has a field that is not known here; known are ${known}`
          : expected('is not an object')(issue),
    })
    .check(forgetNames);
}

const hasRequired = (fields: Fields): boolean => Object.values(fields).some((field) => field.required);

/** A closed object with at least one field. */
function recordSchema(shape: RecordShape): z.ZodType {
  const members = Object.entries(shape.fields).map(([name, field]) => [name, fieldSchema(field)]);
  const known = Object.keys(shape.fields).join(', ');
  return closedObject(Object.fromEntries(members))
    .check((context) => {
      const value = context.value as Record<string, unknown>;
      if (Object.values(value).every((member) => member === undefined)) {
        context.issues.push({ code: 'custom', message: `is empty; it needs one of ${known}`, input: value });
      }
      for (const [field, message] of brokenRules(shape, value)) {
        context.issues.push({ code: 'custom', message, path: [field], input: value });
      }
    })
    .meta(hasRequired(shape.fields) ? {} : { minProperties: 1 });
}

const forEachCategory = <Value>(make: (category: Category) => Value): Record<Category, Value> =>
  Object.fromEntries(CATEGORIES.map((category) => [category, make(category)])) as Record<Category, Value>;

/** `BERATUNGSNOTIZ` → `BeratungsnotizPayload`, a name for a component of an API description. */
const titleOf = (category: Category, suffix: string): string => category[0] + category.slice(1).toLowerCase() + suffix;

export const PAYLOAD_SCHEMAS = forEachCategory((category) => {
  const definition: CategoryDefinition = CATALOGUE[category];
  const schema = recordSchema(definition);
  return schema.meta({
    ...schema.meta(),
    title: titleOf(category, 'Payload'),
    description: `${definition.description}.`,
  });
}) as { readonly [C in Category]: z.ZodType<PayloadOf<C>, PayloadOf<C>> };

export type ParsedPayload<C extends Category> =
  | { ok: true; payload: PayloadOf<C> }
  | { ok: false; errors: FieldError[] };

/** Reads what claims to be a payload of that category. Pointers are relative to the payload. */
export function parsePayload<C extends Category>(category: C, value: unknown): ParsedPayload<C> {
  const schema: z.ZodType<PayloadOf<C>> = PAYLOAD_SCHEMAS[category];
  const result = schema.safeParse(value);
  return result.success ? { ok: true, payload: result.data } : { ok: false, errors: fieldErrors(result.error) };
}

/** A zod error as field errors, at most 100; `prefix` is the pointer to what was parsed. */
export function fieldErrors(error: z.ZodError, prefix = ''): FieldError[] {
  return error.issues.slice(0, MAX_ERRORS).map((issue) => ({
    pointer: issue.path.reduce<string>((pointer, step) => `${pointer}/${escapeStep(step)}`, prefix),
    detail: issue.message,
  }));
}

/** RFC 6901 section 3. */
const escapeStep = (step: PropertyKey): string => String(step).replaceAll('~', '~0').replaceAll('/', '~1');

export type FilingCategory = Exclude<Category, 'DOKUMENT'>;
const FILING_CATEGORIES = CATEGORIES.filter((category): category is FilingCategory => category !== 'DOKUMENT');

/** An entry as its author sends it. What the marks have to be is for `marksOf` to say (domain/marks.ts). */
export type EntryBody = {
  [C in Category]: {
    category: C;
    payload: PayloadOf<C>;
    secrecy?: boolean;
    guardFrom?: string | null;
    filedUnder?: C extends 'DOKUMENT' ? FilingCategory[] : null;
    concerns?: string[];
  };
}[Category];

export const filedUnderSchema = z
  .array(z.enum(FILING_CATEGORIES, { error: expected(`is none of ${FILING_CATEGORIES.join(', ')}`) }), {
    error: expected('is not a list'),
  })
  .min(1, 'is empty; a document is filed under at least one category')
  .max(FILING_CATEGORIES.length, `has more than ${FILING_CATEGORIES.length} items`)
  .describe('Every category that the content belongs to; required');

/** Marks that an entry of any category may have; the same in a correction, where leaving out means something else. */
export const markSchemas = {
  secrecy: z.boolean({ error: expected('is not true or false') }).optional(),
  guardFrom: instant.nullable().optional(),
  concerns: z
    .array(id, { error: expected('is not a list') })
    .min(1, 'is empty; leave it out when it is the client alone')
    .max(MAX_CONCERNS, `has more than ${MAX_CONCERNS} items`)
    .optional(),
};

function entrySchema(category: Category): z.ZodObject {
  const { secrecy, guardFrom, concerns } = markSchemas;
  const members = {
    category: z.literal(category),
    payload: PAYLOAD_SCHEMAS[category],
    secrecy: secrecy.describe('Written under professional secrecy (§ 203 StGB). Left out: as the catalogue has it'),
    guardFrom: guardFrom.describe(
      'From then on no public body may learn it; null: never. Left out: as the catalogue has it',
    ),
    filedUnder:
      category === 'DOKUMENT'
        ? filedUnderSchema
        : z.null({ error: 'is for a DOKUMENT only' }).optional().describe('Only a DOKUMENT is filed'),
    concerns: concerns.describe('Your own handles on every person the entry is about. Left out: the client alone'),
  };
  return closedObject(members).meta({
    title: titleOf(category, 'Entry'),
    description: `${CATALOGUE[category].description}.`,
  });
}

export const entryBodySchema = z
  .discriminatedUnion('category', CATEGORIES.map(entrySchema) as [z.ZodObject, ...z.ZodObject[]], {
    error: expected(`has none of the categories ${CATEGORIES.join(', ')}`),
  })
  .meta({
    title: 'EntryBody',
    description: 'One piece of personal data: one category, its payload and its marks.',
  }) as unknown as z.ZodType<EntryBody, EntryBody>;

/** The catalogue as `GET /v1/catalogue` answers it; `payload` is JSON Schema 2020-12. */
export function catalogueView() {
  return {
    categories: CATEGORIES.map((category) => {
      const definition: CategoryDefinition = CATALOGUE[category];
      return {
        category,
        description: `${definition.description}.`,
        article9: ARTICLE_9_CATEGORIES.includes(category),
        alwaysSecret: ALWAYS_SECRET_CATEGORIES.includes(category),
        usuallySecret: USUALLY_SECRET_CATEGORIES.includes(category),
        residenceGuard: GUARDED_CATEGORIES.includes(category),
        concernsOthers: definition.concernsOthers === true,
        jointDocument: definition.jointDocument === true,
        coreOf: coreOf(category),
        payload: z.toJSONSchema(PAYLOAD_SCHEMAS[category], { io: 'input' }) as Record<string, unknown>,
      };
    }),
  };
}
