/**
 * The GraphQL door's WebSocket: GET /graphql with an upgrade. A socket is let in, kept alive and ended here; what is said
 * on it is up to subscriptions.ts.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import websocket from '@fastify/websocket';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, handleProtocols } from 'graphql-ws';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { CASEWORKER_HEADER, type HttpDoorOptions, refuseMethod } from '../rest/http.ts';
import type { AgencySockets, OpenSocket } from './agency-sockets.ts';
import { answerGraphqlProblem, problemOf } from './errors.ts';
import { closeCodeOf, endsSocket, GOING_AWAY } from './socket-closing.ts';
import type { Connection, createSubscriptions } from './subscriptions.ts';

const MESSAGE_LIMIT_BYTES = 64 * 1024;
/** Answers that nobody takes, as to pings; what is subscribed to waits for its reader by itself. */
const MOST_BUFFERED_BYTES = 1024 * 1024;
/** Most proxies give up on a connection that was silent for a minute. */
const PING_EVERY_MS = 20_000;
/** Who has not answered a close by then is cut off. */
const CLOSE_WITHIN_MS = 1_000;

export interface SocketsOptions extends HttpDoorOptions {
  path: string;
  subscriptions: ReturnType<typeof createSubscriptions>;
  agencies: AgencySockets;
  /** The problem of a caller whose agency is suspended; null: let in. */
  refusalOf(caller: Caller): Promise<Problem | null>;
}

/** The part of a socket of `ws`, which has no types of its own, that is used here. */
interface Socket {
  readonly protocol: string;
  readonly readyState: number;
  readonly OPEN: number;
  readonly bufferedAmount: number;
  send(data: string, done: () => void): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(name: 'message', listener: (data: Buffer) => void): void;
  on(name: 'ping' | 'pong', listener: () => void): void;
  once(name: 'close', listener: (code: number, reason: Buffer) => void): void;
}

/** Register it in a place of its own: every route beside it would be taken for one of sockets. */
export async function sockets(fastify: FastifyInstance, options: SocketsOptions): Promise<void> {
  await fastify.register(websocket, {
    options: {
      maxPayload: MESSAGE_LIMIT_BYTES,
      perMessageDeflate: false,
      handleProtocols,
      closeTimeout: CLOSE_WITHIN_MS,
    } as object,
    // It closes by itself, with the code that fits; what broke off needs nothing.
    errorHandler: () => {},
    preClose: async () => {
      const { clients } = fastify.websocketServer as { clients: Iterable<Socket> };
      for (const socket of clients) socket.close(GOING_AWAY, 'going away');
    },
  });
  fastify.route({
    method: 'GET',
    url: options.path,
    exposeHeadRoute: false,
    handler: async (_request, reply) => refuseMethod(reply, ['POST'], answerGraphqlProblem),
    wsHandler: (socket: Socket, request) => serve(socket, request, options),
  });
}

function serve(socket: Socket, request: FastifyRequest, options: SocketsOptions): void {
  // The events of a socket belong to no request, so what is logged and traced below them enters its upgrade again.
  const withinRequest = AsyncLocalStorage.snapshot();
  const openedAt = performance.now();
  const visitor = new Visitor(socket, request, options);
  const closed = options.subscriptions.opened(
    {
      protocol: socket.protocol,
      // Of one that closes nothing comes any more, and it is not read on for it.
      send: (data) =>
        new Promise((resolve) => {
          if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
          else socket.once('close', () => resolve());
        }),
      close: (code = GOING_AWAY, reason = '') => socket.close(code, reason),
      onMessage: (take) => {
        socket.on('message', (data) =>
          withinRequest(() => {
            if (socket.bufferedAmount > MOST_BUFFERED_BYTES) return socket.terminate();
            take(data.toString()).catch((error: unknown) => visitor.end(problemOf(error, request)));
          }),
        );
      },
    },
    visitor,
  );
  const stopPinging = keepAlive(socket);
  request.log.info({ code: 'socket-opened', req: request }, 'a socket was opened');
  socket.once('close', (code, reason) => {
    stopPinging();
    visitor.leave();
    void closed(code, reason.toString());
    const responseTime = performance.now() - openedAt;
    request.log.info({ code: 'socket-closed', req: request, closeCode: code, responseTime }, 'a socket was closed');
  });
}

function keepAlive(socket: Socket): () => void {
  let isAnswered = true;
  socket.on('pong', () => {
    isAnswered = true;
  });
  socket.on('ping', () => {
    if (socket.bufferedAmount > MOST_BUFFERED_BYTES) socket.terminate();
  });
  const timer = setInterval(() => {
    if (!isAnswered) return socket.terminate();
    isAnswered = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, PING_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

/** Who is at the other end of a socket, from the upgrade to its end. */
class Visitor implements Connection {
  readonly request: FastifyRequest;
  readonly #socket: Socket;
  readonly #options: SocketsOptions;
  /** By the upgrade's header; null: there is none. */
  readonly #byHeader: Promise<Caller | null> | null;
  #isGone = false;
  #entered: OpenSocket | null = null;
  #tokenEnds: NodeJS.Timeout | undefined;

  constructor(socket: Socket, request: FastifyRequest, options: SocketsOptions) {
    this.request = request;
    this.#socket = socket;
    this.#options = options;
    const { authorization } = request.headers;
    const speaks = socket.protocol === GRAPHQL_TRANSPORT_WS_PROTOCOL;
    this.#byHeader = authorization === undefined || !speaks ? null : this.#enter(authorization);
  }

  callerOf(authorization: string | undefined): Promise<Caller | null> {
    return this.#byHeader ?? this.#enter(authorization);
  }

  refused(refusal: Problem): void {
    // Every socket of a suspended agency ends in the same way, whether or not something is subscribed to there.
    if (refusal.problem === 'agency-suspended') this.end(refusal);
    else if (endsSocket(refusal)) setImmediate(() => this.end(refusal));
  }

  end(refusal: Problem): void {
    this.#socket.close(closeCodeOf(refusal), refusal.problem);
  }

  leave(): void {
    this.#isGone = true;
    clearTimeout(this.#tokenEnds);
    if (this.#entered) this.#options.agencies.leave(this.#entered);
  }

  async #enter(authorization: string | undefined): Promise<Caller | null> {
    const found = await this.#admit(authorization).catch((error: unknown) => problemOf(error, this.request));
    if (!isProblem(found)) return found;
    this.end(found);
    return null;
  }

  async #admit(authorization: string | undefined): Promise<Caller | Problem> {
    const { authenticate, limits, agencies, refusalOf } = this.#options;
    const { headers, ip } = this.request;
    const caller = await authenticate({ authorization, caseworker: headers[CASEWORKER_HEADER]?.toString() });
    if (isProblem(caller)) return (await limits.ofStranger(ip)).refusal ?? caller;
    const refusal = (await limits.ofCaller(caller, 1)).refusal ?? (await refusalOf(caller));
    // Whoever went meanwhile would never leave again.
    if (refusal || this.#isGone) return refusal ?? gone;
    const entering: OpenSocket = { caller, end: (why) => this.end(why) };
    const tooMany = agencies.enter(entering);
    if (tooMany) return tooMany;
    this.#entered = entering;
    this.#tokenEnds = setTimeout(() => this.end(tokenEnded), caller.expiresAt - Date.now());
    return caller;
  }
}

const tokenEnded = problem('token-invalid', 'It has expired; fetch a new one.');
const gone = problem('request-timeout', 'The socket was closed meanwhile.');
