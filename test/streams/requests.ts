/** Requests and answers that are streams of lines, as a partner's system sends and reads them. */
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { createInterface } from 'node:readline';
import { PersonalValues } from '../support/personal-values.ts';

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there
export type Json = any;

/** What the uploads of this process sent, for the canary. */
export const sent = new PersonalValues();

export interface Lines {
  status: number;
  headers: IncomingMessage['headers'];
  /** The next line; undefined at the end, also when the connection broke. */
  next(): Promise<Json>;
  rest(): Promise<Json[]>;
  raw: IncomingMessage;
}

export interface Upload {
  /** Sends a line: an object as JSON, a string or bytes as they are. */
  send(line: object | string | Buffer): void;
  /** No more lines. */
  finish(): void;
  /** The connection breaks. */
  vanish(): void;
  answer: Promise<Lines>;
  raw: ClientRequest;
}

const ask = (
  method: 'GET' | 'POST',
  url: string,
  token: string,
  headers: Record<string, string> = {},
): { raw: ClientRequest; answer: Promise<Lines> } => {
  const raw = request(url, { method, headers: { authorization: `Bearer ${token}`, ...headers }, agent: false });
  const answer = new Promise<Lines>((resolve, reject) => {
    raw.once('error', reject);
    raw.once('response', (response) => resolve(linesOf(response)));
  });
  // Whoever looks at it later hears of it then.
  answer.catch(() => {});
  raw.on('error', () => {});
  return { raw, answer };
};

function linesOf(response: IncomingMessage): Lines {
  // Made when the first line is wanted: until then nothing is read.
  let lines: AsyncIterator<string> | null = null;
  response.on('error', () => {});
  const next = async (): Promise<Json> => {
    lines ??= createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
    const { done, value } = await lines.next().catch(() => ({ done: true, value: undefined }));
    return done ? undefined : JSON.parse(value as string);
  };
  return {
    status: response.statusCode!,
    headers: response.headers,
    raw: response,
    next,
    async rest() {
      const all: Json[] = [];
      for (let one = await next(); one !== undefined; one = await next()) all.push(one);
      return all;
    },
  };
}

export function upload(url: string, token: string, headers: Record<string, string> = {}): Upload {
  const { raw, answer } = ask('POST', `${url}/v1/bulk`, token, { 'content-type': 'application/x-ndjson', ...headers });
  raw.flushHeaders();
  return {
    raw,
    answer,
    send: (line) => {
      if (typeof line === 'object' && !Buffer.isBuffer(line)) sent.remember(line);
      raw.write(typeof line === 'string' || Buffer.isBuffer(line) ? line : `${JSON.stringify(line)}\n`);
    },
    finish: () => void raw.end(),
    vanish: () => void raw.destroy(),
  };
}

/** A whole file, and what was answered to it. */
export async function uploadAll(
  url: string,
  token: string,
  lines: readonly (object | string | Buffer)[],
): Promise<Json[]> {
  const { send, finish, answer } = upload(url, token);
  for (const line of lines) send(line);
  finish();
  return (await answer).rest();
}

export function exportFrom(url: string, token: string): { raw: ClientRequest; answer: Promise<Lines> } {
  const asked = ask('GET', `${url}/v1/export`, token);
  asked.raw.end();
  return asked;
}
