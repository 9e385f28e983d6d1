/**
 * A system of an agency that means what it asks: it sends the same request, with the same key, until it is answered, at whichever
 * address answers.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import { fetchToken, signText, TokenRefused } from '../../src/auth/client-credentials.ts';

const ANSWERS_WITHIN_MS = 40_000;
const PATIENCE_MS = 300_000;
/** Once none of its addresses has answered. */
const AGAIN_AFTER_MS = 150;
/** A token lives for five minutes. */
const RENEW_TOKEN_AFTER_MS = 200_000;

/** What happened to requests on the way. */
export interface Traffic {
  answered: number;
  /** Connections that broke or were refused. */
  brokeOff: number;
  /** 503, or 409 `idempotency-in-flight`. */
  putOff: number;
  /** Under way at this moment. */
  open: number;
}

export interface Ask {
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  key?: string;
}

export interface Answered {
  status: number;
  replayed: boolean;
  // biome-ignore lint/suspicious/noExplicitAny: a run reads what it expects, and fails when it is not there
  body: any;
}

export interface PartnerOptions {
  urls: readonly string[];
  /** What the exchange calls itself. */
  publicUrl: string;
  clientId: string;
  key: JWK;
  traffic: Traffic;
  /** Which address it turns to first. */
  first: number;
}

export class Partner {
  readonly #options: PartnerOptions;
  #turn: number;
  #token: { text: Promise<string>; at: number } | null = null;

  constructor(options: PartnerOptions) {
    this.#options = options;
    this.#turn = options.first;
  }

  /** After a restart tokens are got anew. */
  forgetToken(): void {
    this.#token = null;
  }

  /** A compact JWS by its own key. */
  sign(text: string): Promise<string> {
    return signText(text, this.#options.key);
  }

  async send(ask: Ask): Promise<Answered> {
    const { traffic, urls } = this.#options;
    const until = Date.now() + PATIENCE_MS;
    for (let tries = 1; Date.now() < until; tries += 1) {
      traffic.open += 1;
      const answered = await this.#once(ask).catch(() => null);
      traffic.open -= 1;
      if (answered === null) {
        traffic.brokeOff += 1;
        this.#turn += 1;
      } else if (answered.status === 503 || answered.body.code === 'idempotency-in-flight') {
        traffic.putOff += 1;
        this.#turn += 1;
      } else if (answered.status === 401) this.forgetToken();
      else {
        traffic.answered += 1;
        return answered;
      }
      if (tries % urls.length === 0) await sleep(AGAIN_AFTER_MS);
    }
    throw new Error(`${ask.method} ${ask.path} was not answered for minutes`);
  }

  /** The answer's body; throws when it is no success. */
  async done(ask: Ask): Promise<Answered['body']> {
    const { status, body } = await this.send(ask);
    if (status < 300) return body;
    throw new Error(`${ask.method} ${ask.path} was answered by ${status} ${body.code}`);
  }

  get #url(): string {
    const { urls } = this.#options;
    return urls[this.#turn % urls.length]!;
  }

  async #once({ method, path, body, key }: Ask): Promise<Answered> {
    const url = this.#url;
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.#tokenAt(url)}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(ANSWERS_WITHIN_MS),
    });
    const replayed = response.headers.get('idempotency-replayed') === 'true';
    return { status: response.status, replayed, body: await response.json() };
  }

  #tokenAt(url: string): Promise<string> {
    if (this.#token !== null && Date.now() - this.#token.at < RENEW_TOKEN_AFTER_MS) return this.#token.text;
    const { clientId, key, publicUrl } = this.#options;
    const audience = `${publicUrl}/oauth/token`;
    const asked = { text: tokenText({ tokenUrl: `${url}/oauth/token`, audience, clientId, key }), at: Date.now() };
    asked.text.catch(() => {
      if (this.#token === asked) this.#token = null;
    });
    this.#token = asked;
    return asked.text;
  }
}

async function tokenText(request: Parameters<typeof fetchToken>[0]): Promise<string> {
  try {
    return (await fetchToken(request)).accessToken;
  } catch (error) {
    // Nothing comes right here by asking again.
    if (error instanceof TokenRefused && error.status < 500) throw new Error(`no token: ${error.code}`);
    throw error;
  }
}
