/** The REST door on a port, before handlers of the test's own, with callers and limits as the test wants them. */
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify from 'fastify';
import { OPERATIONS } from '../../src/contract/operations.ts';
import type { Handlers, OperationHandler } from '../../src/contract/run.ts';
import type { Caller } from '../../src/domain/permission.ts';
import { problem } from '../../src/domain/problem.ts';
import { restDoor } from '../../src/rest/door.ts';
import type { HttpDoorOptions } from '../../src/rest/http.ts';
import { createRateLimits } from '../../src/rest/rate-limit.ts';
import { serverOptions, timeouts } from '../../src/rest/server-options.ts';
import { caller } from '../rest/doors-app.ts';

/** Each token names its caller. */
export type Callers = Record<string, Partial<Caller>>;

export interface StreamDoor {
  url: string;
  /** What was logged, as one text. */
  log(): string;
  /** Settles once a line was logged with that code. */
  logged(code: string): Promise<void>;
  close(): Promise<void>;
}

const LOOK_EVERY_MS = 10;
const SOON_MS = 60_000;

export async function streamDoor({
  createClient = async () => ({ id: 'made', fileReference: null, createdAt: '' }),
  callers = {},
  requestTimeoutMs = 20_000,
  ...options
}: {
  createClient?: OperationHandler;
  callers?: Callers;
  requestTimeoutMs?: number;
} & Pick<HttpDoorOptions, 'streams' | 'exporting'>): Promise<StreamDoor> {
  const lines: string[] = [];
  const app = Fastify({
    ...serverOptions,
    ...timeouts({ requestTimeoutMs }),
    logger: { level: 'info', stream: { write: (line) => lines.push(line) } },
  });
  const refused: OperationHandler = async () => problem('not-allowed', 'No handler here.');
  await app.register(restDoor, {
    handlers: Object.fromEntries(
      OPERATIONS.map(({ id }) => [id, id === 'createClient' ? createClient : refused]),
    ) as unknown as Handlers,
    authenticate: async ({ authorization = '' }) =>
      caller({ expiresAt: Date.now() + SOON_MS, ...callers[authorization.slice('Bearer '.length)] }),
    limits: createRateLimits({ requestsPerMinute: 1_000_000, strangersPerMinute: 1_000_000 }),
    ...options,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const logged = async (code: string): Promise<void> => {
    while (!lines.some((line) => JSON.parse(line).code === code)) await sleep(LOOK_EVERY_MS);
  };
  const { port } = app.server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, log: () => lines.join(''), logged, close: () => app.close() };
}
