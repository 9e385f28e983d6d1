/**
 * What both doors need of HTTP: JSON only, problems for everything that fails before a use case is asked, the caller.
 * A door calls these on its own encapsulated instance.
 */
import { isUtf8 } from 'node:buffer';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DoorOptions } from '../contract/run.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import type { StartExport } from './export.ts';
import { isNestedDeeperThan } from './nesting.ts';
import type { RateLimits, Taken } from './rate-limit.ts';
import type { StreamLimits } from './streams.ts';

/** Names the caseworker by a pseudonym, for the audit. */
export const CASEWORKER_HEADER = 'laufzettel-caseworker';
export const BODY_LIMIT_BYTES = 1024 * 1024;
const URL_LIMIT_CHARACTERS = 4096;
const QUERY_PARAMETERS_LIMIT = 50;
/** The deepest body that means anything, a joint document inside the variables of GraphQL, has half as many. */
export const NESTING_LIMIT_LEVELS = 24;

/** What a door is made of: the use cases, who calls, and how often they may. */
export interface HttpDoorOptions extends DoorOptions {
  limits: RateLimits;
  /** Begins an export; left out: there is none. */
  exporting?: StartExport;
  streams?: Partial<StreamLimits>;
}

/** How a door writes a problem into an answer that no use case has been asked for. */
export type AnswerProblem = (reply: FastifyReply, problem: Problem) => FastifyReply;

/**
 * Takes bodies of application/json alone. A key that would reach an object's prototype makes the body unreadable. An
 * empty body is none at all: many clients name a content type on every POST. One in another encoding than UTF-8 (RFC 8259
 * section 8.1) is refused, for each of its umlauts would be stored as a replacement character.
 */
export function readJsonOnly(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (body.length === 0) return done(null, undefined);
    if (!isUtf8(body)) return done(new BodyNotUtf8());
    parseJson(request, body.toString(), (error, parsed) => {
      if (!error && isNestedDeeperThan(NESTING_LIMIT_LEVELS, parsed)) done(new BodyTooDeep());
      else done(error, parsed);
    });
  });
}

class BodyTooDeep extends Error {}
class BodyNotUtf8 extends Error {}

/** Keeps every answer out of caches, names the request that it belongs to, and says how often one may ask. */
export function markAnswers(fastify: FastifyInstance, { policy }: RateLimits): void {
  fastify.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'request-id': request.id,
      'ratelimit-policy': policy,
    });
  });
}

/** Refuses what is too long before anybody looks at what it says. The header limit of Node is four times as far. */
export function boundUrls(fastify: FastifyInstance, answerProblem: AnswerProblem): void {
  fastify.addHook('onRequest', async ({ raw: { url = '' } }, reply) => {
    if (url.length > URL_LIMIT_CHARACTERS) {
      return answerProblem(
        reply,
        problem('bad-request', `The URL has more than ${URL_LIMIT_CHARACTERS} characters. Shorten the query.`),
      );
    }
    if (url.split('&', QUERY_PARAMETERS_LIMIT + 1).length > QUERY_PARAMETERS_LIMIT) {
      return answerProblem(
        reply,
        problem(
          'bad-request',
          `The URL has more than ${QUERY_PARAMETERS_LIMIT} parameters. Leave out those not needed.`,
        ),
      );
    }
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
 * Finds out who is calling before a body is read, so that strangers cost little, and counts the request. `callerOf`
 * gives the caller to the handlers.
 *
 * A token is verified before its address is counted: nobody guesses a signature, and a stranger who shares an address
 * with an agency, behind a proxy for example, must not be able to shut it out.
 */
export function authenticateCallers(
  fastify: FastifyInstance,
  { authenticate, limits }: HttpDoorOptions,
  answerProblem: AnswerProblem,
): void {
  fastify.decorateRequest('caller', null);
  fastify.addHook('onRequest', async (request, reply) => {
    const caseworker = request.headers[CASEWORKER_HEADER]?.toString();
    const caller = await authenticate({ authorization: request.headers.authorization, caseworker });
    if (isProblem(caller)) {
      const refusal = tell(reply, await limits.ofStranger(request.ip));
      return answerProblem(reply, refusal ?? caller);
    }
    request.setDecorator<Caller | null>('caller', caller);
    const refusal = tell(reply, await limits.ofCaller(caller, 1));
    if (refusal) return answerProblem(reply, refusal);
  });
}

/** Writes what is left into the answer. Gives the refusal, null when there is none. */
export function tell(reply: FastifyReply, { left, refusal }: Taken): Problem | null {
  if (left !== null) reply.header('ratelimit', left);
  return refusal;
}

/** Bounds requests to the routes of `fastify`, which strangers may call: those that ask for a token. */
export function limitTokenRequests(fastify: FastifyInstance, limits: RateLimits, answerProblem: AnswerProblem): void {
  fastify.addHook('onRequest', async (request, reply) => {
    if (request.method !== 'POST') return;
    reply.header('ratelimit-policy', limits.policy);
    const refusal = tell(reply, await limits.ofTokenRequest(request.ip));
    if (refusal) return answerProblem(reply, refusal);
  });
}

export function callerOf(request: FastifyRequest): Caller {
  const caller = request.getDecorator<Caller | null>('caller');
  if (!caller) throw new Error('a handler ran before its caller was known');
  return caller;
}

/** 405 and `Allow`. */
export const refuseMethod = (
  reply: FastifyReply,
  allow: readonly string[],
  answerProblem: AnswerProblem,
): FastifyReply =>
  answerProblem(
    reply.header('allow', allow.join(', ')),
    problem('method-not-allowed', `This path answers ${allow.join(', ')}.`),
  );

/** Refuses every other method of a path before a body is read, but for those that have a refusal of their own. */
export function refuseOtherMethods(
  fastify: FastifyInstance,
  url: string,
  allowed: readonly string[],
  answerProblem: AnswerProblem,
  schema: object = {},
  elsewhere: readonly string[] = [],
): void {
  const allow = [...allowed, ...(allowed.includes('GET') ? ['HEAD'] : [])].sort();
  const refuse = (_request: FastifyRequest, reply: FastifyReply) => refuseMethod(reply, allow, answerProblem);
  fastify.route({
    method: fastify.supportedMethods.filter((method) => !allow.includes(method) && !elsewhere.includes(method)),
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
  if (code === 'FST_UNDER_PRESSURE') return underPressure;
  if (error instanceof BodyTooDeep) return bodyTooDeep;
  if (error instanceof BodyNotUtf8) return bodyNotUtf8;
  if (code.startsWith('FST_ERR_CTP_')) {
    if (statusCode === 413) return bodyTooLarge;
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

const bodyTooLarge = problem('body-too-large', `A body has at most ${BODY_LIMIT_BYTES} bytes. Send less at once.`);

const bodyTooDeep = problem('bad-request', 'The body is nested too deeply.', {
  errors: [{ pointer: '', detail: `has more than ${NESTING_LIMIT_LEVELS} levels` }],
});

const bodyNotUtf8 = problem('bad-request', 'The body is not UTF-8, which JSON is always sent in.', {
  errors: [{ pointer: '', detail: 'is not UTF-8' }],
});

const underPressure = problem('overloaded', 'The service has more to do than it can. Nothing was done; try again.', {
  extra: { retryAfterSeconds: 10 },
});
