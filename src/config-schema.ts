import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { isNetwork } from './delivery/webhook-address.ts';
import { Secret } from './secret.ts';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

const DEFAULT_DATA_DIR = fileURLToPath(new URL('../data', import.meta.url));
const MASTER_KEY_BYTES = 32;
/** One, and while it is changed the former ones behind it. */
const MASTER_KEYS_AT_MOST = 8;

/** Master keys as they stand in MASTER_KEY or in a file, the new one first; null: it is nothing of that kind. */
export function parseMasterKeys(text: string): readonly Buffer[] | null {
  const words = text.trim().split(/\s+/);
  const isKey = (word: string) => /^[A-Za-z0-9+/]{43}=$/.test(word);
  if (words.length > MASTER_KEYS_AT_MOST || !words.every(isKey)) return null;
  return words.map((word) => Buffer.from(word, 'base64'));
}

/** Each message completes the sentence "NAME …" and says what to write. */
const flag = (fallback: boolean) =>
  z
    .enum(['true', 'false'], 'must be true or false')
    .transform((text) => text === 'true')
    .default(fallback);

const whole = (minimum: number, maximum: number, fallback: number) => {
  const message = `must be a whole number from ${minimum} to ${maximum}, for example ${fallback}`;
  return z
    .string()
    .regex(/^\d+$/, message)
    .transform(Number)
    .pipe(z.number().min(minimum, message).max(maximum, message))
    .default(fallback);
};

const address = (fallback: string) =>
  z
    .string()
    .regex(/^[A-Za-z0-9.:-]+$/, `must be an address or host name to listen on, for example ${fallback}`)
    .default(fallback);

const webUrl = (example: string) =>
  z
    .string()
    .refine(
      (text) => /^https?:$/.test(parseUrl(text)?.protocol ?? ''),
      `must be an http or https URL, for example ${example}`,
    );

const databaseUrl = (role: string) =>
  z
    .string()
    .refine(
      (text) => /^postgres(?:ql)?:$/.test(parseUrl(text)?.protocol ?? '') && parseUrl(text)?.pathname !== '',
      `must be a PostgreSQL URL such as postgresql://${role}:PASSWORD@HOST:5432/laufzettel, with special characters of the password percent-encoded`,
    )
    .transform((text) => new Secret(text))
    .optional();

/**
 * The environment as it comes, one variable each; what they mean together is said in config.ts. Each may also come as
 * NAME_FILE: a file that holds the value, as container platforms mount secrets.
 */
export const Environment = z.object({
  HOST: address('127.0.0.1'),
  PORT: whole(0, 65535, 8080),
  PUBLIC_URL: webUrl('https://laufzettel.example.org')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
  DATA_DIR: z
    .string()
    .transform((text) => resolve(text))
    .default(DEFAULT_DATA_DIR),
  DATABASE_URL: databaseUrl('laufzettel_service'),
  MIGRATE_DATABASE_URL: databaseUrl('laufzettel_migrator'),
  MASTER_KEY: z
    .string()
    .refine(
      (text) => parseMasterKeys(text) !== null,
      `must be ${MASTER_KEY_BYTES} random bytes in base64; make one by "openssl rand -base64 32"`,
    )
    .transform((text) => new Secret(parseMasterKeys(text)!))
    .optional(),
  ERASURE_LEDGER_FILE: z
    .string()
    .transform((text) => resolve(text))
    .optional(),
  ISSUER_URL: webUrl('https://login.example.org/realms/laufzettel').optional(),
  ISSUER_JWKS_URL: webUrl('https://login.example.org/realms/laufzettel/protocol/openid-connect/certs').optional(),
  AUDIENCE: z.string().optional(),
  AGENCY_CLAIM: z.string().default('agency'),
  DOCS: flag(true),
  PLAYGROUND: flag(true),
  LOG_LEVEL: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(', ')}`).default('info'),
  POOL_SIZE: whole(1, 200, 10),
  PREVIEWS_PER_MINUTE: whole(1, 1_000_000, 120),
  RATE_LIMIT_PER_MINUTE: whole(1, 10_000_000, 600),
  STRANGERS_PER_MINUTE: whole(1, 10_000_000, 300),
  REQUEST_TIMEOUT_MS: whole(100, 600_000, 20_000),
  HANDLER_TIMEOUT_MS: whole(100, 600_000, 20_000),
  STATEMENT_TIMEOUT_MS: whole(100, 600_000, 10_000),
  MAX_CONNECTIONS: whole(1, 1_000_000, 2_000),
  MAX_EVENT_LOOP_DELAY_MS: whole(0, 600_000, 1_000),
  MAX_HEAP_PERCENT: whole(0, 100, 90),
  WEBHOOK_TIMEOUT_MS: whole(100, 60_000, 15_000),
  WEBHOOK_ALLOWED_NETWORKS: z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((network) => network.trim())
        .filter((network) => network !== ''),
    )
    .refine(
      (networks) => networks.every((network) => isNetwork(network)),
      'must be networks such as 10.20.0.0/16,fd00:1::/64, separated by commas',
    ),
  TRUST_PROXY: z.string().default('false').transform(parseTrustProxy),
  SHUTDOWN_TIMEOUT_MS: whole(0, 600_000, 10_000),
  METRICS_HOST: address('127.0.0.1'),
  METRICS_PORT: whole(0, 65535, 9464).unwrap().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: webUrl('http://127.0.0.1:4318')
    .transform((text) => text.replace(/\/+$/, ''))
    .optional(),
});

export type Settings = z.output<typeof Environment>;

function parseTrustProxy(text: string): boolean | number | string[] {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^\d+$/.test(text)) return Number(text);
  return text.split(',').map((address) => address.trim());
}

function parseUrl(text: string): URL | null {
  return URL.parse(text);
}
