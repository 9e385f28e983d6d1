import { join } from 'node:path';
import { type Config, readMasterKeyFile, withPort } from './config.ts';
import { OperatorError } from './domain/operator-error.ts';
import { readMasterKeyFile as readEmbeddedKeyFile, readOrMakeMasterKeys } from './embedded/master-key.ts';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded/postgres.ts';
import { findFreePort } from './embedded/postgres-cluster.ts';
import type { Logger } from './logger.ts';
import { checkSchema, migrate } from './persistence/migrate.ts';
import { ensurePrismaClient } from './persistence/prisma-client.ts';
import { explainDatabaseFailure, explainFileFailure, explainListenFailure } from './start-failure.ts';

export interface Service {
  readonly url: string;
  /** One command line to try; holds a short-lived token, so it is for a terminal and never for the log. */
  exampleCommand(): Promise<string | null>;
  /** Lets running requests end, for as long as `patience` does not settle; then stops what was started here. */
  stop(patience: Promise<unknown>): Promise<void>;
}

interface PreparedDatabase {
  readonly serviceUrl: string;
  /** Reads them again where they are in a file. */
  readonly masterKey: () => readonly Buffer[];
}

/**
 * Database, migrations, demo network, app, listen. When a step fails, or `interrupted` says to stop between two of them,
 * what was started is stopped again and the error is thrown on: an OperatorError wherever somebody can do something.
 */
export async function startService(settings: Config, log: Logger, interrupted: AbortSignal): Promise<Service> {
  const config = settings.port === 0 ? withPort(settings, await findFreePort()) : settings;
  let postgres: EmbeddedPostgres | null = null;
  try {
    await ensurePrismaClient();
    interrupted.throwIfAborted();
    if (config.database.kind === 'embedded') postgres = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
    interrupted.throwIfAborted();
    const { serviceUrl, masterKey } = postgres
      ? await prepareEmbedded(postgres, config, log)
      : await prepareExternal(config, log);
    interrupted.throwIfAborted();

    // Imported late: its modules need the generated client.
    const { createApp } = await import('./app.ts');
    const app = await createApp({ config, databaseUrl: serviceUrl, masterKey, logger: log });
    const stop = async (patience: Promise<unknown>) => {
      await Promise.race([app.close(), patience]);
      await postgres?.stop();
    };
    try {
      const { url } = await app.listen();
      interrupted.throwIfAborted();
      return { url, exampleCommand: () => app.exampleCommand(), stop };
    } catch (error) {
      await app.close().catch(() => {});
      throw explainListenFailure(error, config);
    }
  } catch (error) {
    const full = await postgres?.diskFullSinceStart();
    await postgres
      ?.stop()
      .catch((stopError: unknown) =>
        log.error({ err: stopError, code: 'postgres-stop-failed' }, 'PostgreSQL did not stop'),
      );
    throw full ?? explainFileFailure(error);
  }
}

async function prepareEmbedded(postgres: EmbeddedPostgres, config: Config, log: Logger): Promise<PreparedDatabase> {
  const { migrateUrl, serviceUrl } = postgres;
  try {
    const isEmpty = async () => (await checkSchema(migrateUrl)) === 'empty';
    if (!config.masterKeys) await readOrMakeMasterKeys(config.dataDir, isEmpty);
    const masterKey = config.masterKeys ? givenKeys(config) : () => readEmbeddedKeyFile(config.dataDir);
    await migrate(migrateUrl, { log });
    const { ensureDemoNetwork } = await import('./embedded/demo-network.ts');
    const keysDir = join(config.dataDir, 'keys');
    await ensureDemoNetwork({ migrateUrl, keysDir, log });
    return { serviceUrl, masterKey };
  } catch (error) {
    throw explainDatabaseFailure(error, 'DATA_DIR', serviceUrl);
  }
}

/** The settings' master keys; a file with them is read again whenever it is called. */
function givenKeys({ masterKeys, masterKeyFile }: Config): () => readonly Buffer[] {
  return masterKeyFile === null ? () => masterKeys!.reveal() : () => readMasterKeyFile(masterKeyFile);
}

async function prepareExternal(config: Config, log: Logger): Promise<PreparedDatabase> {
  if (config.database.kind !== 'external' || !config.masterKeys) throw new Error('readConfig demands these together');
  const serviceUrl = config.database.url.reveal();
  const migrateUrl = config.database.migrateUrl?.reveal();
  if (migrateUrl) {
    await migrate(migrateUrl, { log }).catch((error: unknown) => {
      throw explainDatabaseFailure(error, 'MIGRATE_DATABASE_URL', migrateUrl);
    });
  }
  const state = await checkSchema(serviceUrl).catch((error: unknown) => {
    throw explainDatabaseFailure(error, 'DATABASE_URL', serviceUrl);
  });
  if (state === 'ahead') {
    throw new OperatorError(
      'database-newer',
      'The database was migrated by a newer release; start that release, or restore a backup made before it.',
    );
  }
  if (state !== 'current') {
    throw new OperatorError(
      'database-older',
      'The database lacks migrations of this release; set MIGRATE_DATABASE_URL to a login as laufzettel_migrator, or run "npm run migrate" with it.',
    );
  }
  return { serviceUrl, masterKey: givenKeys(config) };
}
