import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Environment, type LOG_LEVELS, parseMasterKeys, type Settings } from './config-schema.ts';
import { OperatorError } from './domain/operator-error.ts';
import type { Secret } from './secret.ts';

export interface ExternalIssuer {
  readonly issuerUrl: string;
  readonly jwksUrl: string;
  readonly audience: string;
  /** The claim of an access token that names the agency. */
  readonly agencyClaim: string;
}

export type DatabaseConfig =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'external'; readonly url: Secret<string>; readonly migrateUrl: Secret<string> | null };

/** What one process takes; see .env.example for what each is for. */
export interface Limits {
  readonly requestsPerMinute: number;
  readonly strangersPerMinute: number;
  readonly requestTimeoutMs: number;
  readonly handlerTimeoutMs: number;
  readonly statementTimeoutMs: number;
  readonly connections: number;
  /** 0: never under pressure by it. */
  readonly eventLoopDelayMs: number;
  /** Of what Node may use at most. 0: as above. */
  readonly heapPercent: number;
}

export interface Config {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** Without a slash at the end; what callers reach the service by, behind whatever proxy. */
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly database: DatabaseConfig;
  /**
   * 32 bytes each, the new one first while it is changed; null: made once and kept in the data directory. Never null with a
   * database of the operator's.
   */
  readonly masterKeys: Secret<readonly Buffer[]> | null;
  /** The file that they came from and may be read from again; null: they stood in the environment. */
  readonly masterKeyFile: string | null;
  /** null: the built-in issuer. */
  readonly externalIssuer: ExternalIssuer | null;
  readonly docs: boolean;
  readonly playground: boolean;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly poolSize: number;
  /** Of one agency, at one instance; a preview answers questions about a person. */
  readonly previewsPerMinute: number;
  readonly limits: Limits;
  /** As Fastify takes it: nobody, everybody, so many hops, or these addresses. */
  readonly trustProxy: boolean | number | string[];
  /** What one attempt to deliver to a webhook may take. */
  readonly webhookTimeoutMs: number;
  /** In CIDR notation: networks that webhooks may lead to though not everybody can reach them. */
  readonly webhookNetworks: readonly string[];
  readonly shutdownTimeoutMs: number;
  /** One line for each erasure, to be applied again after a restore. Never in the database, nor in its backup. */
  readonly erasureLedgerFile: string;
  /** null: no metrics. A listener of its own, for whoever runs the exchange. Port 0: any free one. */
  readonly metrics: { readonly host: string; readonly port: number } | null;
  /** Where traces are sent by OTLP over HTTP, without a slash at the end; null: there are none. */
  readonly tracesUrl: string | null;
}

/** Reads the settings. Throws an OperatorError that names the variable and what to write, and never shows its value. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const result = Environment.safeParse(readFiles(withoutEmpty(environment)));
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw wrong(`${path.join('.')} ${message}.`);
  }
  const settings = result.data;
  const {
    HOST: host,
    PORT: port,
    DATABASE_URL: url,
    MIGRATE_DATABASE_URL: migrateUrl,
    MASTER_KEY: masterKeys,
  } = settings;
  if (migrateUrl && !url) throw wrong('MIGRATE_DATABASE_URL needs DATABASE_URL beside it; set both or neither.');
  if (url && !masterKeys) {
    throw wrong(
      'MASTER_KEY is missing and has no default beside DATABASE_URL; make one by "openssl rand -base64 32" and keep it apart from the database.',
    );
  }
  return {
    host,
    port,
    publicUrl: settings.PUBLIC_URL ?? defaultPublicUrl(host, port),
    dataDir: settings.DATA_DIR,
    database: url ? { kind: 'external', url, migrateUrl: migrateUrl ?? null } : { kind: 'embedded' },
    masterKeys: masterKeys ?? null,
    masterKeyFile: environment.MASTER_KEY_FILE || null,
    externalIssuer: readIssuer(settings),
    docs: settings.DOCS,
    playground: settings.PLAYGROUND,
    logLevel: settings.LOG_LEVEL,
    poolSize: settings.POOL_SIZE,
    previewsPerMinute: settings.PREVIEWS_PER_MINUTE,
    limits: readLimits(settings),
    trustProxy: settings.TRUST_PROXY,
    // A test of a webhook is answered like everything else.
    webhookTimeoutMs: Math.min(settings.WEBHOOK_TIMEOUT_MS, settings.HANDLER_TIMEOUT_MS),
    webhookNetworks: settings.WEBHOOK_ALLOWED_NETWORKS,
    shutdownTimeoutMs: settings.SHUTDOWN_TIMEOUT_MS,
    erasureLedgerFile: settings.ERASURE_LEDGER_FILE ?? join(settings.DATA_DIR, 'erasures.jsonl'),
    metrics: settings.METRICS_PORT === undefined ? null : { host: settings.METRICS_HOST, port: settings.METRICS_PORT },
    tracesUrl: settings.OTEL_EXPORTER_OTLP_ENDPOINT ?? null,
  };
}

/** One of the database's URLs by itself, for commands that need no more; null: not set. Throws like readConfig. */
export function readDatabaseUrl(
  name: 'DATABASE_URL' | 'MIGRATE_DATABASE_URL',
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const result = Environment.shape[name].safeParse(readFiles(withoutEmpty(environment))[name]);
  if (!result.success) throw wrong(`${name} ${result.error.issues[0]!.message}.`);
  return result.data?.reveal() ?? null;
}

/** The master keys by themselves. Throws like readConfig. */
export function readMasterKeys(environment: Readonly<Record<string, string | undefined>>): readonly Buffer[] {
  const result = Environment.shape.MASTER_KEY.safeParse(readFiles(withoutEmpty(environment)).MASTER_KEY);
  if (!result.success) throw wrong(`MASTER_KEY ${result.error.issues[0]!.message}.`);
  if (result.data === undefined)
    throw wrong('MASTER_KEY or MASTER_KEY_FILE must hold the new master key and the former.');
  return result.data.reveal();
}

/** Reads MASTER_KEY_FILE again. Throws when it cannot be read or does not hold keys; never shows what it holds. */
export function readMasterKeyFile(path: string): readonly Buffer[] {
  const keys = parseMasterKeys(readFileSync(path, 'utf8'));
  if (keys === null) throw wrong('MASTER_KEY_FILE does not hold master keys now.');
  return keys;
}

/** The same settings on the port that was found free, for PORT=0: the issuer has to know its URL before we listen. */
export function withPort(config: Config, port: number): Config {
  const publicUrl =
    config.publicUrl === defaultPublicUrl(config.host, config.port)
      ? defaultPublicUrl(config.host, port)
      : config.publicUrl;
  return { ...config, port, publicUrl };
}

function defaultPublicUrl(host: string, port: number): string {
  const everywhere = host === '0.0.0.0' || host === '::';
  const name = everywhere ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function readLimits(settings: Settings): Limits {
  return {
    requestsPerMinute: settings.RATE_LIMIT_PER_MINUTE,
    strangersPerMinute: settings.STRANGERS_PER_MINUTE,
    requestTimeoutMs: settings.REQUEST_TIMEOUT_MS,
    handlerTimeoutMs: settings.HANDLER_TIMEOUT_MS,
    statementTimeoutMs: settings.STATEMENT_TIMEOUT_MS,
    connections: settings.MAX_CONNECTIONS,
    eventLoopDelayMs: settings.MAX_EVENT_LOOP_DELAY_MS,
    heapPercent: settings.MAX_HEAP_PERCENT,
  };
}

function readIssuer(settings: Settings): ExternalIssuer | null {
  const together = ['ISSUER_URL', 'ISSUER_JWKS_URL', 'AUDIENCE'] as const;
  const missing = together.filter((name) => settings[name] === undefined);
  if (missing.length === together.length) return null;
  if (missing.length > 0) {
    throw wrong(
      `${missing.join(' and ')} must be set too: an identity provider of your own needs ${together.join(', ')} together.`,
    );
  }
  return {
    issuerUrl: settings.ISSUER_URL!,
    jwksUrl: settings.ISSUER_JWKS_URL!,
    audience: settings.AUDIENCE!,
    agencyClaim: settings.AGENCY_CLAIM,
  };
}

/** Compose files and unit files pass an empty string for what is not set. */
function withoutEmpty(environment: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}

/** NAME_FILE names a file with the value, as container platforms mount secrets; so none has to stand in the environment. */
function readFiles(environment: Record<string, string>): Record<string, string> {
  const read = { ...environment };
  for (const name of Object.keys(Environment.shape)) {
    const path = environment[`${name}_FILE`];
    if (path === undefined) continue;
    if (environment[name] !== undefined) throw wrong(`${name} and ${name}_FILE are both set; keep one of them.`);
    try {
      read[name] = readFileSync(path, 'utf8').trim();
    } catch (error) {
      throw wrong(
        `${name}_FILE names a file that cannot be read (${(error as NodeJS.ErrnoException).code}); correct the path or its permissions.`,
      );
    }
  }
  return read;
}

function wrong(sentence: string): OperatorError {
  return new OperatorError('setting-wrong', sentence);
}
