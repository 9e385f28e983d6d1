import { readFile } from 'node:fs/promises';
import { escapeIdentifier, escapeLiteral } from 'pg';
import { databaseUrl, withClient } from '../persistence/connection.ts';

export const DATABASE = 'laufzettel';
const ROLES_FILE = new URL('../../prisma/roles.sql', import.meta.url);
const DATABASE_FILE = new URL('../../prisma/database.sql', import.meta.url);

/**
 * Makes the roles and the database, or brings them back to what they should be; idempotent.
 * `superUrl` names the database `postgres`.
 */
export async function prepareDatabase(
  superUrl: string,
  passwords: { readonly migrator: string; readonly service: string },
): Promise<void> {
  await withClient(superUrl, async (client) => {
    await client.query(await readFile(ROLES_FILE, 'utf8'));
    await client.query(`ALTER ROLE laufzettel_migrator PASSWORD ${escapeLiteral(passwords.migrator)}`);
    await client.query(`ALTER ROLE laufzettel_service PASSWORD ${escapeLiteral(passwords.service)}`);
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${escapeIdentifier(DATABASE)} OWNER laufzettel_migrator`);
  });
  await closeDatabaseToPublic(databaseUrl(superUrl, DATABASE));
}

/** Run in the database itself: revokes what PostgreSQL gives to PUBLIC and lets our roles connect. */
export async function closeDatabaseToPublic(superUrl: string): Promise<void> {
  await withClient(superUrl, async (client) => {
    await client.query(await readFile(DATABASE_FILE, 'utf8'));
  });
}
