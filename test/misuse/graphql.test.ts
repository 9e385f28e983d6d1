/**
 * GraphQL as a way in: what is not one operation in one POST of JSON, what asks for too much, what would learn of the
 * schema by guessing. How much a document may ask for stands row by row in test/graphql/limits.test.ts.
 *
 * Introspection is the same for every caller with a valid token, whatever its scopes: the schema is public (it is in the
 * repository, and the playground reads it), and it says nothing of anybody. Without a token there is none.
 */
import { getIntrospectionQuery } from 'graphql';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { leavesNoTrace } from './trace.ts';
import { raw } from './wire.ts';
import { forger, thingsOf } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());
const own = await thingsOf(exchange, 'diakonie', 'rantzau');
const { token } = await exchange.as('diakonie');
const authorization = `Bearer ${token}`;
const JSON_TYPE = { authorization, 'content-type': 'application/json' };

interface Attempt {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string | FormData | URLSearchParams;
}

async function attempt({ method = 'POST', path = '/graphql', headers = JSON_TYPE, body }: Attempt) {
  const answer = await fetch(`${exchange.url}${path}`, { method, headers, body: body ?? null, redirect: 'manual' });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, text };
}

const document = (query: string, more: object = {}): string => JSON.stringify({ query, ...more });
const CREATE = 'mutation { createClient { id } }';
const many = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_one, index) => text(index)).join(' ');

function formOf(): FormData {
  const form = new FormData();
  form.set('operations', document('mutation($f: Upload!) { createClient { id } }', { variables: { f: null } }));
  form.set('map', '{"0":["variables.f"]}');
  form.set('0', new Blob(['x']), 'x.txt');
  return form;
}

const urlOf = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;

/** Each would create a client, if it were taken. */
const ROWS: [what: string, request: Attempt, status: number][] = [
  ['a mutation by GET', { method: 'GET', path: urlOf(CREATE) }, 405],
  ['a query by GET', { method: 'GET', path: urlOf('{ ownAgency { id } }') }, 405],
  ['a mutation by HEAD', { method: 'HEAD', path: urlOf(CREATE) }, 405],
  ['a mutation by PUT', { method: 'PUT', body: document(CREATE) }, 405],
  ['a mutation in the URL of a POST', { path: urlOf(CREATE), body: '{}' }, 400],
  ['a batch', { body: `[${document(CREATE)},${document(CREATE)}]` }, 400],
  ['a batch of one', { body: `[${document(CREATE)}]` }, 400],
  ['an empty batch', { body: '[]' }, 400],
  ['multipart', { headers: { authorization }, body: formOf() }, 415],
  [
    'a form, as a page of another origin may send it',
    { headers: { authorization }, body: new URLSearchParams({ query: CREATE }) },
    415,
  ],
  [
    'text, as a page of another origin may send it',
    { headers: { authorization, 'content-type': 'text/plain' }, body: document(CREATE) },
    415,
  ],
  ['no content type', { headers: { authorization, 'content-type': '' }, body: document(CREATE) }, 415],
  ['application/graphql', { headers: { authorization, 'content-type': 'application/graphql' }, body: CREATE }, 415],
  [
    'JSON of another name',
    { headers: { authorization, 'content-type': 'application/graphql+json' }, body: document(CREATE) },
    415,
  ],
  ['without a token', { headers: { 'content-type': 'application/json' }, body: document(CREATE) }, 401],
  [
    'a token in the variables',
    { headers: { 'content-type': 'application/json' }, body: document(CREATE, { variables: { authorization } }) },
    401,
  ],
  [
    'a token in extensions',
    { headers: { 'content-type': 'application/json' }, body: document(CREATE, { extensions: { authorization } }) },
    401,
  ],
  [
    'a stored document by its hash',
    { body: JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: '0'.repeat(64) } } }) },
    400,
  ],
  [
    'two operations of one name',
    { body: document('mutation A { createClient { id } } mutation A { createClient { id } }', { operationName: 'A' }) },
    400,
  ],
  ['two operations without a name', { body: document(`${CREATE} ${CREATE}`) }, 400],
  [
    'a name that the document does not have',
    { body: document('mutation A { createClient { id } }', { operationName: 'B' }) },
    400,
  ],
  [
    'a name that is no text',
    { body: document('mutation A { createClient { id } }', { operationName: { toString: 'A' } }) },
    400,
  ],
  [
    'two fragments of one name',
    {
      body: document(
        'mutation { ...A } fragment A on Mutation { createClient { id } } fragment A on Mutation { createClient { id } }',
      ),
    },
    400,
  ],
  [
    'fragments in a circle',
    {
      body: document('mutation { createClient { ...A } } fragment A on Client { ...B } fragment B on Client { ...A }'),
    },
    400,
  ],
  ['a subscription', { body: document('subscription { createClient { id } }') }, 400],
  ['@defer', { body: document('mutation { createClient { ... @defer { id } } }') }, 400],
  ['@stream', { body: document('mutation { createClient { id @stream } }') }, 400],
  ['six mutations', { body: document(`mutation { ${many(6, (n) => `a${n}: createClient { id }`)} }`) }, 400],
  ['a thousand aliases', { body: document(`mutation { createClient { ${many(1_000, (n) => `a${n}: id`)} } }`) }, 400],
  [
    'directives by the hundreds',
    { body: document(`mutation { createClient ${'@include(if: true) '.repeat(500)} { id } }`) },
    400,
  ],
  [
    'directives on the operation',
    { body: document(`mutation ${'@skip(if: false) '.repeat(300)} { createClient { id } }`) },
    400,
  ],
  [
    'a deep document',
    { body: document(`mutation { createClient { ${'id { '.repeat(50)} id ${'} '.repeat(50)} } }`) },
    400,
  ],
  ['a huge document', { body: document(`mutation { createClient { id } } # ${'x'.repeat(900_000)}`) }, 400],
  ['a document of commas', { body: document(`mutation { createClient { id ${','.repeat(30_000)} } }`) }, 400],
  ['a document of braces', { body: document('{'.repeat(19_000)) }, 400],
  ['variables of 2 MiB', { body: document(CREATE, { variables: { v: 'x'.repeat(2_000_000) } }) }, 413],
  [
    'deep variables',
    { body: `{"query":${JSON.stringify(CREATE)},"variables":{"v":${'['.repeat(1_000)}${']'.repeat(1_000)}}}` },
    400,
  ],
  ['variables that are a list', { body: document(CREATE, { variables: [1] }) }, 400],
  ['variables that are a text', { body: document(CREATE, { variables: '{}' }) }, 400],
  ['a query that is a list', { body: JSON.stringify({ query: [CREATE] }) }, 400],
  ['a query that is a document', { body: JSON.stringify({ query: { kind: 'Document' } }) }, 400],
  ['a zero byte in the document', { body: document(`mutation { createClient { id \u0000 } }`) }, 400],
  [
    'half a character in the document',
    { body: '{"query":"mutation { createClient(input: {fileReference: \\"\\ud800\\"}) { id } \\ud800 }"}' },
    400,
  ],
  ['another path', { path: '/graphql/', body: document(CREATE) }, 404],
  ['the path in capitals', { path: '/GraphQL', body: document(CREATE) }, 404],
  ['the path of mercurius for GraphiQL', { method: 'GET', path: '/graphiql' }, 404],
];

t.test('what is not one operation in one POST of JSON does nothing', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const [what, request, status] of ROWS) {
      const answer = await attempt(request);
      t.equal(answer.status, status, `${what}: ${answer.text.slice(0, 300)}`);
      t.notMatch(answer.text, /did you mean|node_modules|"createdAt"/i, what);
    }
  });
});

t.test('a hundred documents that are refused do not make one that is taken wait', async (t) => {
  const heavy = document(
    `{ ${many(20, (n) => `a${n}: clients(limit: 200) { items { id fileReference createdAt } }`)} }`,
  );
  const refused = Array.from({ length: 100 }, () => attempt({ body: heavy }));
  t.equal((await attempt({ body: document('{ ownAgency { id } }') })).status, 200);
  t.same(new Set((await Promise.all(refused)).map(({ status }) => status)), new Set([400]));
});

// The token endpoint is the library's: it lets pages ask, and refuses a request that has an Origin (test/auth/issuer.test.ts).
t.test('a page of another origin gets no leave to read or to send', async (t) => {
  for (const path of ['/graphql', '/v1/clients', `/v1/clients/${own.client}`]) {
    const preflight = await attempt({
      method: 'OPTIONS',
      path,
      headers: {
        origin: 'https://evil.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      },
    });
    const simple = await attempt({
      path,
      headers: { ...JSON_TYPE, origin: 'https://evil.test' },
      body: '{"query":"{ __typename }"}',
    });
    for (const answer of [preflight, simple]) {
      const names = [...answer.headers.keys()].filter((name) => name.startsWith('access-control-allow'));
      t.same(names, [], path);
    }
    t.ok(preflight.status >= 400, `${path}: ${preflight.status}`);
  }
});

t.test('a socket is opened at /graphql alone, with or without a token', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const path of ['/graphql/', '/graphql/ws', '/v1/clients', '/subscriptions', '/']) {
      for (const more of [[], [`Authorization: ${authorization}`]]) {
        const lines = [
          'Host: x',
          'Connection: Upgrade',
          'Upgrade: websocket',
          'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
          'Sec-WebSocket-Version: 13',
          'Sec-WebSocket-Protocol: graphql-transport-ws',
          ...more,
        ];
        const answer = await raw(exchange.url, `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`, { forMs: 500 });
        t.not(answer.status, 101, path);
        t.ok(answer.status === 0 || answer.status >= 400 || path === '/v1/clients', `${path}: ${answer.status}`);
      }
    }
  });
});

/** Each is nearly a name of the schema. */
const GUESSES = [
  '{ clint { id } }',
  '{ ownAgenc { id } }',
  '{ clients { itmes { id } } }',
  '{ clients(limt: 1) { nextCursor } }',
  '{ client(clientId: "x", clientid: "x") { id } }',
  '{ __type(nam: "Client") { name } }',
  '{ __shema { types { name } } }',
  '{ clients { ... on ClientPag { nextCursor } } }',
  'query($v: CreateClientInpt) { ownAgency { id } }',
  'query($v: UUI) { ownAgency { id } }',
  'mutation { createClient(input: {fileReferenc: "x"}) { id } }',
  'mutation { createClien { id } }',
  'mutation { createRequest(input: {clientId: "x", agencyId: "x", kind: FALLMITTEILUN, purpose: BERATUNG}) { id } }',
  '{ ownAgency { id @skp(if: true) } }',
  '{ ownAgency { ...Fragmen } } fragment Fragment on Agency { id }',
];

t.test('who guesses at the schema is told no name of it', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const query of GUESSES) {
      const { status, text } = await attempt({ body: document(query) });
      t.equal(status, 400, query);
      t.notMatch(text, /did you mean/i, query);
      const errors = JSON.parse(text).errors[0].extensions.errors as { detail: string }[];
      for (const { detail } of errors) {
        const told = [...detail.matchAll(/"([^"]+)"/g)].flatMap(([, words]) => words!.match(/\w+/g) ?? []);
        for (const name of told)
          t.ok(
            new RegExp(`\\b${name}\\b`).test(query) ||
              /^(Query|Mutation|Client|ClientPage|Agency|CreateClientInput|ID|String|Int|Boolean|__Type|Kind)$/.test(
                name,
              ),
            `${query}: ${name} was not asked for`,
          );
      }
    }
  });
});

t.test('introspection is the same for everybody with a token, and for nobody without', async (t) => {
  const agency = await forger(exchange, 'diakonie');
  const tokens = {
    'an agency': token,
    'an agency without scopes': await agency({ scope: '' }),
    'an agency that only reads': await agency({ scope: 'laufzettel:read' }),
    'the admin': (await exchange.as('admin')).token,
    'an agency that is none here': await agency({ agency: '01980000-0000-7000-8000-00000000dead' }),
  };
  const body = document(getIntrospectionQuery());
  await leavesNoTrace(t, exchange, async () => {
    const texts = new Map<string, string>();
    for (const [who, one] of Object.entries(tokens)) {
      const answer = await attempt({ headers: { ...JSON_TYPE, authorization: `Bearer ${one}` }, body });
      t.equal(answer.status, 200, who);
      texts.set(who, answer.text);
    }
    t.equal(new Set(texts.values()).size, 1, 'the same bytes');
    t.match(texts.get('the admin'), '"createClient"');
    t.match(await attempt({ headers: { 'content-type': 'application/json' }, body }), { status: 401 });
    t.match(await attempt({ headers: { 'content-type': 'application/json' }, body: document('{ __typename }') }), {
      status: 401,
    });
  });
});
