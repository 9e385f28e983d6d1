/** Receivers of webhooks on free ports of 127.0.0.1, as good and as bad as they come. */
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import type { Test } from 'tap';
import type { TestCertificate } from './certificate.ts';

export interface Receiver {
  readonly port: number;
  /** Of all connections that were made. */
  readonly connections: Socket[];
}

async function listening(t: Test, server: Server): Promise<Receiver> {
  const connections: Socket[] = [];
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    connections.push(socket);
  });
  t.teardown(() => {
    server.close();
    for (const socket of connections) socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: (server.address() as AddressInfo).port, connections };
}

export const httpReceiver = (t: Test, answer: RequestListener) => listening(t, createServer(answer));

export const tlsReceiver = (t: Test, certificate: TestCertificate, answer: RequestListener, options: object = {}) => {
  const server = createTlsServer({ ...certificate, ...options }, answer);
  server.on('tlsClientError', () => {});
  return listening(t, server);
};

/** Does as it likes with each connection as soon as a request arrives on it. */
export const rawReceiver = (t: Test, onRequest: (socket: Socket) => void) =>
  listening(
    t,
    createTcpServer((socket) => socket.once('data', () => onRequest(socket))),
  );

/** A port of 127.0.0.1 on which nobody listens. */
export async function deadPort(): Promise<number> {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves when the connection has come to its end, whichever. */
export const closed = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
