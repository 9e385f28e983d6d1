/** Both doors before handlers of the test's own: what a use case would answer is up to the test. */
import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type LightMyRequestResponse as Answer, type FastifyInstance, type InjectOptions } from 'fastify';
import { OPERATIONS, type OperationId } from '../../src/contract/operations.ts';
import type { DoorOptions, Handlers, OperationHandler } from '../../src/contract/run.ts';
import { type Caller, SCOPES, type Scope } from '../../src/domain/permission.ts';
import { problem } from '../../src/domain/problem.ts';
import { graphqlDoor } from '../../src/graphql/door.ts';
import { restDoor } from '../../src/rest/door.ts';
import { answerErrors, answerUnknownPaths } from '../../src/rest/http.ts';
import { answerProblem } from '../../src/rest/problem-answer.ts';
import { createRateLimits, type RateLimitOptions } from '../../src/rest/rate-limit.ts';
import { serverOptions } from '../../src/rest/server-options.ts';
import type { EventNews } from '../../src/usecases/ports.ts';

export const AGENCY = '01980000-0000-7000-8000-000000000001';

export const caller = (changes: Partial<Caller> = {}): Caller => ({
  agency: AGENCY,
  client: 'test-system',
  scopes: new Set<Scope>(SCOPES),
  caseworker: null,
  expiresAt: 0,
  ...changes,
});

/** By its token. */
export const CALLERS: Record<string, Caller> = {
  agency: caller(),
  admin: caller({ agency: null }),
  reader: caller({ scopes: new Set<Scope>(['laufzettel:read']) }),
};

export interface DoorsApp {
  app: FastifyInstance;
  /** What was logged, as one text. */
  log(): string;
  rest(method: 'GET' | 'POST', url: string, more?: InjectOptions): Promise<Answer>;
  graphql(
    query: string,
    variables?: object,
    more?: { token?: string; operationName?: string; headers?: Record<string, string> },
  ): Promise<Answer>;
}

/** Nothing happens here; whoever waits looks again in a while. */
const NO_NEWS: EventNews = {
  mark: () => 0,
  wait: async (_agency, { ms, signal }) => {
    await sleep(Math.min(ms, 20), undefined, { signal }).catch(() => {});
    return 'look';
  },
};

const UNLIMITED: RateLimitOptions = { requestsPerMinute: 1_000_000, strangersPerMinute: 1_000_000 };

/** An operation without a handler here answers `not-allowed`. */
export async function doorsApp(
  given: Partial<Record<OperationId, OperationHandler>> = {},
  rates: RateLimitOptions = UNLIMITED,
): Promise<DoorsApp> {
  const handlers = Object.fromEntries(
    OPERATIONS.map(({ id }) => [id, given[id] ?? (async () => problem('not-allowed', 'No handler here.'))]),
  ) as unknown as Handlers;
  const authenticate: DoorOptions['authenticate'] = async ({ authorization, caseworker }) => {
    if (!authorization) return problem('token-missing', 'Send an access token.');
    if (authorization === 'Bearer broken') throw new Error('CANARY in authenticate');
    const found = CALLERS[authorization.slice('Bearer '.length)];
    return found ? { ...found, caseworker: caseworker ?? null } : problem('token-invalid', 'No such token.');
  };
  const lines: string[] = [];
  const app = Fastify({ ...serverOptions, logger: { level: 'info', stream: { write: (line) => lines.push(line) } } });
  answerErrors(app, answerProblem);
  answerUnknownPaths(app, answerProblem);
  const limits = createRateLimits(rates);
  await app.register(restDoor, { handlers, authenticate, limits });
  await app.register(graphqlDoor, { handlers, authenticate, limits, news: NO_NEWS });
  await app.ready();
  const authorization = 'Bearer agency';
  return {
    app,
    log: () => lines.join(''),
    rest: (method, url, more = {}) => app.inject({ method, url, ...more, headers: { authorization, ...more.headers } }),
    graphql: (query, variables, { token = 'agency', operationName, headers = {} } = {}) =>
      app.inject({
        method: 'POST',
        url: '/graphql',
        payload: { query, variables, operationName },
        headers: { authorization: `Bearer ${token}`, ...headers },
      }),
  };
}
