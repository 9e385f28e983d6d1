import type { Caller, Scope } from '../domain/permission.ts';
import { type Problem, problem } from '../domain/problem.ts';

/** Null when the caller's token carries the scope, else the problem `scope-missing` with `extra.scope`, the missing one. */
export function lacksScope(caller: Pick<Caller, 'scopes'>, scope: Scope): Problem | null {
  if (caller.scopes.has(scope)) return null;
  return problem('scope-missing', `This needs the scope ${scope}; ask for it when you fetch the access token.`, {
    extra: { scope },
  });
}
