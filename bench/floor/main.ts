/**
 * The floor as a process: node:http and pg, nothing else; no framework, token, check or encryption. Who asks is told by a header.
 * FLOOR_DATABASE_URL names a superuser; says "listening at PORT" and answers until it is ended.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { CREATE, FORWARD, INBOX, READ, type Statement } from './statements.ts';

const pool = new Pool({
  connectionString: process.env.FLOOR_DATABASE_URL,
  max: Number(process.env.POOL_SIZE),
  // As the service's own: kept between the rounds, and with plans that are kept.
  idleTimeoutMillis: 300_000,
  options: '-c session_replication_role=replica -c plan_cache_mode=force_generic_plan',
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const reader = request.headers['x-agency'];
  const path = request.url!.split('/');
  const key = request.headers['idempotency-key'];
  const [statement, values]: [Statement, unknown[]] =
    request.method === 'GET'
      ? path[2]!.startsWith('inbox')
        ? [INBOX, [reader]]
        : [READ, [path[3], reader]]
      : await written(request, path, reader, key);
  const { rows } = await pool.query({ ...statement, values });
  const body = JSON.stringify(statement === INBOX ? { items: rows } : rows[0]);
  response.writeHead(request.method === 'GET' ? 200 : 201, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

async function written(
  request: IncomingMessage,
  path: string[],
  reader: unknown,
  key: unknown,
): Promise<[Statement, unknown[]]> {
  let text = '';
  request.setEncoding('utf8');
  for await (const part of request) text += part;
  const body = JSON.parse(text);
  if (path[4] === 'forwardings') return [FORWARD, [reader, path[3], body.recipient, key]];
  return [CREATE, [reader, body.clientId, JSON.stringify(body.entries), body.kind, body.purpose, key]];
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.writeHead(500).end(String(error));
  });
});
server.listen(0, '127.0.0.1', () => console.log(`listening at ${(server.address() as AddressInfo).port}`));
process.once('SIGTERM', () => {
  server.close(() => pool.end());
  server.closeAllConnections();
});
