import { Client } from 'pg';

const CONNECT_WITHIN_MS = 10_000;

/** One connection for a piece of work outside the pool: migrating, checking the schema, making roles. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    connectionString: url,
    application_name: 'laufzettel',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  // A connection that breaks reports itself here as well as to its query; without a listener it would end the process.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** The same server and login, another database. */
export function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${encodeURIComponent(database)}`;
  return changed.href;
}
