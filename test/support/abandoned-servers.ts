import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';

export const SERVER_PREFIX = 'laufzettel-test-server-';
/** A server that is just being set up by another run has no lock yet. */
const LEAVE_ALONE_MS = 10 * 60_000;

const silent = { info() {}, warn() {} };

/** A run that was killed leaves its PostgreSQL running; the next run stops it. One that is in use is locked, and stays. */
export async function stopAbandonedServers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const dataDir = join(tmpdir(), name);
    try {
      if (!name.startsWith(SERVER_PREFIX) || (await stat(dataDir)).mtimeMs > Date.now() - LEAVE_ALONE_MS) continue;
      if (existsSync(join(dataDir, 'postgres/cluster/postmaster.pid'))) {
        const postgres = await startEmbeddedPostgres({ dataDir, log: silent, durable: false });
        await postgres.stop();
      }
      await rm(dataDir, { recursive: true, force: true });
    } catch {
      // In use, somebody else's, or half gone: none of our business.
    }
  }
}
