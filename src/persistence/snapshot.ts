/**
 * One moment of the database, on a connection of its own: whatever reads for minutes takes none of those that requests wait for.
 * An open snapshot keeps what is deleted meanwhile from being cleared away, so PostgreSQL itself ends one that lasts too long,
 * whatever becomes of this process.
 */
import { Client } from 'pg';
import { type Caller, type DatabaseOptions, translated } from './database.ts';
import { asUnavailable } from './unavailable.ts';

const CONNECT_WITHIN_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
/** Longer than an export may take: nobody should meet it. */
const MOST_SNAPSHOT_MS = 660_000;

export type SnapshotOptions = Pick<DatabaseOptions, 'url' | 'statementTimeoutMs' | 'onUnavailable' | 'around'>;

/** A session that has not looked at anything yet. */
export interface Session extends Caller {
  /** From now on everything is seen as it is now, and nothing can be written. */
  freeze(): Promise<void>;
  close(): Promise<void>;
}

export async function openSession(options: SnapshotOptions): Promise<Session> {
  const { url, statementTimeoutMs = STATEMENT_TIMEOUT_MS, onUnavailable, around = (_name, call) => call() } = options;
  const client = new Client({
    connectionString: url,
    application_name: 'laufzettel-export',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    statement_timeout: statementTimeoutMs,
    keepAlive: true,
    options: `-c transaction_timeout=${MOST_SNAPSHOT_MS}`,
  });
  // It is told to the query that runs as well; without a listener it would end the process.
  client.on('error', () => {});
  const orUnavailable = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw asUnavailable(error, onUnavailable) ?? error;
    }
  };
  const close = () => client.end().catch(() => {});
  try {
    await orUnavailable(client.connect());
  } catch (error) {
    await close();
    throw error;
  }
  return {
    call: async <Row>(name: string, text: string, values: readonly unknown[]) =>
      (await orUnavailable(around(name, () => translated(client.query({ name, text, values: [...values] })))))
        .rows as Row[],
    freeze: async () => {
      await orUnavailable(client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY'));
      // The snapshot is taken by the first statement, not by BEGIN.
      await orUnavailable(client.query('SELECT 1'));
    },
    close,
  };
}
