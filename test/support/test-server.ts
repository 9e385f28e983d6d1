import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { withClient } from '../../src/persistence/connection.ts';
import { SERVER_PREFIX, stopAbandonedServers } from './abandoned-servers.ts';

const OUR_ROLES = ['laufzettel_migrator', 'laufzettel_service', 'laufzettel_queue'];

export interface TestServer {
  readonly superUrl: string;
  readonly migrateUrl: string;
  stop(): Promise<void>;
}

const silent = { info() {}, warn() {} };

/** A PostgreSQL in a temporary folder, made for speed: a crash may destroy it, and nobody minds. */
export async function startTestServer(): Promise<TestServer> {
  await stopAbandonedServers();
  const dataDir = await mkdtemp(join(tmpdir(), SERVER_PREFIX));
  // Root runs PostgreSQL under another account, which has to get in.
  await chmod(dataDir, 0o711);
  const remove = () => rm(dataDir, { recursive: true, force: true });
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, log: silent, durable: false });
    const { password } = new URL(postgres.superUrl);
    // One password for all, so that one URL in the environment tells a test everything.
    await withClient(postgres.superUrl, async (client) => {
      for (const role of OUR_ROLES) {
        await client.query(`ALTER ROLE ${escapeIdentifier(role)} PASSWORD ${escapeLiteral(password)}`);
      }
    });
    const migrateUrl = new URL(postgres.migrateUrl);
    migrateUrl.password = password;
    return {
      superUrl: postgres.superUrl,
      migrateUrl: migrateUrl.href,
      async stop() {
        await postgres.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
