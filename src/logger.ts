import { type DestinationStream, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino';
import type { Config } from './config.ts';
import { OperatorError } from './domain/operator-error.ts';

export type { Logger };

/**
 * The log says which call, which ids and which codes; never what a person is or has. So nothing is logged by listing
 * what to leave out: a request is its method and route, an error is its code and its place in the code, and any other
 * object is left out unless it is plain ids, numbers or short words.
 */
export function createLogger({ logLevel }: Pick<Config, 'logLevel'>, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level: logLevel,
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: plainFieldsOnly },
    serializers: { err: describeError, error: describeError, req: describeRequest, res: describeReply },
    hooks: {
      // pino and Fastify take an error's text as the message of the line, and such texts quote values.
      logMethod(args, method) {
        const [first, message] = args as unknown as [unknown, unknown];
        const error = first instanceof Error ? first : (first as { err?: unknown } | null | undefined)?.err;
        if (!(error instanceof Error)) return method.apply(this, args.map(withoutUrl) as typeof args);
        const fields = first instanceof Error ? { err: first } : (first as object);
        const text = typeof message === 'string' && message !== error.message ? message : 'an error was thrown';
        return method.call(this, fields, text);
      },
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Fastify's own line for an unknown path repeats all of it. */
function withoutUrl(part: unknown): unknown {
  return typeof part === 'string' && /^Route \w+:/.test(part) ? 'no such route' : part;
}

const MAXIMUM_TEXT = 200;
const MAXIMUM_ITEMS = 20;
const SERIALISED = new Set(['err', 'error', 'req', 'res']);

function plainFieldsOnly(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, SERIALISED.has(name) ? value : plain(value)]),
  );
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return value.length > MAXIMUM_TEXT ? '[left out: too long]' : value;
  if (Array.isArray(value))
    return value.slice(0, MAXIMUM_ITEMS).map((item) => (Array.isArray(item) ? '[left out]' : plain(item)));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && value !== null) return '[left out]';
  return typeof value === 'function' ? undefined : value;
}

interface LoggedRequest {
  readonly method?: string;
  readonly url?: string;
  readonly routeOptions?: { readonly url?: string | undefined };
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The path with the ids that fit its route; what else somebody wrote into the path, and the query, stay out. */
function describeRequest({ method, url = '', routeOptions }: LoggedRequest): object {
  const route = routeOptions?.url;
  if (!route) return { method, path: '[no such route]' };
  const written = url.split('?')[0]!.split('/');
  const path = route.split('/').map((part, index) => {
    if (!/[:*]/.test(part)) return part;
    return UUID.test(written[index] ?? '') ? written[index] : part;
  });
  return { method, path: path.join('/') };
}

function describeReply({ statusCode }: { readonly statusCode?: number }): object {
  return { statusCode };
}

const MAXIMUM_CAUSES = 3;
const MAXIMUM_FRAMES = 20;
const CODE = /^[\w.-]{1,64}$/;

interface LoggedError extends Error {
  readonly code?: unknown;
  readonly statusCode?: unknown;
  readonly constraint?: unknown;
  readonly table?: unknown;
  readonly issues?: unknown;
}

/**
 * Ours: code and sentence, which never carry a value. Anybody else's: its kind, its code and where it was thrown, since
 * texts like "invalid input syntax for type date: …" and PostgreSQL's details quote what somebody wrote.
 */
export function describeError(value: unknown, causes = 0): unknown {
  if (!(value instanceof Error)) return '[not an error]';
  const error: LoggedError = value;
  if (error instanceof OperatorError) return { type: error.name, code: error.code, message: error.message };
  return {
    type: word(error.name) ?? word(error.constructor.name) ?? 'Error',
    code: word(error.code),
    statusCode: typeof error.statusCode === 'number' ? error.statusCode : undefined,
    constraint: word(error.constraint),
    table: word(error.table),
    issues: Array.isArray(error.issues) ? issueCodes(error.issues) : undefined,
    // Frames only: the lines before them repeat the message, however many lines it has.
    stack: framesOf(error),
    cause: error.cause instanceof Error && causes < MAXIMUM_CAUSES ? describeError(error.cause, causes + 1) : undefined,
  };
}

function framesOf({ stack = '' }: Error): string {
  return stack
    .split('\n')
    .filter((line) => /^ {4}at .*(?:\(|file:|node:|\/).*:\d+:\d+\)?$/.test(line))
    .slice(0, MAXIMUM_FRAMES)
    .map((line) => line.trim())
    .join('\n');
}

/** zod's issues: what kind of fault each is, and neither its message nor its input nor its path. */
function issueCodes(issues: readonly unknown[]): unknown[] {
  return issues.slice(0, MAXIMUM_ITEMS).map((issue) => word((issue as { code?: unknown } | null)?.code));
}

function word(value: unknown): string | undefined {
  return (typeof value === 'string' || typeof value === 'number') && CODE.test(String(value))
    ? String(value)
    : undefined;
}
