/**
 * The service's way into the database: named statements on a pool for the hot paths, Prisma's models under row security
 * for the cold ones. Both connect as the service's role, which owns nothing.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool, type PoolClient } from 'pg';
import {
  type Actor,
  AgencySuspended,
  ChangedMeanwhile,
  NotOwnClient,
  RequestNotFulfilled,
  StoreUnavailable,
  TakenOver,
} from '../usecases/ports.ts';
import { type Prisma, PrismaClient } from './prisma/client.ts';
import { asUnavailable } from './unavailable.ts';

/** Runs one fixed SQL text; PostgreSQL plans it once a connection, by its name. */
export interface Caller {
  call<Row>(name: string, text: string, values: readonly unknown[]): Promise<Row[]>;
}

export interface Database extends Caller {
  transaction<T>(work: (tx: Caller) => Promise<{ commit: boolean; value: T }>): Promise<T>;
  /** Prisma's models as this reader may see them. */
  as<T>(actor: Actor, read: (prisma: Prisma.TransactionClient) => Promise<T>): Promise<T>;
  isReady(): Promise<boolean>;
  /** Fingerprint of the master key that new keys are to be wrapped by; null: none yet, or nobody has time to ask. */
  masterKeyInUse(): Promise<string | null>;
  /** Of the pool: open ones, those of them that are idle, and who waits for one. */
  connections(): { total: number; idle: number; waiting: number };
  close(): Promise<void>;
}

export interface DatabaseOptions {
  url: string;
  poolSize: number;
  /** Called for a connection that broke while idle; codes only. */
  onConnectionLost?: (code: string) => void;
  /** What a statement may take. Default 10 s. */
  statementTimeoutMs?: number;
  /** Called for each request that found no database in time; codes only. */
  onUnavailable?: (code: string) => void;
  /** Around each call, by the name of its statement; for traces. */
  around?: <T>(name: string, call: () => Promise<T>) => Promise<T>;
}

/** SQLSTATEs of our own functions, and what they mean to a use case. */
const OUTCOMES: Record<string, () => Error> = {
  LZ001: () => new AgencySuspended(),
  LZ404: () => new NotOwnClient(),
  LZ409: () => new TakenOver(),
  // Only who waits for the effect of another attempt has a limit of his own to waiting (internal.note_effect).
  '55P03': () => new TakenOver(),
  LZ410: () => new RequestNotFulfilled('ended'),
  LZ412: () => new ChangedMeanwhile(),
  LZ414: () => new RequestNotFulfilled('unknown'),
  LZ422: () => new RequestNotFulfilled('other'),
  LZ503: () => new StoreUnavailable('master-key-not-in-use'),
};

const sqlState = (error: unknown): string | undefined => {
  const found = error as { code?: string; meta?: { driverAdapterError?: { cause?: { originalCode?: string } } } };
  return found?.meta?.driverAdapterError?.cause?.originalCode ?? found?.code;
};

export async function translated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const outcome = OUTCOMES[sqlState(error) ?? ''];
    throw outcome === undefined ? error : outcome();
  }
}

/** PostgreSQL ended one of two that waited for each other, and nothing of it was done (deadlock, serialisation). */
const COLLISIONS = ['40P01', '40001'];
const MOST_ATTEMPTS = 5;

async function untilNoCollision<T>(work: () => Promise<T>): Promise<T> {
  for (let left = MOST_ATTEMPTS; ; left--) {
    try {
      return await work();
    } catch (error) {
      if (!COLLISIONS.includes(sqlState(error) ?? '')) throw error;
      if (left <= 1) throw new ChangedMeanwhile();
    }
  }
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 10_000;
const IDLE_TIMEOUT_MS = 300_000;

export function openDatabase(options: DatabaseOptions): Database {
  const { url, poolSize, onConnectionLost, onUnavailable, statementTimeoutMs = STATEMENT_TIMEOUT_MS } = options;
  const { around = (_name, call) => call() } = options;
  const pool = new Pool({
    connectionString: url,
    max: poolSize,
    application_name: 'laufzettel',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: statementTimeoutMs,
    // So that a connection that died without a word is found out.
    keepAlive: true,
    // A new one has to make its plans first, which takes longer than what it was opened for.
    idleTimeoutMillis: IDLE_TIMEOUT_MS,
    // Statements and those within functions look things up by their ids: one plan each is kept, and planning saved.
    options: '-c plan_cache_mode=force_generic_plan',
  });
  // The pool listens to idle connections alone. One that is lost between two statements of a transaction, ours or Prisma's, says so
  // to nobody else, and an error that nobody hears ends the process; the next statement on it fails.
  pool.on('connect', (client) => client.on('error', () => {}));
  pool.on('error', (error) => onConnectionLost?.(sqlState(error) ?? 'connection-lost'));
  const prisma = new PrismaClient({
    adapter: new PrismaPg(pool),
    // The service's role may not read it: no agency ever sees a person id.
    omit: { client: { personId: true } },
    errorFormat: 'minimal',
  });

  const callOn =
    (connection: Pool | PoolClient): Caller['call'] =>
    async <Row>(name: string, text: string, values: readonly unknown[]) =>
      (await around(name, () => translated(connection.query({ name, text, values: [...values] })))).rows as Row[];

  const transactionOnce: Database['transaction'] = async (work) => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query('BEGIN');
      const { commit, value } = await work({ call: callOn(client) });
      await client.query(commit ? 'COMMIT' : 'ROLLBACK');
      return value;
    } catch (error) {
      await client.query('ROLLBACK').catch((reason: Error) => {
        broken = reason;
      });
      throw error;
    } finally {
      client.release(broken);
    }
  };
  const callOnce = callOn(pool);
  const orUnavailable = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work;
    } catch (error) {
      throw asUnavailable(error, onUnavailable) ?? error;
    }
  };

  return {
    call: (name, text, values) => orUnavailable(untilNoCollision(() => callOnce(name, text, values))),
    transaction: (work) => orUnavailable(untilNoCollision(() => transactionOnce(work))),
    as: (actor, read) =>
      orUnavailable(
        around('models', () =>
          translated(
            prisma.$transaction(async (tx) => {
              if (actor.agency === null) await tx.$queryRaw`SELECT api.enter_admin()::text`;
              else await tx.$queryRaw`SELECT api.enter(${actor.agency}::uuid)::text`;
              return read(tx);
            }),
          ),
        ),
      ),
    async isReady() {
      try {
        await pool.query('SELECT 1');
        return true;
      } catch {
        return false;
      }
    },
    async masterKeyInUse() {
      // Requests come first where they wait for connections already.
      if (pool.idleCount === 0 && pool.totalCount >= poolSize) return null;
      const text = "SELECT encode(api.master_key_in_use(), 'hex') AS fingerprint";
      const { rows } = await pool.query<{ fingerprint: string | null }>({ name: 'master_key_in_use', text });
      return rows[0]!.fingerprint;
    },
    connections: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async close() {
      await prisma.$disconnect();
      if (!pool.ended) await pool.end();
    },
  };
}
