/**
 * Who works on which webhook, among all instances: a lock of PostgreSQL on a connection that each instance keeps for it. It ends
 * with the connection, so what a killed instance worked on is taken up by another at once.
 *
 * When the connection is lost while somebody works, another may begin as well: then something is sent twice, as may happen anyway.
 */
import { Client } from 'pg';
import type { LaneLocks } from '../usecases/ports.ts';

/** Of our advisory locks those that are for lanes; the second key is made from the webhook's id. */
const KIND = 62_049;
const CONNECT_WITHIN_MS = 5_000;
const ANSWERED_WITHIN_MS = 10_000;

export interface OpenLaneLocks extends LaneLocks {
  close(): Promise<void>;
}

/**
 * @param url as the service's role; reaches PostgreSQL directly, or through a pooler in session mode.
 * @param onLost once for each time that there is no connection, without which nothing is sent; codes only.
 */
export function openLaneLocks(url: string, onLost: (code: string) => void = () => {}): OpenLaneLocks {
  let connected: Promise<Client> | null = null;
  let isSaid = false;
  let isOver = false;

  async function connect(): Promise<Client> {
    const client = new Client({
      connectionString: url,
      application_name: 'laufzettel-lanes',
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      query_timeout: ANSWERED_WITHIN_MS,
      keepAlive: true,
    });
    client.on('error', () => {});
    await client.connect();
    return client;
  }

  /** The connection that there is, or another one; its end clears the way for the next, and for none that came after it. */
  function connection(): Promise<Client> {
    if (connected !== null) return connected;
    const mine = connect();
    connected = mine;
    const forget = (): void => {
      if (connected === mine) connected = null;
    };
    mine.then((client) => client.once('end', forget), forget);
    return mine;
  }

  /** Its locks end with it. */
  function drop(mine: Promise<Client>, code: string): void {
    if (!isSaid && !isOver) onLost(code);
    isSaid = true;
    if (connected === mine) connected = null;
    void mine.then((client) => client.end()).catch(() => {});
  }

  /** null: it cannot be said. */
  async function ask(text: string, webhookId: string): Promise<boolean | null> {
    const mine = connection();
    try {
      const client = await mine;
      const { rows } = await client.query<{ is: boolean }>({ name: text, text, values: [KIND, webhookId] });
      return rows[0]!.is;
    } catch (error) {
      drop(mine, (error as { code?: string }).code ?? 'connection-lost');
      return null;
    }
  }

  return {
    take: async (webhookId) => (await ask('SELECT pg_try_advisory_lock($1, hashtext($2)) AS is', webhookId)) === true,
    release: async (webhookId) => {
      const mine = connected;
      const was = await ask('SELECT pg_advisory_unlock($1, hashtext($2)) AS is', webhookId);
      if (was) isSaid = false;
      // The lock was another connection's: this one was lost meanwhile, or there is a pooler that gives each statement another.
      if (was === false && mine !== null) drop(mine, 'lock-lost');
    },
    async close() {
      isOver = true;
      const client = await connected?.catch(() => null);
      await client?.end();
    },
  };
}
