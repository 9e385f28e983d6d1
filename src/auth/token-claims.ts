/** From verified claims to a caller: pure, after signature, issuer, audience, `exp` and `nbf` have been checked. */
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import type { Caller } from '../domain/permission.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { CLOCK_TOLERANCE_SECONDS } from './assertion-rules.ts';
import { knownScopes, scopesOpenTo } from './scopes.ts';

/** A caller as the token alone names it; the caseworker comes with each request. */
export type TokenBearer = Omit<Caller, 'caseworker'>;

export interface ClaimRules {
  agencyClaim: string;
  tokenTypes: readonly string[];
  maxLifetimeSeconds: number;
  /** Milliseconds since the epoch. */
  now: number;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CLIENT_ID = /^[\x21-\x7e]{1,255}$/;

/** Every refusal is the problem `token-invalid`; its detail names the claim and never a value of it. */
export function bearerOf(claims: JWTPayload, header: JWTHeaderParameters, rules: ClaimRules): TokenBearer | Problem {
  const fault = typeFault(claims, header, rules) ?? lifetimeFault(claims, rules);
  if (fault !== null) return invalid(fault);

  // RFC 9068 §2.2 names the client `client_id`; Keycloak's older tokens have `azp` alone.
  const client = claims.client_id ?? claims.azp;
  if (typeof client !== 'string' || !CLIENT_ID.test(client)) return invalid('It does not name its client (client_id).');

  const scopes = knownScopes(typeof claims.scope === 'string' ? claims.scope : '');
  const agency = agencyOf(claims, rules.agencyClaim);
  if (agency === undefined) return invalid(`The claim ${rules.agencyClaim} must be the UUID of an agency.`);
  if (agency === null && !scopes.has('exchange:admin')) {
    return invalid(`It acts for no agency (claim ${rules.agencyClaim}) and is not the admin's (scope exchange:admin).`);
  }
  if (agency !== null && scopes.has('exchange:admin')) {
    return invalid('It acts for an agency and for the admin of the exchange; no token may do both.');
  }
  const expiresAt = Math.floor(claims.exp! * 1000);
  return { agency, client, scopes: new Set(scopesOpenTo(agency, scopes)), expiresAt };
}

export function invalid(detail: string): Problem {
  return problem('token-invalid', detail);
}

/**
 * RFC 9068 §4 and RFC 8725 §3.11: an id token of the same issuer must not pass for an access token. Where `JWT` is let
 * through, Keycloak still says in the claim `typ` what it is.
 */
function typeFault(claims: JWTPayload, header: JWTHeaderParameters, { tokenTypes }: ClaimRules): string | null {
  const type = typeof header.typ === 'string' ? header.typ.toLowerCase().replace(/^application\//, '') : '';
  if (!tokenTypes.some((accepted) => accepted.toLowerCase() === type)) {
    return `It is not an access token: the header typ must be ${tokenTypes.join(' or ')}.`;
  }
  const kind = claims.typ;
  return kind === undefined || kind === 'Bearer' ? null : 'It is not an access token: the claim typ must be Bearer.';
}

function lifetimeFault({ exp, iat }: JWTPayload, { maxLifetimeSeconds, now }: ClaimRules): string | null {
  if (exp === undefined || iat === undefined) return 'It must say when it was issued and when it ends (iat, exp).';
  if (iat > now / 1000 + CLOCK_TOLERANCE_SECONDS) return 'It was issued in the future (iat); compare the clocks.';
  if (exp - iat > maxLifetimeSeconds) return `It lives longer than ${maxLifetimeSeconds} seconds (exp - iat).`;
  return null;
}

/** Null when the claim is absent; undefined when it is there and not a UUID, which must not pass for absent. */
function agencyOf(claims: JWTPayload, name: string): string | null | undefined {
  if (!Object.hasOwn(claims, name)) return null;
  const value = claims[name];
  const id = typeof value === 'string' ? value.toLowerCase() : '';
  return UUID.test(id) ? id : undefined;
}
