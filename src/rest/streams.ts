/** What answers that take minutes have in common: how many there may be, and what ends them. */
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { languageOf, problemDocument } from '../contract/problem-texts.ts';
import type { Caller } from '../domain/permission.ts';
import { type Problem, problem } from '../domain/problem.ts';

export const NDJSON = 'application/x-ndjson';

export interface StreamLimits {
  /** A caller that neither takes nor sends anything for so long is given up. */
  patienceMs: number;
  /** Of one kind, in this process. */
  mostAtOnce: number;
  /** Of one kind and one agency, in this process. */
  mostOfOneAgency: number;
}

export const STREAM_LIMITS: StreamLimits = { patienceMs: 60_000, mostAtOnce: 8, mostOfOneAgency: 2 };
const RETRY_AFTER_SECONDS = 10;

/** Of longer than a timer can be set to. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Counts what is under way. */
export class Places {
  readonly #limits: StreamLimits;
  readonly #taken = new Map<string, number>();
  #all = 0;

  constructor(limits: StreamLimits) {
    this.#limits = limits;
  }

  /** Why there is none; null: go on, and `leave` in the end. */
  take(agency: string): Problem | null {
    const taken = this.#taken.get(agency) ?? 0;
    const extra = { retryAfterSeconds: RETRY_AFTER_SECONDS };
    if (taken >= this.#limits.mostOfOneAgency) {
      return problem('rate-limited', `At most ${taken} of these of one agency at once. Wait for the end of one.`, {
        extra,
      });
    }
    if (this.#all >= this.#limits.mostAtOnce) {
      return problem('overloaded', 'Too many of these are under way. Nothing was done; try again.', { extra });
    }
    this.#taken.set(agency, taken + 1);
    this.#all += 1;
    return null;
  }

  leave(agency: string): void {
    const left = this.#taken.get(agency)! - 1;
    if (left === 0) this.#taken.delete(agency);
    else this.#taken.set(agency, left);
    this.#all -= 1;
  }
}

/** Aborted, with a problem as its reason, once the process is about to stop. */
export function stoppingOf(fastify: FastifyInstance): AbortSignal {
  const stopping = new AbortController();
  fastify.addHook('preClose', async () => stopping.abort(beingStopped));
  return stopping.signal;
}

const beingStopped = problem('overloaded', 'The service is being stopped. Nothing was left half done; try again.', {
  extra: { retryAfterSeconds: RETRY_AFTER_SECONDS },
});

const tokenOver = problem(
  'token-invalid',
  'The access token has ended, and with it what it was sent for. Fetch a new one and send the request again.',
);

/** Aborted, with a problem as its reason, by whatever comes first. */
export class Ending {
  readonly #end = new AbortController();
  readonly #stopping: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #stop = () => this.end(this.#stopping.reason);

  /** @param within another reason to end after so many milliseconds. */
  constructor(caller: Caller, stopping: AbortSignal, within?: { ms: number; problem: Problem }) {
    const left = Math.max(0, caller.expiresAt - Date.now());
    const isShort = within !== undefined && within.ms < left;
    const [ms, reason] = isShort ? [within.ms, within.problem] : [left, tokenOver];
    this.#timer = setTimeout(() => this.end(reason), Math.min(ms, LONGEST_TIMER_MS));
    this.#stopping = stopping;
    if (stopping.aborted) this.#stop();
    stopping.addEventListener('abort', this.#stop);
  }

  get signal(): AbortSignal {
    return this.#end.signal;
  }

  /** null: it goes on. */
  get problem(): Problem | null {
    return this.signal.aborted ? (this.signal.reason as Problem) : null;
  }

  /** For another reason; the first one stands. */
  end(reason: Problem): void {
    this.#end.abort(reason);
  }

  release(): void {
    clearTimeout(this.#timer);
    this.#stopping.removeEventListener('abort', this.#stop);
  }
}

/**
 * Answers with what the texts say, as fast as the caller takes it.
 * @param release called once, when it is over, however it ended and whether it began or not.
 */
export function streamTexts(
  reply: FastifyReply,
  texts: AsyncGenerator<string>,
  { patienceMs }: StreamLimits,
  release: () => void,
): FastifyReply {
  const stream = Readable.from(texts, { objectMode: false });
  // After the generator has returned: it is asked to once the caller is gone.
  stream.once('close', release);
  // A proxy that gathers an answer before it sends it on would keep the caller from reading what was done.
  reply.header('x-accel-buffering', 'no').type(NDJSON);
  // Its head at once, and not with the first text: who waits for it before sending anything would wait for ever.
  reply.raw.once('pipe', () => reply.raw.flushHeaders());
  reply.raw.setTimeout(patienceMs, () => reply.raw.destroy());
  return reply.send(stream);
}

/** As it stands in a line of an answer that has begun. */
export const documentOf = (request: FastifyRequest, found: Problem): object =>
  problemDocument(found, request.id, languageOf(request.headers['accept-language']));

const untimed = new WeakSet<Socket>();
/** Node's limit to the time in which a request has to be here does not hold for what is on this socket now. */
export const leaveTime = (socket: Socket): void => void untimed.add(socket);
export const demandTime = (socket: Socket): void => void untimed.delete(socket);
export const isUntimed = (socket: Socket): boolean => untimed.has(socket);
