/** What the metrics tell, and that they tell of nobody. */
import { OPERATIONS } from '../../src/contract/operations.ts';
import { admit, agree, forward, openCase, sayYes } from '../operations/world.ts';
import { DOORS, systemAt } from '../support/both-doors.ts';
import { assertNoCanary, marker } from '../support/canary.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const exchange = await startExchange({ METRICS_PORT: '0' });
t.teardown(() => exchange.close());
const { port } = exchange.log.map((line) => JSON.parse(line)).find(({ code }) => code === 'metrics-listening');
const url = `http://127.0.0.1:${port}`;
const scrape = async (): Promise<string> => (await fetch(`${url}/metrics`)).text();

/** The number of the sample with exactly these labels; 0 when there is none. */
function sample(text: string, name: string, labels: Record<string, string | number> = {}): number {
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const line = text
    .split('\n')
    .filter((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `))
    .find((one) => wanted.every((label) => one.includes(label)));
  return Number(line?.split(' ').at(-1) ?? 0);
}

t.test('a story is counted, by door, operation, status, outcome and reason', async (t) => {
  for (const door of DOORS) {
    const before = await scrape();
    const [origin, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([origin, other]);
    const sent = await openCase(origin.system, ['STAMMDATEN', 'KONTAKT']);
    const { laufzettelId, clientId } = sent;
    const body = { recipient: other.id };
    await origin.system.done('previewForwarding', { params: { laufzettelId }, body });
    await forward(origin.system, sent, other.id);
    await sayYes(origin.system, clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
    const went = (await forward(origin.system, sent, other.id)) as { value: { forwarding: { id: string } } };
    const params = { forwardingId: went.value.forwarding.id };
    await other.system.done('getForwarding', { params });
    const no = { decision: 'WITHDRAWN', statedAt: new Date().toISOString(), statedBy: 'PERSON', ageBand: 'ADULT' };
    await origin.system.done('recordStatement', { params: { clientId }, body: no });
    await systemAt(door, exchange.url, undefined).refused('getClient', { params: { clientId } });

    const after = await scrape();
    const grown = (name: string, labels: Record<string, string | number>): number =>
      sample(after, name, labels) - sample(before, name, labels);
    const name = door === 'REST' ? 'rest' : 'graphql';
    const ran = (operation: string, status: number) =>
      grown('laufzettel_operation_duration_seconds_count', { door: name, operation, status });
    t.equal(ran('previewForwarding', 200), 1, door);
    t.equal(ran('forwardLaufzettel', 403), 1);
    t.equal(ran('forwardLaufzettel', 201), 1);
    t.equal(ran('getClient', 401), 0, 'what reaches no operation is no operation');
    t.equal(grown('laufzettel_http_responses_total', { door: name, status: 401 }), 1, 'but an answer');
    t.equal(grown('laufzettel_decisions_total', { at: 'preview', outcome: 'WITHHOLD' }), 2);
    t.equal(grown('laufzettel_decisions_total', { at: 'forward', outcome: 'PERMIT' }), 1);
    t.equal(grown('laufzettel_decisions_total', { at: 'read', outcome: 'PERMIT' }), 1);
    t.equal(grown('laufzettel_withheld_total', { at: 'forward', reason: 'NO_CONSENT' }), 3);
    t.equal(grown('laufzettel_withheld_total', { at: 'review', reason: 'WITHDRAWN' }), 1);
    t.equal(grown('laufzettel_disclosures_closed_total', { cause: 'WITHDRAWN' }), 1);
  }
});

t.test('what would have closed, had it been confirmed, is not counted', async (t) => {
  const [origin, other] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  await agree([origin, other]);
  const sent = await openCase(origin.system);
  await sayYes(origin.system, sent.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  await forward(origin.system, sent, other.id);
  const erased = async () => sample(await scrape(), 'laufzettel_disclosures_closed_total', { cause: 'ERASURE' });
  const before = await erased();
  const params = { clientId: sent.clientId };
  await origin.system.refused('eraseClient', { params, body: {} });
  t.equal(await erased(), before);
  await origin.system.done('eraseClient', { params, body: { confirm: true } });
  t.equal(await erased(), before + 1);
});

t.test('facts that cannot be read are an alarm', async (t) => {
  t.match(await scrape(), 'laufzettel_unreadable_total{at="preview"} 0', 'it is there before the first');
  const [origin, other] = [await admit(exchange, 'REST'), await admit(exchange, 'REST')];
  await agree([origin, other]);
  const sent = await openCase(origin.system);
  await exchange.sql(`UPDATE entry SET category = 'UNKNOWN' WHERE id = $1`, [sent.entryIds[0]]);
  const before = sample(await scrape(), 'laufzettel_unreadable_total', { at: 'forward' });
  await forward(origin.system, sent, other.id);
  t.equal(sample(await scrape(), 'laufzettel_unreadable_total', { at: 'forward' }), before + 1);
});

t.test('the pool, the clock, the event loop and the process', async (t) => {
  const text = await scrape();
  t.ok(sample(text, 'laufzettel_database_connections', { state: 'total' }) > 0);
  t.match(text, 'laufzettel_database_connections{state="waiting"} 0');
  t.ok(sample(text, 'laufzettel_clock_last_run_timestamp_seconds') > 1_700_000_000);
  t.ok(sample(text, 'laufzettel_clock_lag_seconds') < 120);
  t.match(text, 'nodejs_eventloop_lag_seconds');
  t.match(text, 'process_resident_memory_bytes');
});

t.test('nothing of a person, no id and no agency stands in them', async (t) => {
  const origin = await admit(exchange, 'REST');
  const secret = marker('a name');
  const reference = marker('a file reference');
  const client = await origin.system.done('createClient', { body: { fileReference: reference } });
  const body = { category: 'STAMMDATEN', payload: { familienname: secret } };
  await origin.system.done('addEntry', { params: { clientId: client.id }, body });
  const partner = await exchange.as('arge');
  const stray = marker('a stray path');
  await partner.get(`/v1/${stray}?name=${secret}`);
  await partner.post(`/v1/clients/${stray}/entries`, body);
  await partner.graphql(`{ ${stray} }`);
  const text = await scrape();
  assertNoCanary(t, { texts: { 'the metrics': text } });
  t.notMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}/, 'no id');
  const rows = await exchange.sql('SELECT name FROM agency');
  for (const { name } of rows) t.notOk(text.includes(name));
  const known = new Set<string>(OPERATIONS.map(({ id }) => id));
  for (const [, operation] of text.matchAll(/operation="([^"]*)"/g)) t.ok(known.has(operation!), String(operation));
});

t.test('they are on a listener of their own, which answers nothing else', async (t) => {
  t.equal((await fetch(`${exchange.url}/metrics`)).status, 404, 'not at the doors');
  t.equal((await fetch(`${url}/healthz`)).status, 404);
  t.equal((await fetch(`${url}/metrics`, { method: 'POST' })).status, 405);
  const off = await startExchange();
  t.teardown(() => off.close());
  t.notOk(
    off.log.some((line) => line.includes('metrics-listening')),
    'and off unless asked for',
  );
});
