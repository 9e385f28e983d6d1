import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Teardown {
  teardown(work: () => Promise<void>): void;
}

/**
 * A data directory to be (it does not exist yet) in a temporary folder that goes away with the test, together with a home
 * that the database found elsewhere. `mode` is that of the folder above: 0o700 keeps out the account root starts
 * PostgreSQL under.
 */
export async function newDataDir(t: Teardown, { mode = 0o711 }: { mode?: number } = {}): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), 'laufzettel-test-'));
  await chmod(parent, mode);
  const dataDir = join(parent, 'data');
  t.teardown(async () => {
    const home = await readFile(join(dataDir, 'postgres-home'), 'utf8').catch(() => null);
    if (home) await rm(home.trim(), { recursive: true, force: true });
    await rm(parent, { recursive: true, force: true });
  });
  return dataDir;
}
