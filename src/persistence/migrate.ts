import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm';
import type { Client } from 'pg';
import { OperatorError } from '../domain/operator-error.ts';
import { withClient } from './connection.ts';
import {
  type History,
  MIGRATIONS_DIRECTORY,
  type Migration,
  readHistory,
  readMigrations,
} from './migration-history.ts';
import { withSchemaEngine } from './schema-engine.ts';

export interface MigrateOptions {
  readonly log: { info(fields: object, message: string): void };
  readonly migrationsDirectory?: string;
}

export type SchemaState = 'current' | 'behind' | 'ahead' | 'empty';

/** Any number will do that nobody else uses; the engine's own lock is 72707369 and gives up after ten seconds. */
const MIGRATION_LOCK = 6_204_917_301;
/** Twenty starters wait for the first one; a migration that takes longer should be run before the release. */
const WAIT_FOR_OTHERS = '10min';

/**
 * Applies the migrations this release brings and the database lacks. Safe for many starters at once: one migrates, the
 * others wait and find nothing left to do. Throws an OperatorError that says what to do.
 */
export async function migrate(migrateUrl: string, options: MigrateOptions): Promise<{ applied: string[] }> {
  const directory = options.migrationsDirectory ?? MIGRATIONS_DIRECTORY;
  const migrations = await readMigrations(directory);
  return withClient(migrateUrl, async (client) => {
    if (isDone(await readHistory(client, migrations))) return { applied: [] };
    await client.query(`SET lock_timeout = '${WAIT_FOR_OTHERS}'`);
    // Held until this connection closes, also when the process is killed.
    await client.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const history = await readHistory(client, migrations);
    if (isDone(history)) return { applied: [] };
    const applied = await applyAll(migrateUrl, directory, migrations, history);
    options.log.info({ code: 'migrated', applied }, 'migrated the database');
    return { applied };
  });
}

/** How the database stands to this release. Works for laufzettel_service, which may read the history and nothing more. */
export async function checkSchema(
  url: string,
  { migrationsDirectory = MIGRATIONS_DIRECTORY }: { migrationsDirectory?: string } = {},
): Promise<SchemaState> {
  const migrations = await readMigrations(migrationsDirectory);
  const history = await withClient(url, (client: Client) => readHistory(client, migrations));
  if (history.unknown.length > 0) return 'ahead';
  if (history.applied.length === 0) return 'empty';
  return history.missing.length > 0 ? 'behind' : 'current';
}

/** Refuses what migrating cannot mend. */
function isDone(history: History): boolean {
  if (history.unknown.length > 0) {
    throw new OperatorError(
      'database-newer',
      `The database was migrated by a newer release (${history.unknown.join(', ')}); start that release, or restore a backup made before it.`,
    );
  }
  if (history.edited.length > 0) {
    throw new OperatorError(
      'migration-edited',
      `The migration ${history.edited.join(', ')} was changed after this database had applied it; put it back and add a new migration instead, or begin with an empty database.`,
    );
  }
  return history.missing.length === 0;
}

async function applyAll(
  url: string,
  directory: string,
  migrations: readonly Migration[],
  history: History,
): Promise<string[]> {
  const scripts = new Set(migrations.map(({ script }) => script));
  let scriptError: unknown;
  const options = {
    url,
    rewriteScript: (script: string) => (scripts.has(script) ? script + IN_THE_SAME_TRANSACTION : script),
    onScriptError: (error: unknown) => {
      scriptError = error;
    },
  };
  try {
    return await withSchemaEngine(options, (engine) => applyWith(engine, directory, migrations, history));
  } catch (error) {
    throw explain(scriptError ?? error, await firstUnfinished(url, migrations));
  }
}

async function applyWith(
  engine: SchemaEngine,
  directory: string,
  migrations: readonly Migration[],
  history: History,
): Promise<string[]> {
  for (const migrationName of history.failed) await engine.markMigrationRolledBack({ migrationName });
  const migrationsList: MigrationList = {
    baseDir: directory,
    lockfile: { path: 'migration_lock.toml', content: null },
    shadowDbInitScript: '',
    migrationDirectories: migrations.map(({ name, script }) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: { tag: 'ok', value: script } },
    })),
  };
  const filters = { externalTables: [], externalEnums: [] };
  return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
}

/**
 * Sent together with each script, so that a crash in between cannot leave a migration that happened and is not recorded;
 * the engine records it once more afterwards. And the service's role may read which migrations there are.
 */
const IN_THE_SAME_TRANSACTION = `
;
UPDATE public._prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL;
DO $laufzettel$
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'laufzettel_service') THEN
    GRANT USAGE ON SCHEMA public TO laufzettel_service;
    GRANT SELECT (migration_name, checksum, started_at, finished_at, rolled_back_at)
      ON public._prisma_migrations TO laufzettel_service;
  END IF;
END
$laufzettel$;
`;

async function firstUnfinished(url: string, migrations: readonly Migration[]): Promise<Migration | undefined> {
  const { failed } = await withClient(url, (client) => readHistory(client, migrations)).catch(() => ({ failed: [''] }));
  return migrations.find(({ name }) => name === failed[0]);
}

/** Class 42 (syntax, unknown or duplicate names) speaks of the script alone; other messages can quote data. */
function explain(error: unknown, migration: Migration | undefined): unknown {
  const { code, message, position } = error as { code?: string; message?: string; position?: string };
  if (migration === undefined || code === undefined) return error;
  if (code === '53100') return error;
  const line = position ? `, line ${migration.script.slice(0, Number(position)).split('\n').length}` : '';
  const what = code.startsWith('42') ? `${message}, SQLSTATE ${code}` : `SQLSTATE ${code}`;
  return new OperatorError(
    'migration-failed',
    `The migration ${migration.name}${line} failed (${what}) and changed nothing; correct the cause and start again.`,
    { cause: error },
  );
}
