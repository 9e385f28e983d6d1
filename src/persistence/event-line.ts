/**
 * One connection of each instance that numbers new events and hears of those that any instance has numbered. Whoever comes
 * first numbers what there is; the others find nothing to do.
 *
 * It is a session of its own (LISTEN), so it has to reach PostgreSQL directly or through a pooler in session mode.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import type { EventNews, NewsWait } from '../usecases/ports.ts';

const CHANNEL = 'laufzettel_events';
/** From when it is committed until an event is numbered, at most, where the machine keeps up. */
const LOOK_EVERY_MS = 20;
/** Looking costs more while a long transaction (a dump) keeps PostgreSQL from clearing away; then it is looked less often. */
const LOOK_AT_LEAST_EVERY_MS = 250;
const RECONNECT_AFTER_MS = 500;
const CONNECT_WITHIN_MS = 5_000;
/** Longer than numbering a full batch takes; afterwards the connection is taken for dead. */
const ANSWERED_WITHIN_MS = 10_000;
/** Long polls of one agency, each of which holds a connection of its own. */
const MOST_WAITING_OF_ONE = 100;

export interface EventLineOptions {
  /** As the service's role. */
  url: string;
  /** Once for each time that the connection is lost, however often it then cannot be opened; codes only. */
  onLost?: (code: string) => void;
}

export interface EventLine extends EventNews {
  /** Tells from now on which agencies have new events that this instance has numbered. */
  onNumbered(listener: (agencies: readonly string[], events: number) => void): void;
  /** Whether the database answered last time. */
  isConnected(): boolean;
  /** Ends what waits, and waits itself for what is being numbered. */
  close(): Promise<void>;
}

export function openEventLine({ url, onLost = () => {} }: EventLineOptions): EventLine {
  const waiting = new Waiting();
  const stopping = new AbortController();
  let tell: (agencies: readonly string[], events: number) => void = () => {};
  let isConnected = false;
  /** Said when a connection is lost, or the first is not to be had; not again before there was one. */
  let isSaid = false;
  const running = work();

  async function work(): Promise<void> {
    while (!stopping.signal.aborted) {
      const client = newClient(url);
      try {
        await client.connect();
        client.on('notification', ({ payload = '' }) => {
          const [agency, last] = payload.split(' ');
          waiting.heard(agency!, Number(last));
        });
        await client.query(`LISTEN ${CHANNEL}`);
        // First what came while nobody listened, so that whoever looks again finds it.
        await numberAll(client);
        waiting.beginAnew();
        [isConnected, isSaid] = [true, false];
        while (!stopping.signal.aborted) await numberAll(client);
      } catch (error) {
        isConnected = false;
        if (!stopping.signal.aborted && !isSaid) onLost((error as { code?: string }).code ?? 'connection-lost');
        isSaid = true;
        await pause(RECONNECT_AFTER_MS);
      } finally {
        await client.end().catch(() => {});
      }
    }
  }

  async function numberAll(client: Client): Promise<void> {
    const text = 'SELECT api.number_events() AS numbered';
    const began = performance.now();
    const { rows } = await client.query<{ numbered: { agency: string; last: number; many: number }[] }>({
      name: 'number_events',
      text,
    });
    const { numbered } = rows[0]!;
    const tookMs = performance.now() - began;
    if (numbered.length === 0) await pause(Math.min(Math.max(LOOK_EVERY_MS, 2 * tookMs), LOOK_AT_LEAST_EVERY_MS));
    else {
      const events = numbered.reduce((sum, { many }) => sum + many, 0);
      tell(
        numbered.map(({ agency }) => agency),
        events,
      );
    }
  }

  const pause = (ms: number): Promise<unknown> =>
    sleep(ms, undefined, { signal: stopping.signal, ref: false }).catch(() => {});

  return {
    onNumbered(listener) {
      tell = listener;
    },
    isConnected: () => isConnected,
    mark: () => waiting.mark,
    wait: (agency, wait) => waiting.wait(agency, wait),
    async close() {
      stopping.abort();
      waiting.end();
      await running;
    },
  };
}

function newClient(url: string): Client {
  const client = new Client({
    connectionString: url,
    application_name: 'laufzettel-events',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: ANSWERED_WITHIN_MS,
    keepAlive: true,
    options: '-c plan_cache_mode=force_generic_plan',
  });
  // It is told to the query that runs as well; without a listener it would end the process.
  client.on('error', () => {});
  return client;
}

/** Who waits for news of which agency. */
class Waiting {
  readonly #waiting = new Map<string, Set<() => void>>();
  /** Those of them that have no place of their own elsewhere. */
  readonly #uncounted = new Map<string, number>();
  /** The highest number heard of: one for each agency. */
  readonly #heard = new Map<string, number>();
  #isOver = false;
  mark = 0;

  heard(agency: string, last: number): void {
    this.#heard.set(agency, last);
    this.#wake(agency);
  }

  /**
   * Nobody knows what was told before this connection listened: whoever waits looks again, and so does whoever looked
   * before it did and is about to wait. What was heard may be wrong: of a database that was restored since.
   */
  beginAnew(): void {
    this.mark += 1;
    this.#heard.clear();
    this.#wakeAll();
  }

  end(): void {
    this.#isOver = true;
    this.#wakeAll();
  }

  async wait(
    agency: string,
    { after, ms, mark, signal, isCounted = false }: NewsWait,
  ): Promise<'look' | 'full' | 'over'> {
    if (this.#isOver) return 'over';
    if (ms <= 0 || mark !== this.mark || (this.#heard.get(agency) ?? 0) > after || signal?.aborted) return 'look';
    const uncounted = this.#uncounted.get(agency) ?? 0;
    if (!isCounted && uncounted >= MOST_WAITING_OF_ONE) return 'full';
    const { promise, resolve } = Promise.withResolvers<void>();
    const wake = () => resolve();
    const timer = setTimeout(wake, ms);
    signal?.addEventListener('abort', wake);
    const others = this.#waiting.get(agency) ?? new Set();
    this.#waiting.set(agency, others.add(wake));
    if (!isCounted) this.#uncounted.set(agency, uncounted + 1);
    await promise;
    clearTimeout(timer);
    signal?.removeEventListener('abort', wake);
    others.delete(wake);
    if (others.size === 0 && this.#waiting.get(agency) === others) this.#waiting.delete(agency);
    if (!isCounted) this.#leave(agency);
    return this.#isOver ? 'over' : 'look';
  }

  #leave(agency: string): void {
    const left = this.#uncounted.get(agency)! - 1;
    if (left === 0) this.#uncounted.delete(agency);
    else this.#uncounted.set(agency, left);
  }

  #wake(agency: string): void {
    for (const wake of this.#waiting.get(agency) ?? []) wake();
  }

  #wakeAll(): void {
    for (const agency of this.#waiting.keys()) this.#wake(agency);
  }
}
