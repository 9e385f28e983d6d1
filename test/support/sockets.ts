/** A caller at the GraphQL door's WebSocket, by the client that most use. */
import { type Client, createClient, type SubscribePayload } from 'graphql-ws';

export interface Told {
  id: string;
  type: string;
  subject: string;
  sequence: string;
  data: Record<string, string>;
}

export const EVENTS = 'subscription ($after: String) { events(after: $after) { id type subject sequence data } }';

export const socketUrl = (url: string): string => `${url.replace('http', 'ws')}/graphql`;

/** How a subscription ended: by errors, by a close of the socket, or because it was complete. */
export interface Ended {
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there
  errors?: any[];
  closed?: { code: number; reason: string };
  complete?: true;
}

export interface Listener {
  told: Told[];
  /** Resolves once so many have been told. */
  until(many: number): Promise<Told[]>;
  untilType(type: string): Promise<Told>;
  ended: Promise<Ended>;
  stop(): void;
}

/** Without a token when it is undefined. */
export const clientAt = (url: string, token: string | undefined): Client =>
  createClient({
    url: socketUrl(url),
    connectionParams: token === undefined ? {} : { authorization: `Bearer ${token}` },
    retryAttempts: 0,
  });

export function listen(client: Client, payload: SubscribePayload = { query: EVENTS }): Listener {
  const told: Told[] = [];
  const waiting = new Set<() => void>();
  const { promise: ended, resolve: end } = Promise.withResolvers<Ended>();
  const stop = client.subscribe<{ events: Told }>(payload, {
    next: ({ data, errors }) => {
      if (errors) return end({ errors: [...errors] });
      told.push(data!.events);
      for (const look of waiting) look();
    },
    error: (error) => {
      const { code, reason } = error as { code?: number; reason?: string };
      end(Array.isArray(error) ? { errors: error } : { closed: { code: code ?? 0, reason: reason ?? '' } });
    },
    complete: () => end({ complete: true }),
  });
  return {
    told,
    ended,
    stop,
    until: (many) => come(() => (told.length >= many ? told : undefined)),
    untilType: (type) => come(() => told.find((one) => one.type === type)),
  };

  async function come<Found>(find: () => Found | undefined): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    const look = () => {
      const found = find();
      if (found !== undefined) resolve(found);
    };
    waiting.add(look);
    look();
    void ended.then((how) => reject(new Error(`ended after ${told.length}: ${JSON.stringify(how)}`)));
    return promise.finally(() => waiting.delete(look));
  }
}

export interface Message {
  type: string;
  id?: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  payload?: any;
}

/** A socket as it is, whose messages are the test's own. */
export interface RawSocket {
  send(message: unknown): void;
  messages: Message[];
  untilType(type: string): Promise<Message>;
  closed: Promise<{ code: number; reason: string }>;
  opened: Promise<void>;
  close(): void;
}

/** @param headers of the upgrade, which a browser could not set. */
export function openRaw(
  url: string,
  {
    headers = {},
    protocol = 'graphql-transport-ws',
  }: { headers?: Record<string, string>; protocol?: string | null } = {},
): RawSocket {
  const socket = new WebSocket(socketUrl(url), { protocols: protocol ?? [], headers } as never);
  const messages: Message[] = [];
  const waiting = new Set<() => void>();
  const closed = Promise.withResolvers<{ code: number; reason: string }>();
  const opened = Promise.withResolvers<void>();
  socket.addEventListener('open', () => opened.resolve());
  socket.addEventListener('message', ({ data }) => {
    messages.push(JSON.parse(data));
    for (const look of waiting) look();
  });
  socket.addEventListener('close', ({ code, reason }) => {
    closed.resolve({ code, reason });
    opened.resolve();
  });
  return {
    messages,
    closed: closed.promise,
    opened: opened.promise,
    untilType(type) {
      const { promise, resolve, reject } = Promise.withResolvers<Message>();
      const look = () => {
        const found = messages.find((one) => one.type === type);
        if (found) resolve(found);
      };
      waiting.add(look);
      look();
      void closed.promise.then((how) => reject(new Error(`closed before ${type}: ${JSON.stringify(how)}`)));
      return promise.finally(() => waiting.delete(look));
    },
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    close: () => socket.close(),
  };
}
