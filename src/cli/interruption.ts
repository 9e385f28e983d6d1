/** What ends a command that has something to clear away. */

export class Interrupted extends Error {
  override message = 'Interrupted; the exchange was stopped and removed.';
}

/**
 * Ends the work on Ctrl-C, on a request to end, when the reader went away (`npm run demo | head`), and on what nobody
 * expected: in each case the database has to be stopped, which a process that just ends would leave running.
 */
export function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort(new Interrupted());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupt);
  process.on('uncaughtException', (error) => controller.abort(error));
  return controller.signal;
}
