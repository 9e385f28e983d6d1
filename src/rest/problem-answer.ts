/** Problems as application/problem+json (RFC 9457). */
import type { FastifyReply } from 'fastify';
import { languageOf, problemDocument } from '../contract/problem-texts.ts';
import { PROBLEMS, type Problem } from '../domain/problem.ts';

/** For the serializer. Extra members of a problem pass: its type promises that they are never personal data. */
export const problemSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'code', 'detail', 'instance'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'detail'],
        properties: { pointer: { type: 'string' }, detail: { type: 'string' } },
      },
    },
  },
  additionalProperties: true,
} as const;

/** Seconds after which to try again, when the problem does not say. */
const RETRY_AFTER_SECONDS = 1;

/** Sets the status and the headers that belong to a problem, on either door. */
export function headProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status } = PROBLEMS[problem.problem];
  // Set here too: not every failing request gets as far as the hooks.
  reply.code(status).header('cache-control', 'no-store');
  if (status === 401 || problem.problem === 'scope-missing') {
    reply.header('www-authenticate', challenge(problem));
  }
  return sayWhenToRetry(reply, problem);
}

/** Of several problems in one answer the one with the longest wait is told. */
export function sayWhenToRetry(reply: FastifyReply, problem: Problem): FastifyReply {
  const { status } = PROBLEMS[problem.problem];
  if (status !== 429 && status !== 503 && problem.extra?.retryAfterSeconds === undefined) return reply;
  const seconds = Number(problem.extra?.retryAfterSeconds ?? RETRY_AFTER_SECONDS);
  return reply.header('retry-after', String(Math.max(seconds, Number(reply.getHeader('retry-after') ?? 0))));
}

export function answerProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  const language = languageOf(reply.request.headers['accept-language']);
  return headProblem(reply, problem)
    .header('content-language', language)
    .header('vary', 'accept-language')
    .type('application/problem+json')
    .send(problemDocument(problem, reply.request.id, language));
}

/** RFC 6750 §3: no error code when no token was sent. */
function challenge(problem: Problem): string {
  if (problem.problem === 'token-missing') return 'Bearer';
  if (problem.problem === 'token-invalid') return 'Bearer error="invalid_token"';
  const scopes = problem.extra?.requiredScopes;
  return `Bearer error="insufficient_scope"${Array.isArray(scopes) ? `, scope="${scopes.join(' ')}"` : ''}`;
}
