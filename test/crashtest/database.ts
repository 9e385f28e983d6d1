/** A PostgreSQL as an agency would run it, durable, that dies without warning and is started again. */
import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type QueryResultRow } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { withClient } from '../../src/persistence/connection.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { SERVER_PREFIX, stopAbandonedServers } from '../support/abandoned-servers.ts';

const silent = { info() {}, warn() {} };
const GONE_WITHIN_MS = 20_000;

export interface CrashDatabase {
  migrateUrl: string;
  serviceUrl: string;
  /** For files of the run; goes with the database. */
  directory: string;
  /** As the owner of everything. */
  rows<T extends QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>;
  /** SIGKILL to the postmaster and all its processes. */
  kill(): Promise<void>;
  /** On the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startCrashDatabase(): Promise<CrashDatabase> {
  await stopAbandonedServers();
  const directory = await mkdtemp(join(tmpdir(), SERVER_PREFIX));
  // Root runs PostgreSQL under another account, which has to get in.
  await chmod(directory, 0o711);
  let postgres: EmbeddedPostgres | null = null;
  let postmaster = 0;
  const start = async (): Promise<EmbeddedPostgres> => {
    const started = await startEmbeddedPostgres({ dataDir: directory, log: silent });
    postgres = started;
    postmaster = await postmasterOf(started.superUrl);
    return started;
  };
  const stop = async (): Promise<void> => {
    await postgres?.stop();
    await rm(directory, { recursive: true, force: true });
  };
  try {
    const { migrateUrl, serviceUrl, port, superUrl } = await start();
    await migrate(migrateUrl, { log: silent });
    await demandDurable(superUrl);
    const ownerUrl = superUrl.replace(/\/postgres$/, '/laufzettel');
    const pool = new Pool({ connectionString: ownerUrl, max: 3 });
    // A connection that is lost while nobody uses it is replaced.
    pool.on('error', () => {});
    return {
      migrateUrl,
      serviceUrl,
      directory,
      rows: async (text, values) => (await pool.query(text, values)).rows,
      kill: () => killAll(postmaster),
      async restart() {
        await postgres!.stop();
        const again = await start();
        if (again.port !== port) throw new Error('somebody took the port of the database meanwhile; run it again');
      },
      async stop() {
        await pool.end();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A run says nothing where a kill may lose what was committed. */
async function demandDurable(superUrl: string): Promise<void> {
  await withClient(superUrl, async (client) => {
    for (const setting of ['fsync', 'synchronous_commit', 'full_page_writes']) {
      const { rows } = await client.query('SELECT current_setting($1) AS value', [setting]);
      if (rows[0].value !== 'on') throw new Error(`${setting} is ${rows[0].value}`);
    }
  });
}

async function postmasterOf(superUrl: string): Promise<number> {
  return withClient(superUrl, async (client) => {
    const { rows } = await client.query('SELECT pg_backend_pid() AS pid');
    return parentOf(rows[0].pid) ?? 0;
  });
}

function parentOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return null;
  }
}

async function killAll(postmaster: number): Promise<void> {
  if (postmaster < 2) throw new Error('the process of the database is not known');
  // It stands still first, so that it makes no process that is overlooked.
  process.kill(postmaster, 'SIGSTOP');
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 1 && parentOf(pid) === postmaster);
  for (const pid of [postmaster, ...children]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It had ended by itself.
    }
  }
  const until = Date.now() + GONE_WITHIN_MS;
  while ([postmaster, ...children].some(isAlive)) {
    if (Date.now() > until) throw new Error('the database does not die');
    await sleep(10);
  }
}

function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
