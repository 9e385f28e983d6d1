/**
 * Sends one message to one webhook, and says what came of it. What the receiver answers beside the status is of no interest
 * and is thrown away; what the system says about a failure becomes a code, for it holds URLs, and they stand in no log.
 */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { lookUpName, type NameLookup } from './name-lookup.ts';
import { type AddressRules, callableUrl } from './webhook-address.ts';
import { type ConnectCode, ConnectFailure, createConnector } from './webhook-connector.ts';

export type SendOutcome =
  | { outcome: 'DELIVERED'; status: number; durationMs: number }
  | { outcome: 'GONE'; status: 410; durationMs: number }
  | { outcome: 'FAILED'; code: SendFailure; status: number | null; durationMs: number };

export type SendFailure = 'STATUS' | 'REDIRECT' | ConnectCode;

export interface WebhookSender {
  /**
   * Delivered is what a 2xx answers. Other outcomes are values as well; throws only for headers that cannot be sent.
   * @param url as `urlFault` let it pass; it is judged again.
   */
  send(url: string, body: string, headers: Record<string, string>): Promise<SendOutcome>;
  /**
   * Sends nothing more, and waits a little for what is on its way. What is not through by then ends as a TIMEOUT; it may
   * have arrived, and the receiver knows it by its `webhook-id` when it comes again.
   */
  close(): Promise<void>;
}

export interface SenderOptions {
  readonly rules: AddressRules;
  /** All in all: waiting for a connection, making it, sending, the answer. */
  readonly timeoutMs?: number;
  readonly maxConnectionsPerOrigin?: number;
  readonly closeGraceMs?: number;
  readonly lookup?: NameLookup;
}

const MAX_ANSWER_BYTES = 64 * 1024;
const MAX_ANSWER_HEADER_BYTES = 16 * 1024;
/** For an answer that says nothing about it; one that does is believed up to the second. */
const IDLE_MS = 4_000;
const IDLE_AT_MOST_MS = 30_000;

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const DEFAULT_HEADERS = { 'content-type': 'application/json', 'user-agent': `Laufzettel/${version}` };

export function createWebhookSender(options: SenderOptions): WebhookSender {
  const { rules, timeoutMs = 15_000, maxConnectionsPerOrigin = 10, closeGraceMs = 5_000 } = options;
  // A pool for each origin, so that a dead one takes nothing from others. An Agent heeds no proxy of the environment and
  // follows no redirect.
  const agent = new Agent({
    connect: createConnector(rules, options.lookup ?? lookUpName, timeoutMs),
    connections: maxConnectionsPerOrigin,
    allowH2: false,
    pipelining: 1,
    maxHeaderSize: MAX_ANSWER_HEADER_BYTES,
    keepAliveTimeout: IDLE_MS,
    keepAliveMaxTimeout: IDLE_AT_MOST_MS,
    // There is one limit of time, and it is ours.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const onTheirWay = new Map<AbortController, Promise<SendOutcome>>();
  let closing: Promise<void> | undefined;

  async function close(): Promise<void> {
    const over = new AbortController();
    const grace = sleep(closeGraceMs, undefined, { signal: over.signal }).catch(() => {});
    await Promise.race([Promise.allSettled(onTheirWay.values()), grace]);
    over.abort();
    for (const limit of onTheirWay.keys()) limit.abort();
    await Promise.allSettled(onTheirWay.values());
    await agent.destroy();
  }

  return {
    async send(url, body, headers) {
      const startedAt = performance.now();
      const after = <T extends object>(result: T) => ({
        ...result,
        durationMs: Math.round(performance.now() - startedAt),
      });
      const target = callableUrl(url);
      if (closing) return after(failed('CONNECTION'));
      if (target === null) return after(failed('ADDRESS_REFUSED'));
      const limit = new AbortController();
      const timer = setTimeout(() => limit.abort(), timeoutMs);
      const sending = post(agent, target, body, headers, limit.signal).then(after);
      onTheirWay.set(limit, sending);
      try {
        return await sending;
      } finally {
        clearTimeout(timer);
        onTheirWay.delete(limit);
      }
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

type Result<T = SendOutcome> = T extends unknown ? Omit<T, 'durationMs'> : never;

async function post(
  agent: Agent,
  { origin, pathname, search }: URL,
  body: string,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Result> {
  try {
    const answer = await agent.request({
      origin,
      path: pathname + search,
      method: 'POST',
      headers: { ...DEFAULT_HEADERS, ...inLowerCase(headers) },
      body,
      signal,
    });
    // The status says what came of it. The rest is read to free the connection for the next message; what is too much, or
    // comes too late, ends the connection instead.
    await answer.body.dump({ limit: MAX_ANSWER_BYTES, signal }).catch(() => {});
    // undici gives the connection back one turn later; who sends the next message at once would get another.
    await setImmediate();
    return resultOf(answer.statusCode);
  } catch (error) {
    return failed(signal.aborted ? 'TIMEOUT' : codeOf(error));
  }
}

function resultOf(status: number): Result {
  if (status >= 200 && status < 300) return { outcome: 'DELIVERED', status };
  if (status === 410) return { outcome: 'GONE', status };
  return { outcome: 'FAILED', code: status >= 300 && status < 400 ? 'REDIRECT' : 'STATUS', status };
}

const failed = (code: SendFailure) => ({ outcome: 'FAILED', code, status: null }) as const;

function codeOf(error: unknown): SendFailure {
  if (error instanceof ConnectFailure) return error.code;
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'UND_ERR_INVALID_ARG') throw new Error('the headers of a webhook message cannot be sent');
  // There was a connection. It broke, or what came over it is no answer in HTTP.
  return 'CONNECTION';
}

function inLowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
