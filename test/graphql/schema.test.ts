/** schema.graphql is written by hand; here it is held against the table of operations, in both directions. */
import {
  buildSchema,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { z } from 'zod';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { isBodyOptional } from '../../src/contract/run.ts';
import { schemaText } from '../../src/graphql/schema.ts';
import { t } from '../support/t.ts';

const operations: readonly Operation[] = OPERATIONS;
const schema = buildSchema(schemaText());
const roots = { query: schema.getQueryType()!.getFields(), mutation: schema.getMutationType()!.getFields() };

/** A JSON Schema, as zod makes it. */
interface Json {
  type?: string | string[];
  format?: string;
  enum?: string[];
  const?: string;
  anyOf?: Json[];
  oneOf?: Json[];
  properties?: Record<string, Json>;
  required?: string[];
  items?: Json;
  additionalProperties?: boolean | Json;
}
const jsonOf = (schema: z.ZodType, io: 'input' | 'output') => z.toJSONSchema(schema, { io }) as Json;

/** A shape without null, and whether null is one of its values. */
function withoutNull(json: Json): { shape: Json; isNullable: boolean } {
  const alternatives = json.anyOf ?? [];
  const others = alternatives.filter((one) => one.type !== 'null');
  if (others.length < alternatives.length) {
    return { shape: others.length === 1 ? others[0]! : { anyOf: others }, isNullable: true };
  }
  if (!Array.isArray(json.type)) return { shape: json, isNullable: json.type === 'null' };
  const [type = ''] = json.type.filter((one) => one !== 'null');
  return { shape: { ...json, type }, isNullable: json.type.includes('null') };
}

const isName = (value: unknown) => typeof value === 'string' && /^[A-Za-z_]\w*$/.test(value);

/** The name of the scalar that carries the shape. */
function scalarOf(json: Json): string | undefined {
  const formats = (json.anyOf ?? []).map((one) => one.format).sort();
  if (formats.join() === 'date,date-time') return 'DateOrDateTime';
  if (json.type === 'object' && json.additionalProperties) return 'JSON';
  if (json.type === 'string') {
    return { uuid: 'ID', date: 'Date', 'date-time': 'DateTime' }[json.format ?? ''] ?? 'String';
  }
  return { integer: 'Int', boolean: 'Boolean' }[String(json.type)];
}

type Type = GraphQLOutputType | GraphQLInputType;

/** What differs, as sentences; none when they agree. */
function* differences(type: Type, json: Json, where: string): Generator<string> {
  const nullable = getNullableType(type);
  const values = json.enum ?? (json.const === undefined ? undefined : [json.const]);
  if (isListType(nullable)) {
    if (json.type !== 'array' || !json.items) yield `${where} is no list`;
    else yield* membersDiffer(nullable.ofType, json.items, true, `${where}[]`);
  } else if (isEnumType(nullable)) {
    const names = nullable.getValues().map((value) => value.name);
    const expected = where.endsWith('.filedUnder[]') ? names.filter((name) => name !== 'DOKUMENT') : names;
    if (expected.join() !== values?.join() && names.join() !== values?.join())
      yield `${where} has the values ${values}, ${nullable.name} ${names}`;
  } else if (isObjectType(nullable) || isInputObjectType(nullable)) {
    yield* objectsDiffer(nullable, json, where);
  } else if (isScalarType(nullable)) {
    // A payload has a shape for each category; GraphQL leaves it to the catalogue.
    if (nullable.name === 'JSON' && (json.type === 'object' || where.endsWith('.payload'))) return;
    if (values && values.length > 1 && values.every(isName)) yield `${where} is an enum, not ${nullable.name}`;
    else if (scalarOf(json) !== nullable.name) yield `${where} is a ${scalarOf(json)}, not a ${nullable.name}`;
  } else {
    yield `${where} is of a type that this test does not know`;
  }
}

function* membersDiffer(type: Type, json: Json, isRequired: boolean, where: string): Generator<string> {
  const { shape, isNullable } = withoutNull(json);
  const mayBeMissing = isNullable || !isRequired;
  if (isNonNullType(type) === mayBeMissing) yield `${where} may ${mayBeMissing ? '' : 'not '}be null`;
  // A member that can only be null says nothing of its type.
  if (shape.type !== 'null') yield* differences(type, shape, where);
}

/** A union may be one of unions. */
const variantsOf = (json: Json): Json[] => (json.oneOf ?? json.anyOf)?.flatMap(variantsOf) ?? [json];

/** A union is one input type that has the members of all its variants; required are those that are so in each. */
function* objectsDiffer(type: GraphQLNamedType, json: Json, where: string): Generator<string> {
  if (!isObjectType(type) && !isInputObjectType(type)) return;
  const variants = variantsOf(json);
  const fields = type.getFields();
  const names = new Set(variants.flatMap((variant) => Object.keys(variant.properties ?? {})));
  for (const name of Object.keys(fields)) if (!names.has(name)) yield `${where}.${name} is in no contract`;
  for (const name of names) {
    const field = fields[name];
    const members = variants.flatMap((variant) => variant.properties?.[name] ?? []);
    const isRequired = variants.every((variant) => variant.required?.includes(name));
    if (!field) yield `${where}.${name} is not in ${type.name}`;
    else yield* membersDiffer(field.type, merged(members), isRequired, `${where}.${name}`);
  }
}

/** The members of one name in several variants as one: constants become an enum. */
function merged(members: Json[]): Json {
  const shapes = members.map(withoutNull);
  const meaningful = shapes.map(({ shape }) => shape).filter((shape) => shape.type !== 'null');
  const [first = { type: 'null' }] = meaningful;
  const isNullable = shapes.some((one) => one.isNullable);
  const constants = meaningful.map((shape) => shape.const);
  const shape = constants.every((one) => one !== undefined)
    ? { type: 'string', enum: [...new Set(constants)] as string[] }
    : first;
  return isNullable ? { anyOf: [shape, { type: 'null' }] } : shape;
}

t.test('every field is an operation', async (t) => {
  for (const kind of ['query', 'mutation'] as const) {
    const expected = operations.filter((one) => one.graphql.type === kind).map((one) => one.graphql.field);
    t.same(Object.keys(roots[kind]).sort(), expected.sort(), kind);
  }
  t.equal(new Set(operations.map((one) => one.graphql.field)).size, operations.length, 'by a name of its own');
});

t.test('what can be subscribed to is what can be listed, from the same place', async (t) => {
  const { events, ...others } = schema.getSubscriptionType()!.getFields();
  t.same(Object.keys(others), []);
  const listed = roots.query.events!;
  t.same(
    events!.args.map(({ name, type, description }) => ({ name, type: String(type), description })),
    listed.args
      .filter(({ name }) => name === 'after')
      .map(({ name, type, description }) => ({ name, type: String(type), description })),
  );
  t.equal(String(events!.type), 'Event!');
  t.ok(events!.description);
});

for (const operation of operations) {
  const { type: kind, field: name } = operation.graphql;
  const field = roots[kind][name];
  if (!field) continue;
  t.test(`${name}: the same arguments and members`, async (t) => {
    const found: string[] = [];
    const { params, query, body } = operation;
    const flat = z.object({ ...params?.shape, ...query?.shape });
    const { properties = {}, required = [] } = jsonOf(flat, 'input');
    const expected = [...Object.keys(properties), ...(body ? ['input'] : [])];
    t.same(
      field.args.map((argument) => argument.name),
      expected,
    );
    for (const argument of field.args) {
      if (argument.name === 'input') {
        found.push(...membersDiffer(argument.type, jsonOf(body!, 'input'), !isBodyOptional(operation), 'input'));
      } else {
        const json = properties[argument.name]!;
        found.push(...membersDiffer(argument.type, json, required.includes(argument.name), argument.name));
      }
    }
    // Nullable, so that the problem of one field leaves the others their answers.
    found.push(...membersDiffer(field.type, jsonOf(operation.output, 'output'), false, name));
    t.same(found, []);
  });
}

t.test('everything is described', async (t) => {
  const OBVIOUS = new Set(['id', 'clientId', 'agencyId', 'input']);
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__') || ['ID', 'Int', 'String', 'Boolean'].includes(type.name)) continue;
    t.ok(type.description, type.name);
  }
  for (const [name, field] of [...Object.entries(roots.query), ...Object.entries(roots.mutation)]) {
    t.ok(field.description, name);
    for (const argument of field.args)
      t.ok(argument.description || OBVIOUS.has(argument.name) || /Id$/.test(argument.name));
  }
});
