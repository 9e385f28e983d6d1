/**
 * Who is calling: verifies an access token (RFC 9068 §4, RFC 8725) of the built-in issuer or of an identity provider.
 * Issuer and audience are required; there is no option, default or empty value that skips a check.
 */
import { hash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import { LRUCache } from 'lru-cache';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { CLOCK_TOLERANCE_SECONDS } from './assertion-rules.ts';
import { bearerToken, caseworkerPseudonym } from './bearer.ts';
import { bearerOf, invalid, type TokenBearer } from './token-claims.ts';

/**
 * What a token may be signed with. RS256 has to be asked for: its padding should no longer be used (RFC 8725 §3.2,
 * BSI TR-02102-1), yet Keycloak signs with it unless the realm's or client's signature algorithm is changed to ES384 or PS256.
 */
const TOKEN_ALGORITHMS = ['ES384', 'ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];
const DEFAULT_ALGORITHMS: readonly TokenAlgorithm[] = TOKEN_ALGORITHMS.filter((name) => name !== 'RS256');

export interface TokenVerifierOptions {
  /** The exact `iss`. */
  issuer: string;
  /** Must be among the token's `aud`. */
  audience: string;
  /** The issuer's public keys, or where they are fetched: https, plain http on this machine only. */
  keys: { jwks: JSONWebKeySet } | { jwksUrl: string };
  /** The claim that names the agency, a UUID. */
  agencyClaim: string;
  /** Default: ES384, ES256, EdDSA, Ed25519, PS256. */
  algorithms?: readonly TokenAlgorithm[];
  /** Accepted `typ` headers. Default `at+jwt` (RFC 9068 §2.1); Keycloak writes `JWT` unless its client is told otherwise. */
  tokenTypes?: readonly string[];
  /** Longest `exp - iat`, seconds. Default 15 minutes. */
  maxLifetimeSeconds?: number;
  /** How many verified tokens are remembered. Default 10,000. */
  maxCachedTokens?: number;
  /** Milliseconds since the epoch. Default `Date.now`. */
  now?: () => number;
  /** Told when the keys cannot be fetched; the caller only learns that it should try again. */
  onKeysUnavailable?: (cause: unknown) => void;
}

export interface TokenVerifier {
  /**
   * The caller, or a problem: `token-missing`, `token-invalid`, `bad-request` (the caseworker header), `overloaded` (the
   * keys of the identity provider cannot be fetched just now).
   */
  verify(authorizationHeader: string | undefined, caseworker: string | undefined): Promise<Caller | Problem>;
}

class KeysUnavailable extends Error {}

/** Throws a TypeError when issuer, audience or another option would leave a check without effect. */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const rules = checked(options);
  const keys = keySource(options.keys);
  const verified = new LRUCache<string, TokenBearer>({ max: rules.maxCachedTokens });

  async function verifyToken(token: string): Promise<TokenBearer | Problem> {
    // Never the token itself: whoever reads this process' memory should not find a list of keys to the house.
    const fingerprint = hash('sha256', token, 'base64url');
    const now = rules.now();
    const known = verified.get(fingerprint);
    if (known && now < known.expiresAt) return known;
    verified.delete(fingerprint);

    const bearer = await verifySignature(token, now);
    if (!isProblem(bearer) && now < bearer.expiresAt) verified.set(fingerprint, bearer);
    return bearer;
  }

  async function verifySignature(token: string, now: number): Promise<TokenBearer | Problem> {
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer: rules.issuer,
        audience: rules.audience,
        algorithms: [...rules.algorithms],
        requiredClaims: ['exp', 'iat'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        currentDate: new Date(now),
      });
      return bearerOf(payload, protectedHeader, { ...rules, now });
    } catch (error) {
      if (error instanceof KeysUnavailable) {
        rules.onKeysUnavailable(error.cause);
        return problem('overloaded', 'The identity provider cannot be reached to check the access token; try again.');
      }
      return invalid(explain(error, rules));
    }
  }

  return {
    async verify(authorizationHeader, caseworkerHeader) {
      const token = bearerToken(authorizationHeader);
      if (isProblem(token)) return token;
      const bearer = await verifyToken(token);
      if (isProblem(bearer)) return bearer;
      const caseworker = caseworkerPseudonym(caseworkerHeader);
      if (isProblem(caseworker)) return caseworker;
      return { ...bearer, caseworker };
    },
  };
}

function checked(options: TokenVerifierOptions) {
  const { issuer, audience, agencyClaim } = options;
  for (const [name, value] of Object.entries({ issuer, audience, agencyClaim })) {
    if (typeof value !== 'string' || value.trim() === '') throw new TypeError(`${name} is required.`);
  }
  const { algorithms = DEFAULT_ALGORITHMS, tokenTypes = ['at+jwt'] } = options;
  if (algorithms.length === 0 || algorithms.some((name) => !TOKEN_ALGORITHMS.includes(name))) {
    throw new TypeError(`algorithms must be some of ${TOKEN_ALGORITHMS.join(', ')}.`);
  }
  if (tokenTypes.length === 0 || tokenTypes.includes('')) throw new TypeError('tokenTypes must not be empty.');
  const { maxLifetimeSeconds = 15 * 60, maxCachedTokens = 10_000 } = options;
  for (const [name, value] of Object.entries({ maxLifetimeSeconds, maxCachedTokens })) {
    if (!Number.isSafeInteger(value) || value <= 0) throw new TypeError(`${name} must be a positive whole number.`);
  }
  const { now = Date.now, onKeysUnavailable = () => {} } = options;
  return {
    issuer,
    audience,
    agencyClaim,
    algorithms,
    tokenTypes,
    maxLifetimeSeconds,
    maxCachedTokens,
    now,
    onKeysUnavailable,
  };
}

/** A failure to fetch keys is ours or the provider's, not the caller's: it must not look like a bad token. */
function keySource(keys: TokenVerifierOptions['keys']): JWTVerifyGetKey {
  if ('jwks' in keys) return createLocalJWKSet(keys.jwks);
  const url = URL.parse(keys.jwksUrl);
  const local = url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  // Whoever can change the keys on their way here can be anybody.
  if (url === null || !(url.protocol === 'https:' || local)) throw new TypeError('jwksUrl must be an https URL.');
  const remote = createRemoteJWKSet(url, { timeoutDuration: 5_000 });
  return async (header, token) => {
    try {
      return await remote(header, token);
    } catch (cause) {
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSMultipleMatchingKeys) throw cause;
      if (cause instanceof errors.JOSENotSupported) throw cause;
      throw new KeysUnavailable('The keys cannot be fetched.', { cause });
    }
  };
}

/** For the caller's developer. Says what we expect, which is public, and nothing of what the token said. */
function explain(error: unknown, { issuer, audience, algorithms }: ReturnType<typeof checked>): string {
  if (error instanceof errors.JWTExpired) return 'It has expired; fetch a new one.';
  if (error instanceof errors.JOSEAlgNotAllowed) return `It must be signed with ${algorithms.join(', ')}.`;
  if (error instanceof errors.JWKSNoMatchingKey) return 'It is signed with a key that its issuer does not publish.';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'Its signature is wrong.';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'It cannot be read.';
  if (error.claim === 'iss') return `It must be issued by ${issuer} (iss).`;
  if (error.claim === 'aud') return `It must be issued for ${audience} (aud).`;
  if (error.claim === 'nbf') return 'It is not valid yet (nbf); compare the clocks.';
  return 'It must say when it was issued and when it ends (iat, exp).';
}
