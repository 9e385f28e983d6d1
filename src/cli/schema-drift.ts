/**
 * Do the migrations and prisma/schema.prisma say the same? Applies the migrations to an empty database and lets Prisma's
 * engine compare. Exit code 1 and the difference when they do not. What Prisma does not know (checks, functions, row
 * security, grants) is not compared: it stands in the migrations alone.
 */
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OperatorError } from '../domain/operator-error.ts';
import { startEmbeddedPostgres } from '../embedded/postgres.ts';
import { migrate } from '../persistence/migrate.ts';
import { withSchemaEngine } from '../persistence/schema-engine.ts';

const SCHEMA = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url));
const silent = { info() {}, warn() {} };

/** The script that would bring the migrated database to the schema; empty when there is nothing to do. */
export async function findDrift(migratedUrl: string, schema: string): Promise<string> {
  const files = [{ path: 'schema.prisma', content: schema }];
  return withSchemaEngine({ url: migratedUrl }, async (engine) => {
    const result = await engine.diff({
      // "Datasource" means the database behind the engine's adapter, whatever the files say.
      from: { tag: 'schemaDatasource', files, configDir: dirname(SCHEMA) },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.exitCode === 0 ? '' : (result.stdout ?? 'unknown difference');
  });
}

async function run(): Promise<number> {
  const dataDir = await mkdtemp(join(tmpdir(), 'laufzettel-drift-'));
  await chmod(dataDir, 0o711);
  try {
    const postgres = await startEmbeddedPostgres({ dataDir, log: silent, durable: false });
    try {
      await migrate(postgres.migrateUrl, { log: silent });
      const drift = await findDrift(postgres.migrateUrl, await readFile(SCHEMA, 'utf8'));
      if (drift === '') return 0;
      console.error(`prisma/schema.prisma and prisma/migrations differ; what the migrations lack:\n\n${drift}`);
      return 1;
    } finally {
      await postgres.stop();
    }
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  process.exitCode = await run().catch((error: unknown) => {
    console.error(error instanceof OperatorError ? error.message : error);
    return 1;
  });
}
