/** Traces, as a collector gets them: every attribute of every span is looked at. */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OPERATIONS } from '../../src/contract/operations.ts';
import { admit, agree, forward, NOTHING, openCase, sayYes } from '../operations/world.ts';
import { DOORS } from '../support/both-doors.ts';
import { assertNoCanary, marker } from '../support/canary.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

interface Sent {
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  status: { code?: number; message?: string };
  events: unknown[];
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[];
}

const bodies: string[] = [];
const collector = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    bodies.push(body);
    t.equal(request.url, '/v1/traces');
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
}).listen(0, '127.0.0.1');
await once(collector, 'listening');
t.teardown(() => collector.close());
const OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`;

const ALLOWED: Record<string, RegExp> = {
  'http.request.method': /^(GET|POST)$/,
  'http.route': /^(none|\/[a-z/.:A-Z0-9-]*)$/,
  'http.response.status_code': /^\d{3}$/,
  'laufzettel.request_id': /^[0-9a-f-]{36}$/,
  'laufzettel.operation': new RegExp(`^(${OPERATIONS.map(({ id }) => id).join('|')})$`),
  'laufzettel.door': /^(rest|graphql)$/,
  'laufzettel.status': /^\d{3}$/,
  'laufzettel.decided_at': /^(preview|forward|read)$/,
  'laufzettel.permitted': /^\d+$/,
  'laufzettel.withheld': /^\d+$/,
  'db.operation.name': /^[a-z_]+$/,
};
const TRACE = '0af7651916cd43dd8448eb211c80319c';

const valueIn = (span: Sent, key: string): string | undefined => {
  const value = span.attributes.find((one) => one.key === key)?.value;
  return value && String(value.stringValue ?? value.intValue);
};

t.test('a story in spans', async (t) => {
  const exchange = await startExchange({ OTEL_EXPORTER_OTLP_ENDPOINT });
  const secret = marker('a name');
  const stray = marker('a stray path');
  const requestIds: string[] = [];
  for (const door of DOORS) {
    const [origin, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([origin, other]);
    const sent = await openCase(origin.system);
    const body = { category: 'STAMMDATEN', payload: { familienname: secret } };
    await origin.system.done('addEntry', { params: { clientId: sent.clientId }, body });
    await forward(origin.system, sent, other.id);
    await sayYes(origin.system, sent.clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
    const went = (await forward(origin.system, sent, other.id)) as { value: { forwarding: { id: string } } };
    await other.system.done('getForwarding', { params: { forwardingId: went.value.forwarding.id } });
    await origin.system.refused('getClient', { params: { clientId: NOTHING } });
  }
  const arge = await exchange.as('arge');
  const traced = await arge.get(`/v1/clients/${NOTHING}?name=${secret}`, {
    traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
    tracestate: `${stray}=${secret}`,
    baggage: `name=${secret}`,
  });
  requestIds.push(traced.headers.get('request-id')!);
  await arge.get(`/v1/${stray}`, { traceparent: stray });
  await arge.graphql(`{ ${stray} }`);
  await exchange.close();

  const spans: Sent[] = bodies
    .flatMap((body) => JSON.parse(body).resourceSpans)
    .flatMap((one: { scopeSpans: { spans: Sent[] }[] }) => one.scopeSpans.flatMap((scope) => scope.spans));
  t.ok(spans.length > 50);

  for (const span of spans) {
    t.match(span.name, /^((GET|POST) (none|\/\S*)|operation \w+|database \w+|decide)$/);
    for (const { key, value } of span.attributes) {
      const text = String(value.stringValue ?? value.intValue);
      if (!ALLOWED[key]?.test(text)) t.fail(`${key} of ${span.name} should not be ${text}`);
    }
    t.same(span.events, [], 'no event, so no text of an exception');
    t.notOk(span.status.message);
  }
  const resources = bodies.flatMap((body) => JSON.parse(body).resourceSpans).map((one) => one.resource.attributes);
  for (const attributes of resources)
    t.same(attributes.map((one: { key: string }) => one.key).sort(), ['service.name', 'service.version']);
  assertNoCanary(t, { texts: { 'a trace': bodies.join('\n') } });
  const ids = idsIn(bodies.join()).filter((id) => !spans.some((span) => valueIn(span, 'laufzettel.request_id') === id));
  t.same(ids, [], 'no id but that of the request');

  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const ancestors = (span: Sent): string[] => {
    const parent = byId.get(span.parentSpanId ?? '');
    return parent === undefined ? [] : [parent.name, ...ancestors(parent)];
  };
  for (const [door, route] of [
    ['rest', 'POST /v1/laufzettel/:laufzettelId/forwardings'],
    ['graphql', 'POST /graphql'],
  ] as const) {
    const operations = spans.filter(
      (span) =>
        valueIn(span, 'laufzettel.operation') === 'forwardLaufzettel' && valueIn(span, 'laufzettel.door') === door,
    );
    t.same(operations.map((span) => valueIn(span, 'laufzettel.status')).sort(), ['201', '403'], door);
    for (const operation of operations) t.same(ancestors(operation), [route]);
    const below = spans.filter((span) => operations.some((one) => one.spanId === span.parentSpanId));
    t.ok(
      below.some((span) => span.name === 'database load_forward'),
      'its calls of the database',
    );
    const decided = below.find((span) => span.name === 'decide' && valueIn(span, 'laufzettel.permitted') === '1');
    t.ok(decided, 'and its decision, as counts');
  }
  const remote = spans.find((span) => valueIn(span, 'laufzettel.request_id') === requestIds[0]);
  t.match(remote, { traceId: TRACE, parentSpanId: 'b7ad6b7169203331' }, 'a trace goes on from its caller');
  t.equal(valueIn(remote!, 'http.response.status_code'), '400', 'its parameter is none of the operation');
});

const idsIn = (text: string): string[] => [
  ...new Set(text.match(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? []),
];

t.test('a collector that is not there holds nothing up', async (t) => {
  const exchange = await startExchange({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  const arge = await exchange.as('arge');
  t.equal((await arge.get('/v1/agency')).status, 200);
  const startedAt = performance.now();
  await exchange.close();
  t.ok(performance.now() - startedAt < 5_000);
});

t.test('without a collector there is no trace', async (t) => {
  const before = bodies.length;
  const exchange = await startExchange();
  await (await exchange.as('arge')).get('/v1/agency');
  await exchange.close();
  t.equal(bodies.length, before);
});
