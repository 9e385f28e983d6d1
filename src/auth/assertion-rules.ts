/**
 * What we ask of a client assertion beyond the library's checks of signature, issuer, subject, `exp` and `nbf`:
 * a short life, and that it was made for us and nobody else.
 */

/** HL7 SMART Backend Services: "exp … no more than five minutes in the future". */
export const MAXIMUM_ASSERTION_LIFETIME_SECONDS = 5 * 60;
/** How far two clocks may differ. */
export const CLOCK_TOLERANCE_SECONDS = 5;

/** `JWT` is what most libraries write; the other is the name of draft-ietf-oauth-rfc7523bis. */
const ASSERTION_TYPES = new Set(['jwt', 'client-authentication+jwt']);

export interface AssertionClaims {
  aud?: unknown;
  exp?: unknown;
  iat?: unknown;
}

export interface Expected {
  /** The issuer's identifier and the URL of its token endpoint: either one may be the audience. */
  audiences: readonly string[];
  /** Seconds since the epoch. */
  nowSeconds: number;
}

/** Why this assertion is refused, in words for the client's developer and without any of its values; null: it is not. */
export function assertionFault(claims: AssertionClaims, header: { typ?: unknown }, expected: Expected): string | null {
  // RFC 8725 §3.11: an access token, which also is a JWT, must not pass for an assertion.
  if (header.typ !== undefined && !ASSERTION_TYPES.has(String(header.typ).toLowerCase())) {
    return 'the typ of a client assertion is JWT';
  }
  return audienceFault(claims.aud, expected.audiences) ?? ageFault(claims, expected.nowSeconds);
}

/**
 * RFC 7523 §3 no. 3. An assertion that names a second audience could be played to us by that one,
 * therefore draft-ietf-oauth-rfc7523bis asks for a single one.
 */
function audienceFault(aud: unknown, audiences: readonly string[]): string | null {
  const named = Array.isArray(aud) ? aud : [aud];
  if (named.length === 1 && typeof named[0] === 'string' && audiences.includes(named[0])) return null;
  return 'the audience of the client assertion must be this token endpoint alone';
}

/** RFC 7523 §3 no. 4 and 6. `iat` is optional there; where it is given, the whole life counts and not just the rest. */
function ageFault({ exp, iat }: AssertionClaims, nowSeconds: number): string | null {
  if (typeof exp !== 'number') return 'exp of the client assertion must be a number';
  if (exp > nowSeconds + MAXIMUM_ASSERTION_LIFETIME_SECONDS + CLOCK_TOLERANCE_SECONDS) {
    return 'the client assertion expires more than 5 minutes ahead';
  }
  if (iat === undefined) return null;
  if (typeof iat !== 'number') return 'iat of the client assertion must be a number';
  if (iat > nowSeconds + CLOCK_TOLERANCE_SECONDS) return 'the client assertion was issued in the future';
  if (exp - iat > MAXIMUM_ASSERTION_LIFETIME_SECONDS) return 'the client assertion lives longer than 5 minutes';
  return null;
}
