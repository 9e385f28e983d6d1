/** MIGRATE_DATABASE_URL=… node src/cli/migrate.ts: applies the migrations and ends; for a release step of its own. */
import { OperatorError } from '../domain/operator-error.ts';
import { createLogger } from '../logger.ts';
import { migrate } from '../persistence/migrate.ts';
import { explainDatabaseFailure } from '../start-failure.ts';

const url = process.env.MIGRATE_DATABASE_URL;
const log = createLogger({ logLevel: 'info' });
try {
  if (!url || !URL.canParse(url)) {
    throw new OperatorError(
      'setting-wrong',
      'MIGRATE_DATABASE_URL must name the database and a login as laufzettel_migrator.',
    );
  }
  const { applied } = await migrate(url, { log });
  if (applied.length === 0) log.info({}, 'the database is current');
} catch (error) {
  const explained = url ? explainDatabaseFailure(error, 'MIGRATE_DATABASE_URL', url) : error;
  if (explained instanceof OperatorError) process.stderr.write(`${explained.message}\n`);
  else log.fatal({ err: explained }, 'migrating failed');
  process.exitCode = 1;
}
