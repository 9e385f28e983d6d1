/** Whether the process lives, and whether it can work. For load balancers and operators; nobody has to log in. */
import type { FastifyPluginAsync } from 'fastify';
import { problem } from '../domain/problem.ts';
import { ALWAYS_ANSWERED } from './pressure.ts';
import { answerProblem, problemSchema } from './problem-answer.ts';

export interface HealthOptions {
  /** Whether requests can be served now, for example whether the database answers. Throwing means no. */
  isReady(): Promise<boolean>;
}

const RETRY_AFTER_SECONDS = 5;
const ok = { type: 'object', properties: { status: { type: 'string' } }, required: ['status'] } as const;
const schema = { response: { 200: ok, default: problemSchema } };

export const health: FastifyPluginAsync<HealthOptions> = async (fastify, { isReady }) => {
  fastify.addHook('onRequest', async (_request, reply) => {
    reply.header('cache-control', 'no-store');
  });
  fastify.get('/healthz', { schema, config: ALWAYS_ANSWERED }, async () => ({ status: 'alive' }));
  fastify.get('/readyz', { schema, config: ALWAYS_ANSWERED }, async (request, reply) => {
    const ready = await isReady().catch((error: unknown) => {
      request.log.error({ err: error, code: 'readiness-failed' }, 'the check whether the service is ready failed');
      return false;
    });
    if (ready) return { status: 'ready' };
    return answerProblem(
      reply,
      problem('overloaded', 'The service is not ready yet, or not any more.', {
        extra: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      }),
    );
  });
};
