/** An agency's reader of its feed: waits for what is new with its cursor, through every crash, and keeps what it has seen. */
import type { Partner } from './partner.ts';

const WAITS_SECONDS = 5;
const MOST = 200;

/** An event as its bytes came. */
export type Seen = { sequence: string; text: string };

export interface FeedReader {
  /** All that it has seen, as it came. */
  seen: Seen[];
  /** The number of the last. */
  cursor(): string;
  stop(): Promise<void>;
}

async function page(partner: Partner, after: string, wait: number): Promise<{ events: Seen[]; next: string }> {
  const path = `/v1/events?after=${after}&limit=${MOST}&wait=${wait}`;
  const { events, next } = await partner.done({ method: 'GET', path });
  return {
    next,
    events: events.map((event: { sequence: string }) => ({ sequence: event.sequence, text: JSON.stringify(event) })),
  };
}

export function startFeedReader(partner: Partner): FeedReader {
  const seen: Seen[] = [];
  let isStopping = false;
  let cursor = '0';
  const running = (async () => {
    while (!isStopping) {
      const { events, next } = await page(partner, cursor, WAITS_SECONDS);
      seen.push(...events);
      cursor = next;
    }
  })();
  // It is told by stop().
  running.catch(() => {});
  return {
    seen,
    cursor: () => cursor,
    async stop() {
      isStopping = true;
      await running;
    },
  };
}

/** From the beginning, as somebody who was not there. */
export async function readAfresh(partner: Partner): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (let cursor = '0'; ; ) {
    const { events, next } = await page(partner, cursor, 0);
    if (events.length === 0) return seen;
    seen.push(...events);
    cursor = next;
  }
}

export const lastOf = async (partner: Partner): Promise<string> =>
  (await partner.done({ method: 'GET', path: '/v1/events?limit=1' })).last;
