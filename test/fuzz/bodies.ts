/** Arguments of an operation: from its documented example with other ids and days, or from its schema alone. */
import { DESCRIBED, type Described, type Json } from './description.ts';
import { KIND_OF_MEMBER, LINK_CODE, type Pools } from './pools.ts';
import { MARKER, type Values } from './values.ts';

export interface Arguments {
  params: Record<string, string>;
  query: Record<string, Json>;
  body?: Json;
}

export const DESCRIPTION = new Map(DESCRIBED.map((one) => [one.id, one]));

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** So few that one is met again. */
const systemName = ({ random }: Values): string => `system-${random.below(8)}`;

/** Days of the examples that have to be near to today, whenever that is. */
const DAYS: Readonly<Record<string, number>> = { statedAt: -1, validFrom: -1, validUntil: 180, dueDate: 30, from: -30 };
const dayFromNow = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

export function argumentsFor(operation: Described, values: Values, pools: Pools, caller: string): Arguments {
  const { random } = values;
  const params: Record<string, string> = {};
  const query: Record<string, Json> = {};
  for (const { name, in: place, schema } of operation.parameters) {
    if (place === 'path') {
      const isSystem = name === 'clientId' && operation.path.includes('/systems/');
      params[name] = isSystem ? systemName(values) : pools.id(random, caller, KIND_OF_MEMBER[name] ?? 'client');
    } else if (place === 'query' && random.chance(0.3))
      query[name] = random.chance(0.85) ? values.of(schema, name) : values.wild();
  }
  if (operation.body === undefined || (!operation.body.required && random.chance(0.2))) return { params, query };
  const { schema, example } = operation.body;
  let body = example !== undefined && random.chance(0.75) ? renewed(example, values, pools, caller) : values.of(schema);
  if (typeof body === 'object' && body !== null && 'expectedVersion' in body && random.chance(0.9)) {
    body.expectedVersion = pools.versionOf(Object.values(params)[0]) ?? body.expectedVersion;
  }
  // The second time it says what follows.
  if (random.chance(0.3) && schemaHas(operation, 'confirm')) body = { ...body, confirm: true };
  while (random.chance(0.25)) body = values.spoilt(body);
  return { params, query, body };
}

const schemaHas = ({ body }: Described, name: string): boolean =>
  JSON.stringify(body?.schema ?? '').includes(`"${name}"`);

function renewed(example: Json, values: Values, pools: Pools, caller: string, name = ''): Json {
  if (Array.isArray(example)) return example.map((one) => renewed(one, values, pools, caller, name));
  if (typeof example === 'object' && example !== null) {
    return Object.fromEntries(
      Object.entries(example).map(([member, one]) => [member, renewed(one, values, pools, caller, member)]),
    );
  }
  if (typeof example !== 'string') return example;
  if (name === 'clientId' && !UUID.test(example)) return systemName(values);
  if (LINK_CODE.test(example)) return pools.id(values.random, caller, 'code');
  const kind = KIND_OF_MEMBER[name];
  if (kind !== undefined) return pools.id(values.random, caller, kind);
  if (DAYS[name] !== undefined && /^\d{4}-\d\d-\d\d$/.test(example)) return dayFromNow(DAYS[name]);
  if (name === 'fileReference') return `${MARKER} ${values.random.below(500)}`;
  return example;
}
