/** node src/main.ts: reads the settings, starts the service, and stops it in order on SIGINT or SIGTERM. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, readConfig } from './config.ts';
import { OperatorError } from './domain/operator-error.ts';
import { createLogger, type Logger } from './logger.ts';
import { type Service, startService } from './service.ts';

/** One Ctrl-C arrives twice under npm: from the terminal and passed on by npm. */
const SAME_SIGNAL_WITHIN_MS = 500;

const interrupted = new AbortController();
const forced = Promise.withResolvers<void>();
let firstSignalAt: number | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const now = performance.now();
    if (firstSignalAt === undefined) {
      firstSignalAt = now;
      interrupted.abort();
    } else if (now - firstSignalAt > SAME_SIGNAL_WITHIN_MS) {
      forced.resolve();
    }
  });
}

/** For a person at a terminal, past the logger: the example holds a short-lived token. */
async function showBanner({ url, exampleCommand }: Service, config: Config): Promise<void> {
  const example = await exampleCommand().catch(() => null);
  const lines = [
    '',
    '  Laufzettel is running.',
    '',
    `  API         ${url}/v1`,
    config.docs ? `  Docs        ${url}/docs` : null,
    config.playground ? `  Playground  ${url}/playground` : null,
    `  Health      ${url}/healthz`,
    '',
    ...(example === null ? [] : ['  Try it:', '', example, '']),
    '  Ctrl-C stops it.',
    '',
  ];
  process.stdout.write(`${lines.filter((line) => line !== null).join('\n')}\n`);
}

async function waitForInterrupt(): Promise<void> {
  if (interrupted.signal.aborted) return;
  await new Promise<void>((resolve) => {
    interrupted.signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

async function stopService(service: Service, config: Config, log: Logger): Promise<void> {
  log.info({ code: 'stopping' }, 'stopping: running requests may end');
  const patience = Promise.race([
    sleep(config.shutdownTimeoutMs).then(() =>
      log.warn({ code: 'stopping-late' }, 'stopping: requests still ran when the time was over'),
    ),
    forced.promise.then(() => log.warn({ code: 'stopping-forced' }, 'stopping at once: a second signal came')),
  ]);
  await service.stop(patience);
  log.info({ code: 'stopped' }, 'stopped');
}

async function main(): Promise<number> {
  let log: Logger | undefined;
  try {
    const config = readConfig(process.env);
    const logger = createLogger(config);
    log = logger;
    process.on('uncaughtException', (error) => {
      logger.fatal({ err: error, code: 'unexpected' }, 'nobody expected this; stopping');
      process.exitCode = 1;
      interrupted.abort();
    });
    const service = await startService(config, logger, interrupted.signal);
    if (process.stdout.isTTY) await showBanner(service, config);
    await waitForInterrupt();
    await stopService(service, config, logger);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    // A signal while starting: everything is stopped again, as asked.
    if (interrupted.signal.aborted && error === interrupted.signal.reason) return Number(process.exitCode ?? 0);
    if (error instanceof OperatorError) {
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
    log?.fatal({ err: error, code: 'start-failed' }, 'the service could not start or stop');
    process.stderr.write('The service failed for a reason it does not know; its log names the place.\n');
    return 1;
  }
}

// Leaves at once: a client that keeps its connection open must not keep the process.
process.exit(await main());
