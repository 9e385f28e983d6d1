/** Requests as bytes on a socket, for what no client of HTTP would send. */
import { connect } from 'node:net';

export interface Raw {
  /** 0: the connection was closed without an answer. */
  status: number;
  head: string;
  body: string;
  /** Everything that came, answers to what was smuggled behind the request among it. */
  text: string;
}

/** Writes the pieces one after the other, `everyMs` apart, and reads until the other side closes or `forMs` have passed. */
export function raw(
  url: string,
  pieces: string | Buffer | readonly (string | Buffer)[],
  { everyMs = 0, forMs = 5_000 }: { everyMs?: number; forMs?: number } = {},
): Promise<Raw> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let text = '';
    let next = 0;
    const all = [pieces].flat();
    const socket = connect(Number(port), hostname);
    const write = (): void => {
      if (next >= all.length || socket.destroyed) return;
      socket.write(all[next]!);
      next += 1;
      if (next < all.length) setTimeout(write, everyMs);
    };
    const timer = setTimeout(() => socket.destroy(), forMs);
    socket.on('connect', write);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    // A reset ends it like a close; what came before it counts.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearTimeout(timer);
      const [head = '', ...rest] = text.split('\r\n\r\n');
      resolve({ status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0), head, body: rest.join('\r\n\r\n'), text });
    });
  });
}

export const answersIn = ({ text }: Raw): number => text.match(/^HTTP\/1\.1 \d+/gm)?.length ?? 0;
