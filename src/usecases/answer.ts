/** What a use case answers: the value that was asked for, or a problem that says why not. Refusals are values. */
import type { Caller } from '../domain/permission.ts';
import { type Problem, problem } from '../domain/problem.ts';
import type { Actor } from './ports.ts';

export type Answer<T> = T | Problem;

/** Who acts, for stores and audit. */
export const actorOf = (caller: Caller): Actor => ({
  agency: caller.agency,
  system: caller.client,
  caseworker: caller.caseworker,
});

/** For operations whose scopes only an agency's token can hold. */
export function agencyOf(actor: Actor): string {
  if (actor.agency === null) throw new Error('this use case is for an agency');
  return actor.agency;
}

/** Another agency's thing and one that does not exist are the same. */
export const notFound = (thing: string): Problem =>
  problem('not-found', `There is no such ${thing}, or it is not yours to see.`);
