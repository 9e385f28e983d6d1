/** What handlers share. */
import type { ParsedInput } from '../contract/run.ts';
import { isProblem, type Problem } from '../domain/problem.ts';
import type { PageQuery } from '../usecases/page.ts';
import type { Actor, Deps } from '../usecases/ports.ts';
import type { AgencyLimit } from './limits.ts';

/** Parsed input in, view out; or a Problem. */
export type Run = (actor: Actor, input: ParsedInput) => Promise<unknown>;
export type Runs = Readonly<Record<string, Run>>;

/** What handlers are given. */
export interface Context {
  deps: Deps;
  /** Counts what answers questions about consent. */
  previews: AgencyLimit;
}

export const pageOf = ({ query }: ParsedInput): PageQuery => query as unknown as PageQuery;
/** A parameter of the path, which the operation's schema demands. */
export const param = (input: ParsedInput, name: string): string => input.params[name]!;

export const shown = <T extends object, V>(answer: T | Problem, show: (value: T) => V): V | Problem =>
  isProblem(answer) ? answer : show(answer as T);
