/** What no client of HTTP would send: broken headers, lengths that lie, bodies that never end. Each row on a socket of its own. */
// Alone: the memory of the process is measured.
import { gzipSync } from 'node:zlib';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { leavesNoTrace } from './trace.ts';
import { answersIn, raw } from './wire.ts';

const REQUEST_TIMEOUT_MS = 2_000;
const exchange = await startExchange({ REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS) });
t.teardown(() => exchange.close());
const { token } = await exchange.as('diakonie');
const { url } = exchange;
const MARK = 'Schmuggelware';

const lines = (...more: string[]): string =>
  ['Host: x', `Authorization: Bearer ${token}`, 'Content-Type: application/json', 'Connection: close', ...more].join(
    '\r\n',
  );
const post = (body: string, more: string[] = [`Content-Length: ${Buffer.byteLength(body)}`], path = '/v1/clients') =>
  `POST ${path} HTTP/1.1\r\n${lines(...more)}\r\n\r\n${body}`;
const inner = `POST /v1/clients HTTP/1.1\r\n${lines('Content-Length: 2')}\r\n\r\n{}`;
const chunked = (body: string): string => `${Buffer.byteLength(body).toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const get = (more: string[] = [], path = '/v1/clients') => `GET ${path} HTTP/1.1\r\n${lines(...more)}\r\n\r\n`;

/**
 * 0: closed without an answer, as a connection that cannot be understood may be. bare: Node answers it by itself, with
 * nothing but the status.
 */
const ROWS: [what: string, text: string | Buffer, status: number | number[], bare?: 'bare'][] = [
  ['a length that is too short', post(`{"fileReference":"${MARK}"}`, ['Content-Length: 5']), 400],
  ['two lengths', post('{}', ['Content-Length: 2', 'Content-Length: 3']), 400],
  ['two equal lengths in one line', post('{}', ['Content-Length: 2, 2']), 400],
  ['a negative length', post('{}', ['Content-Length: -2']), 400],
  ['a length by plus', post('{}', ['Content-Length: +2']), 400],
  ['a length in hex', post('{}', ['Content-Length: 0x2']), 400],
  ['a length beyond everything', post('{}', ['Content-Length: 99999999999999999999999']), 400],
  ['length and chunks', post(chunked('{}'), ['Content-Length: 2', 'Transfer-Encoding: chunked']), 400],
  ['chunks and a length', post(chunked('{}'), ['Transfer-Encoding: chunked', 'Content-Length: 4']), 400],
  ['a transfer encoding that nobody knows', post(chunked('{}'), ['Transfer-Encoding: xchunked']), [400, 501]],
  ['chunks that are not the last encoding', post(chunked('{}'), ['Transfer-Encoding: chunked, identity']), 400],
  ['a tab before chunked', post(chunked('{}'), ['Transfer-Encoding:\tchunked', 'Content-Length: 4']), 400],
  ['a space before the colon', post('{}', ['Content-Length : 2']), 400],
  ['a line folded', post('{}', ['X-Folded: a', ' b', 'Content-Length: 2']), 400],
  ['a bare CR in a header', post('{}', ['X-Bare: a\rb', 'Content-Length: 2']), 400],
  ['a bare LF for the end of a line', post('{}', ['X-Bare: a\nContent-Length: 2']), 400],
  ['a zero byte in a header', post('{}', ['X-Zero: a\u0000b', 'Content-Length: 2']), 400],
  ['a chunk size that lies', post('5\r\n{}\r\n0\r\n\r\n', ['Transfer-Encoding: chunked']), [400, 408]],
  ['a chunk size by minus', post('-2\r\n{}\r\n0\r\n\r\n', ['Transfer-Encoding: chunked']), 400],
  [
    'a chunk with an extension without end',
    post(`2;${'x'.repeat(20_000)}\r\n{}\r\n0\r\n\r\n`, ['Transfer-Encoding: chunked']),
    [400, 413, 431],
  ],
  ['two hosts', get(['Host: y']), [200, 400]],
  ['no host', get().replace('Host: x\r\n', ''), 400, 'bare'],
  ['a method that nobody knows', get().replace('GET', 'STEAL'), 400],
  ['a method in small letters', get().replace('GET', 'get'), 400],
  ['CONNECT', get().replace('GET /v1/clients', 'CONNECT other.test:443'), [0, 400, 404, 405]],
  ['TRACE', get().replace('GET', 'TRACE'), [404, 405]],
  ['an absolute URL to somebody else', get([], 'http://other.test/v1/clients'), [200, 404]],
  [
    'HTTP/2 by upgrade',
    get(['Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__']).replace(
      'Connection: close',
      'Connection: Upgrade, HTTP2-Settings, close',
    ),
    [200, 400],
  ],
  ['HTTP/0.9, which has no headers and so no token', 'GET /v1/clients\r\n\r\n', [400, 401]],
  ['HTTP/3.7', get().replace('HTTP/1.1', 'HTTP/3.7'), [400, 505]],
  ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), [0, 400]],
  ['headers without end', get([`X-Long: ${'y'.repeat(20_000)}`]), 431],
  ['a thousand headers', get(Array.from({ length: 1_500 }, (_one, index) => `X-${index}: 1`)), [400, 431]],
  ['a URL without end', get([], `/v1/clients?cursor=${'z'.repeat(20_000)}`), 431],
  ['a URL of 5,000 characters', get([], `/v1/clients?cursor=${'z'.repeat(5_000)}`), 400],
  ['a path upwards', get([], '/v1/../v1/../../etc/passwd'), 404],
  ['a path upwards, encoded', get([], '/v1/%2e%2e/%2e%2e/etc/passwd'), 404],
  ['a zero byte in a path', get([], '/v1/clients/%00'), 404],
  ['a path that is not UTF-8', get([], '/v1/clients/%ff%fe'), 404],
  ['half an escape in a path', get([], '/v1/clients/%e'), 404],
  ['CR LF in a path', get([], '/v1/clients/%0d%0aX-Injected:%201'), 404],
  ['a body of more than 1 MiB', post(`{"fileReference":"${'x'.repeat(1024 * 1024)}"}`), 413],
  [
    'a body of more than 1 MiB in chunks',
    post(chunked(`{"fileReference":"${'x'.repeat(1024 * 1024)}"}`), ['Transfer-Encoding: chunked']),
    413,
  ],
  [
    'a body that is compressed',
    Buffer.concat([
      Buffer.from(post('', ['Content-Encoding: gzip', `Content-Length: ${gzipSync('{}').length}`])),
      gzipSync('{}'),
    ]),
    [400, 415],
  ],
];

t.test('what cannot be read is refused, and nothing behind it is taken for a request', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const [what, text, expected, bare] of ROWS) {
      const answer = await raw(url, text);
      t.ok([expected].flat().includes(answer.status), `${what}: ${answer.status}, expected ${expected}`);
      t.ok(answersIn(answer) <= 1, `${what}: one answer at most`);
      t.notMatch(answer.text, /X-Injected|root:|at \S+:\d+:\d+/i, what);
      if (answer.status >= 400 && !bare) t.match(answer.head, /application\/(problem\+)?json/, `${what}: a problem`);
    }
  });
});

t.test('what follows a request that is refused is none', async (t) => {
  const smuggled: [what: string, text: string][] = [
    ['behind a length and chunks', post(`0\r\n\r\n${inner}`, ['Content-Length: 4', 'Transfer-Encoding: chunked'])],
    ['behind two lengths', post(`{}${inner}`, ['Content-Length: 2', `Content-Length: ${2 + inner.length}`])],
    ['behind a chunk that lies', post(`1\r\n{}\r\n0\r\n\r\n${inner}`, ['Transfer-Encoding: chunked'])],
    ['behind headers that are too long', `${get([`X-Long: ${'y'.repeat(20_000)}`])}${inner}`],
    ['behind a body that is too large', `${post('', ['Content-Length: 2000000'])}${'x'.repeat(10)}${inner}`],
    ['behind a line that is none', `${MARK}\r\n\r\n${inner}`],
    [
      'behind an upgrade',
      get(
        ['Upgrade: websocket', 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==', 'Sec-WebSocket-Version: 13'],
        '/graphql',
      ).replace('Connection: close', 'Connection: Upgrade') + inner,
    ],
  ];
  await leavesNoTrace(t, exchange, async () => {
    for (const [what, text] of smuggled) {
      const answer = await raw(url, text, { forMs: REQUEST_TIMEOUT_MS + 2_500 });
      t.notMatch(answer.text, /^HTTP\/1\.1 2\d\d/m, what);
    }
  });
});

t.test('a length that is too short ends the request there', async (t) => {
  // What stands behind it is no request of HTTP. Node meets it at once, so that 400 may come before the first has its answer.
  const answer = await raw(url, post(`{}${MARK}`, ['Content-Length: 2']));
  t.ok([201, 400].includes(answer.status), String(answer.status));
  t.equal(answersIn(answer), 1);
  t.notMatch(answer.text, MARK);
});

t.test('a bomb of gzip is not unpacked', async (t) => {
  const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20));
  t.ok(bomb.length < 1024 * 1024, 'small enough to be sent');
  const before = process.memoryUsage().rss;
  await leavesNoTrace(t, exchange, async () => {
    for (const encoding of ['gzip', 'deflate', 'br', 'identity, gzip']) {
      const head = post('', [`Content-Encoding: ${encoding}`, `Content-Length: ${bomb.length}`]);
      const answer = await raw(url, [Buffer.from(head), bomb]);
      t.ok([400, 415].includes(answer.status), `${encoding}: ${answer.status}`);
    }
  });
  t.ok(process.memoryUsage().rss - before < 150 * 1024 * 1024, 'nor does memory grow by what is in it');
});

t.test('a body that comes a byte at a time is given up, and others are served meanwhile', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    const body = '{"fileReference":null}';
    const unhurried = { everyMs: 100, forMs: 10_000 };
    const slow = ['/v1/clients', '/graphql', '/oauth/token'].map((path) => {
      const head = post('', [`Content-Length: ${body.length * 100}`], path);
      const form = head.replace('application/json', 'application/x-www-form-urlencoded');
      return raw(url, [path === '/oauth/token' ? form : head, ...body.repeat(20)], unhurried);
    });
    // And headers that never end.
    slow.push(raw(url, ['GET /v1/clients HTTP/1.1\r\n', ...'X-Slow: 1\r\n'.repeat(20)], unhurried));
    const others = Array.from({ length: 40 }, async () => (await fetch(`${url}/healthz`)).status);
    t.same(new Set(await Promise.all(others)), new Set([200]), 'others are served');
    for (const answer of await Promise.all(slow)) {
      t.ok([408, 0].includes(answer.status), `given up: ${answer.status}`);
      t.notMatch(answer.text, /^HTTP\/1\.1 2/m);
    }
  });
});

const INJECTIONS = [
  'a\r\nX-Injected: 1',
  'a\nX-Injected: 1',
  'a\rX-Injected: 1',
  'a%0d%0aX-Injected:1',
  'a\u0000X-Injected',
  'a\u2028X-Injected',
  'ä\u0010X-Injected',
];
const ECHOED = [
  'Laufzettel-Caseworker',
  'Idempotency-Key',
  'Accept-Language',
  'If-Match',
  'If-None-Match',
  'Host',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'Forwarded',
  'traceparent',
  'tracestate',
  'Origin',
  'Referer',
  'User-Agent',
  'Request-Id',
  'X-Request-Id',
  'Access-Control-Request-Headers',
];

t.test('no header writes a header of the answer or a line of the log', async (t) => {
  const loggedBefore = exchange.log.length;
  for (const name of ECHOED) {
    for (const value of INJECTIONS) {
      const text = get([`${name}: ${value}`, `X-Other: ${MARK}`]);
      const answer = await raw(url, Buffer.from(text, 'utf8'));
      t.ok([200, 400, 404].includes(answer.status), `${name}: ${answer.status}`);
      t.notMatch(answer.head, /injected/i, `${name}: no header of the answer`);
      t.notMatch(answer.body, /injected/i, `${name}: nor its body`);
      t.ok(answersIn(answer) <= 1, `${name}: one answer`);
    }
  }
  const logged = exchange.log.slice(loggedBefore);
  t.notMatch(logged.join(''), /injected|Schmuggelware/i, 'nothing of it is logged');
  for (const line of logged) t.doesNotThrow(() => JSON.parse(line), 'each line of the log is one');
});

t.test('nobody is told to go to, or taken for, a host that the request names', async (t) => {
  for (const path of ['/oauth/.well-known/openid-configuration', '/docs', '/playground', '/v1/clients', '/nothing']) {
    const text = get(
      ['X-Forwarded-Host: evil.test', 'X-Forwarded-Proto: https', 'Forwarded: host=evil.test'],
      path,
    ).replace('Host: x', 'Host: evil.test');
    const answer = await raw(url, text);
    t.notMatch(answer.text, 'evil.test', path);
  }
});
