/** What handlers share. */
import type { OPERATIONS } from '../contract/operations.ts';
import type { ParsedInput } from '../contract/run.ts';
import type { EntryView } from '../contract/views.ts';
import { isProblem, type Problem } from '../domain/problem.ts';
import type { PageQuery } from '../usecases/page.ts';
import type { Actor, Deps, Effect } from '../usecases/ports.ts';
import type { AgencyLimit } from './limits.ts';

/** Parsed input in, view out; or a Problem. */
export type Run<View = unknown> = (actor: Actor, input: ParsedInput) => Promise<View>;

/** May be waited for. `until`: when the caller's token ends, milliseconds since the epoch. */
export interface Waiting<View = unknown> {
  wait(actor: Actor, input: ParsedInput, until: number): Promise<View>;
}

/** Reads. */
export interface Reading<View = unknown> {
  run: Run<View>;
  /** The same view without content, and without anybody noticing: for what reading itself would change. */
  peek: Run<View>;
}

/**
 * Has an effect: what its use case notes first in the audit. `replay` renders the answer to a request that had it already,
 * from the ids in its subject, through the check of this moment; a refusal that was noted is one of its outcomes.
 */
export interface Effecting<View = unknown> {
  run: Run<View>;
  replay(actor: Actor, effect: Effect, input: ParsedInput): Promise<View>;
}

export type Runs = Readonly<Record<string, Run | Reading | Effecting | Waiting>>;

type Listed = (typeof OPERATIONS)[number];
/** An output of the contract as it has to be made: what holds an entry's content, of what viewEntry made and nothing else. */
type MadeOf<Output> = Output extends { payload: unknown; origin: unknown }
  ? EntryView
  : Output extends readonly (infer One)[]
    ? unknown extends MadeOf<One>
      ? unknown
      : readonly MadeOf<One>[]
    : Output extends object
      ? Unless<keyof WithEntries<Output>, WithEntries<Output>>
      : Output extends null
        ? null
        : unknown;
type WithEntries<Output> = {
  readonly [Name in keyof Output as unknown extends MadeOf<Output[Name]> ? never : Name]: MadeOf<Output[Name]>;
};
/** Nothing is demanded of what holds no entry. */
type Unless<Names, Made> = [Names] extends [never] ? unknown : Made;
type ViewOf<One extends Listed> = MadeOf<One['output']['_zod']['output']> | Problem;

/** What each operation needs. Every mutation can be replayed; whatever reads need not be. */
export type AllRuns = {
  readonly [One in Listed as One['id']]: One extends { graphql: { type: 'mutation' } }
    ? Effecting<ViewOf<One>>
    : One extends { waits: true }
      ? Waiting<ViewOf<One>>
      : Run<ViewOf<One>> | Reading<ViewOf<One>>;
};

/** What handlers are given. */
export interface Context {
  deps: Deps;
  /** What callers reach the service by. */
  publicUrl: string;
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
