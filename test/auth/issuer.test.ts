// Alone: what a library says once in a process is looked for.
import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { CompactSign, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { fetchToken, generateClientKey, TokenRefused } from '../../src/auth/client-credentials.ts';
import { trustInBuiltIn } from '../../src/auth/issuer.ts';
import { createTokenVerifier } from '../../src/auth/verify.ts';
import type { Scope } from '../../src/domain/permission.ts';
import { t } from '../support/t.ts';
import {
  AGENCY,
  AUDIENCE,
  ask,
  assertion,
  ISSUER,
  register,
  seconds,
  startExchange,
  TOKEN_AUDIENCE,
  unsigned,
} from './exchange.ts';

/** Whatever oidc-provider or anybody else prints. */
const printed: string[] = [];
for (const method of ['log', 'info', 'warn', 'error'] as const) {
  console[method] = (...words: unknown[]) => void printed.push(words.join(' '));
}
process.on('warning', (warning) => printed.push(warning.message));

const exchange = await startExchange();
const sent: string[] = [];
t.teardown(() => exchange.close());
const demand = (client_assertion: string, more = {}, headers = {}) => {
  sent.push(client_assertion);
  return ask(exchange.tokenUrl, client_assertion, more, headers);
};

for (const alg of ['ES384', 'EdDSA', 'PS256'] as const) {
  t.test(`a client that signs with ${alg} gets a token that the verifier accepts`, async (t) => {
    const { clientId, key } = await register(exchange, {}, alg);
    const { accessToken, expiresAt, scope } = await fetchToken({
      tokenUrl: exchange.tokenUrl,
      clientId,
      key,
      audience: TOKEN_AUDIENCE,
    });
    t.equal(scope, 'laufzettel:read laufzettel:write');
    t.match(decodeProtectedHeader(accessToken), { alg: 'ES384', typ: 'at+jwt', kid: String });
    const claims = decodeJwt(accessToken);
    t.match(claims, { iss: ISSUER, aud: AUDIENCE, sub: clientId, client_id: clientId, agency: AGENCY, jti: String });
    t.equal(claims.exp! - claims.iat!, 300);
    t.ok(Math.abs(expiresAt - claims.exp! * 1000) < 2000);

    const trust = await trustInBuiltIn({ issuerUrl: ISSUER, audience: AUDIENCE, signingKey: exchange.signingKey });
    const caller = await createTokenVerifier(trust).verify(`Bearer ${accessToken}`, 'm.17');
    t.match(caller, { agency: AGENCY, client: clientId, caseworker: 'm.17', expiresAt: claims.exp! * 1000 });
  });
}

t.test(
  'the newer name of EdDSA, a single audience in an array, the issuer as audience, no iat: all are fine',
  async (t) => {
    const ed = await register(exchange, {}, 'EdDSA');
    const { alg: _alg, ...unnamed } = ed.jwks.keys[0];
    Object.assign(exchange.store.clients.get(ed.clientId)!, { jwks: { keys: [unnamed] } });
    t.equal((await demand(await assertion(ed.clientId, ed.key, {}, { alg: 'Ed25519' }))).status, 200);
    const { clientId, key } = await register(exchange);
    t.equal((await demand(await assertion(clientId, key, { aud: [TOKEN_AUDIENCE] }))).status, 200);
    t.equal((await demand(await assertion(clientId, key, { aud: ISSUER }))).status, 200);
    t.equal((await demand(await assertion(clientId, key, { iat: undefined }))).status, 200);
    t.equal((await demand(await assertion(clientId, key, { iat: seconds() + 3, exp: seconds() + 303 }))).status, 200);
  },
);

t.test('what is wrong with an assertion is refused, each alone', async (t) => {
  const { clientId, key, jwks } = await register(exchange);
  const other = await register(exchange);
  const { key: stranger } = await generateClientKey('ES384');
  const publicPem = createPublicKey({ key: jwks.keys[0], format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  const now = seconds();
  const p256 = await makeEs256();
  const es256 = await register(exchange, { jwks: { keys: [p256.publicKey] } });
  const tampered = (text: string) => {
    const [head, , signature] = text.split('.');
    const claims = Buffer.from(JSON.stringify({ ...decodeJwt(text), jti: 'another' })).toString('base64url');
    return [head, claims, signature].join('.');
  };
  const good = () => assertion(clientId, key);
  type Row = [name: string, assertion: string, code: string, status: number, more?: object, headers?: object];
  const rows: Row[] = [
    ['expired', await assertion(clientId, key, { iat: now - 120, exp: now - 10 }), 'invalid_client', 401],
    ['exp too far ahead', await assertion(clientId, key, { iat: undefined, exp: now + 320 }), 'invalid_client', 401],
    ['exp at infinity', await assertion(clientId, key, { iat: undefined, exp: 1e300 }), 'invalid_client', 401],
    [
      'a whole life too long',
      await assertion(clientId, key, { iat: now - 200, exp: now + 110 }),
      'invalid_client',
      401,
    ],
    ['iat in the future', await assertion(clientId, key, { iat: now + 30 }), 'invalid_client', 401],
    ['not yet valid', await assertion(clientId, key, { nbf: now + 30 }), 'invalid_client', 401],
    ['exp as text', await assertion(clientId, key, { exp: `${now + 60}` }), 'invalid_client', 401],
    ['iat as text', await assertion(clientId, key, { iat: `${now}` }), 'invalid_client', 401],
    ['no exp', await assertion(clientId, key, { exp: undefined }), 'invalid_client', 401],
    ['no jti', await assertion(clientId, key, { jti: undefined }), 'invalid_client', 401],
    ['jti not a text', await assertion(clientId, key, { jti: 7 }), 'invalid_client', 401],
    ['no iss', await assertion(clientId, key, { iss: undefined }), 'invalid_client', 401],
    ['another iss', await assertion(clientId, key, { iss: other.clientId }), 'invalid_client', 401],
    ['no aud', await assertion(clientId, key, { aud: undefined }), 'invalid_client', 401],
    [
      'wrong audience',
      await assertion(clientId, key, { aud: 'https://other.test/oauth/token' }),
      'invalid_client',
      401,
    ],
    ['audience is the API', await assertion(clientId, key, { aud: AUDIENCE }), 'invalid_client', 401],
    [
      'a second audience',
      await assertion(clientId, key, { aud: [TOKEN_AUDIENCE, 'https://other.test'] }),
      'invalid_client',
      401,
    ],
    ['the address listened on', await assertion(clientId, key, { aud: exchange.tokenUrl }), 'invalid_client', 401],
    ['an access token as assertion', await assertion(clientId, key, {}, { typ: 'at+jwt' }), 'invalid_client', 401],
    ['alg none', unsigned({ ...decodeJwt(await good()) }), 'invalid_client', 401],
    [
      'HS256 with the public key as secret',
      await assertion(clientId, Buffer.from(publicPem), {}, { alg: 'HS256' }),
      'invalid_client',
      401,
    ],
    ['ES256', await assertion(es256.clientId, p256.privateKey), 'invalid_client', 401],
    ['a swapped key', await assertion(clientId, { ...stranger, kid: key.kid! }), 'invalid_client', 401],
    ['a key nobody registered', await assertion(clientId, stranger), 'invalid_client', 401],
    ["another client's key", await assertion(clientId, other.key), 'invalid_client', 401],
    ['a changed claim', tampered(await good()), 'invalid_client', 401],
    ['unknown client', await assertion('nobody', key), 'invalid_client', 401],
    ['a client id no database should see', await assertion('a\u0000b', key), 'invalid_client', 401],
    ['a client id without end', await assertion('a'.repeat(300), key), 'invalid_client', 401],
    ['unknown critical header', await criticalHeader(clientId, key), 'invalid_client', 401],
    ['client_id of somebody else', await good(), 'invalid_request', 400, { client_id: other.clientId }],
    ['not a JWT', 'eyJhbGciOiJFUzM4NCJ9', 'invalid_request', 400],
    ['another assertion type', await good(), 'invalid_request', 400, { client_assertion_type: 'saml2' }],
    ['no assertion', '', 'invalid_client', 401, { client_assertion: undefined, client_id: clientId }],
    ['a secret beside it', await good(), 'invalid_request', 400, {}, { authorization: 'Basic YTpi' }],
    ['a secret instead', '', 'invalid_client', 401, { client_assertion: undefined }, basic(clientId)],
    ['a page in a browser', await good(), 'invalid_request', 400, {}, { origin: 'https://evil.test' }],
    ['another grant', await good(), 'unsupported_grant_type', 400, { grant_type: 'authorization_code' }],
    ['the password grant', await good(), 'unsupported_grant_type', 400, { grant_type: 'password' }],
    ['no grant', await good(), 'invalid_request', 400, { grant_type: undefined }],
    ['another resource', await good(), 'invalid_target', 400, { resource: 'https://other.test' }],
    ['HTML, please', await good(), 'invalid_scope', 400, { scope: 'x' }, { accept: 'text/html' }],
  ];
  for (const [name, text, code, status, more = {}, headers = {}] of rows) {
    const answer = await demand(text, more, headers);
    t.match(answer, { status, body: { error: code } }, name);
    t.match(answer.type, /^application\/json/, name);
    t.notMatch(JSON.stringify(answer.body), /access_token|\bat \S+:\d+|node_modules/, name);
  }
  t.equal((await demand(await good())).status, 200, 'and without any of it there is a token');
});

t.test('an assertion can be used once', async (t) => {
  const { clientId, key } = await register(exchange);
  const once = await assertion(clientId, key);
  t.equal((await demand(once)).status, 200);
  const again = await demand(once);
  t.match(again, { status: 401, body: { error: 'invalid_client', error_description: /once/ } });

  const twenty = await assertion(clientId, key);
  const answers = await Promise.all(Array.from({ length: 20 }, () => demand(twenty)));
  t.equal(answers.filter(({ status }) => status === 200).length, 1, 'of twenty at the same time exactly one wins');
  t.equal(answers.filter(({ body }) => body.error === 'invalid_client').length, 19);

  const shared = await register(exchange);
  const jti = { jti: 'the-same' };
  t.equal((await demand(await assertion(clientId, key, jti))).status, 200);
  t.equal((await demand(await assertion(shared.clientId, shared.key, jti))).status, 200, 'per client');
  const remembered = [...exchange.store.jtis].filter(([id]) => id.startsWith(clientId));
  t.ok(remembered.every(([id, until]) => id.length === clientId.length + 44 && until.getTime() > Date.now() + 55_000));
});

t.test('scopes: what is asked for and allowed, all when nothing is asked, never across the line', async (t) => {
  type Row = [agency: string | null, has: Scope[], asks: string | undefined, gets: string | null];
  const rows: Row[] = [
    [AGENCY, ['laufzettel:read', 'consent:read'], undefined, 'laufzettel:read consent:read'],
    [AGENCY, ['laufzettel:read', 'consent:read'], '', 'laufzettel:read consent:read'],
    [AGENCY, ['laufzettel:read', 'consent:read'], 'consent:read', 'consent:read'],
    [AGENCY, ['laufzettel:read'], 'laufzettel:read laufzettel:read', 'laufzettel:read'],
    [AGENCY, ['laufzettel:read'], 'laufzettel:write', null],
    [AGENCY, ['laufzettel:read'], 'laufzettel:read laufzettel:write', null],
    [AGENCY, ['laufzettel:read'], 'openid', null],
    [AGENCY, ['laufzettel:read'], 'offline_access', null],
    [AGENCY, ['laufzettel:read'], 'no-such-scope', null],
    [AGENCY, ['laufzettel:read'], 'exchange:admin', null],
    [AGENCY, ['laufzettel:read', 'exchange:admin'], undefined, 'laufzettel:read'],
    [AGENCY, ['laufzettel:read', 'exchange:admin'], 'exchange:admin', null],
    [AGENCY, [], undefined, null],
    [null, ['exchange:admin'], undefined, 'exchange:admin'],
    [null, ['exchange:admin', 'laufzettel:read'], undefined, 'exchange:admin'],
    [null, ['exchange:admin', 'laufzettel:read'], 'laufzettel:read', null],
    [null, ['laufzettel:read'], undefined, null],
  ];
  for (const [agency, scopes, scope, gets] of rows) {
    const name = `${agency ? 'agency' : 'admin'} with [${scopes}] asks for ${scope}`;
    const { clientId, key } = await register(exchange, { agency, scopes });
    const { status, body } = await demand(await assertion(clientId, key), { scope });
    if (gets === null) {
      t.match({ status, body }, { status: 400, body: { error: 'invalid_scope' } }, name);
      continue;
    }
    t.match({ status, body }, { status: 200, body: { scope: gets, token_type: 'Bearer', expires_in: 300 } }, name);
    const claims = decodeJwt(body.access_token as string);
    t.equal(claims.scope, gets, name);
    t.equal(Object.hasOwn(claims, 'agency'), agency !== null, name);
  }
});

t.test('a client disabled a moment ago gets no token', async (t) => {
  const { clientId, key } = await register(exchange);
  t.equal((await demand(await assertion(clientId, key))).status, 200);
  exchange.store.clients.delete(clientId);
  t.equal((await demand(await assertion(clientId, key))).status, 401);
});

t.test('keys that should never have been registered are of no use', async (t) => {
  const { clientId, key } = await register(exchange);
  Object.assign(exchange.store.clients.get(clientId)!, { jwks: { keys: [key] } });
  t.match(await demand(await assertion(clientId, key)), { status: 401, body: { error: 'invalid_client' } });
  t.ok(exchange.log.some((line) => line.includes('private members') && line.includes(clientId)));
});

t.test('a failing database is a server error that says nothing', async (t) => {
  const { clientId, key } = await register(exchange);
  exchange.store.failure = new Error('relation "client" does not exist: SELECT secret');
  const answer = await demand(await assertion(clientId, key));
  exchange.store.failure = null;
  t.match(answer, { status: 500, body: { error: 'server_error' } });
  t.notMatch(JSON.stringify(answer.body), /SELECT|relation/);
  t.ok(exchange.log.some((line) => line.includes('the token endpoint failed')));
});

t.test('the Host header does not change who we are', async (t) => {
  const { clientId, key } = await register(exchange);
  const text = await assertion(clientId, key, { aud: 'http://evil.test/oauth/token' });
  const body = `grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=${text}`;
  for (const path of ['/oauth/token', 'http://evil.test/oauth/token']) {
    const status = await new Promise((resolve, reject) => {
      const headers = {
        host: 'evil.test',
        'x-forwarded-host': 'evil.test',
        'x-forwarded-proto': 'http',
        'content-type': 'application/x-www-form-urlencoded',
      };
      const { port } = new URL(exchange.base);
      const request = httpRequest({ host: '127.0.0.1', port, path, method: 'POST', headers }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      request.on('error', reject).end(body);
    });
    t.ok([401, 404, 400].includes(status as number), path);
  }
});

t.test('nothing but tokens, keys and metadata is there', async (t) => {
  for (const path of [
    'auth',
    'auth/x',
    'me',
    'token/introspection',
    'token/revocation',
    'reg',
    'request',
    'session/end',
  ]) {
    for (const method of ['GET', 'POST']) {
      t.equal((await fetch(`${exchange.base}/oauth/${path}`, { method })).status, 404, `${method} ${path}`);
    }
  }
  t.equal((await fetch(`${exchange.base}/oauth/session/end/confirm`, { method: 'POST' })).status, 404);
  t.equal((await fetch(exchange.tokenUrl)).status, 404);
});

t.test('keys are public, metadata agree with what is there', async (t) => {
  const response = await fetch(`${exchange.base}/oauth/jwks`);
  const { keys } = (await response.json()) as { keys: JWK[] };
  t.equal(response.headers.get('x-hook'), 'kept');
  t.match(keys, [{ kty: 'EC', crv: 'P-384', alg: 'ES384', use: 'sig', kid: exchange.signingKey.kid }]);
  t.notOk(keys.some((key) => 'd' in key));
  const places = [
    '/oauth/.well-known/openid-configuration',
    '/oauth/.well-known/oauth-authorization-server',
    '/.well-known/oauth-authorization-server/oauth',
  ];
  for (const place of places) {
    const metadata = await (await fetch(`${exchange.base}${place}`)).json();
    t.match(metadata, {
      issuer: ISSUER,
      token_endpoint: TOKEN_AUDIENCE,
      jwks_uri: `${ISSUER}/jwks`,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
    });
    t.notOk('authorization_endpoint' in (metadata as object), place);
  }
});

t.test('a proxy may cut off the path before /oauth', async (t) => {
  const issuer = 'https://city.test/laufzettel/oauth';
  const behind = await startExchange(issuer);
  t.teardown(() => behind.close());
  const { clientId, key } = await register(behind);
  const input = { tokenUrl: behind.tokenUrl, clientId, key };
  t.match(decodeJwt((await fetchToken({ ...input, audience: `${issuer}/token` })).accessToken), { iss: issuer });
  t.match(decodeJwt((await fetchToken({ ...input, audience: issuer })).accessToken), { iss: issuer });
  await t.rejects(fetchToken({ ...input, audience: 'https://city.test/oauth/token' }), TokenRefused);
});

t.test('an unfit configuration does not start', async (t) => {
  const { key: ed } = await generateClientKey('EdDSA');
  const { jwks } = await generateClientKey('ES384');
  for (const url of ['', 'https://a.test', 'https://a.test/oauth/', 'https://a.test/oauth?x', 'ftp://a.test/oauth']) {
    await t.rejects(startExchange(url), TypeError, url);
  }
  for (const signingKey of [ed, jwks.keys[0]]) {
    await t.rejects(trustInBuiltIn({ issuerUrl: ISSUER, audience: AUDIENCE, signingKey }), TypeError);
  }
});

t.test('bodies of others are still parsed; a huge one and another type are refused here', async (t) => {
  const echo = await fetch(`${exchange.base}/echo`, {
    method: 'POST',
    body: '{"a":1}',
    headers: { 'content-type': 'application/json' },
  });
  t.same(await echo.json(), { a: 1 });
  const json = await fetch(exchange.tokenUrl, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  t.equal(json.status, 400);
  const huge = await fetch(exchange.tokenUrl, { method: 'POST', body: new URLSearchParams({ x: 'x'.repeat(70_000) }) });
  t.equal(huge.status, 400);
});

t.test('nothing was printed, and no assertion or token was logged', async (t) => {
  t.same(printed, []);
  const everything = exchange.log.join('\n');
  t.ok(everything.includes('access token refused') && everything.includes('access token issued'));
  t.notMatch(everything, /eyJ[A-Za-z0-9_-]{10}/);
  for (const text of sent.filter((text) => text.length > 40)) t.notOk(everything.includes(text.slice(0, 40)));
});

function basic(clientId: string): Record<string, string> {
  return { authorization: `Basic ${Buffer.from(`${clientId}:secret`).toString('base64')}` };
}

async function makeEs256() {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const privateKey = { ...(await exportJWK(pair.privateKey)), alg: 'ES256' };
  return { privateKey, publicKey: { ...(await exportJWK(pair.publicKey)), alg: 'ES256' } as JsonWebKey };
}

async function criticalHeader(clientId: string, key: JWK): Promise<string> {
  const claims = decodeJwt(await assertion(clientId, key));
  return new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'ES384', crit: ['x'], x: 1 })
    .sign(await importJWK(key), { crit: { x: true } });
}
