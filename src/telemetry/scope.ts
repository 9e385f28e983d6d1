/** Which request this is, for what is logged and traced below it without being handed the request. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Context } from '@opentelemetry/api';

interface Scope {
  requestId: string;
  /** The span that is open; null when nothing is traced. */
  trace: Context | null;
}

const scopes = new AsyncLocalStorage<Scope>();

export const currentScope = (): Scope | undefined => scopes.getStore();
export const within = <T>(scope: Scope, work: () => T): T => scopes.run(scope, work);

type Log = (fields: object, message: string) => void;

/** Adds the id of the request, the one that problem details carry, to what is logged while one is answered. */
export function logWithRequest<Level extends string>(logger: Record<Level, Log>, levels: readonly Level[]) {
  const add =
    (level: Level): Log =>
    (fields, message) => {
      const scope = currentScope();
      logger[level](scope === undefined ? fields : { reqId: scope.requestId, ...fields }, message);
    };
  return Object.fromEntries(levels.map((level) => [level, add(level)])) as Record<Level, Log>;
}
