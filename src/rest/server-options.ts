/**
 * Options of the Fastify instance that the doors rely on: what fails before any hook or route runs is answered here, in
 * the same form as everything else. `Fastify({ ...serverOptions, logger })`.
 */
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { problemDocument } from '../contract/problem-texts.ts';
import { PROBLEMS, type Problem, problem } from '../domain/problem.ts';
import { BODY_LIMIT_BYTES, problemOfError } from './http.ts';
import { answerProblem } from './problem-answer.ts';

export const serverOptions = {
  bodyLimit: BODY_LIMIT_BYTES,
  onProtoPoisoning: 'error',
  onConstructorPoisoning: 'error',
  /** Ours alone: an id from outside could carry anything into the log. */
  requestIdHeader: false,
  genReqId: () => randomUUID(),
  /** The whole request, with its body, has to be here by then. */
  requestTimeout: 30_000,
  /** Fastify's own 503 is no problem document; while closing, open connections are served to their end instead. */
  return503OnClosing: false,
  frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    // The reply of a request that never found a route has no serializer.
    reply.serializer((payload) => JSON.stringify(payload));
    answerProblem(reply, problemOfError(error, request));
  },
  clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (socket.writable) socket.write(rawAnswer(problemOfConnection(error.code)));
    socket.destroy(error);
  },
} as const;

/** What Node's parser refused: there is no request yet, only a socket. Its statuses 408 and 431 are our 400. */
function problemOfConnection(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return problem('bad-request', 'The headers are too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem('bad-request', 'The request did not arrive in time.');
  return problem('bad-request', 'This is not a request of HTTP that can be read.');
}

function rawAnswer(refusal: Problem): string {
  const body = JSON.stringify(problemDocument(refusal, randomUUID(), 'en'));
  return [
    `HTTP/1.1 ${PROBLEMS[refusal.problem].status} Bad Request`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
