/** MIGRATE_DATABASE_URL=… node src/cli/migrate.ts: applies the migrations and ends; for a release step of its own. */
import { readDatabaseUrl } from '../config.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { createLogger } from '../logger.ts';
import { migrate } from '../persistence/migrate.ts';
import { explainDatabaseFailure } from '../start-failure.ts';

const log = createLogger({ logLevel: 'info' });
let url: string | null = null;
try {
  url = readDatabaseUrl('MIGRATE_DATABASE_URL', process.env);
  if (url === null) {
    throw new OperatorError(
      'setting-wrong',
      'MIGRATE_DATABASE_URL must name the database and a login as laufzettel_migrator.',
    );
  }
  const { applied } = await migrate(url, { log });
  if (applied.length === 0) log.info({ code: 'database-current' }, 'the database is current');
} catch (error) {
  const explained = url ? explainDatabaseFailure(error, 'MIGRATE_DATABASE_URL', url) : error;
  if (explained instanceof OperatorError) process.stderr.write(`${explained.message}\n`);
  else log.fatal({ err: explained, code: 'migrating-failed' }, 'migrating failed');
  process.exitCode = 1;
}
