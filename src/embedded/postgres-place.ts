import { createHash, randomBytes } from 'node:crypto';
import { constants, existsSync } from 'node:fs';
import { access, chmod, mkdir, readFile, realpath, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { canEnter, chooseUser, type RunAs } from './postgres-user.ts';
import { readPrivateFile, writePrivateFile } from './private-file.ts';

/** Where everything of one embedded PostgreSQL lies. */
export interface Place {
  readonly dataDirectory: string;
  /** Holds the cluster, the server's log and, where needed, a copy of the programs. Owned by us, not by the account. */
  readonly home: string;
  readonly cluster: string;
  readonly serverLog: string;
  readonly user: RunAs;
}

export interface Credentials {
  readonly port: number;
  readonly passwords: { readonly superuser: string; readonly migrator: string; readonly service: string };
  /** Set once the cluster stands; from then on a missing cluster is a loss to report, not a reason to make a new one. */
  readonly initialised: boolean;
}

const ENTERABLE = 0o711;
const OURS_ALONE = 0o700;
/** Homes tried in turn when the account cannot enter the data directory; the last one may be emptied by a reboot. */
const OUTSIDE_HOMES = ['/var/lib/laufzettel', join(tmpdir(), 'laufzettel-databases')];
const MAXIMUM_HOMES = 100;

type Warn = { warn(fields: object, message: string): void };

/** Makes the data directory if it is missing and returns its real path. Root's is enterable: its secrets are files of mode 0600. */
export async function makeDataDirectory(dataDir: string): Promise<string> {
  try {
    const created = await mkdir(dataDir, { recursive: true });
    // chmod, because a strict umask takes bits away from what mkdir is told.
    if (created !== undefined) await chmod(dataDir, process.getuid?.() === 0 ? ENTERABLE : OURS_ALONE);
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK);
    return await realpath(dataDir);
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

/** The data directory must be locked by the caller: two starters would choose two homes. */
export async function findPlace(dataDirectory: string, log: Warn): Promise<Place> {
  const record = join(dataDirectory, 'postgres-home');
  const recorded = existsSync(record) ? (await readFile(record, 'utf8')).trim() : null;
  if (recorded !== null) return makePlace(dataDirectory, recorded, chooseUser(join(recorded, 'cluster')));

  const inside = join(dataDirectory, 'postgres');
  const user = chooseUser(join(inside, 'cluster'));
  try {
    if (existsSync(inside) || canEnter(user, dataDirectory)) {
      await mkdir(inside, { recursive: true });
      await chmod(inside, user ? ENTERABLE : OURS_ALONE);
      return makePlace(dataDirectory, inside, user);
    }
    const home = await makeOutsideHome(dataDirectory, user, log);
    await writeFile(record, `${home}\n`);
    return makePlace(dataDirectory, home, user);
  } catch (error) {
    throw unusable(dataDirectory, error);
  }
}

function makePlace(dataDirectory: string, home: string, user: RunAs): Place {
  return { dataDirectory, home, user, cluster: join(home, 'cluster'), serverLog: join(home, 'server.log') };
}

/**
 * A home that nobody has: when a data directory was deleted by hand its former database still lies there, cannot be
 * opened any more (its passwords and master key went with the data directory), and is not ours to delete.
 */
async function makeOutsideHome(dataDirectory: string, user: RunAs, log: Warn): Promise<string> {
  const hash = createHash('sha256').update(dataDirectory).digest('hex').slice(0, 16);
  for (const base of OUTSIDE_HOMES) {
    try {
      if ((await mkdir(base, { recursive: true })) !== undefined) await chmod(base, ENTERABLE);
      if (!canEnter(user, base)) continue;
      for (let count = 1; count <= MAXIMUM_HOMES; count += 1) {
        const home = join(base, count === 1 ? hash : `${hash}-${count}`);
        if (existsSync(home)) {
          log.warn(
            { code: 'former-database', home },
            'a former database of this data directory lies here; delete it when it is no longer needed',
          );
          continue;
        }
        await mkdir(home);
        await chmod(home, ENTERABLE);
        if (base !== OUTSIDE_HOMES[0])
          log.warn(
            { code: 'database-in-temporary-folder', home },
            'the database lies in a temporary folder, for want of another',
          );
        return home;
      }
    } catch (error) {
      if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  throw new OperatorError(
    'data-dir-unusable',
    `The account that runs PostgreSQL cannot enter ${dataDirectory}, and neither ${OUTSIDE_HOMES.join(' nor ')} can be used instead; set DATA_DIR to a directory whose parents everybody may enter.`,
  );
}

const credentialsFile = (dataDirectory: string) => join(dataDirectory, 'postgres.json');

export const readCredentials = (place: Place): Promise<Credentials | null> => readCredentialsOf(place.dataDirectory);

/** null: there are none yet. */
export async function readCredentialsOf(dataDirectory: string): Promise<Credentials | null> {
  const content = await readPrivateFile(credentialsFile(dataDirectory));
  return content === null ? null : JSON.parse(content);
}

export async function saveCredentials(place: Place, credentials: Credentials): Promise<void> {
  await writePrivateFile(credentialsFile(place.dataDirectory), `${JSON.stringify(credentials, null, 2)}\n`);
}

export function newCredentials(port: number): Credentials {
  const password = () => randomBytes(24).toString('base64url');
  return { port, passwords: { superuser: password(), migrator: password(), service: password() }, initialised: false };
}

const DISK_FULL = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** What a failing file operation in the data directory means, in one sentence. */
export function unusable(directory: string, error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code === undefined || error instanceof OperatorError) return error;
  if (DISK_FULL.has(code)) return diskFull(directory);
  if (['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'].includes(code)) {
    return new OperatorError(
      'data-dir-unusable',
      `The data directory ${directory} cannot be used (${code} at ${path ?? dirname(directory)}); make it writable for this account, or set DATA_DIR to one that is.`,
      { cause: error },
    );
  }
  return error;
}

export function diskFull(directory: string): OperatorError {
  return new OperatorError('disk-full', `The disk below ${directory} is full; free some space and start again.`);
}
