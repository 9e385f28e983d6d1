import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Client } from 'pg';

export const MIGRATIONS_DIRECTORY = fileURLToPath(new URL('../../prisma/migrations', import.meta.url));

export interface Migration {
  readonly name: string;
  readonly script: string;
}

/** The migrations that this release brings, in their order. */
export async function readMigrations(directory: string): Promise<Migration[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.toSorted().map(async (name) => ({
      name,
      script: await readFile(join(directory, name, 'migration.sql'), 'utf8'),
    })),
  );
}

/** What a database has behind it, compared with what this release brings. */
export interface History {
  readonly applied: readonly string[];
  /** Begun and not finished: the script failed, and being one transaction it left nothing. */
  readonly failed: readonly string[];
  readonly missing: readonly string[];
  /** Applied by a newer release. */
  readonly unknown: readonly string[];
  /** Applied, and changed in the code since. */
  readonly edited: readonly string[];
}

interface Row {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished: boolean;
}

export async function readHistory(client: Client, migrations: readonly Migration[]): Promise<History> {
  const rows = await readRows(client);
  const finished = rows.filter((row) => row.finished);
  const applied = finished.map((row) => row.migration_name);
  const byName = new Map(migrations.map((migration) => [migration.name, migration]));
  return {
    applied,
    failed: rows.filter((row) => !row.finished).map((row) => row.migration_name),
    missing: migrations.map(({ name }) => name).filter((name) => !applied.includes(name)),
    unknown: applied.filter((name) => !byName.has(name)),
    edited: finished
      .filter(({ migration_name: name, checksum }) => byName.has(name) && checksumOf(byName.get(name)!) !== checksum)
      .map((row) => row.migration_name),
  };
}

async function readRows(client: Client): Promise<Row[]> {
  // The catalogue can be read by everybody; asking for the table itself would fail where nobody has migrated yet.
  const table = await client.query(
    `SELECT FROM pg_catalog.pg_class
     JOIN pg_catalog.pg_namespace ON pg_namespace.oid = pg_class.relnamespace
     WHERE nspname = 'public' AND relname = '_prisma_migrations'`,
  );
  if (table.rowCount === 0) return [];
  const { rows } = await client.query<Row>(
    `SELECT migration_name, checksum, finished_at IS NOT NULL AS finished
     FROM public._prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows;
}

/** As Prisma's engine writes it. */
function checksumOf({ script }: Migration): string {
  return createHash('sha256').update(script).digest('hex');
}
