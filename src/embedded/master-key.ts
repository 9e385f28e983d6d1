import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMasterKeys } from '../config-schema.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { unusable } from './postgres-place.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const KEY_BYTES = 32;

const pathIn = (dataDir: string): string => join(dataDir, 'master.key');

/**
 * The keys that wrap all data keys, kept in `<dataDir>/master.key`, outside the database: one, or while it is changed the new
 * one before the former. Made once, and only while the database is empty: a new key beside old data would make all of it
 * unreadable without anybody noticing at once. The data directory must be locked (startEmbeddedPostgres does it).
 */
export async function readOrMakeMasterKeys(
  dataDir: string,
  isDatabaseEmpty: () => Promise<boolean>,
): Promise<readonly Buffer[]> {
  const path = pathIn(dataDir);
  try {
    const found = await readPrivateFile(path);
    if (found !== null) return decode(path, found);
    if (!(await isDatabaseEmpty())) {
      throw new OperatorError(
        'master-key-missing',
        `${path} is missing, and without it nothing in the database can be read; restore it from a backup, or delete ${dataDir} to begin anew.`,
      );
    }
    const made = randomBytes(KEY_BYTES);
    await writePrivateFile(path, `${made.toString('base64')}\n`);
    return [made];
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

/** The same file, which must be there. Synchronous: a running service reads it where a wrapping does not open. */
export function readMasterKeyFile(dataDir: string): readonly Buffer[] {
  const path = pathIn(dataDir);
  try {
    return decode(path, readFileSync(path, 'utf8'));
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

function decode(path: string, content: string): readonly Buffer[] {
  const keys = parseMasterKeys(content);
  if (keys !== null) return keys;
  throw new OperatorError(
    'master-key-missing',
    `${path} does not hold ${KEY_BYTES} bytes in base64 on each of its lines; restore it from a backup.`,
  );
}
