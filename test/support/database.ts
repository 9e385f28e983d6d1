import { randomBytes } from 'node:crypto';
import { escapeIdentifier } from 'pg';
import { closeDatabaseToPublic, DATABASE } from '../../src/embedded/postgres-roles.ts';
import { databaseUrl, withClient } from '../../src/persistence/connection.ts';

export interface ClonedDatabase {
  readonly superUrl: string;
  readonly migrateUrl: string;
  readonly serviceUrl: string;
  readonly queueUrl: string;
  drop(): Promise<void>;
}

/** The superuser's URL of the server that test/support/run.ts started; all our roles have its password there. */
export function testServerUrl(): string {
  const url = process.env.LAUFZETTEL_TEST_POSTGRES;
  if (!url) throw new Error('this test needs a database: run it by "npm test -- <file>"');
  return url;
}

/** An own copy of the migrated database, 0.1 s. `empty: true` gives one that nobody has migrated. */
export async function cloneDatabase({ empty = false }: { empty?: boolean } = {}): Promise<ClonedDatabase> {
  const serverUrl = testServerUrl();
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = empty ? 'template1' : DATABASE;
  await withClient(serverUrl, async (client) => {
    await client.query(
      `CREATE DATABASE ${escapeIdentifier(name)} TEMPLATE ${escapeIdentifier(template)} OWNER laufzettel_migrator`,
    );
  });
  const superUrl = databaseUrl(serverUrl, name);
  await closeDatabaseToPublic(superUrl);
  return {
    superUrl,
    migrateUrl: asRole(superUrl, 'laufzettel_migrator'),
    serviceUrl: asRole(superUrl, 'laufzettel_service'),
    queueUrl: asRole(superUrl, 'laufzettel_queue'),
    async drop() {
      await withClient(serverUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${escapeIdentifier(name)} WITH (FORCE)`);
      });
    },
  };
}

function asRole(url: string, role: string): string {
  const changed = new URL(url);
  changed.username = role;
  return changed.href;
}
