/**
 * What both doors need of HTTP: JSON only, problems for everything that fails before a use case is asked, the caller.
 * A door calls these on its own encapsulated instance.
 */
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DoorOptions } from '../contract/run.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';

/** Names the caseworker by a pseudonym, for the audit. */
export const CASEWORKER_HEADER = 'laufzettel-caseworker';
export const BODY_LIMIT_BYTES = 1024 * 1024;

/** How a door writes a problem into an answer that no use case has been asked for. */
export type AnswerProblem = (reply: FastifyReply, problem: Problem) => FastifyReply;

/**
 * Takes bodies of application/json alone. A key that would reach an object's prototype makes the body unreadable. An
 * empty body is none at all: many clients name a content type on every POST.
 */
export function readJsonOnly(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else parseJson(request, body, done);
  });
}

/** Keeps every answer out of caches, and names the request that it belongs to. */
export function markAnswers(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'request-id': request.id });
  });
}

/** Answers whatever a route of `fastify` throws. The app calls it for its root too. */
export function answerErrors(fastify: FastifyInstance, answerProblem: AnswerProblem): void {
  fastify.setErrorHandler((error, request, reply) => answerProblem(reply, problemOfError(error, request)));
}

/** Answers paths that lead nowhere below the prefix of `fastify`. The app calls it for its root too. */
export function answerUnknownPaths(fastify: FastifyInstance, answerProblem: AnswerProblem): void {
  // Before anything is parsed: what is wrong with the body of a request that leads nowhere is of no interest.
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.is404) return answerProblem(reply, unknownPath);
  });
  fastify.setNotFoundHandler((_request, reply) => answerProblem(reply, unknownPath));
}

const unknownPath = problem('not-found', 'Nothing is at this path; see /docs.');

/**
 * Finds out who is calling before a body is read, so that strangers cost little. `callerOf` gives it to the handlers.
 */
export function authenticateCallers(
  fastify: FastifyInstance,
  authenticate: DoorOptions['authenticate'],
  answerProblem: AnswerProblem,
): void {
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', async (request, reply) => {
    const caseworker = request.headers[CASEWORKER_HEADER]?.toString();
    const caller = await authenticate({ authorization: request.headers.authorization, caseworker });
    if (isProblem(caller)) return answerProblem(reply, caller);
    request.setDecorator<Caller | null>('caller', caller);
  });
}

export function callerOf(request: FastifyRequest): Caller {
  const caller = request.getDecorator<Caller | null>('caller');
  if (!caller) throw new Error('a handler ran before its caller was known');
  return caller;
}

/** Answers every other method of a path with 405 and `Allow`, before a body is read. */
export function refuseOtherMethods(
  fastify: FastifyInstance,
  url: string,
  allowed: readonly string[],
  answerProblem: AnswerProblem,
  schema: object = {},
): void {
  const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].sort();
  const refuse = (_request: FastifyRequest, reply: FastifyReply) =>
    answerProblem(
      reply.header('allow', allow.join(', ')),
      problem('method-not-allowed', `This path answers ${allow.join(', ')}.`),
    );
  fastify.route({
    method: fastify.supportedMethods.filter((method) => !allow.includes(method)),
    url,
    schema,
    onRequest: async (request, reply) => refuse(request, reply),
    handler: refuse,
  });
}

/**
 * Any exception as a problem. Only what Fastify itself throws about a request says more than `internal`, in our words:
 * its messages repeat paths and content types. Whatever else was thrown is a bug and goes to the log.
 */
export function problemOfError(error: unknown, request: FastifyRequest): Problem {
  const { code = '', statusCode = 500 } = error as Partial<FastifyError>;
  if (code === 'FST_ERR_BAD_URL' || code === 'FST_ERR_MAX_PARAM_LENGTH') return unknownPath;
  if (code === 'FST_ERR_HANDLER_TIMEOUT') return problem('overloaded', 'This took too long; try again.');
  if (code.startsWith('FST_ERR_CTP_')) {
    if (statusCode === 413) return problem('body-too-large', `A body has at most ${BODY_LIMIT_BYTES} bytes.`);
    if (statusCode === 415) {
      return problem('media-type-unsupported', 'The body has to be JSON: Content-Type: application/json.');
    }
    if (statusCode === 400) return unreadableBody;
  }
  // The connection broke while the body came; nobody will read the answer.
  if (request.raw.destroyed && !request.raw.complete) return unreadableBody;
  request.log.error({ err: error, code: 'internal' }, 'unexpected exception');
  return problem('internal', 'Something failed here; it has been logged under the id in instance.');
}

const unreadableBody = problem('bad-request', 'The body is not JSON that can be read.', {
  errors: [{ pointer: '', detail: 'is not valid JSON' }],
});
