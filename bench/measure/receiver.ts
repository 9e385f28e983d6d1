/**
 * A process that takes what webhooks are sent, and does next to nothing: it notes how long after its event a message arrived, by the
 * machine's clock, which the database's is as well.
 *
 * /good answers at once, /slow after a second, /hangs never. Answers the message `take` with what came at /good since the last.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrived {
  /** Milliseconds from `time` of the event. */
  delays: number[];
}

const SLOW_MS = 1_000;
const TIME = '"time":"';

let delays: number[] = [];

const server = createServer((request, response) => {
  const arrivedAt = Date.now();
  let text = '';
  request.setEncoding('latin1');
  request.on('data', (chunk: string) => {
    text += chunk;
  });
  request.on('end', () => {
    if (request.url!.startsWith('/hangs')) return;
    if (request.url!.startsWith('/slow')) return void setTimeout(() => response.writeHead(204).end(), SLOW_MS);
    response.writeHead(204).end();
    const from = text.indexOf(TIME) + TIME.length;
    delays.push(arrivedAt - Date.parse(text.slice(from, text.indexOf('"', from))));
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));

process.on('message', () => {
  process.send!({ delays } satisfies Arrived);
  delays = [];
});
process.on('disconnect', () => process.exit());
