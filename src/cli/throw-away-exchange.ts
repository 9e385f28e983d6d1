/** A fresh exchange for a story or a trial: the whole service with its own database gone without a trace afterwards. */
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../config.ts';
import { createLogger } from '../logger.ts';
import { type Service, startService } from '../service.ts';

export interface ThrowAwayExchange {
  readonly url: string;
  /** The partners' private keys. */
  readonly keysDir: string;
}

export interface ThrowAwayOptions {
  /** Part of the name of its folder among the temporary files. */
  readonly name: string;
  /** 0: any free one. */
  readonly port: number;
  readonly interrupted: AbortSignal;
  /** Gets the service's last warnings. */
  onFailure(log: readonly string[]): void;
}

const STOP_PATIENCE_MS = 2_000;
/** So that the account under which root runs PostgreSQL can enter; the secrets in it are files of mode 0600. */
const ENTERABLE = 0o711;
const MOST_LOG_LINES = 20;

/**
 * Starts an exchange for as long as `work` takes. Stops and deletes it in any case, also when `interrupted` says so while
 * it starts. The settings of whoever runs this take no part.
 */
export async function withThrowAwayExchange<Result>(
  { name, port, interrupted, onFailure }: ThrowAwayOptions,
  work: (exchange: ThrowAwayExchange) => Promise<Result>,
): Promise<Result> {
  const directory = await mkdtemp(join(tmpdir(), `laufzettel-${name}-`));
  const dataDir = join(directory, 'data');
  const log: string[] = [];
  let service: Service | undefined;
  try {
    await chmod(directory, ENTERABLE);
    // Receivers of webhooks are tried on this machine.
    const networks = { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' };
    const config = readConfig({ DATA_DIR: dataDir, PORT: String(port), LOG_LEVEL: 'warn', ...networks });
    service = await startService(config, createLogger(config, lastLines(log)), interrupted);
    return await Promise.race([
      work({ url: service.url, keysDir: join(dataDir, 'keys') }),
      once(interrupted, 'abort').then(() => Promise.reject(interrupted.reason)),
    ]);
  } catch (error) {
    if (!interrupted.aborted) onFailure(log);
    throw error;
  } finally {
    try {
      await service?.stop(sleep(STOP_PATIENCE_MS, undefined, { ref: false }));
    } finally {
      await removeDatabaseElsewhere(dataDir);
      await rm(directory, { recursive: true, force: true });
    }
  }
}

/** Where PostgreSQL could not enter the directory, the service made it a home elsewhere and noted where. */
async function removeDatabaseElsewhere(dataDir: string): Promise<void> {
  const home = await readFile(join(dataDir, 'postgres-home'), 'utf8').catch(() => null);
  if (home !== null) await rm(home.trim(), { recursive: true, force: true });
}

function lastLines(lines: string[]): Writable {
  return new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      if (lines.length > MOST_LOG_LINES) lines.shift();
      done();
    },
  });
}
