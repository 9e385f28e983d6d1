/** Requests to the REST door: operations of openapi.yaml as they are described, with headers, paths and methods that are not. */
import { argumentsFor } from './bodies.ts';
import { DESCRIBED, type Described, type Json } from './description.ts';
import type { Pools } from './pools.ts';
import type { Request } from './request.ts';
import { MARKER, type Values } from './values.ts';

/** How often each is asked for, readings being one; a world needs things more than it needs ends of them. */
const WEIGHT: Readonly<Record<string, number>> = {
  createClient: 3,
  addEntry: 3,
  createLaufzettel: 4,
  recordStatement: 4,
  recordConsentForm: 2,
  forwardLaufzettel: 5,
  getForwarding: 3,
  listInbox: 2,
  acceptForwarding: 4,
  progressForwarding: 3,
  createRequest: 4,
  redeemLinkCode: 2,
  registerSystem: 2,
  eraseClient: 0.2,
};
const WEIGHTED: readonly Described[] = DESCRIBED.flatMap((one) =>
  Array.from({ length: Math.ceil((WEIGHT[one.id] ?? 1) * 5) }, () => one),
);

export const anyOperation = ({ random }: Values): Described => random.pick(WEIGHTED);

export function restRequest(values: Values, pools: Pools, caller: string): Request {
  const { random } = values;
  const operation = anyOperation(values);
  const { params, query, body } = argumentsFor(operation, values, pools, caller);
  const headers = headersFor(values, operation.method);
  const spoilt = random.chance(0.04);
  const method = spoilt ? random.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) : operation.method;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => encoded(params[name]));
  const search = searchOf(query);
  const place = spoilt
    ? random.pick([path, `${path}/`, `${path}/${MARKER}`, path.toUpperCase(), path.replace('/v1', '/v2'), `/${path}`])
    : path;
  const text = body === undefined ? undefined : bodyText(values, body);
  if (text !== undefined)
    headers['content-type'] = random.chance(0.99)
      ? 'application/json'
      : random.pick(['text/plain', 'application/xml', 'application/json; charset=utf-16']);
  return {
    door: 'REST',
    method,
    path: `${place}${search}`,
    headers,
    ...(text !== undefined && { body: text }),
    operation,
    asDescribed: !spoilt,
  };
}

const encoded = (value: unknown): string => encodeURIComponent(String(value).toWellFormed()) || '%20';

function searchOf(query: Record<string, Json>): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}=${encoded(typeof one === 'object' ? JSON.stringify(one) : one)}`),
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** JSON, and now and then what only nearly is. */
export function bodyText({ random }: Values, body: Json): string {
  const text = JSON.stringify(body);
  if (!random.chance(0.03)) return text;
  const cut = random.below(text.length + 1);
  return random.pick([
    text.slice(0, cut),
    `${text.slice(0, cut)}\u0000${text.slice(cut)}`,
    `${text}${text}`,
    text.replace('{', '{"__proto__":{"polluted":1},'),
    text.replaceAll('"', "'"),
    `[${text}]`,
    text.replace(/:\d+/, ':1e400'),
  ]);
}

export function headersFor(values: Values, method: string): Record<string, string> {
  const { random } = values;
  const headers: Record<string, string> = {};
  if (random.chance(0.3))
    headers['accept-language'] = random.pick(['de', 'en', 'tr, de;q=0.5', '*', 'x'.repeat(300), ';;q=']);
  if (random.chance(0.2))
    headers['laufzettel-caseworker'] = random.pick(['m.17', 'k_4', `${MARKER} Erika`, 'x'.repeat(65), 'a@b']);
  if (method === 'POST' && random.chance(0.3))
    headers['idempotency-key'] = random.pick([
      `key-${random.below(40)}`,
      `key-${random.below(1_000_000)}`,
      'a b',
      'k'.repeat(201),
    ]);
  if (random.chance(0.05)) headers['if-match'] = random.pick(['*', '"x"', 'W/"x"', 'x', '"', `"${MARKER}"`]);
  if (random.chance(0.05)) headers['if-none-match'] = random.pick(['*', '"x"', 'x,,']);
  return headers;
}
