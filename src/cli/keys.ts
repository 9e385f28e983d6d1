/** A client's private key as a file of its own. */
import { open, readFile } from 'node:fs/promises';
import type { JWK } from 'jose';

/** Something the user can mend; its message is one sentence for the terminal. */
export class UserError extends Error {}

/** Writes the key for its owner alone (0600). Never overwrites: a lost private key cannot be had back. */
export async function writeKeyFile(path: string, key: JWK): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw new UserError(`${path} exists and is not overwritten.`);
    throw new UserError(`${path} cannot be written (${error.code}).`);
  });
  try {
    await file.writeFile(`${JSON.stringify(key, null, 2)}\n`);
  } finally {
    await file.close();
  }
}

/** Reads a private JWK with `alg`; says nothing of the file's content when it is something else. */
export async function readKeyFile(path: string): Promise<JWK> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError(`${path} cannot be read (${error.code}).`);
  });
  const key = parse(text);
  if (typeof key?.d !== 'string' || typeof key.alg !== 'string') {
    throw new UserError(`${path} is not a private key as keygen writes it.`);
  }
  return key;
}

function parse(text: string): JWK | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
