/** The database that comes along, for a command that works beside a running service, or without one. */
import { type Config, readConfig } from '../config.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { readMasterKeyFile } from './master-key.ts';
import { startEmbeddedPostgres } from './postgres.ts';
import { makeDataDirectory, readCredentialsOf, unusable } from './postgres-place.ts';
import { DATABASE } from './postgres-roles.ts';

type Log = Parameters<typeof startEmbeddedPostgres>[0]['log'];

/** work is given the URL as laufzettel_migrator, and the master keys that the service of this DATA_DIR has. */
export async function withRunningEmbedded(
  environment: Readonly<Record<string, string | undefined>>,
  log: Log,
  work: (url: string, keys: readonly Buffer[]) => Promise<void>,
): Promise<void> {
  const config = readConfig(environment);
  const keys = config.masterKeys?.reveal() ?? readMasterKeyFile(config.dataDir);
  const { url, stop } = await reach(config, log);
  try {
    await work(url, keys);
  } finally {
    await stop();
  }
}

async function reach({ dataDir }: Config, log: Log): Promise<{ url: string; stop(): Promise<void> }> {
  try {
    const { migrateUrl, stop } = await startEmbeddedPostgres({ dataDir, log });
    return { url: migrateUrl, stop };
  } catch (error) {
    if (!(error instanceof OperatorError && error.code === 'data-dir-in-use')) throw error;
    return { url: await urlOfRunning(dataDir, error), stop: async () => {} };
  }
}

async function urlOfRunning(dataDir: string, inUse: OperatorError): Promise<string> {
  const directory = await makeDataDirectory(dataDir);
  const credentials = await readCredentialsOf(directory).catch((error: unknown) => {
    throw unusable(directory, error);
  });
  if (credentials === null) throw inUse;
  return `postgresql://laufzettel_migrator:${credentials.passwords.migrator}@127.0.0.1:${credentials.port}/${DATABASE}`;
}
