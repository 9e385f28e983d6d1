import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { OperatorError } from '../domain/operator-error.ts';

export interface DirectoryLock {
  release(): Promise<void>;
}

const ANSWER_WITHIN_MS = 1000;

/**
 * One service per data directory. The lock is a socket in Linux' abstract namespace: the kernel gives it to one process
 * only and takes it back when that process ends, however it ends, so nothing stale is left behind by SIGKILL or a crash.
 * A lock file would need a check of pid and start time, and a takeover that two starters can both win.
 * Whoever connects is told the process id, for the sentence the second starter shows.
 * Limit: it holds within one network namespace; two containers must not share a data directory.
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const { dev, ino } = await stat(directory);
  const name = `\0laufzettel-data-${dev}-${ino}`;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.end(String(process.pid));
  });
  server.listen(name);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    const holder = await askHolder(name);
    throw new OperatorError(
      'data-dir-in-use',
      `Another Laufzettel service${holder} already uses the data directory ${directory}; stop it, or give this one a DATA_DIR of its own.`,
    );
  }
  server.unref();
  return {
    async release() {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

async function askHolder(name: string): Promise<string> {
  const socket = connect(name);
  socket.setTimeout(ANSWER_WITHIN_MS, () => socket.destroy(new Error('no answer')));
  try {
    const answer = await text(socket);
    return /^\d+$/.test(answer) ? ` (process ${answer})` : '';
  } catch {
    return '';
  }
}
