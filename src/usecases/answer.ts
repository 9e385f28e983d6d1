/** What a use case answers: the value that was asked for, or a problem that says why not. Refusals are values. */
import type { Caller } from '../domain/permission.ts';
import type { Problem } from '../domain/problem.ts';

export type Answer<T> = T | Problem;

/** Parsed input: path parameters, query parameters and the body's members under `body`. */
export interface Input {
  params: Record<string, string>;
  query: Record<string, unknown>;
  body: unknown;
}

/** One operation as both doors call it. */
export type Handler = (caller: Caller, input: Input) => Promise<unknown>;
