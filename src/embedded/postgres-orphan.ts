import { existsSync, readlinkSync, realpathSync } from 'node:fs';
import { chown, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { OperatorError } from '../domain/operator-error.ts';
import type { Credentials, Place } from './postgres-place.ts';

const LOOK_EVERY_MS = 100;
/** A server that was interrupted while recovering may need a while; longer than this is for a person to look at. */
const READY_WITHIN_MS = 60_000;
/** Above the highest process id that Linux gives (2^22), so no process can ever have it. */
const NOBODYS_PROCESS_ID = 5_000_000;

/**
 * The port of a server of this cluster that outlived its service (SIGKILL), or null when none runs.
 * Never guesses: a server counts as ours when its process works in our cluster, takes our password and names our folder.
 */
export async function findRunningServer(place: Place, credentials: Credentials): Promise<number | null> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (existsSync(pidFile(place))) {
    const [processId, , , port] = (await readFile(pidFile(place), 'utf8').catch(() => '')).split('\n');
    if (processId && !worksIn(Number(processId), place.cluster)) {
      await disown(place);
      return null;
    }
    if (port && (await answers(place, Number(port), credentials))) return Number(port);
    if (performance.now() > deadline) {
      throw new OperatorError(
        'database-not-started',
        `A PostgreSQL server (process ${processId}) already runs on ${place.cluster} and does not answer; end it and start again.`,
      );
    }
    await sleep(LOOK_EVERY_MS);
  }
  return null;
}

/** Is there a server process on this cluster? A postmaster.pid alone does not say so: a killed server leaves it behind. */
export async function isServerAlive(place: Place): Promise<boolean> {
  const [processId] = (await readFile(pidFile(place), 'utf8').catch(() => '')).split('\n');
  return Boolean(processId) && worksIn(Number(processId), place.cluster);
}

const pidFile = (place: Place) => join(place.cluster, 'postmaster.pid');

function worksIn(processId: number, cluster: string): boolean {
  try {
    return readlinkSync(`/proc/${processId}/cwd`) === realpathSync(cluster);
  } catch {
    return false;
  }
}

/**
 * After a machine's crash the process id in postmaster.pid may belong to anybody, and PostgreSQL refuses to start if that
 * is another process of its account. Deleting the file would also switch off PostgreSQL's own check for backends that
 * outlived their server (its shared memory key stands there), so only the process id is replaced.
 */
async function disown(place: Place): Promise<void> {
  const [, ...rest] = (await readFile(pidFile(place), 'utf8')).split('\n');
  await writeFile(pidFile(place), [NOBODYS_PROCESS_ID, ...rest].join('\n'));
  if (place.user) await chown(pidFile(place), place.user.uid, place.user.gid);
}

async function answers(place: Place, port: number, { passwords }: Credentials): Promise<boolean> {
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: passwords.superuser,
    database: 'postgres',
    connectionTimeoutMillis: 2000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ directory: string }>("SELECT current_setting('data_directory') AS directory");
    return realpathSync(rows[0]!.directory) === realpathSync(place.cluster);
  } catch (error) {
    if ((error as { code?: string }).code === '28P01') {
      throw new OperatorError(
        'database-missing',
        `${place.dataDirectory}/postgres.json does not hold the passwords of the database in ${place.cluster}; restore both from the same backup.`,
      );
    }
    return false; // starting up, recovering or shutting down: ask again
  } finally {
    await client.end().catch(() => {});
  }
}
