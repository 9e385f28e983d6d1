/**
 * The built-in issuer: access tokens for agencies' systems by OAuth 2 client credentials with `private_key_jwt`
 * (RFC 6749 §4.4, RFC 7521, RFC 7523, HL7 SMART Backend Services), issued as JWTs after RFC 9068.
 * The protocol is oidc-provider's; here is what it is allowed to do, and nothing else is reachable.
 */
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify';
import { calculateJwkThumbprint, type JWK } from 'jose';
import { SCOPES } from '../domain/permission.ts';
import { ASSERTION_ALGORITHMS } from './client-keys.ts';
import { ACCESS_TOKEN_LIFETIME_SECONDS, createProvider } from './issuer-provider.ts';
import type { IssuerLogger, IssuerStore } from './issuer-store.ts';
import type { TokenVerifierOptions } from './verify.ts';

export type { IssuerLogger, IssuerStore, RegisteredClient } from './issuer-store.ts';

export interface IssuerOptions {
  /** `PUBLIC_URL/oauth`, no slash at the end: the `iss` of tokens, and with `/token` after it the audience of assertions. */
  issuerUrl: string;
  /** The API's URL: the `aud` of every access token. */
  audience: string;
  /** Private JWK, ES384 (P-384). */
  signingKey: JWK;
  store: IssuerStore;
  /** Default: the logger of the Fastify instance. */
  logger?: IssuerLogger;
}

const PREFIX = '/oauth';
const TOKEN = `${PREFIX}/token`;
const JWKS = `${PREFIX}/jwks`;
/** The agency a token acts for, a UUID; absent in the admin's tokens. */
const AGENCY_CLAIM = 'agency';

/**
 * Encapsulated plugin, to be registered without a prefix: `POST /oauth/token`, `GET /oauth/jwks`, and the metadata of
 * RFC 8414 where clients look for it. Throws at start when URL, audience or key are unfit.
 */
export const builtInIssuer: FastifyPluginAsync<IssuerOptions> = async (fastify, options) => {
  const { issuerUrl, audience, store, logger = fastify.log } = options;
  const publicPath = pathBefore(PREFIX, issuerUrl);
  if (!URL.canParse(audience)) throw new TypeError('audience must be the URL of the API.');
  const signingKey = await withKid(options.signingKey);
  const routes = { token: TOKEN, jwks: JWKS };
  const answer = createProvider({ issuerUrl, audience, signingKey, store, logger, routes }).callback();

  // The library reads the body itself, from the untouched stream.
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', (_request, _body, done) => done(null));

  const handOver = (path: string) => async (request: FastifyRequest, reply: FastifyReply) => {
    // Headers that hooks have set, for example of a rate limit, would be lost by hijacking.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.hijack();
    // The path as routed: without a query, and with what a proxy in front has cut off.
    Object.assign(request.raw, { url: path, originalUrl: `${publicPath}${path}` });
    await answer(request.raw, reply.raw);
  };
  fastify.post(TOKEN, handOver(TOKEN));
  fastify.get(JWKS, handOver(JWKS));
  serveMetadata(fastify, issuerUrl);
};

/** What a verifier needs to trust the built-in issuer, so that the two cannot be configured apart. */
export async function trustInBuiltIn({
  issuerUrl,
  audience,
  signingKey,
}: Pick<IssuerOptions, 'issuerUrl' | 'audience' | 'signingKey'>): Promise<TokenVerifierOptions> {
  return {
    issuer: issuerUrl,
    audience,
    keys: { jwks: { keys: [publicHalf(await withKid(signingKey))] } },
    agencyClaim: AGENCY_CLAIM,
    algorithms: ['ES384'],
    maxLifetimeSeconds: ACCESS_TOKEN_LIFETIME_SECONDS,
  };
}

/** Ours and not the library's document: that one always offers an authorization endpoint, which does not exist here. */
function serveMetadata(fastify: FastifyInstance, issuerUrl: string): void {
  const metadata = {
    issuer: issuerUrl,
    token_endpoint: `${issuerUrl}/token`,
    jwks_uri: `${issuerUrl}/jwks`,
    grant_types_supported: ['client_credentials'],
    response_types_supported: [],
    scopes_supported: SCOPES,
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ASSERTION_ALGORITHMS,
  };
  const addresses = [
    // RFC 8414 §3.1 puts the issuer's path behind the well-known one; most clients append instead.
    `/.well-known/oauth-authorization-server${new URL(issuerUrl).pathname}`,
    `${PREFIX}/.well-known/oauth-authorization-server`,
    `${PREFIX}/.well-known/openid-configuration`,
  ];
  for (const address of addresses) fastify.get(address, async () => metadata);
}

/** What stands before `/oauth` in the issuer's path: '' or for example '/laufzettel', which a proxy takes away. */
function pathBefore(prefix: string, issuerUrl: string): string {
  const url = URL.parse(issuerUrl);
  const plain = url !== null && /^https?:$/.test(url.protocol) && url.href === issuerUrl;
  if (!plain || url.search || url.hash || url.username || url.password || !url.pathname.endsWith(prefix)) {
    throw new TypeError('issuerUrl must be a plain URL that ends in /oauth.');
  }
  return url.pathname.slice(0, -prefix.length);
}

async function withKid(key: JWK): Promise<JWK> {
  if (key.kty !== 'EC' || key.crv !== 'P-384' || typeof key.d !== 'string' || (key.alg ?? 'ES384') !== 'ES384') {
    throw new TypeError('signingKey must be a private ES384 key (EC, P-384).');
  }
  return { ...key, alg: 'ES384', use: 'sig', kid: key.kid ?? (await calculateJwkThumbprint(key)) };
}

function publicHalf({ kty, crv, x, y, kid, alg, use }: JWK): JWK {
  return { kty, crv, x, y, kid, alg, use } as JWK;
}
