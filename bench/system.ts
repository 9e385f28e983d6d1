/** What is measured: a PostgreSQL of its own, the service and the floor beside each other on it, all as processes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { JWK } from 'jose';
import { Client } from 'pg';
import { fetchToken, generateClientKey } from '../src/auth/client-credentials.ts';
import { AGENCY_SCOPES } from '../src/embedded/demo-agencies.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../src/embedded/postgres.ts';
import { findFreePort } from '../src/embedded/postgres-cluster.ts';
import { migrate } from '../src/persistence/migrate.ts';
import { SERVER_PREFIX, stopAbandonedServers } from '../test/support/abandoned-servers.ts';
import { remembered } from '../test/support/remembered.ts';
import { type Filling, fillFloor, fillNetwork, fillPersons, systemOf } from './filling/fill.ts';
import { AGENCIES, type Range } from './filling/plan.ts';
import { FLOOR_TABLES } from './floor/statements.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const silent = { info() {}, warn() {} };

/** For a server of its own, where the one that comes along is small; what a commit promises stays as it is. */
export const POSTGRES_SETTINGS: Record<string, string> = {
  shared_buffers: '2GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
  effective_cache_size: '6GB',
  max_connections: '100',
};
export const MASTER_KEY = Buffer.alloc(32, 9);
export const POOL_SIZE = Number(process.env.BENCH_POOL ?? 10);

export interface System {
  owner: Client;
  /** Process ids. */
  service: number;
  floor: number;
  postgres: number;
  serviceUrl: string;
  floorUrl: string;
  /** Access tokens, by agency; they last five minutes. */
  tokens(): Promise<string[]>;
  fill(persons: Range): Promise<void>;
  /** Ends the service and starts it again; milliseconds until it is ready. */
  restartService(): Promise<number>;
  stop(): Promise<void>;
}

/**
 * @param profile a folder: where the service writes what its processor did, when it ends.
 * @param more further settings of the service.
 */
export async function startSystem({
  profile,
  settings = POSTGRES_SETTINGS,
  more = {},
}: {
  profile?: string | undefined;
  settings?: Record<string, string>;
  more?: Record<string, string>;
} = {}): Promise<System> {
  await stopAbandonedServers();
  const directory = await mkdtemp(join(tmpdir(), SERVER_PREFIX));
  // Root runs PostgreSQL under another account, which has to get in.
  await chmod(directory, 0o711);
  const started: (() => Promise<void>)[] = [() => rm(directory, { recursive: true, force: true })];
  const stop = async (): Promise<void> => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    const postgres = await startTuned(directory, settings);
    started.push(() => postgres.stop());
    await migrate(postgres.migrateUrl, { log: silent });
    const ownerUrl = withDatabase(postgres.superUrl, 'laufzettel');
    const owner = new Client(ownerUrl);
    await owner.connect();
    started.push(() => owner.end());
    await owner.query(FLOOR_TABLES);

    const masterKey = MASTER_KEY;
    const port = await findFreePort();
    const serviceUrl = `http://127.0.0.1:${port}`;
    const environment = {
      DATABASE_URL: postgres.serviceUrl,
      MASTER_KEY: masterKey.toString('base64'),
      DATA_DIR: join(directory, 'service'),
      ERASURE_LEDGER_FILE: join(directory, 'erasures.jsonl'),
      PUBLIC_URL: serviceUrl,
      PORT: String(port),
      POOL_SIZE: String(POOL_SIZE),
      RATE_LIMIT_PER_MINUTE: '10000000',
      STRANGERS_PER_MINUTE: '10000000',
      ...more,
    };
    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const startService = () => startProcess(directory, 'src/main.ts', environment, 'listening at http', flags);
    let service = await startService();
    const floor = await startProcess(
      directory,
      'bench/floor/main.ts',
      { FLOOR_DATABASE_URL: ownerUrl, POOL_SIZE: String(POOL_SIZE) },
      'listening at ',
    );
    started.push(
      () => end(service.child),
      () => end(floor.child),
    );

    const filling: Filling = { owner, masterKey, at: Math.floor(Date.now() / 1_000) * 1_000 };
    const { key, jwks } = await generateClientKey('EdDSA');
    await fillNetwork(filling, jwks, AGENCY_SCOPES);
    return {
      owner,
      get service() {
        return service.child.pid!;
      },
      floor: floor.child.pid!,
      postgres: await postmasterOf(owner),
      serviceUrl,
      floorUrl: `http://127.0.0.1:${floor.line.split(' ').at(-1)}`,
      tokens: remembered(() => tokensOf(serviceUrl, key)),
      async fill(persons) {
        await fillFloor(filling, persons);
        await fillPersons(filling, persons);
      },
      async restartService() {
        await end(service.child);
        const began = performance.now();
        service = await startService();
        return performance.now() - began;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startTuned(dataDir: string, settings: Record<string, string>): Promise<EmbeddedPostgres> {
  const first = await startEmbeddedPostgres({ dataDir, log: silent });
  const owner = new Client(first.superUrl);
  await owner.connect();
  for (const [name, value] of Object.entries(settings)) {
    await owner.query(`ALTER SYSTEM SET ${name} = '${value}'`);
  }
  await owner.end();
  await first.stop();
  return startEmbeddedPostgres({ dataDir, log: silent });
}

async function postmasterOf(owner: Client): Promise<number> {
  const { rows } = await owner.query('SELECT pg_backend_pid() AS pid');
  const stat = readFileSync(`/proc/${rows[0].pid}/stat`, 'utf8');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

const tokensOf = (url: string, key: JWK): Promise<string[]> =>
  Promise.all(
    Array.from({ length: AGENCIES }, async (_, agency) => {
      const token = await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId: systemOf(agency), key });
      return token.accessToken;
    }),
  );

function withDatabase(url: string, name: string): string {
  const other = new URL(url);
  other.pathname = `/${name}`;
  return other.href;
}

interface Started {
  child: ChildProcess;
  /** In which it said that it listens. */
  line: string;
}

async function startProcess(
  directory: string,
  script: string,
  env: Record<string, string>,
  listening: string,
  flags: readonly string[] = [],
): Promise<Started> {
  const { PATH, HOME } = process.env;
  // A file takes what it says, as a log collector would; nobody reads along on the same processors.
  const file = join(directory, `${script.replaceAll('/', '-')}.log`);
  const output = await open(file, 'w');
  const child = spawn(process.execPath, [...flags, script], {
    cwd: ROOT,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', output.fd, output.fd],
  });
  await output.close();
  for (;;) {
    const lines = (await readFile(file, 'utf8')).split('\n');
    const line = lines.find((one) => one.includes(listening));
    if (line !== undefined) return { child, line };
    if (child.exitCode !== null) throw new Error(`${script} ended before it listened: ${lines.slice(-5).join('\n')}`);
    await setTimeout(LOOK_EVERY_MS);
  }
}

const LOOK_EVERY_MS = 20;

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'close');
}
