/** Every log line of a request carries the id that its answer carries. */
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

interface Line {
  reqId?: string;
  code?: string;
  msg: string;
}
/** What is logged meanwhile; a line is written after the answer. */
async function linesOf(work: () => Promise<unknown>): Promise<Line[]> {
  const from = exchange.log.length;
  await work();
  const lines = () => exchange.log.slice(from).map((line) => JSON.parse(line) as Line);
  for (let left = 50; left > 0 && !lines().some(({ msg }) => msg === 'request completed'); left--) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return lines();
}

t.test('what fails at the doors is found by the id in instance', async (t) => {
  const arge = await exchange.as('arge');
  await exchange.sql('ALTER FUNCTION api.list_laufzettel RENAME TO list_laufzettel_gone');
  for (const ask of [() => arge.get('/v1/laufzettel'), () => arge.graphql('{ laufzettelList { nextCursor } }')]) {
    let instance = '';
    const lines = await linesOf(async () => {
      const { body } = await ask();
      ({ instance } = body.instance ? body : body.errors[0].extensions);
    });
    t.match(instance, /^urn:uuid:[0-9a-f-]{36}$/);
    t.ok(
      lines.some(({ code }) => code === 'internal'),
      'the cause is logged',
    );
    t.ok(
      lines.every(({ reqId }) => `urn:uuid:${reqId}` === instance),
      'and every line names the request',
    );
  }
  await exchange.sql('ALTER FUNCTION api.list_laufzettel_gone RENAME TO list_laufzettel');
});

t.test('the issuer’s lines name their request as well', async (t) => {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'e30.e30.e30',
  });
  const lines = await linesOf(() => fetch(`${exchange.url}/oauth/token`, { method: 'POST', body }));
  t.ok(lines.some(({ code }) => code === 'token-refused'));
  t.equal(new Set(lines.map(({ reqId }) => reqId)).size, 1);
  t.ok(lines[0]!.reqId);
});
