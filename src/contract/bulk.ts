/**
 * Many operations in one request: a line each, and a line of its own in the answer. It is HTTP's alone (ADR 23), and nothing
 * is possible by it that is not possible one by one.
 */
import { z } from 'zod';
import type { Scope } from '../domain/permission.ts';
import type { FieldError } from '../domain/problem.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS, type OperationId } from './operations.ts';

/** What a case file of another system is made of. Not what sends anything: that is decided by somebody, one by one. */
export const BULK_OPERATION_IDS = [
  'createClient',
  'recordStatement',
  'recordRelease',
  'recordConsentForm',
  'addEntry',
  'createLaufzettel',
  'addToLaufzettel',
] as const satisfies readonly OperationId[];

export const BULK_OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>(
  BULK_OPERATION_IDS.map((id) => [id, OPERATIONS.find((operation) => operation.id === id)!]),
);

/** The caller needs one of these for an upload, and for each line what its operation needs. */
export const BULK_SCOPES: readonly Scope[] = [
  ...new Set([...BULK_OPERATIONS.values()].flatMap((operation) => operation.scopes)),
];

export const MOST_LINES = 100_000;

export const bulkLine = z.strictObject({
  operation: z.enum(BULK_OPERATION_IDS).describe('As over REST by its operationId'),
  key: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, 'is not 1 to 200 visible characters of ASCII, without spaces')
    .describe('Its Idempotency-Key'),
  params: z.record(z.string(), z.unknown()).default({}).describe('The parameters in the path of the operation'),
  body: z.unknown().optional().describe('The body of the operation'),
});
export type BulkLine = z.infer<typeof bulkLine>;

/** Parameters of an operation, none left out and none besides. Whether one is an id is for the operation to say. */
export const paramsOf = ({ params }: Operation): z.ZodType<Record<string, string>> =>
  z.strictObject(Object.fromEntries(Object.keys(params?.shape ?? {}).map((name) => [name, z.string()])));

/** `{"$ref": "the key of an earlier line"}` stands for the id of what that line made. */
const REFERENCE = '$ref';
/** Members that are ids of a caller's own things, and what leads to them. A payload is the client's: nothing in it is looked at. */
const WAYS = new Set(['params', 'body', 'clientId', 'laufzettelId', 'entryIds', 'entries', 'concerns']);

/**
 * The line with an id in the place of each reference.
 * @param idOf null: no earlier line with that key made anything.
 */
export function resolveReferences(
  line: BulkLine,
  idOf: (key: string) => string | null,
): { line: BulkLine; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const resolved = (value: unknown, pointer: string): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((one, place) => resolved(one, `${pointer}/${place}`));
    if (Object.hasOwn(value, REFERENCE)) return referred(value as Record<string, unknown>, pointer);
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        WAYS.has(name) ? resolved(member, `${pointer}/${name}`) : member,
      ]),
    );
  };
  const referred = (value: Record<string, unknown>, pointer: string): string | null => {
    const key = value[REFERENCE];
    if (typeof key !== 'string' || Object.keys(value).length > 1) {
      errors.push({ pointer, detail: 'is no reference: {"$ref": "key of an earlier line"} and nothing else' });
      return null;
    }
    const id = idOf(key);
    if (id === null) errors.push({ pointer, detail: 'refers to no earlier line that made something' });
    return id;
  };
  return { line: resolved(line, '') as BulkLine, errors };
}
