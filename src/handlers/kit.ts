/** What handlers share. */
import type { OPERATIONS } from '../contract/operations.ts';
import type { ParsedInput } from '../contract/run.ts';
import { isProblem, type Problem } from '../domain/problem.ts';
import type { PageQuery } from '../usecases/page.ts';
import type { Actor, Deps, Effect } from '../usecases/ports.ts';
import type { AgencyLimit } from './limits.ts';

/** Parsed input in, view out; or a Problem. */
export type Run = (actor: Actor, input: ParsedInput) => Promise<unknown>;

/** Reads. */
export interface Reading {
  run: Run;
  /** The same view without content, and without anybody noticing: for what reading itself would change. */
  peek: Run;
}

/**
 * Has an effect: what its use case notes first in the audit. `replay` renders the answer to a request that had it already,
 * from the ids in its subject, through the check of this moment; a refusal that was noted is one of its outcomes.
 */
export interface Effecting {
  run: Run;
  replay(actor: Actor, effect: Effect, input: ParsedInput): Promise<unknown>;
}

export type Runs = Readonly<Record<string, Run | Reading | Effecting>>;

type Listed = (typeof OPERATIONS)[number];
type MutationId = Extract<Listed, { graphql: { type: 'mutation' } }>['id'];
/** Every mutation can be replayed; whatever reads need not be. */
export type AllRuns = Readonly<
  Record<MutationId, Effecting> & Record<Exclude<Listed['id'], MutationId>, Run | Reading>
>;

/** What handlers are given. */
export interface Context {
  deps: Deps;
  /** Counts what answers questions about consent. */
  previews: AgencyLimit;
}

export const pageOf = ({ query }: ParsedInput): PageQuery => query as unknown as PageQuery;
/** A parameter of the path, which the operation's schema demands. */
export const param = (input: ParsedInput, name: string): string => input.params[name]!;

/** An id in the subject of an effect, by the name that the audit has for it. */
export function idIn({ action, subject }: Effect, name: string): string {
  const id = subject[name];
  if (typeof id !== 'string') throw new Error(`the subject of ${action} has no ${name}`);
  return id;
}

export const shown = <T extends object, V>(answer: T | Problem, show: (value: T) => V): V | Problem =>
  isProblem(answer) ? answer : show(answer as T);

/** A refusal tells as much as a preview, the first time and when it is told again, and is counted as one. */
export async function countedIfRefused<T extends object, V>(
  previews: AgencyLimit,
  actor: Actor,
  answer: T | Problem,
  show: (value: T) => V,
): Promise<V | Problem> {
  const isRefused = isProblem(answer) && answer.problem === 'consent-missing';
  const limited = isRefused ? await previews.take(actor) : null;
  return limited ?? shown(answer, show);
}
