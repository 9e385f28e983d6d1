import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { unusable } from './postgres-place.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

const KEY_BYTES = 32;

/**
 * The key that wraps all data keys, kept in `<dataDir>/master.key`, outside the database. Made once, and only while the
 * database is empty: a new key beside old data would make all of it unreadable without anybody noticing at once.
 * The data directory must be locked (startEmbeddedPostgres does it).
 */
export async function readOrMakeMasterKey(dataDir: string, isDatabaseEmpty: () => Promise<boolean>): Promise<Buffer> {
  const path = join(dataDir, 'master.key');
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
    return made;
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

function decode(path: string, content: string): Buffer {
  const text = content.trim();
  if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return Buffer.from(text, 'base64');
  throw new OperatorError(
    'master-key-missing',
    `${path} does not hold ${KEY_BYTES} bytes in base64; restore it from a backup.`,
  );
}
