/**
 * Members that a caller may not set, in every body of every operation and at every depth of it: what only the exchange
 * decides (mass assignment), and what would reach the prototype of every object (prototype pollution).
 */
import { buildSchema } from 'graphql';
import { z } from 'zod';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import { schemaText } from '../../src/graphql/schema.ts';
import { type Door, TRIED_DOORS } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { callerOf, ownRequest } from './requests.ts';
import { leavesNoTrace } from './trace.ts';
import { thingsOf } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000000' });
t.teardown(() => exchange.close());
const own = await thingsOf(exchange, 'diakonie', 'rantzau');
const CHANGES = (OPERATIONS as readonly (Operation & { id: OperationId })[]).filter(({ method }) => method === 'POST');

/** What the exchange alone says of a thing. None is set where the contract gives it to the caller: those are looked up. */
const OURS: Readonly<Record<string, unknown>> = {
  id: own.client,
  owner: own.agency,
  agency: own.agency,
  personId: own.client,
  clientId: own.client,
  status: 'CLOSED',
  version: 99,
  recordedAt: '2020-01-01T00:00:00.000Z',
  recordedBy: own.agency,
  createdAt: '2020-01-01T00:00:00.000Z',
  createdBy: own.agency,
  updatedAt: '2020-01-01T00:00:00.000Z',
  goodUntil: '2099-01-01T00:00:00.000Z',
  closedAt: null,
  origin: own.agency,
  discloser: own.agency,
  secrecy: false,
  guardFrom: null,
  signedAt: '2020-01-01T00:00:00.000Z',
  publicBody: true,
  suspendedAt: null,
  override: true,
  emergency: true,
};

/** Objects of a body by their JSON pointers; the keys of a system are a JWK set, whose further members RFC 7517 ignores. */
function objectsIn(value: unknown, pointer = ''): [pointer: string, object: Record<string, unknown>][] {
  if (pointer.endsWith('/jwks') || typeof value !== 'object' || value === null) return [];
  const below = Object.entries(value).flatMap(([name, one]) => objectsIn(one, `${pointer}/${name}`));
  return Array.isArray(value) ? below : [[pointer, value as Record<string, unknown>], ...below];
}

/** Names that any schema below an operation's body gives to its callers, by the pointer of their object. */
function namesKnownAt(operation: Operation, pointer: string): Set<string> {
  const names = new Set<string>();
  const look = (schema: Record<string, unknown>, steps: string[]): void => {
    for (const some of ['anyOf', 'oneOf', 'allOf']) {
      for (const one of (schema[some] as Record<string, unknown>[] | undefined) ?? []) look(one, steps);
    }
    const properties = (schema.properties ?? {}) as Record<string, Record<string, unknown>>;
    const [step, ...rest] = steps;
    if (step === undefined) for (const name of Object.keys(properties)) names.add(name);
    else if (schema.items && /^\d+$/.test(step)) look(schema.items as Record<string, unknown>, rest);
    else if (properties[step]) look(properties[step], rest);
  };
  if (operation.body) {
    const json = z.toJSONSchema(operation.body, { io: 'input', unrepresentable: 'any' });
    look(json as Record<string, unknown>, pointer.split('/').slice(1));
  }
  return names;
}

/** The body with members written into the object at that pointer, as text: no parser has a say in what it becomes. */
function withText(body: unknown, pointer: string, members: string): string {
  const mark = '@@here@@';
  const copy = structuredClone(body) as Record<string, unknown>;
  const at = pointer
    .split('/')
    .slice(1)
    .reduce<Record<string, unknown>>((object, step) => object[step] as Record<string, unknown>, copy);
  at[mark] = 0;
  return JSON.stringify(copy).replace(`"${mark}":0`, members);
}

async function postText(operation: Operation & { id: OperationId }, body: string) {
  const { token } = await exchange.as(callerOf(operation, 'diakonie'));
  const { params = {} } = ownRequest(operation, own, 'rantzau');
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => String(params[name]));
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const answer = await fetch(`${exchange.url}${path}`, { method: 'POST', headers, body });
  return { status: answer.status, body: await answer.json() };
}

/** The same in the variables of GraphQL; of operations that have a body at all. */
async function variablesText(operation: Operation & { id: OperationId }, body: string) {
  const { token } = await exchange.as(callerOf(operation, 'diakonie'));
  const { field } = operation.graphql;
  const { params = {} } = ownRequest(operation, own, 'rantzau');
  const input = `${field[0]!.toUpperCase()}${field.slice(1)}`;
  const passed = Object.entries(params).map(([name, value]) => `${name}: ${JSON.stringify(value)}, `);
  const type = inputTypeOf(operation) ?? `${input}Input!`;
  const query = `${operation.graphql.type} ($v: ${type}) { ${field}(${passed.join('')}input: $v) { __typename } }`;
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const text = `{"query":${JSON.stringify(query)},"variables":{"v":${body}}}`;
  const answer = await fetch(`${exchange.url}/graphql`, { method: 'POST', headers, body: text });
  const { errors } = (await answer.json()) as {
    errors?: { extensions: { code: string; status: number; errors?: object[] } }[];
  };
  // What the operation itself refuses is answered 200 by GraphQL; the status that REST has stands beside the code.
  return { status: errors?.[0]?.extensions.status ?? answer.status, body: errors?.[0]?.extensions ?? {} };
}

const schema = buildSchema(schemaText());
function inputTypeOf({ graphql: { type, field } }: Operation): string | undefined {
  const root = type === 'query' ? schema.getQueryType() : schema.getMutationType();
  return root!
    .getFields()
    [field]!.args.find((one) => one.name === 'input')
    ?.type.toString();
}

const DOORS = { REST: postText, GraphQL: variablesText } as const;

for (const [door, send] of Object.entries(DOORS).filter(([name]) => TRIED_DOORS.includes(name as Door))) {
  t.test(`what the exchange decides is set by nobody (${door})`, async (t) => {
    let tried = 0;
    await leavesNoTrace(t, exchange, async () => {
      for (const operation of CHANGES) {
        if (door === 'GraphQL' && inputTypeOf(operation) === undefined) continue;
        const { body = {} } = ownRequest(operation, own, 'rantzau');
        for (const [pointer] of objectsIn(body)) {
          const known = namesKnownAt(operation, pointer);
          const members = Object.entries(OURS).filter(([name]) => !known.has(name));
          t.ok(members.length > 10, `${operation.id} ${pointer}: most of them are ours`);
          for (const [name, value] of members) {
            const answer = await send(operation, withText(body, pointer, `"${name}":${JSON.stringify(value)}`));
            t.match(answer, { status: 400, body: { code: 'bad-request' } }, `${operation.id} ${pointer}/${name}`);
            const pointers = (answer.body as { errors: { pointer: string }[] }).errors.map((one) => one.pointer);
            t.ok(
              pointers.some((one) => pointer.startsWith(one)),
              `${operation.id} ${pointer}/${name} is told of at its object, not at ${pointers}`,
            );
            tried += 1;
          }
        }
      }
    });
    t.ok(tried > 400, `${tried} members`);
  });

  t.test(`no member reaches a prototype (${door})`, async (t) => {
    const members = [
      '"__proto__":{"polluted":1}',
      '"constructor":{"prototype":{"polluted":1}}',
      '"prototype":{"polluted":1}',
      '"\\u005f\\u005fproto__":{"polluted":1}',
      '"__proto__":null',
      '"constructor":{"prototype":{"__proto__":{"polluted":1}}}',
      '"toString":"polluted"',
      '"hasOwnProperty":{"polluted":1}',
      '"__defineGetter__":"polluted"',
    ];
    await leavesNoTrace(t, exchange, async () => {
      for (const operation of CHANGES) {
        if (door === 'GraphQL' && inputTypeOf(operation) === undefined) continue;
        const { body = {} } = ownRequest(operation, own, 'rantzau');
        for (const [pointer] of objectsIn(body)) {
          for (const member of members) {
            const answer = await send(operation, withText(body, pointer, member));
            t.match(answer, { status: 400, body: { code: 'bad-request' } }, `${operation.id} ${pointer} ${member}`);
          }
        }
      }
    });
    // The service runs in this process.
    t.equal(({} as { polluted?: unknown }).polluted, undefined, 'no object has what was sent');
    t.notOk('polluted' in Object.prototype || 'polluted' in Array.prototype || 'polluted' in Function.prototype);
  });
}

t.test('names of prototypes elsewhere reach none either', async (t) => {
  const { token } = await exchange.as('diakonie');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const bodies = [
    '{"query":"{ ownAgency { id } }","__proto__":{"polluted":1}}',
    '{"query":"{ ownAgency { id } }","variables":{"__proto__":{"polluted":1}}}',
    '{"query":"query($__proto__: Int) { clients(limit: $__proto__) { nextCursor } }","variables":{"__proto__":1}}',
    '{"query":"{ __proto__ { id } }"}',
    '{"query":"{ ownAgency { constructor } }"}',
    '{"query":"{ ...__proto__ } fragment __proto__ on Query { ...__proto__ }"}',
    '{"query":"query __proto__ { ownAgency { nothing } }","operationName":"constructor"}',
  ];
  await leavesNoTrace(t, exchange, async () => {
    for (const body of bodies) {
      const answer = await fetch(`${exchange.url}/graphql`, { method: 'POST', headers, body });
      t.equal(answer.status, 400, body);
    }
    for (const query of [
      '__proto__[polluted]=1',
      'constructor[prototype][polluted]=1',
      '__proto__.polluted=1',
      '__proto__=1',
    ]) {
      const answer = await fetch(`${exchange.url}/v1/clients?${query}`, { headers });
      t.match(await answer.json(), { status: 400, code: 'bad-request' }, query);
    }
  });
  // A name of the caller's for an answer is a name, whichever it is.
  const alias = '{"query":"{ __proto__: ownAgency { constructor: id } }"}';
  const answer = await fetch(`${exchange.url}/graphql`, { method: 'POST', headers, body: alias });
  t.ok([200, 400].includes(answer.status), await answer.text());
  t.equal(({} as { polluted?: unknown; id?: unknown }).polluted, undefined);
  t.equal(({} as { id?: unknown }).id, undefined);
});
