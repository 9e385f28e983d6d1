/** What the service does when there is too little time, memory or database for everybody: it says so, and when to come back. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { createApp } from '../../src/app.ts';
import { readKeyFile } from '../../src/cli/keys.ts';
import { readConfig } from '../../src/config.ts';
import { DEMO_AGENCIES } from '../../src/embedded/demo-agencies.ts';
import { findFreePort } from '../../src/embedded/postgres-cluster.ts';
import { createLogger } from '../../src/logger.ts';
import { DOORS, type Door, type Refused, systemAt, tokenOf } from '../support/both-doors.ts';
import { type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

async function exchangeWith(t: Test, environment: Record<string, string>): Promise<Exchange> {
  const exchange = await startExchange(environment);
  t.teardown(() => exchange.close());
  return exchange;
}

const arge = async (exchange: Exchange, door: Door) => systemAt(door, exchange.url, (await exchange.as('arge')).token);

function demandOverloaded(t: Test, refused: Refused, detail: RegExp): void {
  t.match(refused, { code: 'overloaded', status: 503, extra: { detail, retryAfterSeconds: Number } });
  t.match(refused.bytes, /^retry-after: \d+$/m);
}

const NOBODY_READS_OR_WRITES = 'agency, client IN ACCESS EXCLUSIVE MODE';

async function whileLocked<T>(exchange: Exchange, tables: string, work: () => Promise<T>): Promise<T> {
  await exchange.sql('BEGIN');
  await exchange.sql(`LOCK TABLE ${tables}`);
  try {
    return await work();
  } finally {
    await exchange.sql('ROLLBACK');
  }
}

/** Whether anybody in this database waits for a lock. */
async function isWaiting(exchange: Exchange): Promise<boolean> {
  const [row] = await exchange.sql(`SELECT EXISTS (
      SELECT FROM pg_locks JOIN pg_database ON oid = database WHERE datname = current_database() AND NOT granted) AS waits`);
  return row.waits;
}

async function clients(exchange: Exchange): Promise<number> {
  const [row] = await exchange.sql('SELECT count(*)::int AS many FROM client');
  return row.many;
}

t.test('a statement that takes too long is given up, and leaves nothing', async (t) => {
  const exchange = await exchangeWith(t, { STATEMENT_TIMEOUT_MS: '300' });
  const before = await clients(exchange);
  for (const door of DOORS) {
    const system = await arge(exchange, door);
    const [created, listed] = await whileLocked(exchange, NOBODY_READS_OR_WRITES, () =>
      Promise.all([system.refused('createClient', { body: {} }), system.refused('listAgencies')]),
    );
    demandOverloaded(t, created, /^The database does not answer/);
    demandOverloaded(t, listed, /^The database does not answer/);
    await system.done('listAgencies');
  }
  t.equal(await clients(exchange), before);
  t.ok(
    exchange.log.some((line) => line.includes('"57014"')),
    'the operator is told the code',
  );
  t.notOk(exchange.log.some((line) => line.includes('unexpected exception')));
});

t.test('when no connection comes free the request is given up', async (t) => {
  // Who holds the connection is given time enough for the others to be refused, however busy the machine.
  const patient = { STATEMENT_TIMEOUT_MS: '100000', HANDLER_TIMEOUT_MS: '100000' };
  const exchange = await exchangeWith(t, { POOL_SIZE: '1', ...patient });
  const systems = await Promise.all(DOORS.map((door) => arge(exchange, door)));
  // Jobs, which read, go on: it is the request that has the connection, and none of them.
  const waiting = await whileLocked(exchange, 'client IN SHARE MODE', async () => {
    const holding = systems[0]!.call('createClient', { body: {} });
    while (!(await isWaiting(exchange))) await sleep(20);
    const refused = await Promise.all(systems.map((system) => system.refused('createClient', { body: {} })));
    for (const one of refused) demandOverloaded(t, one, /^The database does not answer/);
    return { holding };
  });
  t.ok((await waiting.holding).ok, 'the one that had the connection goes on');
});

t.test('an answer that takes too long is given up', async (t) => {
  const exchange = await exchangeWith(t, { HANDLER_TIMEOUT_MS: '500' });
  for (const door of DOORS) {
    const system = await arge(exchange, door);
    const refused = await whileLocked(exchange, NOBODY_READS_OR_WRITES, () =>
      system.refused('createClient', { body: {} }),
    );
    demandOverloaded(t, refused, /^This took too long/);
  }
});

/** Sends a text, then nothing; gives what comes until the connection is closed. */
function slowly(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk) => {
      received += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
  });
}

t.test('a request that does not arrive in time is given up', async (t) => {
  const exchange = await exchangeWith(t, { REQUEST_TIMEOUT_MS: '500' });
  const { token } = await exchange.as('arge');
  const before = await clients(exchange);
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\n`;
  for (const text of [
    'GET /v1/clients HTTP/1.1\r\nHost: x\r\n',
    `${head('/v1/clients')}Content-Length: 100\r\n\r\n{"fileReference":`,
    `${head('/graphql')}Content-Length: 100\r\n\r\n{"query":`,
  ]) {
    const [top = '', body = ''] = (await slowly(exchange.url, text)).split('\r\n\r\n');
    t.match(top, /^HTTP\/1.1 408 Request Timeout/);
    t.match(top, /Content-Type: application\/problem\+json/);
    t.match(JSON.parse(body), { code: 'request-timeout', status: 408, type: '/docs/errors#request-timeout' });
  }
  t.equal(await clients(exchange), before);
});

t.test('requests for a token are bounded by their address', async (t) => {
  const exchange = await exchangeWith(t, { STRANGERS_PER_MINUTE: '2' });
  const ask = () =>
    fetch(`${exchange.url}/oauth/token`, { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) });
  for (let sent = 0; sent < 2; sent++) t.equal((await ask()).status, 400);
  const refused = await ask();
  t.equal(refused.status, 429);
  t.match(refused.headers.get('retry-after'), /^\d+$/);
  t.match(refused.headers.get('content-type'), 'application/problem+json');
  t.match(await refused.json(), { code: 'rate-limited' });
  t.equal((await fetch(`${exchange.url}/oauth/jwks`)).status, 200, 'keys may be fetched');
  t.equal((await fetch(`${exchange.url}/v1/clients`)).status, 401, 'requests without a token are counted apart');
});

t.test('each agency has what the operator has set', async (t) => {
  const exchange = await exchangeWith(t, { RATE_LIMIT_PER_MINUTE: '2' });
  for (const [index, door] of DOORS.entries()) {
    const system = systemAt(door, exchange.url, (await exchange.as(index === 0 ? 'arge' : 'caritas')).token);
    await system.done('listClients');
    await system.done('listClients');
    const refused = await system.refused('createClient', { body: {} });
    t.match(refused, { code: 'rate-limited', status: 429, extra: { retryAfterSeconds: Number } });
    t.match(refused.bytes, /^retry-after: \d+$/m);
  }
});

t.test('of more connections than the operator allows the last is closed', async (t) => {
  const exchange = await exchangeWith(t, { MAX_CONNECTIONS: '1' });
  const { hostname, port } = new URL(exchange.url);
  const first = connect(Number(port), hostname);
  await once(first, 'connect');
  t.equal(await slowly(exchange.url, 'GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n').catch(() => ''), '');
  first.write('GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n');
  const [answer] = await once(first, 'data');
  t.match(String(answer), /^HTTP\/1.1 200 /, 'those that are open are served');
  first.destroy();
});

t.test('under pressure requests are refused, and health is told', async (t) => {
  const exchange = await exchangeWith(t, { MAX_HEAP_PERCENT: '1' });
  const requests: [string, RequestInit][] = [
    ['/v1/clients', {}],
    ['/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
  ];
  // It is measured every two seconds.
  for (let left = 40; (await fetch(`${exchange.url}/v1/clients`)).status !== 503 && left > 0; left--) await sleep(250);
  for (const [path, request] of requests) {
    const answer = await fetch(exchange.url + path, request);
    t.equal(answer.status, 503, path);
    t.equal(answer.headers.get('retry-after'), '10', path);
    const detail = /^The service has more to do/;
    const inGraphql = { errors: [{ message: detail, extensions: { code: 'overloaded' } }] };
    t.match(await answer.json(), path === '/graphql' ? inGraphql : { code: 'overloaded', detail }, path);
  }
  for (const path of ['/healthz', '/readyz']) t.equal((await fetch(exchange.url + path)).status, 200, path);
});

/** A way to the database that can be cut. */
async function cuttable(url: string): Promise<{ url: string; cut(): void; close(): void }> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  let open = true;
  const proxy = createServer((socket) => {
    if (!open) return socket.destroy();
    const onward = connect(Number(port), hostname);
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.host = `127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const cut = () => {
    open = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: through.href,
    cut,
    close: () => {
      cut();
      proxy.close();
    },
  };
}

/** With an assertion whose signature nobody gets to look at. */
function tokenRequest(clientId: string): URLSearchParams {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${part({ alg: 'ES384' })}.${part({ iss: clientId, sub: clientId })}.c2ln`,
  });
}

t.test('without its database the service is overloaded, not broken', async (t) => {
  const exchange = await exchangeWith(t, {});
  const way = await cuttable(exchange.database.serviceUrl);
  t.teardown(() => way.close());
  const log: string[] = [];
  const config = readConfig({ PORT: String(await findFreePort()), DATA_DIR: join(exchange.keysDir, '..') });
  const logger = createLogger(config, { write: (line: string) => log.push(line) } as never);
  const app = await createApp({ config, databaseUrl: way.url, masterKey: exchange.masterKey, logger });
  t.teardown(() => app.close());
  const { url } = await app.listen();
  const { system: clientId } = DEMO_AGENCIES[0]!;
  const token = await tokenOf(url, clientId, await readKeyFile(join(exchange.keysDir, `${clientId}.json`)));
  const systems = DOORS.map((door) => systemAt(door, url, token));
  for (const system of systems) await system.done('listAgencies');

  way.cut();
  for (const system of systems) {
    for (const [id, input] of [
      ['listAgencies', {}],
      ['createClient', { body: {} }],
      [
        'createAgreement',
        {
          body: {
            title: 'x',
            parties: DEMO_AGENCIES.slice(0, 2).map((one) => one.id),
            purposes: ['BERATUNG'],
            categories: ['STAMMDATEN'],
            from: '2026-01-01',
          },
        },
      ],
    ] as const) {
      demandOverloaded(t, await system.refused(id, input as never), /^The database does not answer/);
    }
  }
  const asked = await fetch(`${url}/oauth/token`, { method: 'POST', body: tokenRequest(clientId) });
  t.equal(asked.status, 503);
  t.match(asked.headers.get('retry-after'), /^\d+$/);
  t.match(await asked.json(), { error: 'temporarily_unavailable' });
  t.equal((await fetch(`${url}/readyz`)).status, 503);
  t.equal((await fetch(`${url}/healthz`)).status, 200);
  t.notOk(log.some((line) => line.includes('unexpected exception')));
  t.ok(log.some((line) => line.includes('"database-unavailable"')));
});
