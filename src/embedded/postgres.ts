import { existsSync } from 'node:fs';
import { OperatorError } from '../domain/operator-error.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import {
  checkMajorVersion,
  findFreePort,
  initialiseCluster,
  removeLeftovers,
  startServer,
  stopServer,
} from './postgres-cluster.ts';
import { findRunningServer } from './postgres-orphan.ts';
import { readServerLog, saysDiskFull, serverLogSize } from './postgres-output.ts';
import {
  type Credentials,
  diskFull,
  findPlace,
  makeDataDirectory,
  newCredentials,
  type Place,
  readCredentials,
  saveCredentials,
  unusable,
} from './postgres-place.ts';
import { type Programs, preparePrograms } from './postgres-programs.ts';
import { DATABASE, prepareDatabase } from './postgres-roles.ts';

export interface EmbeddedPostgres {
  /** The superuser in the database `postgres`. */
  readonly superUrl: string;
  /** laufzettel_migrator and laufzettel_service in the database `laufzettel`. */
  readonly migrateUrl: string;
  readonly serviceUrl: string;
  readonly port: number;
  /** A server that had outlived its service was found and taken over. */
  readonly reused: boolean;
  /** A full disk ends PostgreSQL in ways that only its log explains; says so if that happened since the start. */
  diskFullSinceStart(): Promise<OperatorError | null>;
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  readonly dataDir: string;
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** false: faster, and a crash may destroy the database. For tests only. */
  readonly durable?: boolean;
}

/**
 * Starts the PostgreSQL that comes along, or takes over the one a killed service left running.
 * Throws an OperatorError whose sentence says what to do; then nothing is left running.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const dataDirectory = await makeDataDirectory(options.dataDir);
  const locks: DirectoryLock[] = [await lockDirectory(dataDirectory)];
  try {
    const place = await findPlace(dataDirectory, options.log);
    // A copied data directory leads to the same home, and must not lead to a second server there.
    if (place.home !== dataDirectory) locks.push(await lockDirectory(place.home));
    return await startAt(place, options, locks);
  } catch (error) {
    await releaseAll(locks);
    throw unusable(dataDirectory, error);
  }
}

async function startAt(
  place: Place,
  { log, durable = true }: EmbeddedPostgresOptions,
  locks: readonly DirectoryLock[],
): Promise<EmbeddedPostgres> {
  const startedAt = performance.now();
  const programs = await preparePrograms(place.home, place.user);
  let credentials = await readOrMakeCredentials(place);
  await removeLeftovers(place);
  if (!existsSync(place.cluster)) {
    await initialiseCluster(place, programs, credentials.passwords.superuser, { durable });
  }
  if (!credentials.initialised) {
    credentials = { ...credentials, initialised: true };
    await saveCredentials(place, credentials);
  }
  await checkMajorVersion(place, programs);

  const runningPort = await findRunningServer(place, credentials);
  const reused = runningPort !== null;
  credentials = reused
    ? { ...credentials, port: runningPort }
    : await startServer(place, programs, credentials, { durable });
  const logStart = await serverLogSize(place);
  const { port, passwords } = credentials;
  const superUrl = `postgresql://postgres:${passwords.superuser}@127.0.0.1:${port}/postgres`;
  const diskFullSinceStart = () => findDiskFull(place, logStart);
  try {
    await prepareDatabase(superUrl, passwords);
  } catch (error) {
    const full = (error as { code?: string }).code === '53100' ? diskFull(place.home) : await diskFullSinceStart();
    await stopServer(place, programs).catch(() => {});
    throw full ?? error;
  }
  log.info(
    {
      code: reused ? 'postgres-taken-over' : 'postgres-started',
      port,
      reused,
      directory: place.home,
      durationMs: Math.round(performance.now() - startedAt),
    },
    reused ? 'took over the PostgreSQL that a killed service left running' : 'started PostgreSQL',
  );
  const asRole = (role: string, password: string) => `postgresql://${role}:${password}@127.0.0.1:${port}/${DATABASE}`;
  return {
    superUrl,
    migrateUrl: asRole('laufzettel_migrator', passwords.migrator),
    serviceUrl: asRole('laufzettel_service', passwords.service),
    port,
    reused,
    diskFullSinceStart,
    stop: onlyOnce(() => stop(place, programs, locks)),
  };
}

async function readOrMakeCredentials(place: Place): Promise<Credentials> {
  const found = await readCredentials(place);
  const clusterExists = existsSync(place.cluster);
  if (found?.initialised && !clusterExists) {
    throw new OperatorError(
      'database-missing',
      `The database of ${place.dataDirectory} is no longer in ${place.cluster}; restore it there, or delete ${place.dataDirectory} to begin with an empty one.`,
    );
  }
  if (!found && clusterExists) {
    throw new OperatorError(
      'database-missing',
      `${place.dataDirectory}/postgres.json with the passwords of the database in ${place.cluster} is missing; restore it from a backup.`,
    );
  }
  if (found) return found;
  const made = newCredentials(await findFreePort());
  await saveCredentials(place, made);
  return made;
}

async function findDiskFull(place: Place, logStart: number): Promise<OperatorError | null> {
  const output = await readServerLog(place, logStart).catch(() => '');
  return saysDiskFull({ output, signal: null }) ? diskFull(place.home) : null;
}

async function stop(place: Place, programs: Programs, locks: readonly DirectoryLock[]): Promise<void> {
  try {
    await stopServer(place, programs);
  } finally {
    await releaseAll(locks);
  }
}

async function releaseAll(locks: readonly DirectoryLock[]): Promise<void> {
  for (const lock of locks.toReversed()) await lock.release();
}

function onlyOnce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
