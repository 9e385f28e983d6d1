import { open } from 'node:fs/promises';
import { OperatorError } from '../domain/operator-error.ts';
import type { Place } from './postgres-place.ts';
import { diskFull } from './postgres-place.ts';
import type { ProgramResult } from './postgres-programs.ts';

const FULL = /No space left on device|File too large|Disk quota exceeded/;
const PORT_TAKEN = /Address already in use|could not create any TCP\/IP sockets/;
const NO_ACCOUNT = /could not look up (?:effective|local) user ID/;
/** Longest part of the log that one start can have written and that we look at. */
const MAXIMUM_LOG_BYTES = 64 * 1024;

export async function serverLogSize(place: Place): Promise<number> {
  const file = await open(place.serverLog, 'r');
  try {
    return (await file.stat()).size;
  } finally {
    await file.close();
  }
}

/** What the server has written since its log had `from` bytes. */
export async function readServerLog(place: Place, from: number): Promise<string> {
  const file = await open(place.serverLog, 'r');
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - MAXIMUM_LOG_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(MAXIMUM_LOG_BYTES), 0, MAXIMUM_LOG_BYTES, start);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

export const saysPortTaken = (output: string) => PORT_TAKEN.test(output);

/** SIGXFSZ is how a process ends that reaches a limit on file sizes; shells report it as exit code 128 + 25. */
export const saysDiskFull = ({ output, signal }: Pick<ProgramResult, 'output' | 'signal'>) =>
  signal === 'SIGXFSZ' || FULL.test(output) || /signal 25\b|exit code 153\b|File size limit exceeded/.test(output);

/** One sentence for a program of PostgreSQL that failed. Its own words stay in the server's log. */
export function explainFailure(place: Place, step: string, result: ProgramResult): OperatorError {
  if (saysDiskFull(result)) return diskFull(place.home);
  if (NO_ACCOUNT.test(result.output)) {
    return new OperatorError(
      'database-not-started',
      `PostgreSQL wants the account it runs under to have a name, and user id ${place.user?.uid ?? process.getuid?.()} has none; add it to /etc/passwd, or name a database of your own in DATABASE_URL.`,
    );
  }
  const lastLine = result.output.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return new OperatorError(
    'database-not-started',
    `PostgreSQL could not ${step} (${lastLine || `exit code ${result.exitCode}`}); see ${place.serverLog}.`,
  );
}
