/**
 * An operation called by its id, at REST or at GraphQL, with the same input and the same kind of outcome; so a story is
 * told once and lived through both doors. Whatever succeeds is held against the contract's output schema on the way.
 */
import {
  buildSchema,
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { JWK } from 'jose';
import type { Test } from 'tap';
import { fetchToken } from '../../src/auth/client-credentials.ts';
import { type Operation, problemsOf } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { schemaText } from '../../src/graphql/schema.ts';
import { BODY_PROBLEMS } from '../../src/rest/openapi-problems.ts';
import type { Exchange, Partner } from './exchange.ts';
import { PersonalValues } from './personal-values.ts';
import { rememberKey, signedBody } from './signing.ts';

export type Door = 'REST' | 'GraphQL';
export const DOORS: readonly Door[] = ['REST', 'GraphQL'];

export interface Input {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Done {
  ok: true;
  /** It had been answered before, by its Idempotency-Key. */
  replayed: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there
  value: any;
}

export interface Refused {
  ok: false;
  replayed: boolean;
  code: string;
  status: number;
  /** Every other member of the problem but `instance`; the same at both doors. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  extra: Record<string, any>;
  /** The answer as it came, without the request id and the date. */
  bytes: string;
}

export type Outcome = Done | Refused;

/** A system at one door. */
export interface System {
  door: Door;
  url: string;
  token: string | undefined;
  call(id: OperationId, input?: Input): Promise<Outcome>;
  /** The value; throws when it is refused. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  done(id: OperationId, input?: Input): Promise<any>;
  /** The refusal; throws when it succeeds. */
  refused(id: OperationId, input?: Input): Promise<Refused>;
}

export const OPERATION = new Map<OperationId, Operation>(OPERATIONS.map((one) => [one.id, one]));
const schema = buildSchema(schemaText());

/** @param token undefined: sends none. */
export function systemAt(door: Door, url: string, token: string | undefined): System {
  const send = door === 'REST' ? callRest : callGraphql;
  const call = (id: OperationId, input: Input = {}): Promise<Outcome> =>
    send(url, token, OPERATION.get(id)!, input).then((outcome) => checked(id, outcome));
  return {
    door,
    url,
    token,
    call,
    async done(id, input) {
      const outcome = await call(id, input);
      if (outcome.ok) return outcome.value;
      throw new Error(`${id} by ${door} was refused: ${outcome.bytes}`);
    },
    async refused(id, input) {
      const outcome = await call(id, input);
      if (!outcome.ok) return outcome;
      throw new Error(`${id} by ${door} was not refused: ${JSON.stringify(outcome.value)}`);
    },
  };
}

/** Signs a version with the system's own key; that which is in force or drafted, unless told. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export async function sign(by: System, agreementId: string, number?: number): Promise<any> {
  return by.done('signAgreement', { params: { agreementId }, body: await signedBody(by, agreementId, number) });
}

/** Gets a token with the system's own key. */
export async function tokenOf(url: string, clientId: string, key: JWK): Promise<string> {
  const { accessToken } = await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId, key });
  rememberKey(accessToken, key);
  return accessToken;
}

/** Who a story calls by name. */
export type As = (partner: Partner) => Promise<System>;

type Tell = (t: Test, as: As, door: Door) => Promise<void>;

/** Runs a story once by each door, on one exchange: each run makes what it needs, and finds what the other left. */
export async function throughBothDoors(t: Test, exchange: Exchange, story: string, tell: Tell): Promise<void> {
  for (const door of DOORS) await throughDoor(door, t, exchange, story, tell);
}

/** Where each of many things is tried, and behind the second door the same code looks: REST, and both with TEST_DOORS=both. */
export const TRIED_DOORS: readonly Door[] = process.env.TEST_DOORS === 'both' ? DOORS : ['REST'];

/**
 * A story of what the use cases do, which are the same behind either door: by the door that its name draws, and by both with
 * TEST_DOORS=both. That the doors answer alike is what `test/contract` and `test/misuse` are about.
 */
export async function throughADoor(t: Test, exchange: Exchange, story: string, tell: Tell): Promise<void> {
  const drawn = [...story].reduce((sum, letter) => sum + letter.codePointAt(0)!, 0) % DOORS.length;
  const doors = process.env.TEST_DOORS === 'both' ? DOORS : [DOORS[drawn]!];
  for (const door of doors) await throughDoor(door, t, exchange, story, tell);
}

/** For a long story of what the use cases do, which are the same behind either door. */
export async function throughDoor(door: Door, t: Test, exchange: Exchange, story: string, tell: Tell): Promise<void> {
  await t.test(`${story} (${door})`, async (t) => {
    await tell(t, async (partner) => systemAt(door, exchange.url, (await exchange.as(partner)).token), door);
  });
}

function checked(id: OperationId, outcome: Outcome): Outcome {
  if (!outcome.ok) {
    const documented: readonly string[] = [...problemsOf(OPERATION.get(id)!), ...BODY_PROBLEMS];
    if (!documented.includes(outcome.code))
      throw new Error(`${id} answered ${outcome.code}, which it does not document`);
    return outcome;
  }
  const parsed = OPERATION.get(id)!.output.safeParse(outcome.value);
  if (!parsed.success) throw new Error(`${id} answered what its contract does not say: ${parsed.error.message}`);
  return outcome;
}

const headersOf = (token: string | undefined): Record<string, string> =>
  token === undefined ? {} : { authorization: `Bearer ${token}` };

/** The request by which a door is asked for an operation. */
export interface DoorRequest {
  method: 'GET' | 'POST';
  /** With the query. */
  path: string;
  body: unknown;
}

export const requestOf = (door: Door, operation: Operation, input: Input): DoorRequest =>
  (door === 'REST' ? restRequest : graphqlRequest)(operation, input);

function restRequest(operation: Operation, { params = {}, query = {}, body }: Input): DoorRequest {
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
  const search = new URLSearchParams(
    // A list is the parameter repeated.
    Object.entries(query).flatMap(([name, value]) =>
      [value].flat().map((one): [string, string] => [name, String(one)]),
    ),
  );
  return { method: operation.method, path: `${path}${search.size > 0 ? `?${search}` : ''}`, body };
}

async function callRest(url: string, token: string | undefined, operation: Operation, input: Input): Promise<Outcome> {
  const { method, path, body } = restRequest(operation, input);
  const { headers = {} } = input;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headersOf(token), ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  watch(url, body, response, text);
  if (response.ok) {
    if (response.status !== operation.status) throw new Error(`${operation.id} answered ${response.status}`);
    return { ok: true, replayed: isReplayed(response), value: JSON.parse(text) };
  }
  return refusal(JSON.parse(text), response, text);
}

function graphqlRequest(operation: Operation, { params = {}, query = {}, body }: Input): DoorRequest {
  const variables = { ...params, ...query, ...(body === undefined ? {} : { input: body }) };
  const document = documentOf(operation, Object.keys(variables));
  return { method: 'POST', path: '/graphql', body: { query: document, variables } };
}

async function callGraphql(
  url: string,
  token: string | undefined,
  operation: Operation,
  input: Input,
): Promise<Outcome> {
  const { field } = operation.graphql;
  const { method, path, body } = graphqlRequest(operation, input);
  const response = await fetch(`${url}${path}`, {
    method,
    headers: { ...headersOf(token), ...input.headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  watch(url, input.body, response, text);
  const { data, errors } = JSON.parse(text);
  if (errors === undefined) return { ok: true, replayed: isReplayed(response), value: data[field] };
  if (data?.[field] != null) throw new Error(`${operation.id} answered both data and errors: ${text}`);
  const [{ message, extensions }] = errors;
  return refusal({ ...extensions, detail: message }, response, text);
}

const isReplayed = ({ headers }: Response): boolean => headers.get('idempotency-replayed') === 'true';

function watch(url: string, sent: unknown, { status, headers }: Response, text: string): void {
  const personal = PersonalValues.at(url);
  personal.remember(sent);
  personal.watch({ status, headers, text, body: JSON.parse(text) });
}

/** What is left of the caller's own requests is among them. */
const OF_EACH_REQUEST = new Set(['date', 'request-id', 'ratelimit']);

function refusal(problem: Record<string, unknown>, response: Response, text: string): Refused {
  const { code, status, instance: _, ...extra } = problem;
  const headers = Array.from(response.headers).filter(([name]) => !OF_EACH_REQUEST.has(name));
  const body = text.replaceAll(/urn:uuid:[0-9a-f-]{36}/g, 'urn:uuid:-');
  const bytes = `${response.status}\n${headers.map((header) => header.join(': ')).join('\n')}\n\n${body}`;
  return { ok: false, replayed: isReplayed(response), code: String(code), status: Number(status), extra, bytes };
}

/** A document that asks for the operation's field with every field below it. */
export function documentOf({ graphql: { type, field } }: Operation, given: readonly string[]): string {
  const root = type === 'query' ? schema.getQueryType() : schema.getMutationType();
  const definition: GraphQLField<unknown, unknown> = root!.getFields()[field]!;
  const used = definition.args.filter((one) => isNonNullType(one.type) || given.includes(one.name));
  const declared = used.map((one) => `$${one.name}: ${one.type}`).join(', ');
  const passed = used.map((one) => `${one.name}: $${one.name}`).join(', ');
  const around = (list: string): string => (list === '' ? '' : `(${list})`);
  return `${type} ${around(declared)} { ${field}${around(passed)} ${selectionOf(definition.type)} }`;
}

function selectionOf(type: GraphQLOutputType): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).map((one) => `${one.name} ${selectionOf(one.type)}`);
  return `{ ${fields.join(' ')} }`;
}
