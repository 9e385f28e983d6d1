/** Which scopes go together. Issuer and verifier ask the same functions, so that neither is laxer than the other. */
import { SCOPES, type Scope } from '../domain/permission.ts';

/** The only scope of somebody who acts for no agency. */
const ADMIN_SCOPE: Scope = 'exchange:admin';
const KNOWN: ReadonlySet<string> = new Set(SCOPES);

/**
 * The scopes that somebody acting for this agency may hold at all; `agency` null: the admin of the exchange.
 * Whoever acts for an agency never administers the exchange, and the admin never acts on an agency's data.
 */
export function scopesOpenTo(agency: string | null, scopes: Iterable<Scope>): Scope[] {
  return [...new Set(scopes)].filter((scope) => (scope === ADMIN_SCOPE) === (agency === null));
}

/** Reads a `scope` claim or parameter (RFC 6749 §3.3: words between single spaces); words we do not know are dropped. */
export function knownScopes(text: string): Set<Scope> {
  return new Set(text.split(' ').filter(isScope));
}

export function isScope(word: string): word is Scope {
  return KNOWN.has(word);
}
