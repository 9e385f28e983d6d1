/** The client's side: a key, an assertion made with it, an access token got for that (RFC 7523 §2.2, RFC 6749 §4.4). */
import { type JsonWebKey, randomUUID } from 'node:crypto';
import { CompactSign, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';

export type ClientKeyAlgorithm = 'ES384' | 'EdDSA' | 'PS256';

export interface ClientKey {
  /** Private, with `kid` and `alg`; stays with the client. */
  key: JWK;
  /** The public half, to be registered. */
  jwks: { keys: [JsonWebKey] };
}

/** Well within the five minutes that are allowed; an assertion is used at once. */
const ASSERTION_LIFETIME_SECONDS = 60;
const REQUEST_TIMEOUT_MS = 10_000;

/** A new key pair; its `kid` is the thumbprint of RFC 7638. */
export async function generateClientKey(alg: ClientKeyAlgorithm = 'ES384'): Promise<ClientKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const publicJwk = await exportJWK(publicKey);
  const name = { kid: await calculateJwkThumbprint(publicJwk), alg, use: 'sig' };
  return {
    key: { ...(await exportJWK(privateKey)), ...name },
    jwks: { keys: [{ ...publicJwk, ...name } as JsonWebKey] },
  };
}

export interface AssertionInput {
  clientId: string;
  /** Private, with `kid` and `alg`. */
  key: JWK;
  /** The token endpoint's URL as the issuer calls itself. */
  audience: string;
  /** Milliseconds since the epoch. Default: now. */
  now?: number;
}

/** A client assertion for one use within a minute. Throws when the key is not a private one with `alg`. */
export async function makeAssertion({ clientId, key, audience, now = Date.now() }: AssertionInput): Promise<string> {
  const issuedAt = Math.floor(now / 1000);
  return new SignJWT()
    .setProtectedHeader({ alg: key.alg ?? '', kid: key.kid, typ: 'JWT' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setJti(randomUUID())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + ASSERTION_LIFETIME_SECONDS)
    .sign(await importJWK(key));
}

/** A compact JWS (RFC 7515) over the UTF-8 bytes of a text, as agreements are signed. Throws when the key is not a private one with `alg`. */
export async function signText(text: string, key: JWK): Promise<string> {
  return new CompactSign(Buffer.from(text, 'utf8'))
    .setProtectedHeader({ alg: key.alg ?? '', ...(key.kid === undefined ? {} : { kid: key.kid }) })
    .sign(await importJWK(key));
}

export interface TokenRequest {
  /** Where the request goes: `…/oauth/token`. */
  tokenUrl: string;
  clientId: string;
  key: JWK;
  /** Words between spaces; default: all that the client may have. */
  scope?: string | undefined;
  /** The endpoint's public URL where it is reached by another one. Default: `tokenUrl`. */
  audience?: string | undefined;
}

export interface AccessToken {
  accessToken: string;
  /** Milliseconds since the epoch. */
  expiresAt: number;
  scope: string;
}

/** The issuer said no (RFC 6749 §5.2), or something that is not an answer of an issuer. */
export class TokenRefused extends Error {
  override name = 'TokenRefused';
  /** The OAuth code, for example `invalid_client` or `invalid_scope`. */
  readonly code: string;
  readonly status: number;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.status = status;
    this.code = code;
  }
}

/** Fetches an access token; TokenRefused when the issuer says no, TypeError or TimeoutError when it cannot be reached. */
export async function fetchToken({ tokenUrl, clientId, key, scope, audience }: TokenRequest): Promise<AccessToken> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await makeAssertion({ clientId, key, audience: audience ?? tokenUrl }),
  });
  if (scope !== undefined) body.set('scope', scope);
  const response = await fetch(tokenUrl, {
    method: 'POST',
    body,
    headers: { accept: 'application/json' },
    // A redirect would carry the assertion to somebody else.
    redirect: 'error',
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  });
  const answer = (await response.json().catch(() => null)) as Record<string, unknown> | null;
  const token = answer?.access_token;
  if (response.ok && typeof token === 'string') {
    const expiresAt = Date.now() + Number(answer?.expires_in ?? 0) * 1000;
    return { accessToken: token, expiresAt, scope: String(answer?.scope ?? '') };
  }
  throw new TokenRefused(
    response.status,
    printable(answer?.error) || 'no_oauth_answer',
    printable(answer?.error_description) || 'this is no token endpoint',
  );
}

/** What RFC 6749 §5.2 lets an error say; the text ends up in logs and terminals. */
function printable(text: unknown): string {
  return typeof text === 'string' ? text.replace(/[^\x20-\x7e]/g, '').slice(0, 200) : '';
}
