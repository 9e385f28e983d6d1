/** Some thousand random requests made from openapi.yaml and schema.graphql; `npm run fuzz` sends as many as one likes. */
import { t } from '../support/t.ts';
import { fuzz } from './run.ts';

const REQUESTS = 2_000;
const SEED = 20_261_126;

t.test('whatever is sent, the answer is a described one, and nothing changes that should not', async (t) => {
  const { requests, statuses, changed, findings } = await fuzz({ requests: REQUESTS, seed: SEED });
  t.same(findings, [], `no findings (seed ${SEED})`);
  t.equal(requests, REQUESTS);
  // A run in which everything is refused finds nothing.
  t.ok((statuses['2xx'] ?? 0) > REQUESTS / 10, `${statuses['2xx']} are taken`);
  t.ok((statuses['4xx'] ?? 0) > REQUESTS / 10, `${statuses['4xx']} are refused`);
  t.ok(changed > REQUESTS / 50, `${changed} change something`);
});
