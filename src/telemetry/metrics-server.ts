/** GET /metrics, on a listener of its own: never at the doors, which strangers reach. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.ts';

export interface MetricsServer {
  listen(address: { host: string; port: number }): Promise<{ port: number }>;
  close(): Promise<void>;
}

export function metricsServer({ text, contentType }: Metrics, onFailed: (error: unknown) => void): MetricsServer {
  const server = createServer({ requestTimeout: 5_000 }, (request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    if (request.method !== 'GET') return void response.writeHead(405, { allow: 'GET' }).end();
    text().then(
      (body) => response.writeHead(200, { 'content-type': contentType }).end(body),
      (error: unknown) => {
        onFailed(error);
        response.writeHead(500).end();
      },
    );
  });
  return {
    async listen(address) {
      server.listen(address);
      await once(server, 'listening');
      return { port: (server.address() as AddressInfo).port };
    },
    async close() {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
