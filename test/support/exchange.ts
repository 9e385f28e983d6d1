/** A whole exchange for a test: its own database, the demo network, the service on a free port, partners with real tokens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Client } from 'pg';
import { type App, createApp } from '../../src/app.ts';
import { fetchToken } from '../../src/auth/client-credentials.ts';
import { readKeyFile } from '../../src/cli/keys.ts';
import { readConfig } from '../../src/config.ts';
import { DEMO_ADMIN_SYSTEM, DEMO_AGENCIES, DEMO_AGREEMENT } from '../../src/embedded/demo-agencies.ts';
import { ensureDemoNetwork } from '../../src/embedded/demo-network.ts';
import { findFreePort } from '../../src/embedded/postgres-cluster.ts';
import { createLogger } from '../../src/logger.ts';
import { type ClonedDatabase, cloneDatabase } from './database.ts';
import { PersonalValues } from './personal-values.ts';
import { rememberKey, signedBody } from './signing.ts';
import { demandThinEvents } from './told-events.ts';

export const AGENCY = {
  arge: DEMO_AGENCIES[0]!.id,
  caritas: DEMO_AGENCIES[1]!.id,
  diakonie: DEMO_AGENCIES[2]!.id,
  tgsh: DEMO_AGENCIES[3]!.id,
  rantzau: DEMO_AGENCIES[4]!.id,
} as const;
/** As the directory shows them. */
export const AGENCY_NAME = {
  arge: DEMO_AGENCIES[0]!.name,
  diakonie: DEMO_AGENCIES[2]!.name,
} as const;
export type Partner = keyof typeof AGENCY | 'admin';
export const AGREEMENT = DEMO_AGREEMENT.id;

const SYSTEM: Record<Partner, string> = {
  arge: DEMO_AGENCIES[0]!.system,
  caritas: DEMO_AGENCIES[1]!.system,
  diakonie: DEMO_AGENCIES[2]!.system,
  tgsh: DEMO_AGENCIES[3]!.system,
  rantzau: DEMO_AGENCIES[4]!.system,
  admin: DEMO_ADMIN_SYSTEM,
};

/** A test asks faster than any agency does, on a machine that may be busy with others. */
const UNHURRIED = {
  LOG_LEVEL: 'debug',
  RATE_LIMIT_PER_MINUTE: '1000000',
  STRANGERS_PER_MINUTE: '1000000',
  MAX_EVENT_LOOP_DELAY_MS: '0',
  // Receivers of webhooks are on this machine.
  WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
};

export interface Answer {
  status: number;
  headers: Headers;
  /** The body as it came. */
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there
  body: any;
}

/** A partner's system at both doors. */
export interface PartnerSystem {
  url: string;
  token: string;
  get(path: string, headers?: Record<string, string>): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  graphql(query: string, variables?: Record<string, unknown>): Promise<Answer>;
}

export interface Exchange {
  url: string;
  as(partner: Partner): Promise<PartnerSystem>;
  keysDir: string;
  database: ClonedDatabase;
  masterKey: Buffer;
  /** Every line that the service logged. */
  log: string[];
  /** A query as the owner of everything. */
  // biome-ignore lint/suspicious/noExplicitAny: rows are what the test asked for
  sql(text: string, values?: unknown[]): Promise<any[]>;
  /** Lets the exchange's clock run this much ahead of time. */
  advanceClock(ms: number): Promise<void>;
  /** A second instance on the same database. */
  anotherInstance(): Promise<{ url: string; as(partner: Partner): Promise<PartnerSystem> }>;
  close(): Promise<void>;
}

/** @param present a database with a demo network, and the keys of its partners; left out: a new one. */
export async function startExchange(
  environment: Record<string, string> = {},
  present: Partial<Pick<Exchange, 'database' | 'keysDir'>> = {},
): Promise<Exchange> {
  const database = present.database ?? (await cloneDatabase());
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-test-'));
  const keysDir = present.keysDir ?? join(directory, 'keys');
  const log: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ logLevel: 'debug' }, destination);
  await ensureDemoNetwork({ migrateUrl: database.migrateUrl, keysDir, log: logger });
  const masterKey = Buffer.alloc(32, 7);
  const apps: App[] = [];
  const personal = new PersonalValues();
  const owner = new Client(database.migrateUrl);
  await owner.connect();

  async function start() {
    const port = await findFreePort();
    const config = readConfig({ PORT: String(port), DATA_DIR: directory, ...UNHURRIED, ...environment });
    const app = await createApp({
      config,
      databaseUrl: database.serviceUrl,
      masterKey,
      logger,
      webhooksEveryMs: 50,
    });
    apps.push(app);
    const { url } = await app.listen();
    personal.alsoAt(url);
    const systems = new Map<Partner, Promise<PartnerSystem>>();
    return {
      url,
      as(partner: Partner) {
        if (!systems.has(partner)) systems.set(partner, connect(url, SYSTEM[partner], keysDir, personal));
        return systems.get(partner)!;
      },
    };
  }

  const first = await start();
  return {
    ...first,
    keysDir,
    database,
    masterKey,
    log,
    sql: async (text, values = []) => (await owner.query(text, values)).rows,
    advanceClock: async (ms) => {
      await owner.query(
        `CREATE OR REPLACE FUNCTION api.clock_now() RETURNS timestamptz LANGUAGE sql VOLATILE
         AS $$ SELECT date_trunc('milliseconds', clock_timestamp() + interval '${Math.round(ms)} milliseconds') $$`,
      );
    },
    anotherInstance: start,
    async close() {
      const told = await demandThinEvents((text) => owner.query(text).then(({ rows }) => rows)).catch((error) => error);
      await owner.end();
      await Promise.all(apps.map((app) => app.close()));
      await database.drop();
      await rm(directory, { recursive: true, force: true });
      // Last, so that a leak fails the test and leaves nothing open that would keep it waiting; and what closing logs counts.
      personal.demandNone(log);
      if (told instanceof Error) throw told;
    },
  };
}

/** Signs a version with the partner's own key; that which is in force or drafted, unless told. */
export const signAs = async (partner: PartnerSystem, agreementId: string, number?: number): Promise<Answer> =>
  partner.post(`/v1/agreements/${agreementId}/sign`, await signedBody(partner, agreementId, number));

async function connect(
  url: string,
  clientId: string,
  keysDir: string,
  personal: PersonalValues,
): Promise<PartnerSystem> {
  const key = await readKeyFile(join(keysDir, `${clientId}.json`));
  const { accessToken: token } = await fetchToken({ tokenUrl: `${url}/oauth/token`, clientId, key });
  rememberKey(token, key);
  const call = async (
    method: string,
    path: string,
    body: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    personal.remember(body);
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: text === '' ? null : JSON.parse(text),
    };
    personal.watch(answer);
    return answer;
  };
  return {
    url,
    token,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, body, headers) => call('POST', path, body, headers),
    graphql: (query, variables) => call('POST', '/graphql', { query, variables }),
  };
}
