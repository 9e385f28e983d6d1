import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { OperatorError } from '../domain/operator-error.ts';

/** Secrets are readable by their owner alone; anybody else's permission bit is a reason to refuse the file. */
const OTHERS = 0o077;
/** Keys and credentials are short; whatever is longer is not one of our files. */
const MAXIMUM_BYTES = 64 * 1024;

/** The content, or null when there is no such file. Refuses a file that group or others may read or write. */
export async function readPrivateFile(path: string): Promise<string | null> {
  let file: FileHandle;
  try {
    file = await open(path, constants.O_RDONLY);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    const { mode, size } = await file.stat();
    if ((mode & OTHERS) !== 0) {
      throw new OperatorError(
        'secret-unsafe',
        `${path} holds a secret and others may read or change it; run "chmod 600 ${path}" and start again.`,
      );
    }
    if (size > MAXIMUM_BYTES) throw new OperatorError('secret-unsafe', `${path} is too large to be a secret of ours.`);
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * Writes all or nothing: a crash or a full disk leaves the former file as it was.
 */
export async function writePrivateFile(
  path: string,
  content: string,
  { owner }: { owner?: { uid: number; gid: number } | null } = {},
): Promise<void> {
  const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
  try {
    const file = await open(partial, 'wx', 0o600);
    try {
      await file.writeFile(content);
      if (owner) await file.chown(owner.uid, owner.gid);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
