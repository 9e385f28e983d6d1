/** Requests to the GraphQL door, made from schema.graphql: one operation or several, any fields below, and what is not quite a document. */
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { schemaText } from '../../src/graphql/schema.ts';
import { argumentsFor, DESCRIPTION } from './bodies.ts';
import type { Described, Json } from './description.ts';
import type { Pools } from './pools.ts';
import type { Request } from './request.ts';
import { anyOperation, bodyText, headersFor } from './rest-requests.ts';
import { MARKER, type Values } from './values.ts';

export interface Selected {
  /** By which the answer names it. */
  name: string;
  type: GraphQLOutputType;
  below: readonly Selected[];
  /** Of a field of the root. */
  operation?: Described;
  isMutation?: boolean;
}

const schema = buildSchema(schemaText());
const FIELD = new Map<string, { type: 'query' | 'mutation'; field: string }>(
  OPERATIONS.map((one) => [one.id, one.graphql]),
);
const MOST_DEPTH = 6;

export function graphqlRequest(values: Values, pools: Pools, caller: string): Request {
  const { random } = values;
  const first = anyOperation(values);
  const { type } = FIELD.get(first.id)!;
  const operations = [first];
  while (random.chance(0.2) && operations.length < 4) {
    const next = anyOperation(values);
    if (FIELD.get(next.id)!.type === type) operations.push(next);
  }
  const variables: Record<string, Json> = {};
  const declared: string[] = [];
  const selected: Selected[] = [];
  const fields = operations.map((operation, index) => {
    const root = type === 'query' ? schema.getQueryType()! : schema.getMutationType()!;
    const field = root.getFields()[FIELD.get(operation.id)!.field]!;
    const alias = operations.length > 1 || random.chance(0.2) ? `a${index}` : undefined;
    const below = selectionOf(values, field.type, 1);
    selected.push({ name: alias ?? field.name, type: field.type, below, operation, isMutation: type === 'mutation' });
    const passed = argumentsOf(values, field, argumentsFor(operation, values, pools, caller), {
      variables,
      declared,
      index,
    });
    return `${alias ? `${alias}: ` : ''}${field.name}${passed}${textOf(below)}`;
  });
  const head = declared.length === 0 ? '' : `(${declared.join(', ')})`;
  let query = `${type} ${random.chance(0.3) ? 'Fuzz' : ''}${head} { ${fields.join(' ')} }`;
  const spoilt = random.chance(0.08);
  if (spoilt) query = spoiltDocument(values, query);
  const body: Json = { query, variables };
  if (random.chance(0.02)) body[random.pick(['operationName', 'extensions', 'variables'])] = values.wild();
  const headers = headersFor(values, 'POST');
  delete headers['if-match'];
  delete headers['if-none-match'];
  return {
    door: 'GraphQL',
    method: 'POST',
    path: '/graphql',
    headers: { ...headers, 'content-type': 'application/json' },
    body: bodyText(values, body),
    ...(spoilt ? {} : { selected }),
  };
}

function selectionOf({ random }: Values, type: GraphQLOutputType, depth: number): Selected[] {
  const named = getNamedType(type);
  if (!isObjectType(named)) return [];
  const fields = Object.values(named.getFields());
  const all = random.chance(0.25);
  const wanted = fields.filter((one) => all || one.name === 'id' || one.name === 'version' || random.chance(0.4));
  return (wanted.length === 0 ? fields.slice(0, 1) : wanted)
    .map((one) => ({
      name: one.name,
      type: one.type,
      below: depth < MOST_DEPTH ? selectionOf({ random } as Values, one.type, depth + 1) : [],
    }))
    .filter((one) => one.below.length > 0 || !isObjectType(getNamedType(one.type)));
}

const textOf = (below: readonly Selected[]): string => (below.length === 0 ? ' { __typename }' : inner(below));
const inner = (below: readonly Selected[]): string =>
  below.length === 0 ? '' : ` { ${below.map((one) => `${one.name}${inner(one.below)}`).join(' ')} }`;

interface Around {
  variables: Record<string, Json>;
  declared: string[];
  index: number;
}

function argumentsOf(
  { random }: Values,
  { args }: GraphQLField<unknown, unknown>,
  { params, query, body }: { params: Json; query: Json; body?: Json },
  { variables, declared, index }: Around,
): string {
  const given: Record<string, Json> = { ...params, ...query, ...(body === undefined ? {} : { input: body }) };
  const passed = args
    .filter((one) => one.name in given || (isNonNullType(one.type) && random.chance(0.5)))
    .map((one) => {
      if (random.chance(0.35)) return `${one.name}: ${literal(given[one.name] ?? null, one.type)}`;
      const name = `v${index}_${one.name}`;
      if (one.name in given) variables[name] = given[one.name];
      declared.push(`$${name}: ${one.type}`);
      return `${one.name}: $${name}`;
    });
  if (random.chance(0.02)) passed.push(`${MARKER}: 1`);
  return passed.length === 0 ? '' : `(${passed.join(', ')})`;
}

/** As it would be written in a document, whether it fits there or not. */
function literal(value: Json, type: GraphQLInputType | undefined): string {
  const nullable = type && getNullableType(type);
  if (Array.isArray(value))
    return `[${value.map((one) => literal(one, isListType(nullable) ? nullable.ofType : undefined)).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const types = isInputObjectType(nullable) ? nullable.getFields() : {};
    const members = Object.entries(value).filter(([name]) => /^[A-Za-z_]\w*$/.test(name));
    return `{${members.map(([name, one]) => `${name}: ${literal(one, types[name]?.type)}`).join(', ')}}`;
  }
  if (typeof value === 'string' && isEnumType(nullable) && /^[A-Za-z_]\w*$/.test(value)) return value;
  if (typeof value === 'number' && !Number.isFinite(value)) return '1e400';
  return JSON.stringify(value) ?? 'null';
}

function spoiltDocument({ random }: Values, query: string): string {
  const place = random.below(query.length);
  return random.pick([
    () => query.slice(0, place),
    () =>
      query.slice(0, place) +
      random.pick(['{', '}', '(', '"', '$', '@', '...', '\u0000', MARKER, '#', '"""', ' @skip(if: $x) ']) +
      query.slice(place),
    () => query.replace(/\{/, `{ ${MARKER} `),
    () => `${query.replace(/\{/, '{ ...F ')} fragment F on Query { ...F }`,
    () => `${query} ${query}`,
    () => query.replace(/\{ /, '{ __typename __schema { types { name } } '),
    () => query.replace(/^(query|mutation)/, 'subscription'),
    () => query.replaceAll(/ id /g, ` ${' x: id'.repeat(random.below(150))} `),
    () => query.replaceAll(/\{/g, '{{'),
  ])();
}

/** What in an answer is not of its type; null: nothing. A null is the caller's to find wrong where an error says why. */
export function misshapen(data: Json, type: GraphQLOutputType, below: readonly Selected[], at: string): string | null {
  if (isNonNullType(type))
    return data === null || data === undefined ? `${at} is null` : misshapen(data, type.ofType, below, at);
  if (data === null) return null;
  if (data === undefined) return `${at} is missing`;
  if (isListType(type)) {
    if (!Array.isArray(data)) return `${at} is no list`;
    for (const [index, one] of data.entries()) {
      const fault = misshapen(one, type.ofType, below, `${at}/${index}`);
      if (fault !== null) return fault;
    }
    return null;
  }
  if (isEnumType(type)) return type.getValue(String(data)) ? null : `${at} is none of ${type.name}`;
  if (!isObjectType(type)) return leafFault(type.name, data) ? `${at} is no ${type.name}` : null;
  const names = below.length === 0 ? ['__typename'] : below.map((one) => one.name);
  const more = Object.keys(data).find((name) => !names.includes(name));
  if (more !== undefined) return `${at} has ${more}, which was not asked for`;
  for (const one of below) {
    const fault = misshapen(data[one.name], one.type, one.below, `${at}/${one.name}`);
    if (fault !== null) return fault;
  }
  return null;
}

const LEAVES: Readonly<Record<string, (value: Json) => boolean>> = {
  ID: (value) => typeof value === 'string',
  String: (value) => typeof value === 'string',
  Int: (value) => Number.isInteger(value),
  Boolean: (value) => typeof value === 'boolean',
  DateTime: (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  Date: (value) => /^\d{4}-\d\d-\d\d$/.test(value),
};
const leafFault = (name: string, value: Json): boolean => LEAVES[name]?.(value) === false;

export const operationOf = (id: string): Described => DESCRIPTION.get(id)!;
