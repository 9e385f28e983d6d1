/** Problems as GraphQL errors, with the members that REST has in `extensions`. */
import type { FastifyReply, FastifyRequest } from 'fastify';
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

/** In the language that the request asks for, or the upgrade of a socket. */
export function errorFor(request: FastifyRequest, problem: Problem): GraphqlAnswerError {
  const { detail, ...extensions } = problemDocument(
    problem,
    request.id,
    languageOf(request.headers['accept-language']),
  );
  return { message: detail, extensions };
}

function graphqlError(problem: Problem, reply: FastifyReply): GraphqlAnswerError {
  const language = languageOf(reply.request.headers['accept-language']);
  sayWhenToRetry(reply, problem).header('content-language', language).header('vary', 'accept-language');
  return errorFor(reply.request, problem);
}

/** For what was not executed: a status of its own and no `data`, as GraphQL over HTTP has it. */
export function answerGraphqlProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return headProblem(reply, problem)
    .type('application/json')
    .send({ errors: [graphqlError(problem, reply)] });
}

/** Errors of an execution, with what they put into the headers of its answer. */
export const executionErrors = (errors: readonly unknown[], reply: FastifyReply): GraphqlAnswerError[] =>
  errors.map((error) => placed(error, graphqlError(problemOf(error, reply.request), reply)));

/** The same for an answer that has no headers. */
export const socketErrors = (errors: readonly unknown[], request: FastifyRequest): GraphqlAnswerError[] =>
  errors.map((error) => placed(error, errorFor(request, problemOf(error, request))));

function placed(error: unknown, answer: GraphqlAnswerError): GraphqlAnswerError {
  const { path, locations } = error as Partial<GraphQLError>;
  return { ...answer, ...(path ? { path } : {}), ...(locations ? { locations } : {}) };
}

/** Only a ProblemError says what it says; any other exception is a bug, whose text may hold anything and goes to the log alone. */
export function problemOf(error: unknown, { log }: Pick<FastifyRequest, 'log'>): Problem {
  const cause = error instanceof ProblemError ? error : (error as Partial<GraphQLError>).originalError;
  if (cause instanceof ProblemError) return cause.problem;
  log.error({ err: cause ?? error, code: 'internal' }, 'unexpected exception');
  return problem('internal', 'Something failed here; it has been logged under the id in instance.');
}
