import type { Config } from './config.ts';
import { OperatorError } from './domain/operator-error.ts';

const NO_ANSWER = new Set(['ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT', 'EPIPE', '57P03']);
const UNKNOWN_HOST = new Set(['ENOTFOUND', 'EAI_AGAIN']);

/** What a failing connection means to the operator; `variable` is the setting the URL came from. The URL stays unsaid. */
export function explainDatabaseFailure(error: unknown, variable: string, url: string): unknown {
  if (error instanceof OperatorError) return error;
  const { code, message } = error as { code?: string; message?: string };
  const { host, username, pathname } = new URL(url);
  const database = pathname.slice(1);
  if (code && UNKNOWN_HOST.has(code)) {
    return new OperatorError('database-unreachable', `The host ${host} of ${variable} is unknown; correct the name.`);
  }
  if ((code && NO_ANSWER.has(code)) || /timeout|terminated unexpectedly/.test(message ?? '')) {
    return new OperatorError(
      'database-unreachable',
      `The database at ${host} does not answer (${code ?? 'timeout'}); start it, or correct ${variable}.`,
    );
  }
  if (code?.startsWith('28') || /SASL|password must be a string/.test(message ?? '')) {
    return new OperatorError(
      'database-login-refused',
      `The database at ${host} refuses the login of ${decodeURIComponent(username) || 'nobody'}; correct user and password in ${variable}.`,
    );
  }
  if (code === '3D000') {
    return new OperatorError(
      'database-unreachable',
      `The server at ${host} has no database "${decodeURIComponent(database)}"; create it as prisma/roles.sql says, or correct ${variable}.`,
    );
  }
  if (code === '42501') {
    return new OperatorError(
      'database-login-refused',
      `${decodeURIComponent(username)} lacks rights in the database at ${host}; run prisma/roles.sql and prisma/database.sql as they say, and use laufzettel_migrator in MIGRATE_DATABASE_URL.`,
    );
  }
  if (code === '53300') {
    return new OperatorError(
      'database-unreachable',
      `The database at ${host} has no connection left; lower POOL_SIZE or raise its max_connections.`,
    );
  }
  if (code === '53100') {
    return new OperatorError(
      'disk-full',
      `The disk of the database at ${host} is full; free some space and start again.`,
    );
  }
  return error;
}

/** What a failing listen() means to the operator; `settings` are those that host and port came from. */
export function explainListenFailure(
  error: unknown,
  { host, port }: Pick<Config, 'host' | 'port'>,
  settings: { host: string; port: string } = { host: 'HOST', port: 'PORT' },
): unknown {
  const { code } = error as { code?: string };
  if (code === 'EADDRINUSE') {
    return new OperatorError(
      'port-taken',
      `Port ${port} on ${host} is taken by another program; stop that, or set ${settings.port} to another one (0: any free one).`,
    );
  }
  if (code === 'EACCES') {
    return new OperatorError(
      'address-unusable',
      `This account may not listen on port ${port}; set ${settings.port} to one above 1023.`,
    );
  }
  if (code && ['EADDRNOTAVAIL', 'EINVAL', ...UNKNOWN_HOST].includes(code)) {
    return new OperatorError(
      'address-unusable',
      `${host} is no address of this machine; set ${settings.host} to one, for example 127.0.0.1.`,
    );
  }
  return error;
}

/** Node's own codes for a disk that takes no more, wherever they come up. */
export function explainFileFailure(error: unknown): unknown {
  const { code, path } = error as NodeJS.ErrnoException;
  if (code !== undefined && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)) {
    return new OperatorError(
      'disk-full',
      `The disk is full${path ? ` (${path})` : ''}; free some space and start again.`,
    );
  }
  return error;
}
