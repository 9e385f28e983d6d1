/**
 * What an operation is, for both doors at once. REST routes, OpenAPI and GraphQL resolvers are made from the same table
 * (`operations.ts`), so that no operation can exist on one door only.
 */
import type { z } from 'zod';
import type { Scope } from '../domain/permission.ts';
import type { ProblemCode } from '../domain/problem.ts';

export interface Operation {
  /** OpenAPI `operationId`. */
  id: string;
  tag: string;
  summary: string;
  description?: string;
  method: 'GET' | 'POST';
  /** With `{name}` for path parameters; each stands in `params`. */
  path: string;
  /** The field of Query or Mutation. Its arguments are the members of `params` and `query`, and `input` for the body. */
  graphql: { type: 'query' | 'mutation'; field: string };
  /** The caller needs one of these. */
  scopes: readonly Scope[];
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  status: 200 | 201;
  output: z.ZodType;
  /** Problems this operation has of its own, beside those that every operation may answer. */
  problems: readonly ProblemCode[];
  /** A request that works in the world of `test/contract/examples.test.ts`; ids of `EXAMPLE_IDS`. */
  example: {
    params?: Record<string, string>;
    query?: Record<string, string | number | readonly string[]>;
    body?: unknown;
  };
}

/** Problems that every operation may answer. */
export const COMMON_PROBLEMS = [
  'bad-request',
  'token-missing',
  'token-invalid',
  'scope-missing',
  'agency-suspended',
  'rate-limited',
  'internal',
  'overloaded',
] as const satisfies readonly ProblemCode[];
