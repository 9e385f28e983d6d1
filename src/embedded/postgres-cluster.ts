import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { appendFile, chown, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { OperatorError } from '../domain/operator-error.ts';
import { isServerAlive } from './postgres-orphan.ts';
import { explainFailure, readServerLog, saysPortTaken, serverLogSize } from './postgres-output.ts';
import { type Credentials, type Place, saveCredentials } from './postgres-place.ts';
import { type Programs, runProgram } from './postgres-programs.ts';
import { settingsFile } from './postgres-settings.ts';
import { writePrivateFile } from './private-file.ts';

const START_WITHIN_SECONDS = 60;
const STOP_WITHIN_SECONDS = 30;
const MAXIMUM_PORT_TRIES = 5;
const MAXIMUM_LOG_BYTES = 1024 * 1024;

/** What starts that were killed left behind; an initdb that outlived its service may still write there, then it waits. */
export async function removeLeftovers(place: Place): Promise<void> {
  for (const name of await readdir(place.home)) {
    if (!name.startsWith('initdb-')) continue;
    await rm(join(place.home, name), { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  }
}

/** Makes the cluster aside and moves it into place, so that a start that was interrupted leaves nothing half made. */
export async function initialiseCluster(
  place: Place,
  programs: Programs,
  password: string,
  { durable }: { durable: boolean },
): Promise<void> {
  const suffix = randomBytes(4).toString('hex');
  const partial = join(place.home, `initdb-cluster-${suffix}`);
  const passwordFile = join(place.home, `initdb-password-${suffix}`);
  try {
    await mkdir(partial, { mode: 0o700 });
    if (place.user) await chown(partial, place.user.uid, place.user.gid);
    await writePrivateFile(passwordFile, `${password}\n`, { owner: place.user });
    const result = await runProgram(
      programs.initdb,
      [
        `--pgdata=${partial}`,
        '--username=postgres',
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        // Without these the locale of whoever starts decides the encoding; C gives SQL_ASCII.
        '--encoding=UTF8',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--locale=C',
        '--data-checksums',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      place.user,
    );
    if (result.exitCode !== 0) throw explainFailure(place, 'make its data directory', result);
    await appendFile(join(partial, 'postgresql.conf'), "\ninclude = 'laufzettel.conf'\n");
    await rename(partial, place.cluster);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** A cluster of another major version has another format on disk; PostgreSQL would only say so in its log. */
export async function checkMajorVersion(place: Place, programs: Programs): Promise<void> {
  const version = (await readFile(join(place.cluster, 'PG_VERSION'), 'utf8')).trim();
  if (version === programs.majorVersion) return;
  throw new OperatorError(
    'database-not-started',
    `The database in ${place.cluster} was made by PostgreSQL ${version} and this release brings ${programs.majorVersion}; run the former release, export the data, and import it into a new DATA_DIR.`,
  );
}

/**
 * Starts the server on the remembered port, or on another one when somebody else took it meanwhile.
 * Returns the credentials with the port in use. `durable: false` is for tests: a crash may then destroy the cluster.
 */
export async function startServer(
  place: Place,
  programs: Programs,
  credentials: Credentials,
  { durable }: { durable: boolean },
): Promise<Credentials> {
  await prepareServerLog(place);
  let current = credentials;
  for (let tries = 1; ; tries += 1) {
    if (!(await isFree(current.port))) {
      current = { ...current, port: await findFreePort() };
      await saveCredentials(place, current);
    }
    const settings = settingsFile(current.port, { durable });
    await writePrivateFile(join(place.cluster, 'laufzettel.conf'), settings, { owner: place.user });
    const logStart = await serverLogSize(place);
    const result = await runProgram(
      programs.pgCtl,
      [
        'start',
        '--wait',
        '--silent',
        `--timeout=${START_WITHIN_SECONDS}`,
        `--pgdata=${place.cluster}`,
        `--log=${place.serverLog}`,
      ],
      place.user,
    );
    if (result.exitCode === 0) return current;
    const output = result.output + (await readServerLog(place, logStart));
    // Between our look and the server's somebody can take the port.
    if (saysPortTaken(output) && tries < MAXIMUM_PORT_TRIES) continue;
    throw explainFailure(place, 'start', { ...result, output });
  }
}

/** Ends sessions at once and writes a checkpoint; if that takes too long, ends without one, which costs a recovery. */
export async function stopServer(place: Place, programs: Programs): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    const result = await runProgram(
      programs.pgCtl,
      ['stop', '--wait', '--silent', `--mode=${mode}`, `--timeout=${STOP_WITHIN_SECONDS}`, `--pgdata=${place.cluster}`],
      place.user,
    );
    if (result.exitCode === 0 || !(await isServerAlive(place))) return;
  }
  throw new OperatorError(
    'database-not-started',
    `PostgreSQL in ${place.cluster} does not stop; end it by its process id (first line of postmaster.pid there).`,
  );
}

/** The account cannot make files in our folder, so we make the log for it. It grows by starts and stops only; see settings. */
async function prepareServerLog(place: Place): Promise<void> {
  const size = await stat(place.serverLog).then(
    (found) => found.size,
    () => 0,
  );
  if (size > MAXIMUM_LOG_BYTES) await rename(place.serverLog, `${place.serverLog}.1`);
  const file = await open(place.serverLog, 'a', 0o600);
  try {
    if (place.user) await file.chown(place.user.uid, place.user.gid);
  } finally {
    await file.close();
  }
}

export async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('a TCP server without a port');
  return address.port;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
