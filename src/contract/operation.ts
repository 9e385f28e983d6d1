/**
 * What an operation is, for both doors at once. REST routes, OpenAPI and GraphQL resolvers are made from the same table
 * (`operations.ts`), so that no operation can exist on one door only.
 */
import { z } from 'zod';
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
  /** And this one as well. */
  also?: Scope;
  /** For a POST that changes one thing: the id of the operation that gets it, by the same `params`. It takes If-Match. */
  changes?: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Its answer may be waited for: it is given that much longer. */
  waits?: true;
  status: 200 | 201;
  output: z.ZodType;
  /** Problems this operation has of its own, beside those that every operation may answer. */
  problems: readonly ProblemCode[];
  /** A request that works in the world of `test/contract/examples.test.ts`; ids of `EXAMPLE_IDS`. */
  example: {
    params?: Record<string, string | number>;
    query?: Record<string, string | number | readonly string[]>;
    body?: unknown;
  };
}

/** What an operation answers that gets one thing has an ETag; a page of a list has none, nor has news. */
export const hasTag = ({ method, output, waits }: Operation): boolean =>
  method === 'GET' && !waits && !(output instanceof z.ZodObject && 'nextCursor' in output.shape);

/** Whether it has to be said which version was seen: in the body, or by If-Match. */
export const demandsVersion = ({ body }: Operation): boolean =>
  body instanceof z.ZodObject && 'expectedVersion' in body.shape;

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

/** Every problem that this operation may answer once its request could be read. */
export function problemsOf(operation: Operation): ProblemCode[] {
  const codes: ProblemCode[] = [...COMMON_PROBLEMS, ...operation.problems];
  if (operation.method === 'POST') codes.push('idempotency-in-flight', 'idempotency-mismatch');
  if (operation.changes !== undefined) codes.push('version-stale');
  if (demandsVersion(operation)) codes.push('precondition-required');
  return [...new Set(codes)];
}
