import { connect } from 'node:net';
import Fastify, { type RouteOptions } from 'fastify';
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import type { Operation } from '../../src/contract/operation.ts';
import { OPERATIONS } from '../../src/contract/operations.ts';
import type { Handlers } from '../../src/contract/run.ts';
import { problem } from '../../src/domain/problem.ts';
import { restDoor } from '../../src/rest/door.ts';
import { createRateLimits } from '../../src/rest/rate-limit.ts';
import { t } from '../support/t.ts';
import { doorsApp } from './doors-app.ts';

const CANARY = 'Kanarienvogel';
const json = { 'content-type': 'application/json' };

t.test('every route has a schema for its status and one for every other', async (t) => {
  const app = Fastify();
  const routes: RouteOptions[] = [];
  app.addHook('onRoute', (route) => {
    routes.push(route);
  });
  await app.register(restDoor, {
    handlers: {} as Handlers,
    authenticate: async () => problem('token-missing', 'Nobody.'),
    limits: createRateLimits({ requestsPerMinute: 1, strangersPerMinute: 1 }),
  });
  await app.ready();
  for (const route of routes) {
    const response = route.schema?.response as Record<string, unknown>;
    t.ok(response?.default, `${route.method} ${route.url}`);
  }
  for (const { method, path, status } of OPERATIONS) {
    const url = path.replaceAll(/\{(\w+)\}/g, ':$1');
    const route = routes.find((one) => one.method === method && one.url === url);
    t.ok((route?.schema?.response as Record<string, unknown>)?.[status], `${method} ${url} ${status}`);
  }
});

t.test('a request that reaches no operation is a problem too', async (t) => {
  const { app, rest, log } = await doorsApp();
  t.teardown(() => app.close());
  const big = `{"fileReference":"${'x'.repeat(1024 * 1024)}"}`;
  const post = { method: 'POST', url: '/v1/clients', headers: json } as const;
  const rows = [
    [{ method: 'GET', url: `/v1/${CANARY}` }, 404, 'not-found'],
    [{ method: 'GET', url: `/${CANARY}` }, 404, 'not-found'],
    [{ method: 'POST', url: `/v1/${CANARY}`, headers: json, payload: '{' }, 404, 'not-found'],
    [{ method: 'GET', url: `/v1/clients/%zz${CANARY}` }, 404, 'not-found'],
    [{ method: 'GET', url: `/v1/clients/${CANARY.repeat(100)}` }, 404, 'not-found'],
    [{ method: 'DELETE', url: '/v1/clients' }, 405, 'method-not-allowed'],
    [{ method: 'PUT', url: '/v1/clients', headers: json, payload: '{' }, 405, 'method-not-allowed'],
    [{ ...post, payload: `{"${CANARY}` }, 400, 'bad-request'],
    [{ ...post, payload: `{"__proto__":{"${CANARY}":1}}` }, 400, 'bad-request'],
    [{ ...post, payload: `{"constructor":{"prototype":{"${CANARY}":1}}}` }, 400, 'bad-request'],
    [{ ...post, payload: `"${CANARY}"` }, 400, 'bad-request'],
    [{ ...post, payload: big }, 413, 'body-too-large'],
    [{ ...post, headers: { 'content-type': `text/${CANARY}` }, payload: CANARY }, 415, 'media-type-unsupported'],
    [{ ...post, headers: { 'content-type': CANARY }, payload: CANARY }, 415, 'media-type-unsupported'],
    [{ ...post, headers: {}, payload: Buffer.from(CANARY) }, 415, 'media-type-unsupported'],
  ] as const;
  for (const [request, status, code] of rows) {
    const { method, url, ...more } = request;
    const answer = await rest(method as 'POST', url, more);
    const what = `${method} ${url.slice(0, 40)} ${code}`;
    t.equal(answer.statusCode, status, what);
    t.match(answer.headers['content-type'], 'application/problem+json', what);
    t.equal(answer.headers['cache-control'], 'no-store', what);
    t.match(answer.json(), { code, status, type: `/docs/errors#${code}`, instance: /^urn:uuid:/ }, what);
    t.notMatch(answer.body, CANARY, what);
  }
  t.notMatch(log(), 'unexpected exception', 'none of this is a failure of ours');
});

t.test('headers of an answer', async (t) => {
  const { app, rest } = await doorsApp({
    listClients: async () => ({ items: [], nextCursor: null }),
    listInbox: async () => problem('rate-limited', 'Wait.', { extra: { retryAfterSeconds: 7 } }),
    listSent: async () => problem('overloaded', 'Wait.'),
  });
  t.teardown(() => app.close());
  const found = await rest('GET', '/v1/clients', { headers: { 'request-id': 'chosen-by-a-stranger' } });
  t.match(found.headers, { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' });
  t.match(found.headers['request-id'], /^[0-9a-f]{8}-/, 'the request id is ours');
  t.equal((await app.inject('/v1/clients')).headers['www-authenticate'], 'Bearer');
  const refused = await rest('GET', '/v1/clients', { headers: { authorization: 'Bearer nobody' } });
  t.equal(refused.headers['www-authenticate'], 'Bearer error="invalid_token"');
  t.equal((await rest('GET', '/v1/inbox')).headers['retry-after'], '7');
  t.equal((await rest('GET', '/v1/sent')).headers['retry-after'], '1');
  t.equal((await app.inject({ method: 'DELETE', url: '/v1/clients' })).headers.allow, 'GET, HEAD, POST');
  const german = await rest('GET', '/v1/inbox', { headers: { 'accept-language': 'de-DE' } });
  t.match(german.headers, { 'content-language': 'de', vary: 'accept-language' });
  t.equal(german.json().title, 'Zu viele Anfragen');
});

t.test('strangers are turned away before their body is read', async (t) => {
  const { app } = await doorsApp();
  t.teardown(() => app.close());
  const answer = await app.inject({ method: 'POST', url: '/v1/clients', headers: json, payload: '{' });
  t.equal(answer.json().code, 'token-missing');
});

t.test('a body that is not needed may be left out, and nothing may be in its place', async (t) => {
  const agreement = EXAMPLE_IDS.agreement;
  const { app, rest } = await doorsApp({
    createClient: async (_caller, { body }) => problem('conflict', JSON.stringify(body)),
    withdrawAmendment: async (_caller, { body }) => problem('conflict', JSON.stringify({ body })),
  });
  t.teardown(() => app.close());
  const withoutBody = await rest('POST', '/v1/clients', { headers: json });
  t.equal(withoutBody.json().detail, '{"fileReference":null}', 'all its members have defaults');
  for (const payload of [undefined, '', '{}']) {
    const headers = payload === undefined ? {} : json;
    const withdrawn = await rest('POST', `/v1/agreements/${agreement}/withdraw-amendment`, { payload, headers });
    t.equal(withdrawn.json().detail, '{}', 'this operation takes none');
  }
  const toMuch = await rest('POST', `/v1/agreements/${agreement}/withdraw-amendment`, { payload: { confirm: true } });
  t.match(toMuch.json(), { code: 'bad-request', errors: [{ pointer: '' }] });
  t.same((await rest('POST', '/v1/clients/find')).json().errors, [
    { pointer: '/fileReference', detail: 'is required' },
  ]);
});

t.test('every operation is there, behind its token', async (t) => {
  const { app } = await doorsApp();
  t.teardown(() => app.close());
  for (const { method, path, example, id } of OPERATIONS as readonly Operation[]) {
    const url = path.replaceAll(/\{(\w+)\}/g, (_match, name: string) => String(example.params?.[name] ?? ''));
    t.equal((await app.inject({ method, url })).json().code, 'token-missing', id);
  }
});

t.test('what Node refuses before there is a request', async (t) => {
  const { app } = await doorsApp();
  t.teardown(() => app.close());
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as { port: number };
  const send = (text: string) =>
    new Promise<string>((resolve, reject) => {
      let received = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.on('data', (chunk) => {
        received += chunk;
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(received));
    });
  const rows: [string, number, string][] = [
    [`${CANARY}\r\n\r\n`, 400, 'bad-request'],
    [`GET /v1/clients HTTP/1.1\r\nHost: x\r\nX-${CANARY}: ${CANARY.repeat(3000)}\r\n\r\n`, 431, 'headers-too-large'],
  ];
  for (const [text, status, code] of rows) {
    const [head = '', body = ''] = (await send(text)).split('\r\n\r\n');
    t.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    t.match(head, /Content-Type: application\/problem\+json/);
    t.match(JSON.parse(body), { code, status });
    t.notMatch(body, CANARY);
  }
});
