import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { readConfig, withPort } from '../src/config.ts';
import { OperatorError } from '../src/domain/operator-error.ts';
import { t } from './support/t.ts';

const KEY = Buffer.alloc(32, 7).toString('base64');
const URL_OF_SERVICE = 'postgresql://laufzettel_service:s3cret%40word@db.example:5432/laufzettel';
const EXTERNAL = { DATABASE_URL: URL_OF_SERVICE, MASTER_KEY: KEY };
const ISSUER = { ISSUER_URL: 'https://id.example', ISSUER_JWKS_URL: 'https://id.example/jwks', AUDIENCE: 'laufzettel' };

function sentence(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'setting-wrong') return error.message;
    throw error;
  }
  return '';
}

t.test('without any setting it runs on this machine alone, with everything that comes along', async (t) => {
  t.match(readConfig({}), {
    host: '127.0.0.1',
    port: 8080,
    publicUrl: 'http://127.0.0.1:8080',
    dataDir: /\/data$/,
    database: { kind: 'embedded' },
    masterKeys: null,
    masterKeyFile: null,
    externalIssuer: null,
    docs: true,
    playground: true,
    logLevel: 'info',
    poolSize: 10,
    limits: {
      requestsPerMinute: 600,
      strangersPerMinute: 300,
      requestTimeoutMs: 20_000,
      handlerTimeoutMs: 20_000,
      statementTimeoutMs: 10_000,
      connections: 2_000,
      eventLoopDelayMs: 1_000,
      heapPercent: 90,
    },
    trustProxy: false,
    shutdownTimeoutMs: 10_000,
  });
});

t.test('an empty variable counts as not set', async (t) => {
  t.same(readConfig({ PORT: '', DATABASE_URL: '', ISSUER_URL: '' }), readConfig({}));
});

t.test('every setting arrives', async (t) => {
  const config = readConfig({
    ...EXTERNAL,
    ...ISSUER,
    MIGRATE_DATABASE_URL: 'postgres://laufzettel_migrator@db.example/laufzettel',
    HOST: '0.0.0.0',
    PORT: '9000',
    PUBLIC_URL: 'https://laufzettel.example/',
    DATA_DIR: '/srv/laufzettel',
    AGENCY_CLAIM: 'traeger',
    DOCS: 'false',
    PLAYGROUND: 'false',
    LOG_LEVEL: 'warn',
    POOL_SIZE: '25',
    RATE_LIMIT_PER_MINUTE: '60',
    STRANGERS_PER_MINUTE: '30',
    REQUEST_TIMEOUT_MS: '1000',
    HANDLER_TIMEOUT_MS: '2000',
    STATEMENT_TIMEOUT_MS: '3000',
    MAX_CONNECTIONS: '40',
    MAX_EVENT_LOOP_DELAY_MS: '0',
    MAX_HEAP_PERCENT: '50',
    TRUST_PROXY: '10.0.0.0/8, 127.0.0.1',
    SHUTDOWN_TIMEOUT_MS: '500',
  });
  t.match(config, {
    host: '0.0.0.0',
    port: 9000,
    publicUrl: 'https://laufzettel.example',
    dataDir: '/srv/laufzettel',
    docs: false,
    playground: false,
    logLevel: 'warn',
    poolSize: 25,
    limits: {
      requestsPerMinute: 60,
      strangersPerMinute: 30,
      requestTimeoutMs: 1_000,
      handlerTimeoutMs: 2_000,
      statementTimeoutMs: 3_000,
      connections: 40,
      eventLoopDelayMs: 0,
      heapPercent: 50,
    },
    trustProxy: ['10.0.0.0/8', '127.0.0.1'],
    shutdownTimeoutMs: 500,
  });
  t.same(config.externalIssuer, {
    issuerUrl: 'https://id.example',
    jwksUrl: 'https://id.example/jwks',
    audience: 'laufzettel',
    agencyClaim: 'traeger',
  });
  t.equal(config.database.kind === 'external' && config.database.url.reveal(), URL_OF_SERVICE);
  t.same(config.masterKeys?.reveal(), [Buffer.alloc(32, 7)]);
});

t.test('the public URL follows host and port until it is set', async (t) => {
  t.equal(readConfig({ HOST: '0.0.0.0' }).publicUrl, 'http://localhost:8080');
  t.equal(readConfig({ HOST: '::1', PORT: '1' }).publicUrl, 'http://[::1]:1');
  t.equal(withPort(readConfig({ PORT: '0' }), 4711).publicUrl, 'http://127.0.0.1:4711');
  t.equal(withPort(readConfig({ PORT: '0', PUBLIC_URL: 'https://x.example' }), 4711).publicUrl, 'https://x.example');
});

t.test('how far a proxy is trusted', async (t) => {
  for (const [text, meant] of Object.entries({ true: true, false: false, 2: 2, '10.0.0.1': ['10.0.0.1'] })) {
    t.same(readConfig({ TRUST_PROXY: text }).trustProxy, meant);
  }
});

t.test('a wrong setting is one sentence that names it and says what to write', async (t) => {
  const rows: [Record<string, string>, RegExp][] = [
    [{ PORT: 'eighty' }, /^PORT must be a whole number from 0 to 65535, for example 8080\.$/],
    [{ PORT: '70000' }, /^PORT must be/],
    [{ HOST: 'http://x' }, /^HOST must be an address/],
    [{ PUBLIC_URL: 'laufzettel.example' }, /^PUBLIC_URL must be an http or https URL/],
    [{ DOCS: 'yes' }, /^DOCS must be true or false\.$/],
    [{ PLAYGROUND: '1' }, /^PLAYGROUND must be true or false\.$/],
    [{ LOG_LEVEL: 'loud' }, /^LOG_LEVEL must be one of fatal, error/],
    [{ POOL_SIZE: '0' }, /^POOL_SIZE must be a whole number from 1 to 200/],
    [{ RATE_LIMIT_PER_MINUTE: '0' }, /^RATE_LIMIT_PER_MINUTE must be a whole number from 1 to .*, for example 600\.$/],
    [{ MAX_HEAP_PERCENT: '101' }, /^MAX_HEAP_PERCENT must be a whole number from 0 to 100/],
    [{ REQUEST_TIMEOUT_MS: '1' }, /^REQUEST_TIMEOUT_MS must be a whole number from 100/],
    [{ SHUTDOWN_TIMEOUT_MS: '-1' }, /^SHUTDOWN_TIMEOUT_MS must be/],
    [{ DATABASE_URL: 'mysql://x/y', MASTER_KEY: KEY }, /^DATABASE_URL must be a PostgreSQL URL/],
    [{ DATABASE_URL: 'not a url', MASTER_KEY: KEY }, /^DATABASE_URL must be a PostgreSQL URL/],
    [{ ...EXTERNAL, MIGRATE_DATABASE_URL: 'x' }, /^MIGRATE_DATABASE_URL must be/],
    [{ MIGRATE_DATABASE_URL: URL_OF_SERVICE }, /^MIGRATE_DATABASE_URL needs DATABASE_URL/],
    [{ DATABASE_URL: URL_OF_SERVICE }, /^MASTER_KEY is missing and has no default beside DATABASE_URL/],
    [{ ...EXTERNAL, MASTER_KEY: 'c2hvcnQ=' }, /^MASTER_KEY must be 32 random bytes in base64/],
    [{ ISSUER_URL: 'https://id.example' }, /^ISSUER_JWKS_URL and AUDIENCE must be set too/],
    [{ AUDIENCE: 'x' }, /^ISSUER_URL and ISSUER_JWKS_URL must be set too/],
    [{ ...ISSUER, ISSUER_URL: 'id' }, /^ISSUER_URL must be an http or https URL/],
    [{ MASTER_KEY_FILE: '/nowhere/key' }, /^MASTER_KEY_FILE names a file that cannot be read \(ENOENT\)/],
    [{ MASTER_KEY: KEY, MASTER_KEY_FILE: '/x' }, /^MASTER_KEY and MASTER_KEY_FILE are both set/],
  ];
  for (const [environment, expected] of rows) t.match(sentence(environment), expected);
});

t.test('no sentence and no dump of the settings shows a secret', async (t) => {
  t.notMatch(sentence({ DATABASE_URL: 'mysql://user:s3cret@db/x', MASTER_KEY: KEY }), /s3cret/);
  t.notMatch(sentence({ ...EXTERNAL, MASTER_KEY: 's3cret' }), /s3cret/);
  const config = readConfig({ ...EXTERNAL, MIGRATE_DATABASE_URL: URL_OF_SERVICE });
  for (const dump of [
    JSON.stringify(config),
    inspect(config, { depth: 9, showHidden: true }),
    `${config.masterKeys}`,
  ]) {
    t.notMatch(dump, /s3cret/);
    t.notOk(dump.includes(KEY));
  }
});

t.test('each secret may come in a file instead', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-config-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const file = async (name: string, content: string) => {
    await writeFile(join(directory, name), `${content}\n`);
    return join(directory, name);
  };
  const config = readConfig({
    DATABASE_URL_FILE: await file('url', URL_OF_SERVICE),
    MIGRATE_DATABASE_URL_FILE: await file('migrate', URL_OF_SERVICE),
    MASTER_KEY_FILE: await file('key', KEY),
  });
  t.equal(config.database.kind === 'external' && config.database.migrateUrl?.reveal(), URL_OF_SERVICE);
  t.same(config.masterKeys?.reveal(), [Buffer.alloc(32, 7)]);
});
