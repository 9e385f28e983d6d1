import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { generateClientKey } from '../../src/auth/client-credentials.ts';
import { createTokenVerifier, type TokenVerifierOptions } from '../../src/auth/verify.ts';
import type { Caller } from '../../src/domain/permission.ts';
import { isProblem, type ProblemCode } from '../../src/domain/problem.ts';
import { t } from '../support/t.ts';
import { AGENCY, AUDIENCE, ISSUER, unsigned, withoutUndefined } from './exchange.ts';

const NOW = Date.parse('2026-11-23T10:00:00Z');
const now = NOW / 1000;

async function pair(alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const kid = `key-${alg}`;
  return { key: { ...(await exportJWK(privateKey)), alg, kid }, jwk: { ...(await exportJWK(publicKey)), alg, kid } };
}
const issuer = { ES384: await pair('ES384'), ES256: await pair('ES256'), EdDSA: await pair('EdDSA') };
const rsa = { PS256: await pair('PS256'), RS256: await pair('RS256') };
const published = [...Object.values(issuer), ...Object.values(rsa)].map(({ jwk }) => jwk);
const { key: stranger } = await generateClientKey('ES384');

const CLAIMS = {
  iss: ISSUER,
  aud: AUDIENCE,
  sub: 'client-a',
  client_id: 'client-a',
  agency: AGENCY,
  scope: 'laufzettel:read',
  iat: now,
  exp: now + 300,
};

type Claims = Record<string, unknown>;

/** A good token; what is given replaces (undefined: removes) claims and header members. */
async function sign(claims: Claims = {}, header: Claims = {}, key: JWK | Uint8Array = issuer.ES384.key) {
  const jwk = key instanceof Uint8Array ? null : key;
  return new SignJWT(withoutUndefined({ ...CLAIMS, ...claims }))
    .setProtectedHeader(withoutUndefined({ alg: jwk?.alg, kid: jwk?.kid, typ: 'at+jwt', ...header }) as { alg: string })
    .sign(jwk ? await importJWK(jwk) : (key as Uint8Array));
}

function verifier(options: Partial<TokenVerifierOptions> = {}) {
  const keys = { jwks: { keys: published } };
  return createTokenVerifier({
    issuer: ISSUER,
    audience: AUDIENCE,
    keys,
    agencyClaim: 'agency',
    now: () => NOW,
    ...options,
  });
}

async function outcome(answer: Promise<unknown>): Promise<ProblemCode | 'caller'> {
  const value = await answer;
  return isProblem(value) ? value.problem : 'caller';
}

t.test('a token is its bearer', async (t) => {
  const scope = 'laufzettel:read consent:write something-else';
  const caller = (await verifier().verify(`Bearer ${await sign({ scope })}`, 'm.17')) as Caller;
  t.same(caller, {
    agency: AGENCY,
    client: 'client-a',
    scopes: new Set(['laufzettel:read', 'consent:write']),
    caseworker: 'm.17',
    expiresAt: (now + 300) * 1000,
  });
  const admin = await sign({ scope: 'exchange:admin laufzettel:read', agency: undefined });
  const administrator = (await verifier().verify(`bearer ${admin}`, undefined)) as Caller;
  t.match(administrator, { agency: null, caseworker: null });
  t.same([...administrator.scopes], ['exchange:admin'], 'who acts for no agency has no scope of one');
});

t.test('one thing changed in a good token → what the caller gets', async (t) => {
  const pem = createPublicKey({ key: issuer.ES384.jwk as JsonWebKey, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  });
  const good = await sign();
  const [head, body, signature] = good.split('.');
  const changed = Buffer.from(JSON.stringify({ ...CLAIMS, agency: AGENCY.replace('a', 'b') })).toString('base64url');
  const rows: [name: string, token: string, expected: ProblemCode | 'caller'][] = [
    ['nothing', good, 'caller'],
    ['signed with ES256', await sign({}, {}, issuer.ES256.key), 'caller'],
    ['signed with EdDSA', await sign({}, {}, issuer.EdDSA.key), 'caller'],
    ['signed with PS256', await sign({}, {}, rsa.PS256.key), 'caller'],
    ['signed with RS256', await sign({}, {}, rsa.RS256.key), 'token-invalid'],
    ['alg none', unsigned(CLAIMS, 'at+jwt'), 'token-invalid'],
    ['HS256 with the public key as secret', await sign({}, { alg: 'HS256' }, Buffer.from(pem)), 'token-invalid'],
    ['a swapped key', await sign({}, { kid: issuer.ES384.key.kid }, stranger), 'token-invalid'],
    ['a key of nobody', await sign({}, {}, stranger), 'token-invalid'],
    ['the key in the token itself', await sign({}, { jwk: { ...stranger, d: undefined } }, stranger), 'token-invalid'],
    ['a changed claim', `${head}.${changed}.${signature}`, 'token-invalid'],
    ['no signature', `${head}.${body}.`, 'token-invalid'],
    ['an encrypted token', `${good}.a.b`, 'token-invalid'],
    ['not a JWT', 'abc', 'token-invalid'],
    ['three words', 'a.b.c', 'token-invalid'],
    ['too long', `a.${'b'.repeat(8192)}.c`, 'token-invalid'],
    ['wrong issuer', await sign({ iss: 'https://other.test' }), 'token-invalid'],
    ['issuer with a slash', await sign({ iss: `${ISSUER}/` }), 'token-invalid'],
    ['no issuer', await sign({ iss: undefined }), 'token-invalid'],
    ['wrong audience', await sign({ aud: 'https://other.test' }), 'token-invalid'],
    ['no audience', await sign({ aud: undefined }), 'token-invalid'],
    ['empty audience', await sign({ aud: [] }), 'token-invalid'],
    ['our audience among others', await sign({ aud: ['https://other.test', AUDIENCE] }), 'caller'],
    ['expired', await sign({ iat: now - 300, exp: now - 5 }), 'token-invalid'],
    ['expired within the tolerance', await sign({ iat: now - 300, exp: now - 4 }), 'caller'],
    ['without exp', await sign({ exp: undefined }), 'token-invalid'],
    ['exp as text', await sign({ exp: '2030-01-01' as unknown }), 'token-invalid'],
    ['without iat', await sign({ iat: undefined }), 'token-invalid'],
    ['iat in the future', await sign({ iat: now + 6 }), 'token-invalid'],
    ['iat within the tolerance', await sign({ iat: now + 5 }), 'caller'],
    ['not yet valid', await sign({ nbf: now + 6 }), 'token-invalid'],
    ['a life of 15 minutes', await sign({ exp: now + 900 }), 'caller'],
    ['a longer life', await sign({ exp: now + 901 }), 'token-invalid'],
    ['typ JWT', await sign({}, { typ: 'JWT' }), 'token-invalid'],
    ['no typ', await sign({}, { typ: undefined }), 'token-invalid'],
    ['typ in full', await sign({}, { typ: 'application/AT+JWT' }), 'caller'],
    ['an id token by its claim', await sign({ typ: 'ID' }), 'token-invalid'],
    ['azp for client_id', await sign({ client_id: undefined, azp: 'client-a' }), 'caller'],
    ['no client', await sign({ client_id: undefined }), 'token-invalid'],
    ['a client with a line break', await sign({ client_id: 'a\nb' }), 'token-invalid'],
    ['no scope', await sign({ scope: undefined }), 'caller'],
    ['agency not a UUID', await sign({ agency: 'jobcenter' }), 'token-invalid'],
    ['agency null', await sign({ agency: null }), 'token-invalid'],
    ['agency null, admin', await sign({ agency: null, scope: 'exchange:admin' }), 'token-invalid'],
    ['agency empty, admin', await sign({ agency: '', scope: 'exchange:admin' }), 'token-invalid'],
    ['two agencies', await sign({ agency: [AGENCY, AGENCY] }), 'token-invalid'],
    ['agency in capitals', await sign({ agency: AGENCY.toUpperCase() }), 'caller'],
    ['admin with an agency', await sign({ scope: 'exchange:admin laufzettel:read' }), 'token-invalid'],
    ['admin', await sign({ scope: 'exchange:admin', agency: undefined }), 'caller'],
    ['neither agency nor admin', await sign({ agency: undefined }), 'token-invalid'],
  ];
  const { verify } = verifier();
  for (const [name, token, expected] of rows) {
    const answer = await verify(`Bearer ${token}`, undefined);
    t.equal(isProblem(answer) ? answer.problem : 'caller', expected, name);
    if (isProblem(answer))
      t.notOk(
        token.split('.').some((part) => part.length > 8 && answer.detail.includes(part)),
        name,
      );
  }
  t.match(await verify(`Bearer ${await sign({ agency: AGENCY.toUpperCase() })}`, undefined), { agency: AGENCY });
});

t.test('header → what the caller gets', async (t) => {
  const token = await sign();
  const rows: [header: string | undefined, caseworker: string | undefined, expected: ProblemCode | 'caller'][] = [
    [undefined, undefined, 'token-missing'],
    ['', undefined, 'token-missing'],
    ['Bearer', undefined, 'token-missing'],
    ['Bearer ', undefined, 'token-missing'],
    ['Basic YTpi', undefined, 'token-missing'],
    [token, undefined, 'token-missing'],
    [`BEARER ${token}`, undefined, 'caller'],
    [`Bearer  ${token}`, undefined, 'token-invalid'],
    [`Bearer ${token} `, undefined, 'token-invalid'],
    [`Bearer ${token} ${token}`, undefined, 'token-invalid'],
    [`Bearer ${token}, Bearer ${token}`, undefined, 'token-invalid'],
    [`Bearer ${token},${token}`, undefined, 'token-invalid'],
    [`Bearer "${token}"`, undefined, 'token-invalid'],
    [`Bearer ${token}`, 'a', 'caller'],
    [`Bearer ${token}`, 'a'.repeat(64), 'caller'],
    [`Bearer ${token}`, '', 'bad-request'],
    [`Bearer ${token}`, 'a'.repeat(65), 'bad-request'],
    [`Bearer ${token}`, 'Erika Mustermann', 'bad-request'],
    [`Bearer ${token}`, 'm@jobcenter.de', 'bad-request'],
    [`Bearer ${token}`, 'a\n', 'bad-request'],
    ['Bearer a.b.c', 'Erika Mustermann', 'token-invalid'],
  ];
  const { verify } = verifier();
  for (const [header, caseworker, expected] of rows) {
    const answer = await verify(header, caseworker);
    t.equal(isProblem(answer) ? answer.problem : 'caller', expected, `${header?.slice(0, 20)} / ${caseworker}`);
    t.notMatch(JSON.stringify(answer), /eyJ|Erika/);
  }
});

t.test('a remembered token still ends', async (t) => {
  let time = NOW;
  const { verify } = verifier({ now: () => time });
  const header = `Bearer ${await sign({ exp: now + 60 })}`;
  t.equal(await outcome(verify(header, undefined)), 'caller');
  time = NOW + 59_999;
  t.match(await verify(header, 'm.1'), { caseworker: 'm.1' });
  t.match(await verify(header, undefined), { caseworker: null }, 'the caseworker is of the request, not of the token');
  time = NOW + 65_000;
  t.match(await verify(header, undefined), { problem: 'token-invalid', detail: /expired/ });
});

t.test('no more tokens are remembered than allowed', async (t) => {
  let time = NOW;
  const { verify } = verifier({ now: () => time, maxCachedTokens: 2 });
  const headers = await Promise.all(['first', 'second', 'third'].map(async (jti) => `Bearer ${await sign({ jti })}`));
  for (const header of headers) t.equal(await outcome(verify(header, undefined)), 'caller');
  // With the clock set back a token is from the future, which only a new verification notices.
  time = NOW - 60_000;
  const outcomes = await Promise.all(headers.map((header) => outcome(verify(header, undefined))));
  t.same(outcomes, ['token-invalid', 'caller', 'caller']);
});

t.test('a remembered token needs no keys', async (t) => {
  const server = createServer((_request, response) => void response.end(JSON.stringify({ keys: published })));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
  const causes: unknown[] = [];
  const options = { keys: { jwksUrl }, onKeysUnavailable: (cause: unknown) => causes.push(cause) };
  const { verify } = verifier(options);
  const header = `Bearer ${await sign()}`;
  t.equal(await outcome(verify(header, undefined)), 'caller');
  t.equal(await outcome(verify(`Bearer ${await sign({}, {}, stranger)}`, undefined)), 'token-invalid');
  await new Promise((resolve) => server.close(resolve));
  t.equal(await outcome(verify(header, undefined)), 'caller');

  const unreachable = verifier(options);
  t.equal(await outcome(unreachable.verify(header, undefined)), 'overloaded', 'not the fault of the token');
  t.match(causes, { length: 1 });
});

t.test('an issuer that answers with something else is not a bad token', async (t) => {
  const server = createServer((request, response) => {
    if (request.url === '/html') return void response.end('<html>');
    response.writeHead(302, { location: '/html' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const path of ['/html', '/moved']) {
    const { verify } = verifier({ keys: { jwksUrl: `${base}${path}` } });
    t.equal(await outcome(verify(`Bearer ${await sign()}`, undefined)), 'overloaded', path);
  }
});

t.test("an identity provider's ways can be allowed: RS256, typ JWT, its own claim, a shorter life", async (t) => {
  const { verify } = verifier({
    algorithms: ['RS256'],
    tokenTypes: ['JWT'],
    agencyClaim: 'https://exchange.test/agency',
    maxLifetimeSeconds: 300,
  });
  const own = { agency: undefined, 'https://exchange.test/agency': AGENCY, typ: 'Bearer' };
  const type = { typ: 'JWT' };
  const rows: [name: string, token: string, expected: string][] = [
    ['as Keycloak makes it', await sign(own, type, rsa.RS256.key), 'caller'],
    ['its id token', await sign({ ...own, typ: 'ID' }, type, rsa.RS256.key), 'token-invalid'],
    ['its refresh token', await sign({ ...own, typ: 'Refresh' }, type, rsa.RS256.key), 'token-invalid'],
    ['another algorithm', await sign(own, type), 'token-invalid'],
    ['the default claim', await sign({ typ: 'Bearer' }, type, rsa.RS256.key), 'token-invalid'],
    ['too long a life', await sign({ ...own, exp: now + 301 }, type, rsa.RS256.key), 'token-invalid'],
  ];
  for (const [name, token, expected] of rows)
    t.equal(await outcome(verify(`Bearer ${token}`, undefined)), expected, name);
});

t.test('a verifier that would not check is not made', async (t) => {
  const wrong: [name: string, options: object][] = [
    ['issuer empty', { issuer: '' }],
    ['issuer absent', { issuer: undefined }],
    ['audience empty', { audience: '' }],
    ['audience blank', { audience: ' ' }],
    ['audience absent', { audience: undefined }],
    ['audience a list', { audience: [] }],
    ['agency claim empty', { agencyClaim: '' }],
    ['HS256', { algorithms: ['HS256'] }],
    ['none', { algorithms: ['none'] }],
    ['no algorithms', { algorithms: [] }],
    ['no types', { tokenTypes: [] }],
    ['any type', { tokenTypes: [''] }],
    ['endless tokens', { maxLifetimeSeconds: Number.POSITIVE_INFINITY }],
    ['no lifetime', { maxLifetimeSeconds: Number.NaN }],
    ['endless cache', { maxCachedTokens: 0 }],
    ['keys over plain http', { keys: { jwksUrl: 'http://idp.test/keys' } }],
    ['keys from a file', { keys: { jwksUrl: 'file:///keys' } }],
    ['keys from nowhere', { keys: { jwksUrl: '' } }],
  ];
  for (const [name, options] of wrong) t.throws(() => verifier(options), TypeError, name);
});
