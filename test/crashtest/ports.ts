/** Ports that stay free while nobody listens on them. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const FROM = 20_000;
/** Below what the system gives to connections that are made; else one of the run's own could take it while a service is down. */
const firstGiven = (): number => Number(readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8').split('\t')[0]);

export async function freePorts(many: number): Promise<number[]> {
  const found: number[] = [];
  const range = Math.max(firstGiven(), FROM + 1_000) - FROM;
  while (found.length < many) {
    const port = FROM + Math.floor(Math.random() * range);
    if (!found.includes(port) && (await isFree(port))) found.push(port);
  }
  return found;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
