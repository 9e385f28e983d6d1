/** Agencies as everybody in the exchange may see them, and as the admin admits them. */
import type { JsonWebKey } from 'node:crypto';
import { type Problem, problem } from '../domain/problem.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import type { Actor, AgencyRecord, Deps } from './ports.ts';

export const listAgencies = (deps: Deps, actor: Actor, query: PageQuery): Promise<Answer<Page<AgencyRecord>>> =>
  paged(deps.vault, actor, query, {
    name: 'agencies',
    load: (after, most) => deps.agencies.list(actor, after, most),
    positionOf: (agency) => ({ at: agency.createdAt, id: agency.id }),
  });

export async function getAgency(deps: Deps, actor: Actor, agencyId: string): Promise<Answer<AgencyRecord>> {
  return (await deps.agencies.get(actor, agencyId)) ?? notFound('agency');
}

export const getOwnAgency = (deps: Deps, actor: Actor): Promise<Answer<AgencyRecord>> =>
  getAgency(deps, actor, agencyOf(actor));

export async function createAgency(
  deps: Deps,
  actor: Actor,
  about: Omit<AgencyRecord, 'id' | 'suspendedAt' | 'createdAt'>,
): Promise<Answer<AgencyRecord>> {
  const id = deps.newId();
  await deps.agencies.create(actor, { ...about, id });
  return getAgency(deps, actor, id);
}

export interface NewSystem {
  agencyId: string;
  clientId: string;
  scopes: readonly string[];
  jwks: { keys: JsonWebKey[] };
}

/** What is known of keys where they are verified: what is wrong with them, and what of them is needed. */
export interface KeyRules {
  clientKeysFault(jwks: NewSystem['jwks']): string | null;
  essentialMembers(jwks: NewSystem['jwks']): NewSystem['jwks'];
}

/** null: these keys may be registered. */
export function keysRefused(jwks: NewSystem['jwks'], keys: KeyRules): Problem | null {
  const fault = keys.clientKeysFault(jwks);
  if (fault === null) return null;
  return problem('rule-broken', `The keys cannot be registered: ${fault}`, {
    errors: [{ pointer: '/jwks/keys', detail: fault }],
  });
}

export async function registerSystem(
  deps: Deps,
  actor: Actor,
  system: NewSystem,
  keys: KeyRules,
): Promise<Answer<NewSystem & { createdAt: number }>> {
  const refused = keysRefused(system.jwks, keys);
  if (refused !== null) return refused;
  if (system.scopes.includes('exchange:admin')) {
    return problem('rule-broken', "An agency's system cannot be the exchange's admin.", {
      errors: [{ pointer: '/scopes', detail: 'exchange:admin is for the admin, who acts for no agency' }],
    });
  }
  const registered = await deps.agencies.registerSystem(actor, {
    ...system,
    scopes: [...new Set(system.scopes)],
    jwks: keys.essentialMembers(system.jwks),
  });
  if (registered.outcome === 'ok') return { ...system, createdAt: registered.createdAt };
  return registered.outcome === 'not-found'
    ? notFound('agency')
    : problem('conflict', 'A system with this clientId is registered already.');
}
