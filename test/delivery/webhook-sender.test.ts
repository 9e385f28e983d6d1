/** One message to one receiver, whatever kind of receiver it is. */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Test } from 'tap';
import { createWebhookSender, type SenderOptions, type SendOutcome } from '../../src/delivery/webhook-sender.ts';
import { closed, deadPort, httpReceiver, rawReceiver } from '../support/receiver.ts';
import { t } from '../support/t.ts';

const HERE = { allowed: ['127.0.0.0/8'] };
const SOON_MS = 400;
const BODY = '{"type":"forwarding.sent","data":{"id":"é"}}';

function senderFor(t: Test, options: Partial<SenderOptions> = {}) {
  const sender = createWebhookSender({ rules: HERE, closeGraceMs: 0, ...options });
  t.teardown(() => sender.close());
  return sender;
}

const sentTo = (t: Test, port: number, options: Partial<SenderOptions> = {}) =>
  senderFor(t, options).send(`http://127.0.0.1:${port}/`, BODY, {});

function isOutcome(t: Test, outcome: SendOutcome, expected: object, message: string): void {
  const { durationMs, ...rest } = outcome;
  t.same(rest, expected, message);
  t.ok(Number.isInteger(durationMs) && durationMs >= 0, 'and how long it took');
}

t.test('what arrives is the message as it was signed', async (t) => {
  const arrived: { request: IncomingMessage; body: string }[] = [];
  const { port } = await httpReceiver(t, async (request, response) => {
    arrived.push({ request, body: await text(request) });
    response.end();
  });
  const headers = { 'webhook-id': 'evt_1', 'webhook-timestamp': '1', 'webhook-signature': 'v1,a v1a,b' };
  await senderFor(t).send(`http://127.0.0.1:${port}/hooks/a%20b?of=us`, BODY, headers);
  const { request, body } = arrived[0]!;
  t.equal(body, BODY);
  t.equal(request.method, 'POST');
  t.equal(request.url, '/hooks/a%20b?of=us');
  t.match(request.headers, { ...headers, 'content-type': 'application/json', host: `127.0.0.1:${port}` });
  t.match(request.headers['user-agent'], /^Laufzettel\/\d+\.\d+\.\d+$/);
  t.equal(request.headers['content-length'], String(Buffer.byteLength(BODY)));
});

t.test('headers that are given go before those that are not', async (t) => {
  const arrived: IncomingMessage[] = [];
  const { port } = await httpReceiver(t, (request, response) => {
    arrived.push(request);
    response.end();
  });
  await senderFor(t).send(`http://127.0.0.1:${port}/`, BODY, { 'Content-Type': 'application/cloudevents+json' });
  t.equal(arrived[0]!.headers['content-type'], 'application/cloudevents+json');
});

t.test('the status says what came of it', async (t) => {
  const rows: [number, object][] = [
    [200, { outcome: 'DELIVERED', status: 200 }],
    [202, { outcome: 'DELIVERED', status: 202 }],
    [204, { outcome: 'DELIVERED', status: 204 }],
    [299, { outcome: 'DELIVERED', status: 299 }],
    [410, { outcome: 'GONE', status: 410 }],
    [400, { outcome: 'FAILED', code: 'STATUS', status: 400 }],
    [404, { outcome: 'FAILED', code: 'STATUS', status: 404 }],
    [429, { outcome: 'FAILED', code: 'STATUS', status: 429 }],
    [500, { outcome: 'FAILED', code: 'STATUS', status: 500 }],
    [503, { outcome: 'FAILED', code: 'STATUS', status: 503 }],
    [300, { outcome: 'FAILED', code: 'REDIRECT', status: 300 }],
    [304, { outcome: 'FAILED', code: 'REDIRECT', status: 304 }],
  ];
  for (const [status, expected] of rows) {
    const { port } = await httpReceiver(t, (_request, response) => response.writeHead(status).end());
    isOutcome(t, await sentTo(t, port), expected, `${status}`);
  }
});

t.test('a redirect is not followed', async (t) => {
  const elsewhere = await httpReceiver(t, (_request, response) => response.end());
  for (const status of [301, 302, 303, 307, 308]) {
    const { port } = await httpReceiver(t, (_request, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${elsewhere.port}/` }).end(),
    );
    isOutcome(t, await sentTo(t, port), { outcome: 'FAILED', code: 'REDIRECT', status }, `${status}`);
  }
  t.equal(elsewhere.connections.length, 0);
});

t.test('who does not answer in time has not got it', async (t) => {
  const drip = (first: string, more: string): RequestListener => {
    return ({ socket }) => {
      socket.write(first);
      const timer = setInterval(() => socket.write(more), 20);
      socket.on('close', () => clearInterval(timer));
    };
  };
  const rows: [string, RequestListener][] = [
    ['hangs before the answer', () => {}],
    ['hangs in the headers', ({ socket }) => socket.write('HTTP/1.1 200 OK\r\nx-more: ')],
    ['drips the headers', drip('HTTP/1.1 200 OK\r\nx-more: ', 'a')],
    ['says forever that it goes on', drip('', 'HTTP/1.1 102 Processing\r\n\r\n')],
  ];
  for (const [kind, answer] of rows) {
    const { port, connections } = await httpReceiver(t, answer);
    const outcome = await sentTo(t, port, { timeoutMs: SOON_MS });
    isOutcome(t, outcome, { outcome: 'FAILED', code: 'TIMEOUT', status: null }, kind);
    await closed(connections[0]!);
    t.pass('and its connection is dropped');
  }
});

t.test('the status counts, whatever becomes of the body', async (t) => {
  const forever = (chunk: Buffer): RequestListener => {
    return (_request, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(chunk), 5);
      response.on('close', () => clearInterval(timer));
    };
  };
  const rows: [string, RequestListener][] = [
    ['hangs in the body', (_request, response) => response.writeHead(200, { 'content-length': 10 }).write('a')],
    ['drips it', forever(Buffer.from('a'))],
    ['never comes to its end', forever(Buffer.alloc(32 * 1024))],
    ['says that it is huge', (_request, response) => response.writeHead(200, { 'content-length': 2 ** 40 }).write('a')],
    [
      'breaks off',
      (_request, response) => {
        response.writeHead(200, { 'content-length': 10 }).write('a', () => response.destroy());
      },
    ],
  ];
  for (const [kind, answer] of rows) {
    const { port, connections } = await httpReceiver(t, answer);
    isOutcome(t, await sentTo(t, port, { timeoutMs: SOON_MS }), { outcome: 'DELIVERED', status: 200 }, kind);
    await closed(connections[0]!);
    t.pass('and its connection is dropped');
  }
  const failing = await httpReceiver(t, (_request, response) => response.writeHead(500).write('a'));
  isOutcome(
    t,
    await sentTo(t, failing.port, { timeoutMs: SOON_MS }),
    { outcome: 'FAILED', code: 'STATUS', status: 500 },
    'a failure is one as well',
  );
});

t.test('of a body that is too long a little is read, and not all', async (t) => {
  const chunk = Buffer.from(`10000\r\n${'a'.repeat(0x10000)}\r\n`);
  const chunks = 1_000;
  const sent = { chunks: 0 };
  const { port, connections } = await rawReceiver(t, (socket) => {
    socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n');
    const more = () => {
      while (sent.chunks < chunks && !socket.destroyed && socket.write(chunk)) sent.chunks++;
      if (sent.chunks === chunks) socket.end('0\r\n\r\n');
    };
    socket.on('drain', more);
    more();
  });
  const outcome = await sentTo(t, port, { timeoutMs: 60_000 });
  isOutcome(t, outcome, { outcome: 'DELIVERED', status: 200 }, 'the status counts');
  await closed(connections[0]!);
  t.ok(sent.chunks < chunks / 2, 'the rest was never sent');
});

t.test('no connection, or one that is no good', async (t) => {
  const connection = { outcome: 'FAILED', code: 'CONNECTION', status: null };
  isOutcome(t, await sentTo(t, await deadPort()), connection, 'nobody listens');
  const sender = senderFor(t, { maxConnectionsPerOrigin: 2 });
  const dead = `http://127.0.0.1:${await deadPort()}/`;
  for (const outcome of await Promise.all(Array.from({ length: 30 }, () => sender.send(dead, BODY, {})))) {
    isOutcome(t, outcome, connection, 'however many are sent there at once');
  }
  const rows: [string, (socket: Socket) => void][] = [
    ['a reset', (socket) => socket.resetAndDestroy()],
    ['an end without an answer', (socket) => socket.end()],
    ['an end within the headers', (socket) => socket.end('HTTP/1.1 200 OK\r\nx-')],
    ['not HTTP', (socket) => socket.end('220 mail.example.org ESMTP\r\n')],
    ['huge headers', (socket) => socket.end(`HTTP/1.1 200 OK\r\nx-huge: ${'a'.repeat(1_000_000)}\r\n\r\n`)],
    ['very many headers', (socket) => socket.end(`HTTP/1.1 200 OK\r\n${'x-many: a\r\n'.repeat(10_000)}\r\n`)],
    [
      'a switch of protocols',
      (socket) => socket.end('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
    ],
  ];
  for (const [kind, onRequest] of rows) {
    const { port } = await rawReceiver(t, onRequest);
    isOutcome(t, await sentTo(t, port, { timeoutMs: 5_000 }), connection, kind);
  }
});

t.test('a connection is used again, and not after an answer that was cut', async (t) => {
  let answer: RequestListener = (_request, response) => response.end('ok');
  const { port, connections } = await httpReceiver(t, (request, response) => answer(request, response));
  const sender = senderFor(t, { timeoutMs: SOON_MS });
  const send = () => sender.send(`http://127.0.0.1:${port}/`, BODY, {});
  for (let times = 0; times < 5; times++) t.match(await send(), { outcome: 'DELIVERED' });
  t.equal(connections.length, 1);
  answer = (_request, response) => response.writeHead(200).write('a');
  t.match(await send(), { outcome: 'DELIVERED' });
  answer = (_request, response) => response.end('ok');
  t.match(await send(), { outcome: 'DELIVERED' });
  t.equal(connections.length, 2);
});

t.test('a receiver that hangs takes no connections from others, and only so many of its own', async (t) => {
  const dead = await httpReceiver(t, () => {});
  const living = await httpReceiver(t, (_request, response) => response.end());
  const sender = senderFor(t, { timeoutMs: SOON_MS, maxConnectionsPerOrigin: 2 });
  const hanging = Array.from({ length: 6 }, () => sender.send(`http://127.0.0.1:${dead.port}/`, BODY, {}));
  const others = Array.from({ length: 6 }, () => sender.send(`http://127.0.0.1:${living.port}/`, BODY, {}));
  for (const outcome of await Promise.all(others)) t.match(outcome, { outcome: 'DELIVERED' });
  t.ok(living.connections.length <= 2);
  t.ok(dead.connections.length <= 2);
  for (const outcome of await Promise.all(hanging)) t.match(outcome, { outcome: 'FAILED', code: 'TIMEOUT' });
});

t.test('no proxy of the environment is asked', async (t) => {
  const proxy = await httpReceiver(t, (_request, response) => response.writeHead(502).end());
  const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY'];
  const before = names.map((name) => [name, process.env[name]] as const);
  t.teardown(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    delete process.env.NODE_USE_ENV_PROXY;
  });
  for (const name of names) process.env[name] = `http://127.0.0.1:${proxy.port}`;
  process.env.NODE_USE_ENV_PROXY = '1';
  const { port } = await httpReceiver(t, (_request, response) => response.end());
  t.match(await sentTo(t, port), { outcome: 'DELIVERED' });
  t.equal(proxy.connections.length, 0);
});

t.test('headers that cannot be sent are a fault of the caller, and the error does not show them', async (t) => {
  const { port } = await httpReceiver(t, (_request, response) => response.end());
  const sending = senderFor(t).send(`http://127.0.0.1:${port}/`, BODY, { 'webhook-id': 'secret\r\nx: y' });
  await t.rejects(sending, { message: 'the headers of a webhook message cannot be sent' });
});

t.test('closing waits for what is on its way, and sends nothing more', async (t) => {
  const arrived = Promise.withResolvers<() => void>();
  const { port } = await httpReceiver(t, (_request, response) => arrived.resolve(() => response.end()));
  const sender = senderFor(t, { closeGraceMs: 60_000 });
  const url = `http://127.0.0.1:${port}/`;
  const sending = sender.send(url, BODY, {});
  const answer = await arrived.promise;
  const closing = sender.close();
  t.equal(sender.close(), closing, 'it is closed once');
  t.match(await sender.send(url, BODY, {}), { outcome: 'FAILED', code: 'CONNECTION', status: null });
  answer();
  t.match(await sending, { outcome: 'DELIVERED' });
  await closing;
});

t.test('closing does not wait for who hangs', async (t) => {
  const arrived = Promise.withResolvers<void>();
  const { port, connections } = await httpReceiver(t, () => arrived.resolve());
  const sender = senderFor(t, { timeoutMs: 600_000, closeGraceMs: 50 });
  const sending = sender.send(`http://127.0.0.1:${port}/`, BODY, {});
  await arrived.promise;
  await sender.close();
  t.match(await sending, { outcome: 'FAILED', code: 'TIMEOUT', status: null });
  await closed(connections[0]!);
});
