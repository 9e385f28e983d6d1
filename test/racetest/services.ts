/** Two processes of the service on one database, started as an operator starts them, and the partners that call them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import { Pool } from 'pg';
import { fetchToken } from '../../src/auth/client-credentials.ts';
import { readKeyFile } from '../../src/cli/keys.ts';
import { DEMO_ADMIN_SYSTEM } from '../../src/embedded/demo-agencies.ts';
import { ensureDemoNetwork } from '../../src/embedded/demo-network.ts';
import { findFreePort } from '../../src/embedded/postgres-cluster.ts';
import { type Child, startChild } from '../support/child.ts';
import { cloneDatabase } from '../support/database.ts';
import { MASTER_KEY } from '../support/main.ts';

const START_PATIENCE_MS = 60_000;
/** A token lives for five minutes. */
const RENEW_TOKEN_AFTER_MS = 200_000;

export interface Services {
  urls: readonly [string, string];
  admin: System;
  /** As the owner of everything. */
  owner: Pool;
  databaseName: string;
  /** Stops both in order. Gives what they wrote; a service that works writes nothing. */
  stop(): Promise<string>;
}

/** A registered system, with a token of each instance. */
export interface System {
  token(instance: 0 | 1): Promise<string>;
  /** What it signs with. */
  key: JWK;
}

export async function startServices(): Promise<Services> {
  const database = await cloneDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-race-'));
  const keysDir = join(directory, 'keys');
  const children: Child[] = [];
  const owner = new Pool({ connectionString: database.migrateUrl, max: 6 });
  const stop = async (): Promise<string> => {
    for (const { process } of children) process.kill('SIGTERM');
    const results = await Promise.all(children.map((child) => child.ended));
    await owner.end();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
    return results
      .map(({ exitCode, stdout, stderr }) => (exitCode === 0 ? '' : `exit ${exitCode}\n`) + stdout + stderr)
      .join('');
  };
  try {
    await ensureDemoNetwork({ migrateUrl: database.migrateUrl, keysDir, log: { info() {} } });
    const urls = [await startOne(), await startOne()] as const;
    const adminKey = await readKeyFile(join(keysDir, `${DEMO_ADMIN_SYSTEM}.json`));
    const databaseName = new URL(database.serviceUrl).pathname.slice(1);
    return {
      urls,
      owner,

      databaseName,
      admin: systemOf(urls, DEMO_ADMIN_SYSTEM, adminKey),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }

  async function startOne(): Promise<string> {
    const port = await findFreePort();
    const child = startChild('src/main.ts', [], {
      environment: {
        PORT: String(port),
        DATABASE_URL: database.serviceUrl,
        MASTER_KEY,
        DATA_DIR: directory,
        LOG_LEVEL: 'warn',
        // A race asks faster than any agency does, on a machine that may be busy with others.
        RATE_LIMIT_PER_MINUTE: '10000000',
        STRANGERS_PER_MINUTE: '10000000',
        MAX_EVENT_LOOP_DELAY_MS: '0',
      },
    });
    children.push(child);
    const url = `http://127.0.0.1:${port}`;
    await answering(url, child);
    return url;
  }
}

async function answering(url: string, child: Child): Promise<void> {
  for (const until = Date.now() + START_PATIENCE_MS; ; ) {
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) return;
    if (child.process.exitCode !== null) throw new Error(`a service did not start: ${(await child.ended).stderr}`);
    if (Date.now() > until) throw new Error('a service does not become ready');
    await sleep(50);
  }
}

export function systemOf(urls: readonly [string, string], clientId: string, key: JWK): System {
  const kept: { token: Promise<string>; at: number }[] = [];
  return {
    key,
    token(instance) {
      const present = kept[instance];
      if (present !== undefined && Date.now() - present.at < RENEW_TOKEN_AFTER_MS) return present.token;
      const token = fetchToken({ tokenUrl: `${urls[instance]}/oauth/token`, clientId, key }).then(
        (one) => one.accessToken,
      );
      kept[instance] = { token, at: Date.now() };
      return token;
    },
  };
}
