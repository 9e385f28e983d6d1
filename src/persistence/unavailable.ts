/** Failures to be served by the database, of all that it may say: they pass, and nobody here or at the caller is at fault. */
import { StoreUnavailable } from '../usecases/ports.ts';

/** Cancelled for its time (57014), shutting down or starting (57P..), no connection left (53300), connection broken (08...). */
const SQLSTATES = /^(?:57014|57P0[1-5]|53300|08\w{3})$/;
const NETWORK = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
]);
/** Prisma's: not reached, timed out, connection closed, none left in the pool, a transaction that could not begin. */
const PRISMA = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2037']);
/** What Prisma's adapter makes of a failing socket, with nothing else to know it by. */
const KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout']);
/** pg says these without a code: no connection of the pool came free, or the server went away. */
const WORDS = /timeout exceeded when trying to connect|Connection terminated|not queryable/;

/** The failure for a use case, told to `report` by its code alone; null for any other error. */
export function asUnavailable(error: unknown, report?: (code: string) => void): StoreUnavailable | null {
  const code = codeOf(error);
  if (code === null) return null;
  report?.(code);
  return new StoreUnavailable(code, { cause: error });
}

interface Cause {
  kind?: unknown;
  originalCode?: unknown;
  originalMessage?: unknown;
}

interface Failure {
  code?: unknown;
  message?: unknown;
  name?: unknown;
  cause?: Cause;
  meta?: { driverAdapterError?: { cause?: Cause } };
}

function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { name, code, message, cause, meta } = error as Failure;
  // BEGIN and COMMIT fail as the adapter's own error, all else within one of Prisma's.
  const own = name === 'DriverAdapterError' ? cause : undefined;
  const { kind, originalCode, originalMessage } = meta?.driverAdapterError?.cause ?? own ?? {};
  if (typeof kind === 'string' && KINDS.has(kind)) return kind;
  for (const one of [originalCode, code]) {
    if (typeof one === 'string' && (SQLSTATES.test(one) || NETWORK.has(one) || PRISMA.has(one))) return one;
  }
  const isKnown = [originalMessage, message].some((words) => typeof words === 'string' && WORDS.test(words));
  return isKnown ? 'connection-lost' : null;
}
