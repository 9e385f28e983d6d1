/**
 * Options of the Fastify instance that the doors rely on: what fails before any hook or route runs is answered here, in
 * the same form as everything else. `Fastify({ ...serverOptions, ...timeouts(limits), logger })`.
 */
import { randomUUID } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { problemDocument } from '../contract/problem-texts.ts';
import { PROBLEMS, type Problem, problem } from '../domain/problem.ts';
import { BODY_LIMIT_BYTES, problemOfError } from './http.ts';
import { answerProblem } from './problem-answer.ts';
import { RequestLog } from './request-log.ts';
import { isUntimed } from './streams.ts';

export const HEADERS_LIMIT_BYTES = 16 * 1024;
/** Every header has to be here by then, or the whole request if that is sooner. */
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that are late; its default of half a minute would double every timeout. */
const LOOK_FOR_LATE_MS = 1_000;
/** Longer than the minute for which most proxies keep a connection, or they would send into a closed one. */
const KEEP_ALIVE_TIMEOUT_MS = 72_000;

/** Where a WebSocket may be opened. */
export const SOCKET_PATH = '/graphql';

/** Any other upgrade that is asked for, as that to HTTP/2 by curl, is not taken, and its request answered as it is. */
const mayUpgrade = ({ method, url = '', headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && url.split('?', 1)[0] === SOCKET_PATH;

export const serverOptions = {
  bodyLimit: BODY_LIMIT_BYTES,
  onProtoPoisoning: 'error',
  onConstructorPoisoning: 'error',
  /** Ours alone: an id from outside could carry anything into the log. */
  requestIdHeader: false,
  genReqId: () => randomUUID(),
  logController: new RequestLog(),
  keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  /** Fastify's own 503 is no problem document; while closing, open connections are served to their end instead. */
  return503OnClosing: false,
  frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) => {
    // The reply of a request that never found a route has no serializer.
    reply.serializer((payload) => JSON.stringify(payload));
    answerProblem(reply, problemOfError(error, request));
  },
  clientErrorHandler: (error: Error & { code?: string }, socket: Socket) => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    // What is read as fast as it is done takes its time; who sends nothing is given up by the answer itself.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && isUntimed(socket)) return;
    if (socket.writable && !isAnswering(socket)) socket.write(rawAnswer(problemOfConnection(error.code)));
    socket.destroy(error);
  },
} as const;

/**
 * The options that bound the time in which a request has to be here with its body, and headers with it, for both are
 * Node's. The time for an answer is bounded where it is made (handlers/time-limit.ts).
 */
export const timeouts = ({ requestTimeoutMs }: { requestTimeoutMs: number }) => ({
  requestTimeout: requestTimeoutMs,
  http: {
    maxHeaderSize: HEADERS_LIMIT_BYTES,
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
    requestTimeout: requestTimeoutMs,
    shouldUpgradeCallback: mayUpgrade,
    connectionsCheckingInterval: LOOK_FOR_LATE_MS,
  },
});

/** Whether an answer has begun on it, into which ours would be written. Node itself looks here before it answers. */
function isAnswering(socket: Socket): boolean {
  const { _httpMessage: message } = socket as Socket & { _httpMessage?: { headersSent?: boolean } | null };
  return message?.headersSent === true;
}

/** What Node's parser refused: there is no request yet, only a socket. */
function problemOfConnection(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') {
    return problem(
      'headers-too-large',
      `URL and headers have more than ${HEADERS_LIMIT_BYTES} bytes. Send fewer or shorter ones.`,
    );
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return problem('request-timeout', 'The request did not arrive in time. Nothing was done; send it again.');
  }
  return problem('bad-request', 'This is not a request of HTTP that can be read.');
}

function rawAnswer(refusal: Problem): string {
  const { status } = PROBLEMS[refusal.problem];
  const body = JSON.stringify(problemDocument(refusal, randomUUID(), 'en'));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Content-Language: en',
    'Cache-Control: no-store',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
