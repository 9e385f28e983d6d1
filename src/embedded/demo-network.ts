/** Creates the demo network once, in an exchange that has no agency yet. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { calculateJwkThumbprint, type JWK } from 'jose';
import type { Client } from 'pg';
import { generateClientKey, signText } from '../auth/client-credentials.ts';
import { readKeyFile, writeKeyFile } from '../cli/keys.ts';
import { CATEGORIES, PURPOSES } from '../domain/catalogue.ts';
import type { Logger } from '../logger.ts';
import { withClient } from '../persistence/connection.ts';
import { draft } from '../usecases/draft-agreement.ts';
import { AGENCY_SCOPES, DEMO_ADMIN_SYSTEM, DEMO_AGENCIES, DEMO_AGREEMENT, type DemoAgency } from './demo-agencies.ts';

export interface DemoNetworkOptions {
  /** The owner's login: admitting the first agencies is the operator's act, before there is an admin. */
  migrateUrl: string;
  /** Where the partners' private keys are put, mode 0600. */
  keysDir: string;
  log: Pick<Logger, 'info'>;
}

/** Two services that start on one empty database at once: the second waits and finds the network there. */
const LOCK = 6_204_917_302;

export function ensureDemoNetwork({ migrateUrl, keysDir, log }: DemoNetworkOptions): Promise<{ created: boolean }> {
  return withClient(migrateUrl, async (client) => {
    await client.query('BEGIN');
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const { rows } = await client.query<{ there: boolean }>('SELECT EXISTS (SELECT FROM agency) AS there');
    if (rows[0]!.there) {
      await client.query('ROLLBACK');
      return { created: false };
    }
    await mkdir(keysDir, { recursive: true, mode: 0o700 });
    const keys = new Map<string, JWK>();
    for (const agency of DEMO_AGENCIES) {
      await insertAgency(client, agency);
      keys.set(agency.id, await insertSystem(client, agency.system, agency.id, AGENCY_SCOPES, keysDir));
    }
    await insertSystem(client, DEMO_ADMIN_SYSTEM, null, ['exchange:admin'], keysDir);
    await insertAgreement(client);
    await signAgreement(client, keys);
    await client.query('COMMIT');
    log.info({ code: 'demo-network-created', agencies: DEMO_AGENCIES.length }, 'created the demo network');
    return { created: true };
  });
}

async function insertAgency(client: Client, agency: DemoAgency): Promise<void> {
  await client.query(
    `INSERT INTO agency (id, kind, name, sponsor, public_body, legal_regime, services, target_groups, topics, languages, land, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, api.clock_now())`,
    [
      agency.id,
      agency.kind,
      agency.name,
      agency.sponsor,
      agency.publicBody,
      agency.legalRegime,
      agency.services,
      agency.targetGroups,
      agency.topics,
      agency.languages,
      agency.land,
    ],
  );
}

async function insertSystem(
  client: Client,
  system: string,
  agencyId: string | null,
  scopes: readonly string[],
  keysDir: string,
): Promise<JWK> {
  const path = join(keysDir, `${system}.json`);
  // A start that was interrupted may have left keys behind; they are as good.
  const key: JWK = existsSync(path) ? await readKeyFile(path) : (await generateClientKey()).key;
  if (!existsSync(path)) await writeKeyFile(path, key);
  await client.query(
    'INSERT INTO system_client (client_id, agency_id, scopes, jwks, created_at) VALUES ($1, $2, $3, $4, api.clock_now())',
    [system, agencyId, scopes, publicHalves(key)],
  );
  return key;
}

const publicHalf = ({ d: _private, ...rest }: JWK): JWK => rest;
const publicHalves = (key: JWK): object => ({ keys: [publicHalf(key)] });

async function insertAgreement(client: Client): Promise<void> {
  await client.query(
    `INSERT INTO agreement (id, title, purposes, categories, valid_from, created_at)
     VALUES ($1, $2, $3, $4, $5, api.clock_now())`,
    [DEMO_AGREEMENT.id, DEMO_AGREEMENT.title, PURPOSES, CATEGORIES, DEMO_AGREEMENT.from],
  );
  await client.query(
    'INSERT INTO agreement_party (agreement_id, agency_id, signed_at) SELECT $1, unnest($2::uuid[]), $3',
    [DEMO_AGREEMENT.id, DEMO_AGENCIES.map((agency) => agency.id), DEMO_AGREEMENT.from],
  );
}

/** As the five would have done in 2007, had they had keys then. */
async function signAgreement(client: Client, keys: ReadonlyMap<string, JWK>): Promise<void> {
  const { id, title, from } = DEMO_AGREEMENT;
  const terms = {
    title,
    parties: DEMO_AGENCIES.map((agency) => agency.id),
    purposes: [...PURPOSES],
    categories: [...CATEGORIES],
    from: Date.parse(from),
    until: null,
    turnus: null,
    // What agreements have unless they say otherwise.
    daysToRemind: 3,
    daysToAccept: 14,
    daysToAnswer: 28,
    daysToAcknowledge: 14,
  };
  const names = new Map(DEMO_AGENCIES.map((agency) => [agency.id, agency.name]));
  const drafted = draft({ agreementId: id, number: 1, replaces: null, terms, names });
  await client.query(
    `INSERT INTO agreement_version (agreement_id, number, terms, text, text_hash, proposed_at, in_force_at)
     VALUES ($1, 1, $2, $3, $4, $5, $5)`,
    [id, drafted.terms, drafted.text, drafted.textHash, from],
  );
  for (const [agency, key] of keys) {
    const jws = await signText(drafted.text, key);
    await client.query(
      `INSERT INTO agreement_signature (agreement_id, number, agency_id, signed_at, jws, kid, jwk, thumbprint)
       VALUES ($1, 1, $2, $3, $4, $5, $6, $7)`,
      [id, agency, from, jws, key.kid, publicHalf(key), await calculateJwkThumbprint(publicHalf(key))],
    );
  }
}
