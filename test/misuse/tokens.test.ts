/**
 * Tokens that are none: each is refused at both doors, for a reading and for a change, with 401 and nothing else, and
 * leaves nothing behind. What the verifier and the issuer check by themselves stands in test/auth; here it is the running
 * exchange, with its own key.
 */
import { createPublicKey, type JsonWebKey, randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { calculateJwkThumbprint, importJWK, type JWK, SignJWT } from 'jose';
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { readKeyFile } from '../../src/cli/keys.ts';
import { ask, assertion, seconds, unsigned } from '../auth/exchange.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { leavesNoTrace } from './trace.ts';
import { forger, issuerKey } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());
const second = await exchange.anotherInstance();
const { token: good } = await exchange.as('diakonie');
const { token: ofAdmin } = await exchange.as('admin');
const forge = await forger(exchange, 'diakonie');
const [head = '', claims = '', signature = ''] = good.split('.');
const parsed = JSON.parse(Buffer.from(claims, 'base64url').toString());
const header = JSON.parse(Buffer.from(head, 'base64url').toString());
const signing = await issuerKey(exchange);
const now = seconds();

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const { d: _private, ...publicKey } = signing;
const publicPem = createPublicKey({ key: publicKey as JsonWebKey, format: 'jwk' }).export({
  type: 'spki',
  format: 'pem',
});

/** The same claims, signed by somebody else. */
async function signedBy(key: JWK | Uint8Array, alg: string, kid: string | undefined, more: object = {}) {
  const secret = key instanceof Uint8Array ? key : await importJWK(key, alg);
  return new SignJWT(parsed).setProtectedHeader({ ...header, alg, kid, ...more }).sign(secret);
}

const stranger = (await generateClientKey('ES384')).key;
const diakonieKey = await readKeyFile(`${exchange.keysDir}/diakonie-pinneberg.json`);
const without = (name: string) => forge({ [name]: undefined });

const TOKENS: [what: string, token: string][] = [
  ['expired', await forge({ iat: now - 400, exp: now - 100 })],
  ['expired a moment ago', await forge({ iat: now - 300, exp: now - 6 })],
  ['not yet valid', await forge({ nbf: now + 60 })],
  ['issued in the future', await forge({ iat: now + 60, exp: now + 120 })],
  ['too long a life', await forge({ iat: now, exp: now + 86_400 })],
  ['an end without end', await forge({ exp: 1e300 })],
  ['another audience', await forge({ aud: 'https://other.test' })],
  ['the issuer for audience', await forge({ aud: parsed.iss })],
  ['no audience among them', await forge({ aud: [] })],
  ['another issuer', await forge({ iss: 'https://other.test/oauth' })],
  ['another issuer by a slash', await forge({ iss: `${parsed.iss}/` })],
  ['alg none', unsigned(parsed, 'at+jwt')],
  ['alg none, in other letters', `${base64url({ alg: 'nOnE', typ: 'at+jwt' })}.${claims}.`],
  ['alg none, and a signature', `${base64url({ ...header, alg: 'none' })}.${claims}.${signature}`],
  ['HS256 with the public key', await signedBy(Buffer.from(publicPem), 'HS256', header.kid)],
  [
    'HS256 with the public key as it is published',
    await signedBy(Buffer.from(JSON.stringify(publicKey)), 'HS256', header.kid),
  ],
  ['HS256 with nothing', await signedBy(Buffer.from('0'.repeat(32)), 'HS256', header.kid)],
  ['a swapped key', await signedBy(stranger, 'ES384', header.kid)],
  ['the kid of another', await forge({}, { kid: stranger.kid })],
  [
    'its own key in the header',
    await signedBy(stranger, 'ES384', undefined, { jwk: (await generateClientKey('ES384')).jwks.keys[0] }),
  ],
  [
    'a place for its key in the header',
    await signedBy(stranger, 'ES384', undefined, { jku: 'https://evil.test/jwks' }),
  ],
  ['a path for kid', await signedBy(stranger, 'ES384', '../../../../dev/null')],
  ["an agency's key", await signedBy(diakonieKey, String(diakonieKey.alg), diakonieKey.kid)],
  ['the thumbprint for kid', await signedBy(stranger, 'ES384', await calculateJwkThumbprint(publicKey))],
  [
    'a tampered payload',
    [head, base64url({ ...parsed, agency: '01980000-0000-7000-8000-000000000001' }), signature].join('.'),
  ],
  ['a tampered header', [base64url({ ...header, x: 1 }), claims, signature].join('.')],
  ['the signature of another token', [head, claims, ofAdmin.split('.')[2]].join('.')],
  ['a signature cut off', [head, claims, signature.slice(0, 20)].join('.')],
  ['a signature of zeros', [head, claims, Buffer.alloc(96).toString('base64url')].join('.')],
  ['two parts', [head, claims].join('.')],
  ['five parts', [head, claims, signature, '', ''].join('.')],
  [
    'a critical header that nobody knows',
    await forge({}, { crit: ['exp'] }).catch(
      () => `${base64url({ ...header, crit: ['x'], x: 1 })}.${claims}.${signature}`,
    ),
  ],
  ['an assertion', await assertion('diakonie-pinneberg', diakonieKey, { aud: parsed.aud })],
  ['an id token', await forge({}, { typ: 'JWT' })],
  ['no typ', await forge({}, { typ: undefined })],
  ['no agency', await without('agency')],
  ['an empty agency', await forge({ agency: '' })],
  ['a number for agency', await forge({ agency: 1 })],
  ['a name for agency', await forge({ agency: 'diakonie' })],
  ['no client', await without('client_id')],
  ['an empty client', await forge({ client_id: '' })],
  ['a list for client', await forge({ client_id: ['diakonie-pinneberg'] })],
  ['a line break in client', await forge({ client_id: 'a\r\nb' })],
  ['no exp', await without('exp')],
  ['exp as text', await forge({ exp: `${now + 60}` })],
  ['no iat', await without('iat')],
  ['iat as text', await forge({ iat: `${now}` })],
  ['no issuer', await without('iss')],
  ['no audience', await without('aud')],
];

const CREATE = JSON.stringify({ query: 'mutation { createClient { id } }' });
const LIST = JSON.stringify({ query: '{ clients { nextCursor } }' });
const ATTEMPTS = [
  { method: 'GET', path: '/v1/clients', body: undefined },
  { method: 'POST', path: '/v1/clients', body: '{}' },
  { method: 'POST', path: '/graphql', body: LIST },
  { method: 'POST', path: '/graphql', body: CREATE },
] as const;

/** Status and code of an answer, and what it must never have. */
async function tried(url: string, { method, path, body }: (typeof ATTEMPTS)[number], headers: Record<string, string>) {
  const answer = await fetch(`${url}${path}`, {
    method,
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  const text = await answer.text();
  const { code, errors } = JSON.parse(text);
  return {
    status: answer.status,
    code: code ?? errors?.[0]?.extensions?.code,
    text,
    limits: answer.headers.get('ratelimit'),
  };
}

t.test('a token that is none opens no door', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const [what, token] of TOKENS) {
      for (const attempt of ATTEMPTS) {
        const found = await tried(exchange.url, attempt, { authorization: `Bearer ${token}` });
        t.match(
          found,
          { status: 401, code: 'token-invalid', limits: null },
          `${what}: ${attempt.method} ${attempt.path}`,
        );
        t.notMatch(found.text, /eyJ|diakonie|01980000/, `${what}: nothing of it comes back`);
      }
    }
  });
  const before = await exchange.sql('SELECT count(*)::int AS many FROM client');
  for (const attempt of ATTEMPTS)
    t.match(await tried(exchange.url, attempt, { authorization: `Bearer ${good}` }), { code: undefined });
  t.same(await exchange.sql('SELECT count(*)::int - 2 AS many FROM client'), before, 'and a good one does');
});

t.test('a token anywhere but in the header is none', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    for (const attempt of ATTEMPTS) {
      for (const name of ['access_token', 'token', 'authorization', 'bearer_token']) {
        const there = { ...attempt, path: `${attempt.path}?${name}=${good}` } as unknown as (typeof ATTEMPTS)[number];
        t.match(await tried(exchange.url, there, {}), { status: 401, code: 'token-missing' }, `${name} in the URL`);
      }
      for (const headers of [
        { cookie: `access_token=${good}` },
        { 'x-access-token': good },
        { 'proxy-authorization': `Bearer ${good}` },
        { 'x-forwarded-authorization': `Bearer ${good}` },
        { authorization: `Basic ${Buffer.from(`diakonie-pinneberg:${good}`).toString('base64')}` },
        { authorization: good },
        { authorization: `DPoP ${good}` },
      ] as Record<string, string>[]) {
        t.match(
          await tried(exchange.url, attempt, headers),
          { status: 401, code: 'token-missing' },
          Object.keys(headers).join(),
        );
      }
    }
  });
  t.notMatch(exchange.log.join(''), /eyJ[\w-]{20}/, 'and no token stands in the log');
});

/** A request with header lines as they are, for fetch would join or refuse them. */
const withHeaders = (headers: string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(exchange.url);
    const sent = httpRequest({
      hostname,
      port,
      path: '/v1/clients',
      method: 'POST',
      headers: ['host', 'x', 'content-length', '0', ...headers],
    });
    sent.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', reject);
    sent.end();
  });

t.test('of two Authorization headers neither passes for the other', async (t) => {
  await leavesNoTrace(t, exchange, async () => {
    const [bad, other] = [TOKENS[0]![1], ofAdmin];
    // Node keeps the first of two lines; a good second one must not stand in for it.
    t.equal(await withHeaders(['authorization', `Bearer ${bad}`, 'authorization', `Bearer ${good}`]), 401);
    t.equal(await withHeaders(['authorization', `Bearer ${other}`, 'authorization', `Bearer ${good}`]), 403);
    t.equal(await withHeaders(['authorization', `Bearer ${good}, Bearer ${other}`]), 401);
    t.equal(await withHeaders(['authorization', '', 'authorization', `Bearer ${good}`]), 401);
  });
});

t.test('an assertion that is none gets no token', async (t) => {
  const audience = { aud: `${parsed.iss}/token` };
  const make = (more: object = {}, header: object = {}, by = diakonieKey) =>
    assertion('diakonie-pinneberg', by, { ...audience, ...more }, header as Record<string, unknown>);
  const rows: [what: string, text: string, code: string, more?: Record<string, string>][] = [
    ['expired', await make({ iat: now - 120, exp: now - 10 }), 'invalid_client'],
    ['too long-lived', await make({ iat: now, exp: now + 900 }), 'invalid_client'],
    ['from the future', await make({ iat: now + 60, exp: now + 120 }), 'invalid_client'],
    ['not yet valid', await make({ nbf: now + 60 }), 'invalid_client'],
    ['for another token endpoint', await make({ aud: 'https://other.test/oauth/token' }), 'invalid_client'],
    ['for another one too', await make({ aud: [audience.aud, 'https://other.test'] }), 'invalid_client'],
    ['for the API', await make({ aud: parsed.aud }), 'invalid_client'],
    ['without jti', await make({ jti: undefined }), 'invalid_client'],
    ["in another's name", await make({ iss: 'arge-pinneberg', sub: 'arge-pinneberg' }), 'invalid_client'],
    ["about another's name", await make({ sub: 'arge-pinneberg' }), 'invalid_client'],
    ["with another's kid", await make({}, { kid: stranger.kid }, stranger), 'invalid_client'],
    ['with a swapped key', await make({}, {}, { ...stranger, kid: diakonieKey.kid! }), 'invalid_client'],
    [
      'alg none',
      unsigned({ ...audience, iss: 'diakonie-pinneberg', sub: 'diakonie-pinneberg', jti: randomUUID(), exp: now + 60 }),
      'invalid_client',
    ],
    ['an access token', good, 'invalid_client'],
    ['a scope more', await make(), 'invalid_scope', { scope: 'laufzettel:read exchange:admin' }],
    ['a scope that nobody knows', await make(), 'invalid_scope', { scope: 'laufzettel:read laufzettel:all' }],
    ['the token of another API', await make(), 'invalid_target', { resource: 'https://other.test' }],
    ["another's client_id beside it", await make(), 'invalid_request', { client_id: 'arge-pinneberg' }],
  ];
  await leavesNoTrace(t, exchange, async () => {
    for (const [what, text, code, more] of rows) {
      const answer = await ask(`${exchange.url}/oauth/token`, text, more);
      t.match(answer.body, { error: code }, what);
      t.ok(answer.status === 401 || answer.status === 400, what);
      t.notMatch(JSON.stringify(answer.body), /access_token|eyJ/, what);
    }
  });
});

t.test('an assertion that is replayed at two instances at once gets one token', async (t) => {
  for (let round = 0; round < 5; round += 1) {
    const text = await assertion('diakonie-pinneberg', diakonieKey, { aud: `${parsed.iss}/token` });
    const urls = Array.from({ length: 10 }, (_one, index) => (index % 2 === 0 ? exchange.url : second.url));
    const answers = await Promise.all(urls.map((url) => ask(`${url}/oauth/token`, text)));
    t.equal(answers.filter(({ status }) => status === 200).length, 1, 'one wins');
    t.equal(answers.filter(({ body }) => body.error === 'invalid_client').length, 9, 'the others are refused');
    t.match(await ask(`${second.url}/oauth/token`, text), { status: 401 }, 'and later ones, wherever');
  }
});
