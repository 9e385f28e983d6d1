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
    // The next lock opens another one.
    client.on('error', forget);
    client.on('end', forget);
    await client.connect();
    return client;
  }
  function forget(): void {
    connected = null;
  }
  async function ask(text: string, webhookId: string): Promise<boolean> {
    connected ??= connect();
    const mine = connected;
    try {
      const client = await mine;
      const { rows } = await client.query<{ is: boolean }>({ name: text, text, values: [KIND, webhookId] });
      isSaid = false;
      return rows[0]!.is;
    } catch (error) {
      if (!isSaid && !isOver) onLost((error as { code?: string }).code ?? 'connection-lost');
      isSaid = true;
      if (connected === mine) forget();
      void mine.then((client) => client.end()).catch(() => {});
      return false;
    }
  }

  return {
    take: (webhookId) => ask('SELECT pg_try_advisory_lock($1, hashtext($2)) AS is', webhookId),
    release: async (webhookId) => {
      await ask('SELECT pg_advisory_unlock($1, hashtext($2)) AS is', webhookId);
    },
    async close() {
      isOver = true;
      const client = await connected?.catch(() => null);
      await client?.end();
    },
  };
}
