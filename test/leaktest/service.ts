/**
 * What is tested: two processes of the service on one database of their own, as an operator would run them, and everything that they
 * say, held against the search for markers.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { Agent, type IncomingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { fetchToken } from '../../src/auth/client-credentials.ts';
import { readKeyFile } from '../../src/cli/keys.ts';
import { DEMO_ADMIN_SYSTEM } from '../../src/embedded/demo-agencies.ts';
import { ensureDemoNetwork } from '../../src/embedded/demo-network.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { findFreePort } from '../../src/embedded/postgres-cluster.ts';
import { migrate } from '../../src/persistence/migrate.ts';
import { SERVER_PREFIX } from '../support/abandoned-servers.ts';
import { CONTROL, markersIn, writeMarker } from './markers.ts';
import { type Found, searchDirectory, searchTables } from './search.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const INSTANCES = 2;
const silent = { info() {}, warn() {} };

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

export interface Asked {
  method: string;
  path: string;
  token?: string | undefined;
  body?: string | undefined;
  headers?: Record<string, string>;
  instance: number;
}

export interface Tested {
  /** URL of the first instance, under which both issue and take tokens. */
  url: string;
  adminToken(): Promise<string>;
  ask(asked: Asked): Promise<Answer>;
  /** Sets the exchange's clock, for every instance. */
  setClock(at: number): Promise<void>;
  /** What Prometheus would read, of every instance. */
  metrics(): Promise<string>;
  /** Stops it all, then searches every table by COPY and every byte of the stopped data directory. */
  stopAndSearch(): Promise<{ tables: number; bytes: number }>;
  abandon(): Promise<void>;
}

/**
 * @param found told of every log line, and at the end of every place in the database, that holds a marker.
 * @param plant SQL that breaks something, run as the owner of everything.
 */
export async function startTested(found: Found, plant?: string): Promise<Tested> {
  const directory = await mkdtemp(join(tmpdir(), SERVER_PREFIX));
  // PostgreSQL runs under another account where root starts it, and has to get in.
  await chmod(directory, 0o711);
  const postgres = await startEmbeddedPostgres({ dataDir: directory, log: silent, durable: false });
  const owner = new Client(databaseOf(postgres.superUrl, postgres.migrateUrl));
  const children: ChildProcess[] = [];
  // Whoever ends this process ends the service with it; the database that is left the next test run stops.
  const atExit = (): void => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', atExit);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const stopServices = async (): Promise<void> => {
    agent.destroy();
    process.off('exit', atExit);
    await Promise.all(children.map((child) => ended(child)));
  };
  try {
    await migrate(postgres.migrateUrl, { log: silent });
    const keysDir = join(directory, 'keys');
    await ensureDemoNetwork({ migrateUrl: postgres.migrateUrl, keysDir, log: silent });
    await owner.connect();
    await replaceClock(owner);
    if (plant !== undefined) await owner.query(plant);
    const ports: number[] = [];
    const metricsPorts: number[] = [];
    for (let one = 0; one < INSTANCES; one++) {
      ports.push(await findFreePort());
      metricsPorts.push(await findFreePort());
    }
    const url = `http://127.0.0.1:${ports[0]}`;
    const environment = {
      DATABASE_URL: postgres.serviceUrl,
      MASTER_KEY: Buffer.alloc(32, 9).toString('base64'),
      DATA_DIR: join(directory, 'service'),
      ERASURE_LEDGER_FILE: join(directory, 'erasures.jsonl'),
      PUBLIC_URL: url,
      LOG_LEVEL: 'debug',
      RATE_LIMIT_PER_MINUTE: '10000000',
      STRANGERS_PER_MINUTE: '10000000',
      PREVIEWS_PER_MINUTE: '1000000',
      MAX_EVENT_LOOP_DELAY_MS: '0',
    };
    await Promise.all(
      ports.map(async (port, index) => {
        const child = spawn(process.execPath, ['src/main.ts'], {
          cwd: ROOT,
          env: {
            PATH: process.env.PATH,
            HOME: process.env.HOME,
            ...environment,
            PORT: String(port),
            METRICS_PORT: String(metricsPorts[index]),
          },
          stdio: ['ignore', 'pipe', 'pipe'],
        });
        children.push(child);
        await listening(child, found);
      }),
    );
    const ask = (asked: Asked): Promise<Answer> => send(agent, ports[asked.instance % INSTANCES]!, asked);
    const adminKey = await readKeyFile(join(keysDir, `${DEMO_ADMIN_SYSTEM}.json`));
    return {
      url,
      ask,
      adminToken: async () =>
        (await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId: DEMO_ADMIN_SYSTEM, key: adminKey })).accessToken,
      setClock: async (at) => {
        await owner.query('UPDATE leaktest.clock SET now = $1', [new Date(at)]);
      },
      async metrics() {
        const texts = await Promise.all(
          metricsPorts.map((port) => send(agent, port, { method: 'GET', path: '/metrics', instance: 0 })),
        );
        return texts.map((one) => one.text).join('\n');
      },
      async stopAndSearch() {
        await stopServices();
        const tables = await searchTables(owner, found);
        await owner.end();
        await postgres.stop();
        const bytes = await searchDirectory(directory, found);
        await rm(directory, { recursive: true, force: true });
        return { tables, bytes };
      },
      async abandon() {
        await stopServices();
        await owner.end().catch(() => {});
        await postgres.stop();
        await rm(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await stopServices();
    await owner.end().catch(() => {});
    await postgres.stop();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

const databaseOf = (superUrl: string, other: string): string => {
  const url = new URL(superUrl);
  url.pathname = new URL(other).pathname;
  return url.href;
};

/** The exchange's one clock stands still until it is set, so that the oracle knows the instant of everything. */
async function replaceClock(owner: Client): Promise<void> {
  await owner.query(`
    CREATE SCHEMA leaktest;
    CREATE TABLE leaktest.clock (now timestamptz(3) NOT NULL);
    CREATE TABLE leaktest.control (text text NOT NULL);
    INSERT INTO leaktest.control VALUES ('${writeMarker(CONTROL)}');
    INSERT INTO leaktest.clock VALUES (date_trunc('milliseconds', clock_timestamp()));
    GRANT USAGE ON SCHEMA leaktest TO PUBLIC;
    GRANT SELECT ON leaktest.clock TO PUBLIC;
    CREATE OR REPLACE FUNCTION api.clock_now() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS $$ SELECT now FROM leaktest.clock $$`);
}

async function listening(child: ChildProcess, found: Found): Promise<void> {
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  createInterface({ input: child.stdout! }).on('line', (line) => {
    if (line.includes('listening at http')) resolve();
    if (markersIn(line).length > 0) found('the log', line);
  });
  createInterface({ input: child.stderr! }).on('line', (line) => {
    said += `${line}\n`;
    if (markersIn(line).length > 0) found('the error output', line);
  });
  child.on('close', () => reject(new Error(`the service ended before it listened: ${said}`)));
  await promise;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'close');
}

const GIVE_UP_AFTER_MS = 30_000;

function send(agent: Agent, port: number, { method, path, token, body, headers = {} }: Asked): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const message = request(
      {
        agent,
        host: '127.0.0.1',
        port,
        method,
        path,
        timeout: GIVE_UP_AFTER_MS,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
        response.on('error', reject);
      },
    );
    message.on('timeout', () => message.destroy(new Error(`${method} ${path} was not answered in time`)));
    message.on('error', reject);
    message.end(body);
  });
}
