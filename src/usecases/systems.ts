/** An agency's systems: which there are, new keys for one, and switching one off. */
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { type KeyRules, keysRefused, type NewSystem } from './agencies.ts';
import { type Answer, notFound } from './answer.ts';
import type { Actor, Deps, SystemChange, SystemRecord } from './ports.ts';

export async function listSystems(
  deps: Deps,
  actor: Actor,
  agencyId: string,
): Promise<Answer<{ items: SystemRecord[] }>> {
  const items = await deps.agencies.systems(actor, agencyId);
  return items === null ? notFound('agency') : { items };
}

/** One of them, as it is now. */
export async function getSystem(
  deps: Deps,
  actor: Actor,
  agencyId: string,
  clientId: string,
): Promise<Answer<SystemRecord>> {
  const found = await listSystems(deps, actor, agencyId);
  if (isProblem(found)) return found;
  return found.items.find((one) => one.clientId === clientId) ?? notFound('system');
}

export async function replaceSystemKeys(
  deps: Deps,
  actor: Actor,
  { agencyId, clientId, jwks }: Pick<NewSystem, 'agencyId' | 'clientId' | 'jwks'>,
  keys: KeyRules,
): Promise<Answer<SystemRecord>> {
  const refused = keysRefused(jwks, keys);
  if (refused !== null) return refused;
  const rekeyed = { change: 'REKEY', jwks: keys.essentialMembers(jwks) } as const;
  return change(deps, actor, agencyId, clientId, rekeyed);
}

export const disableSystem = (
  deps: Deps,
  actor: Actor,
  agencyId: string,
  clientId: string,
): Promise<Answer<SystemRecord>> => change(deps, actor, agencyId, clientId, { change: 'DISABLE', jwks: null });

async function change(
  deps: Deps,
  actor: Actor,
  agencyId: string,
  clientId: string,
  wanted: SystemChange,
): Promise<SystemRecord | Problem> {
  const changed = await deps.agencies.changeSystem(actor, agencyId, clientId, wanted);
  if (changed === null) return notFound('system');
  return changed.outcome === 'ok'
    ? changed.system
    : problem('conflict', 'The system was switched off; register another one.');
}
