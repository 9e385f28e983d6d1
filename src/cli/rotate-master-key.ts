/**
 * npm run rotate-master-key: wraps all keys anew by the first of the master keys in MASTER_KEY or its file, while the service
 * runs. docs/operate.md tells what comes before and after it. Safe to be run again after any failure.
 */
import { readDatabaseUrl, readMasterKeys } from '../config.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { withRunningEmbedded } from '../embedded/running-database.ts';
import { createLogger } from '../logger.ts';
import { checkSchema } from '../persistence/migrate.ts';
import { rotateMasterKey } from '../persistence/rotate-master-key.ts';
import { explainDatabaseFailure } from '../start-failure.ts';

const TELL_EVERY = 10_000;
const log = createLogger({ logLevel: 'info' });

async function rotate(url: string, variable: string, keys: readonly Buffer[]): Promise<void> {
  try {
    if ((await checkSchema(url)) !== 'current') {
      throw new OperatorError('database-older', 'The database is not of this release; run "npm run migrate" first.');
    }
    let toldAt = 0;
    const { wrappedAnew, checked } = await rotateMasterKey(url, {
      keys,
      onAnnounced: () => log.info({ code: 'master-key-announced' }, 'what is new is wrapped by the new master key now'),
      onProgress(many) {
        if (many - toldAt < TELL_EVERY) return;
        toldAt = many;
        log.info({ code: 'master-key-progress', wrappedAnew: many }, 'wrapping keys anew');
      },
    });
    log.info(
      { code: 'master-key-rotated', wrappedAnew, checked },
      'the new master key alone opens every key; the former ones may go from the file, and are needed for older backups only',
    );
  } catch (error) {
    throw explainDatabaseFailure(error, variable, url);
  }
}

try {
  const url = readDatabaseUrl('MIGRATE_DATABASE_URL', process.env);
  if (url === null && readDatabaseUrl('DATABASE_URL', process.env) !== null) {
    throw new OperatorError(
      'setting-wrong',
      'MIGRATE_DATABASE_URL must name the database and a login as laufzettel_migrator.',
    );
  }
  if (url === null) await withRunningEmbedded(process.env, log, (own, keys) => rotate(own, 'DATA_DIR', keys));
  else await rotate(url, 'MIGRATE_DATABASE_URL', readMasterKeys(process.env));
} catch (error) {
  if (error instanceof OperatorError) process.stderr.write(`${error.message}\n`);
  else log.fatal({ err: error, code: 'rotating-failed' }, 'changing the master key failed; it may be tried again');
  process.exitCode = 1;
}
