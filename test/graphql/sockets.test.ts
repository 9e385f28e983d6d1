/** The WebSocket of the GraphQL door, before handlers of the test's own: its limits, its time, its end. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import type { OperationHandler } from '../../src/contract/run.ts';
import { problem } from '../../src/domain/problem.ts';
import type { RateLimitOptions } from '../../src/rest/rate-limit.ts';
import { CALLERS, caller, doorsApp } from '../rest/doors-app.ts';
import { clientAt, EVENTS, listen, openRaw, type RawSocket } from '../support/sockets.ts';
import { t } from '../support/t.ts';

const IN_A_MINUTE = Date.now() + 60_000;
CALLERS.agency = caller({ expiresAt: IN_A_MINUTE });
CALLERS.other = caller({ agency: EXAMPLE_IDS.caritas, expiresAt: IN_A_MINUTE });

const event = (sequence: number, source = 'here') => ({
  specversion: '1.0',
  id: EXAMPLE_IDS.client,
  source,
  type: 'forwarding.received',
  subject: EXAMPLE_IDS.client,
  time: '2026-11-23T13:45:00.000Z',
  datacontenttype: 'application/json',
  sequence: String(sequence),
  sequencetype: 'Integer',
  data: {},
});

/** Events without an end, or as many as there are. */
const countTo =
  (last: () => number, source?: string): OperationHandler =>
  async (_caller, { query }) => {
    const after = Number(query.after);
    const many = Math.max(0, Math.min(Number(query.limit), last() - after));
    return {
      events: Array.from({ length: many }, (_, place) => event(after + 1 + place, source)),
      next: String(after + many),
      last: String(last()),
    };
  };

async function listening(t: Test, listEvents: OperationHandler, rates?: RateLimitOptions) {
  const { app, log } = await doorsApp({ listEvents }, rates);
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  t.teardown(() => app.close());
  return { app, url, log };
}

async function enter(url: string, token = 'agency'): Promise<RawSocket> {
  const socket = openRaw(url, { headers: { authorization: `Bearer ${token}` } });
  await socket.opened;
  socket.send({ type: 'connection_init' });
  await socket.untilType('connection_ack');
  return socket;
}

t.test('an agency has at most a hundred sockets, whatever others have', async (t) => {
  const { url } = await listening(
    t,
    countTo(() => 0),
  );
  const sockets = await Promise.all(Array.from({ length: 100 }, () => enter(url)));
  const oneMore = openRaw(url, { headers: { authorization: 'Bearer agency' } });
  t.match(await oneMore.closed, { code: 1013, reason: 'rate-limited' });
  const other = await enter(url, 'other');
  other.close();
  sockets[0]!.close();
  await sockets[0]!.closed;
  await sleep(20);
  const instead = await enter(url);
  instead.close();
  for (const socket of sockets) socket.close();
});

t.test('a socket carries at most ten subscriptions at once', async (t) => {
  const { url } = await listening(
    t,
    countTo(() => 0),
  );
  const socket = await enter(url);
  const subscribe = (id: number) => socket.send({ type: 'subscribe', id: String(id), payload: { query: EVENTS } });
  for (let id = 1; id <= 11; id++) subscribe(id);
  t.match(await socket.untilType('error'), {
    id: '11',
    payload: [{ extensions: { code: 'rate-limited', status: 429, retryAfterSeconds: 1 } }],
  });
  socket.send({ type: 'complete', id: '3' });
  subscribe(12);
  await sleep(100);
  t.equal(socket.messages.filter(({ type }) => type === 'error').length, 1, 'one that is complete leaves its place');
  socket.close();
});

t.test('a connection is a request, and so is each subscription', async (t) => {
  const { url } = await listening(
    t,
    countTo(() => 0),
    { requestsPerMinute: 3, strangersPerMinute: 1 },
  );
  const socket = await enter(url);
  for (const id of ['1', '2', '3']) socket.send({ type: 'subscribe', id, payload: { query: EVENTS } });
  t.match(await socket.untilType('error'), {
    id: '3',
    payload: [{ extensions: { code: 'rate-limited', status: 429, retryAfterSeconds: Number } }],
  });
  const next = openRaw(url, { headers: { authorization: 'Bearer agency' } });
  t.match(await next.closed, { code: 1013, reason: 'rate-limited' });
  const strangers = [openRaw(url, { headers: { authorization: 'Bearer nobody' } })];
  t.match(await strangers[0]!.closed, { code: 4401, reason: 'token-invalid' });
  strangers.push(openRaw(url, { headers: { authorization: 'Bearer nobody' } }));
  t.match(await strangers[1]!.closed, { code: 1013, reason: 'rate-limited' });
  socket.close();
});

t.test('a socket ends with its token, whether or not something comes', async (t) => {
  let last = 0;
  const { url } = await listening(
    t,
    countTo(() => last),
  );
  const timer = setInterval(() => last++, 5);
  t.teardown(() => clearInterval(timer));
  for (const payload of [EVENTS, null]) {
    CALLERS.brief = caller({ expiresAt: Date.now() + 200 });
    const socket = await enter(url, 'brief');
    if (payload) socket.send({ type: 'subscribe', id: '1', payload: { query: payload } });
    t.match(await socket.closed, { code: 4401, reason: 'token-invalid' });
    if (payload) t.ok(socket.messages.length > 2, 'events had come until then');
  }
});

t.test('closing the service ends every socket with 1001, an answer or not', async (t) => {
  const { app, url } = await listening(
    t,
    countTo(() => 1),
  );
  const listener = listen(clientAt(url, 'agency'));
  await listener.until(1);
  const idle = await enter(url);
  const deaf = await openByHand(url);
  deaf.pause();
  const before = performance.now();
  await app.close();
  t.ok(performance.now() - before < 5_000);
  t.match(await listener.ended, { closed: { code: 1001 } }, 'which its reader does not take for the end of all events');
  t.match(await idle.closed, { code: 1001 });
  deaf.destroy();
});

t.test('a reader that is slow gets everything in the end, and holds back what was not read', async (t) => {
  let reads = 0;
  const source = 'x'.repeat(20_000);
  const count = countTo(() => 5_000, source);
  const { url } = await listening(t, (by, input) => {
    // That of one event looks for a suspension.
    if (input.query.limit !== 1) reads++;
    return count(by, input);
  });
  const socket = await openByHand(url);
  socket.pause();
  write(socket, { type: 'connection_init' });
  write(socket, { type: 'subscribe', id: '1', payload: { query: 'subscription { events { sequence source } }' } });
  let stood = -1;
  while (stood !== reads) {
    stood = reads;
    await sleep(300);
  }
  t.ok(reads > 1 && reads < 30, `of 51 pages ${reads} were read`);
  const seen: number[] = [];
  let rest = '';
  socket.on('data', (bytes: Buffer) => {
    rest += bytes.toString('latin1');
    for (const match of rest.matchAll(/"sequence":"(\d+)"/g)) seen.push(Number(match[1]));
    // What a piece of the stream cut in two is read with the next one.
    const [end = 0] = [...rest.matchAll(/"sequence":"\d+"/g)].map((match) => match.index + match[0].length).slice(-1);
    rest = rest.slice(Math.max(end, rest.length - 40));
  });
  socket.resume();
  while (seen.at(-1) !== 5_000) await sleep(20);
  t.same(
    seen.filter((one, place) => one !== place + 1),
    [],
    'in order, none left out, none twice',
  );
  t.equal(seen.length, 5_000);
  socket.destroy();
});

t.test('who completes a subscription leaves nothing behind', async (t) => {
  const { url } = await listening(
    t,
    countTo(() => 0),
  );
  const socket = await enter(url);
  for (let id = 0; id < 50; id++) {
    socket.send({ type: 'subscribe', id: String(id), payload: { query: EVENTS } });
    await sleep(2);
    socket.send({ type: 'complete', id: String(id) });
  }
  socket.send({ type: 'ping' });
  await socket.untilType('pong');
  t.notOk(
    socket.messages.some(({ type }) => type === 'error'),
    'fifty one after the other are not too many',
  );
  socket.close();
});

t.test('what goes wrong is told without a word of it, and the socket goes on', async (t) => {
  const { url, log } = await listening(t, async (_caller, { query }) => {
    if (query.after === '7') throw new Error('CANARY in a handler');
    if (query.after === '8')
      return problem('overloaded', 'The database does not answer.', { extra: { retryAfterSeconds: 5 } });
    return { events: [], next: '0', last: '0' };
  });
  const client = clientAt(url, 'agency');
  t.teardown(() => client.dispose());
  const failed = await listen(client, { query: EVENTS, variables: { after: '7' } }).ended;
  t.match(failed.errors, [{ extensions: { code: 'internal', status: 500, instance: /^urn:uuid:/ } }]);
  const busy = await listen(client, { query: EVENTS, variables: { after: '8' } }).ended;
  t.match(busy.errors, [{ extensions: { code: 'overloaded', status: 503, retryAfterSeconds: 5 } }]);
  t.match(log(), failed.errors![0].extensions.instance.replace('urn:uuid:', ''), 'it is logged by its id');
  t.match(await openRaw(url, { headers: { authorization: 'Bearer broken' } }).closed, {
    code: 4500,
    reason: 'internal',
  });
  t.notMatch(log(), 'given up');
});

t.test('anything but a WebSocket at this address is answered as before', async (t) => {
  const { app } = await listening(
    t,
    countTo(() => 0),
  );
  const plain = await app.inject({ method: 'GET', url: '/graphql', headers: { authorization: 'Bearer agency' } });
  t.equal(plain.statusCode, 405);
  t.equal(plain.headers.allow, 'POST');
  t.equal((await app.inject({ method: 'HEAD', url: '/graphql' })).statusCode, 405);
});

/** A WebSocket without a library, which reads and answers only what the test does. */
async function openByHand(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const lines = [
    'GET /graphql HTTP/1.1',
    `Host: ${hostname}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    'Authorization: Bearer agency',
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await once(socket, 'data');
  return socket;
}

/** One text frame of a client (RFC 6455 section 5.2), its mask all zeros. */
function write(socket: Socket, message: object): void {
  const text = Buffer.from(JSON.stringify(message));
  const length = text.length < 126 ? [0x80 | text.length] : [0x80 | 126, text.length >> 8, text.length & 255];
  socket.write(Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), text]));
}
