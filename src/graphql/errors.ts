/** Problems as GraphQL errors, with the members that REST has in `extensions`. */
import type { FastifyReply } from 'fastify';
import type { GraphQLError } from 'graphql';
import { languageOf, problemDocument } from '../contract/problem-texts.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { headProblem, sayWhenToRetry } from '../rest/problem-answer.ts';

/** Carries a problem out of a resolver; GraphQL knows no other way for a field to say why it has no value. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.problem);
    this.problem = problem;
  }
}

export interface GraphqlAnswerError {
  message: string;
  path?: readonly (string | number)[];
  locations?: readonly { line: number; column: number }[];
  extensions: Record<string, unknown>;
}

export function graphqlError(problem: Problem, reply: FastifyReply): GraphqlAnswerError {
  const { request } = reply;
  const language = languageOf(request.headers['accept-language']);
  sayWhenToRetry(reply, problem).header('content-language', language).header('vary', 'accept-language');
  const { detail, ...extensions } = problemDocument(problem, request.id, language);
  return { message: detail, extensions };
}

/** For what was not executed: a status of its own and no `data`, as GraphQL over HTTP has it. */
export function answerGraphqlProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return headProblem(reply, problem)
    .type('application/json')
    .send({ errors: [graphqlError(problem, reply)] });
}

/**
 * Errors of an execution. Only a ProblemError says what it says; any other exception is a bug, whose text may hold
 * anything and therefore goes to the log alone.
 */
export function executionErrors(errors: readonly unknown[], reply: FastifyReply): GraphqlAnswerError[] {
  return errors.map((error) => {
    const { originalError, path, locations } = error as Partial<GraphQLError>;
    return {
      ...graphqlError(problemOf(originalError, error, reply), reply),
      ...(path ? { path } : {}),
      ...(locations ? { locations } : {}),
    };
  });
}

function problemOf(cause: unknown, error: unknown, reply: FastifyReply): Problem {
  if (cause instanceof ProblemError) return cause.problem;
  reply.request.log.error({ err: cause ?? error, code: 'internal' }, 'unexpected exception');
  return problem('internal', 'Something failed here; it has been logged under the id in instance.');
}
