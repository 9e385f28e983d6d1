/** Who is calling, and what its token lets it do. */
import type { AgencyId } from './facts.ts';

export const SCOPES = [
  'laufzettel:read',
  'laufzettel:write',
  'consent:read',
  'consent:write',
  'agency:admin',
  'exchange:admin',
  'audit:read',
] as const;
export type Scope = (typeof SCOPES)[number];

/**
 * A verified caller. A token acts for exactly one agency; the exchange's admin (scope `exchange:admin`) acts for none
 * and therefore sees no personal data.
 */
export interface Caller {
  /** The agency it acts for; null for the admin of the exchange. */
  agency: AgencyId | null;
  /** The OAuth client (an agency's system). */
  client: string;
  scopes: ReadonlySet<Scope>;
  /** Pseudonym of the caseworker, as the agency's system names it for the audit; null when it does not. */
  caseworker: string | null;
  /** When the token ends, milliseconds since the epoch. */
  expiresAt: number;
}
