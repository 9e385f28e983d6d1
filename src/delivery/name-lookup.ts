/** Names as the operating system finds them (hosts file, search domains, DNS), within a limit of time. */
import { lookup } from 'node:dns/promises';

export interface FoundAddress {
  readonly address: string;
  /** 4 or 6 */
  readonly family: number;
}

/** All addresses of a name. Rejects when there is none, or none is found in time. */
export type NameLookup = (name: string) => Promise<readonly FoundAddress[]>;

const TIMEOUT_MS = 5_000;
const MAX_RUNNING = 100;

const askSystem: NameLookup = (name) => lookup(name, { all: true });

/**
 * A question to the system cannot be called off, and holds one of the few threads that libuv has for them until the system
 * gives up. So a name is asked for once at a time, however many messages wait for it.
 */
export function createNameLookup(ask: NameLookup = askSystem, timeoutMs = TIMEOUT_MS): NameLookup {
  const running = new Map<string, Promise<readonly FoundAddress[]>>();
  return async (name) => {
    const same = running.get(name);
    if (same) return inTime(same, timeoutMs);
    if (running.size >= MAX_RUNNING) throw new Error('too many names are being looked up');
    const answer = ask(name).finally(() => running.delete(name));
    running.set(name, answer);
    return inTime(answer, timeoutMs);
  };
}

export const lookUpName = createNameLookup();

async function inTime<T>(answer: Promise<T>, timeoutMs: number): Promise<T> {
  const limit = Promise.withResolvers<never>();
  const timer = setTimeout(() => limit.reject(new Error('a name was not found in time')), timeoutMs);
  try {
    return await Promise.race([answer, limit.promise]);
  } finally {
    clearTimeout(timer);
  }
}
