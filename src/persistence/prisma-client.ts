import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { OperatorError } from '../domain/operator-error.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const SCHEMA = join(ROOT, 'prisma/schema.prisma');
const OUTPUT = join(ROOT, 'src/persistence/prisma');
/** Names what the client was generated from, so that a changed schema or an update of Prisma is noticed. */
const STAMP = join(OUTPUT, 'generated-from.txt');

const { resolve } = createRequire(import.meta.url);
const PRISMA_MANIFEST = resolve('prisma/package.json');
const PRISMA_COMMAND = join(dirname(PRISMA_MANIFEST), 'build/index.js');

/**
 * Generates Prisma's client unless it is there and of this schema. It is not kept in git, and install scripts, which
 * would make it, are not run everywhere. Returns whether it was generated.
 */
export async function ensurePrismaClient(): Promise<boolean> {
  const wanted = await fingerprint();
  const found = await readFile(STAMP, 'utf8').catch(() => null);
  if (found === wanted) return false;
  await generatePrismaClient();
  return true;
}

export async function generatePrismaClient(): Promise<void> {
  const wanted = await fingerprint();
  const child = spawn(process.execPath, [PRISMA_COMMAND, 'generate'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      // Prisma would download a schema engine that generating does not use.
      PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true',
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
  });
  const closed = new Promise<number | null>((settle, reject) => {
    child.on('error', reject);
    child.on('close', settle);
  });
  const [, complaint, exitCode] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (exitCode !== 0) {
    throw new OperatorError(
      'client-not-generated',
      `The database client in ${OUTPUT} could not be generated; run "npm run generate" as an account that may write there (${complaint.trim().split('\n').at(-1)}).`,
    );
  }
  // Two starters may generate at once; each writes the same, and the stamp appears whole.
  const partial = `${STAMP}.${process.pid}`;
  try {
    await writeFile(partial, wanted);
    await rename(partial, STAMP);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  hash.update(await readFile(SCHEMA));
  hash.update(JSON.parse(await readFile(PRISMA_MANIFEST, 'utf8')).version);
  return `${hash.digest('hex')}\n`;
}
