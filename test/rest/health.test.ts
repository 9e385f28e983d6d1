import Fastify from 'fastify';
import { health } from '../../src/rest/health.ts';
import { t } from '../support/t.ts';

t.test('alive as long as it answers, ready when what it needs is', async (t) => {
  let isReady: () => Promise<boolean> = async () => true;
  const app = Fastify();
  t.teardown(() => app.close());
  await app.register(health, { isReady: () => isReady() });

  t.same((await app.inject('/readyz')).json(), { status: 'ready' });
  for (const answer of [
    async () => false,
    async () => {
      throw new Error('connect ECONNREFUSED 10.0.0.7:5432');
    },
  ]) {
    isReady = answer;
    const refused = await app.inject('/readyz');
    t.equal(refused.statusCode, 503);
    t.equal(refused.headers['retry-after'], '5');
    t.equal(refused.headers['cache-control'], 'no-store');
    t.match(refused.json(), { code: 'overloaded' });
    t.notMatch(refused.body, '5432');
    t.same((await app.inject('/healthz')).json(), { status: 'alive' });
  }
});
