/** What the doors take before anybody looks at what is asked: how often, how long, how deep. */
import type { LightMyRequestResponse as Answer } from 'fastify';
import type { Test } from 'tap';
import { EXAMPLE_IDS } from '../../src/contract/example-ids.ts';
import { createRateLimits } from '../../src/rest/rate-limit.ts';
import { t } from '../support/t.ts';
import { type DoorsApp, doorsApp } from './doors-app.ts';

const UNLIMITED = 1_000_000;
const CREATE = 'mutation { createClient { id } }';
const created = { id: EXAMPLE_IDS.client, fileReference: null, createdAt: '' };

/** The code of a problem, at whichever door; undefined when it is none. */
function codeOf(answer: Answer): string | undefined {
  const body = answer.json();
  return body.code ?? body.errors?.[0]?.extensions.code;
}

/** Both doors, and how many clients were created through them. */
async function counting(t: Test, requestsPerMinute: number, strangersPerMinute = UNLIMITED) {
  let made = 0;
  const createClient = async () => {
    made += 1;
    return created;
  };
  const doors = await doorsApp({ createClient }, { requestsPerMinute, strangersPerMinute });
  t.teardown(() => doors.app.close());
  return { ...doors, made: () => made };
}

function demandRefused(t: Test, answer: Answer, seconds: RegExp = /^([1-9]|[1-5]\d|60)$/): void {
  t.equal(answer.statusCode, 429);
  t.equal(codeOf(answer), 'rate-limited');
  t.match(answer.headers['retry-after'], seconds);
  t.match(answer.headers['ratelimit-policy'], /^"caller";q=\d+;w=60, "address";q=\d+;w=60$/);
}

t.test('an agency may send so many requests in a minute, by both doors together', async (t) => {
  const { rest, graphql, made } = await counting(t, 4);
  const answers = [
    await rest('POST', '/v1/clients'),
    await graphql(CREATE),
    await rest('POST', '/v1/clients'),
    await graphql(CREATE),
  ];
  t.same(
    answers.map((answer) => [answer.statusCode, /;r=(\d)/.exec(String(answer.headers.ratelimit))?.[1]]),
    [
      [201, '3'],
      [200, '2'],
      [201, '1'],
      [200, '0'],
    ],
    'each is told what is left',
  );
  for (const answer of answers) {
    t.equal(answer.headers['ratelimit-policy'], `"caller";q=4;w=60, "address";q=${UNLIMITED};w=60`);
    t.match(answer.headers.ratelimit, /^"caller";r=\d;t=(\d|[1-5]\d|60)$/);
  }
  for (const refused of [await rest('POST', '/v1/clients'), await graphql(CREATE)]) {
    demandRefused(t, refused);
    t.match(refused.headers.ratelimit, /^"caller";r=0;t=\d+$/);
  }
  t.equal(made(), 4, 'what is refused has no effect');
});

t.test('who is counted apart', async (t) => {
  const { rest, graphql } = await counting(t, 1);
  const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  t.equal((await rest('GET', '/v1/clients', as('agency'))).statusCode, 403);
  demandRefused(t, await rest('GET', '/v1/clients', as('reader')));
  t.equal(codeOf(await rest('GET', '/v1/agencies', as('admin'))), 'not-allowed', 'the admin has a count of its own');
  demandRefused(t, await graphql('{ agencies { nextCursor } }', undefined, { token: 'admin' }));
});

t.test('each field of the root is a request', async (t) => {
  const { rest, graphql, made } = await counting(t, 6);
  const three = 'mutation { a: createClient { id } b: createClient { id } c: createClient { id } }';
  t.match((await graphql(three)).headers.ratelimit, /r=3;/);
  t.match((await graphql('{')).headers.ratelimit, /r=2;/, 'one that cannot be read is one');
  demandRefused(t, await graphql(three));
  t.equal(made(), 3, 'of what is refused nothing is executed');
  demandRefused(t, await rest('GET', '/v1/clients'));
});

t.test('twenty at once are counted as twenty', async (t) => {
  const { rest, made } = await counting(t, 7);
  const answers = await Promise.all(Array.from({ length: 20 }, () => rest('POST', '/v1/clients')));
  t.equal(answers.filter((answer) => answer.statusCode === 201).length, 7);
  t.equal(answers.filter((answer) => answer.statusCode === 429).length, 13);
  t.equal(made(), 7);
});

t.test('strangers are counted by their address, and shut out nobody who has a token', async (t) => {
  const { app, rest, graphql } = await counting(t, UNLIMITED, 3);
  const stranger = (door: 'REST' | 'GraphQL', remoteAddress: string, authorization?: string): Promise<Answer> =>
    app.inject({
      ...(door === 'REST'
        ? { method: 'GET', url: '/v1/clients' }
        : { method: 'POST', url: '/graphql', payload: { query: CREATE } }),
      remoteAddress,
      headers: authorization ? { authorization } : {},
    });
  for (const [door, authorization, code] of [
    ['REST', undefined, 'token-missing'],
    ['GraphQL', 'Bearer guess', 'token-invalid'],
    ['REST', 'Bearer another', 'token-invalid'],
  ] as const) {
    const answer = await stranger(door, '127.0.0.1', authorization);
    t.equal(codeOf(answer), code);
    t.notOk('ratelimit' in answer.headers, 'who may share an address learns no count of it');
  }
  demandRefused(t, await stranger('REST', '127.0.0.1'));
  demandRefused(t, await stranger('GraphQL', '127.0.0.1', 'Bearer guess'));
  t.equal(codeOf(await stranger('REST', '127.0.0.2')), 'token-missing', 'another address');
  t.equal((await rest('POST', '/v1/clients')).statusCode, 201);
  t.equal((await graphql(CREATE)).statusCode, 200);
});

t.test('an address of IPv6 counts with its neighbours', async (t) => {
  const limits = createRateLimits({ requestsPerMinute: 1, strangersPerMinute: 1 });
  const isRefused = async (address: string) => (await limits.ofStranger(address)).refusal !== null;
  const rows: [string, boolean][] = [
    ['2001:db8:0:1::1', false],
    ['2001:0DB8:0000:1:ffff::2', true],
    ['2001:db8:0:1:2:3:4:5', true],
    ['2001:db8:0:2::1', false],
    ['2001:db8::1', false],
    ['2001:db8::2', true],
    ['::1', false],
    ['::ffff:192.0.2.1', false],
    ['::ffff:192.0.2.2', false],
    ['192.0.2.1', false],
    ['192.0.2.1', true],
  ];
  for (const [address, refused] of rows) t.equal(await isRefused(address), refused, address);
});

t.test('a URL has its limits', async (t) => {
  const { rest, app } = await counting(t, UNLIMITED);
  const long = `x=${'y'.repeat(4096)}`;
  const many = Array.from({ length: 51 }, (_one, index) => `x${index}=1`).join('&');
  for (const query of [long, many]) {
    const overRest = await rest('GET', `/v1/clients?${query}`);
    t.equal(overRest.statusCode, 400);
    t.equal(codeOf(overRest), 'bad-request');
    const headers = { authorization: 'Bearer agency' };
    const payload = { query: CREATE };
    const overGraphql = await app.inject({ method: 'POST', url: `/graphql?${query}`, headers, payload });
    t.equal(overGraphql.statusCode, 400);
    t.equal(codeOf(overGraphql), 'bad-request');
    t.match(overGraphql.json(), { errors: [{ message: /^The URL has more than/ }] });
  }
  const enough = Array.from({ length: 50 }, (_one, index) => `x${index}=1`).join('&');
  // As many are read, and refused because the operation knows none of them; not because they are many.
  t.match((await rest('GET', `/v1/clients?${enough}`)).json(), {
    code: 'bad-request',
    errors: [{ pointer: '/query', detail: /^has a member that is not known here/ }],
  });
});

const nested = (levels: number, open: string, close: string, core = ''): string =>
  open.repeat(levels) + core + close.repeat(levels);

t.test('a body is as deep as anything needs, and no deeper', async (t) => {
  const { rest, app, log, made } = await counting(t, UNLIMITED);
  const headers = { authorization: 'Bearer agency', 'content-type': 'application/json' };
  const send = async (door: 'REST' | 'GraphQL', value: string) =>
    door === 'REST'
      ? rest('POST', '/v1/clients', { headers, payload: value })
      : app.inject({
          method: 'POST',
          url: '/graphql',
          headers,
          payload: `{"query":${JSON.stringify(CREATE)},"variables":{"x":${value}}}`,
        });
  for (const door of ['REST', 'GraphQL'] as const) {
    for (const value of [
      nested(25, '[', ']'),
      nested(25, '{"a":', '}', '1'),
      nested(500_000, '[', ']'),
      nested(170_000, '{"a":', '}', '1'),
    ]) {
      const answer = await send(door, value);
      t.equal(answer.statusCode, 400);
      t.equal(codeOf(answer), 'bad-request');
      t.match(answer.body, 'has more than 24 levels');
    }
  }
  t.match((await send('REST', nested(24, '[', ']'))).body, 'does not have the form', 'looked at for what it says');
  t.equal((await send('GraphQL', nested(20, '[', ']'))).statusCode, 200);
  t.equal(made(), 1);
  t.notMatch(log(), 'unexpected exception');
});

t.test('what no limit speaks about is a problem of the door all the same', async (t) => {
  const { rest, app }: DoorsApp = await counting(t, UNLIMITED);
  t.equal(
    codeOf(
      await app.inject({
        method: 'POST',
        url: '/graphql',
        headers: { authorization: 'Bearer agency' },
        payload: [{ query: CREATE }, { query: CREATE }],
      }),
    ),
    'bad-request',
    'a batch',
  );
  const german = await rest('GET', '/v1/clients/no-id', { headers: { 'accept-language': 'de' } });
  t.equal(german.headers['content-language'], 'de');
  t.match(german.json(), { title: /^Das gibt es nicht/, detail: 'Nichts hat eine Kennung wie die im Pfad.' });
  const asked = {
    method: 'POST',
    url: '/graphql',
    payload: { query: '{ client(clientId: "no-id") { id } }' },
  } as const;
  const overGraphql = await app.inject({
    ...asked,
    headers: { authorization: 'Bearer agency', 'accept-language': 'de' },
  });
  t.equal(overGraphql.headers['content-language'], 'de');
  t.match(overGraphql.json().errors[0], {
    message: german.json().detail,
    extensions: { title: german.json().title, code: 'not-found', type: '/docs/errors#not-found', status: 404 },
  });
  const wrong = { ...asked, payload: { query: '{ clients { nextCurser } }' } };
  const validated = await app.inject({
    ...wrong,
    headers: { authorization: 'Bearer agency', 'accept-language': 'de' },
  });
  t.equal(validated.statusCode, 400);
  t.same(validated.json().errors[0].extensions.errors, [
    { pointer: '', detail: 'Der Typ "ClientPage" hat kein Feld "…" (Zeile 1, Spalte 13)' },
  ]);
  t.notMatch(validated.body, 'nextCursor', 'no name is suggested');
});
