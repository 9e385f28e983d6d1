/** A partner's address for webhooks: takes what is sent to it, or does not, as the test says. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Received {
  headers: Record<string, string>;
  /** As it came. */
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there
  body: any;
}

/** A status to answer with; nothing: never answers; or whatever the function does. */
export type Behaviour = number | 'HANGS' | ((received: Received, response: ServerResponse) => void | Promise<void>);

export interface Receiver {
  url: string;
  /** All that came, whatever it was answered with. */
  received: Received[];
  /** What was answered by 2xx. */
  taken: Received[];
  behave(behaviour: Behaviour): void;
  /** The first of all that came so far or comes in the next seconds. */
  find(wanted: (received: Received) => boolean): Promise<Received>;
  close(): Promise<void>;
}

const PATIENCE_MS = 15_000;

/** null: it broke off. */
async function textOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString();
}

export async function startReceiver(first: Behaviour = 204): Promise<Receiver> {
  let behaviour = first;
  const received: Received[] = [];
  const taken: Received[] = [];
  const server = createServer((request, response) => {
    void take(request, response);
  });

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    // Whoever sent it was killed meanwhile.
    if (text === null) return;
    const one = { headers: request.headers as Record<string, string>, text, body: JSON.parse(text) };
    received.push(one);
    if (behaviour === 'HANGS') return;
    if (typeof behaviour === 'function') await behaviour(one, response);
    else response.writeHead(behaviour).end();
    if (response.statusCode < 300) taken.push(one);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/laufzettel`,
    received,
    taken,
    behave(next) {
      behaviour = next;
    },
    async find(wanted) {
      for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(10)) {
        const found = received.find(wanted);
        if (found !== undefined) return found;
      }
      throw new Error('what was waited for did not come');
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
