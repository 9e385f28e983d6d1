/** Creates the demo network once, in an exchange that has no agency yet. */
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { JWK } from 'jose';
import type { Client } from 'pg';
import { generateClientKey } from '../auth/client-credentials.ts';
import { readKeyFile, writeKeyFile } from '../cli/keys.ts';
import { CATEGORIES, PURPOSES } from '../domain/catalogue.ts';
import type { Logger } from '../logger.ts';
import { withClient } from '../persistence/connection.ts';
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
    for (const agency of DEMO_AGENCIES) {
      await insertAgency(client, agency);
      await insertSystem(client, agency.system, agency.id, AGENCY_SCOPES, keysDir);
    }
    await insertSystem(client, DEMO_ADMIN_SYSTEM, null, ['exchange:admin'], keysDir);
    await insertAgreement(client);
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
): Promise<void> {
  const path = join(keysDir, `${system}.json`);
  // A start that was interrupted may have left keys behind; they are as good.
  const key: JWK = existsSync(path) ? await readKeyFile(path) : (await generateClientKey()).key;
  if (!existsSync(path)) await writeKeyFile(path, key);
  await client.query(
    'INSERT INTO system_client (client_id, agency_id, scopes, jwks, created_at) VALUES ($1, $2, $3, $4, api.clock_now())',
    [system, agencyId, scopes, publicHalves(key)],
  );
}

function publicHalves({ d: _private, ...rest }: JWK): object {
  return { keys: [rest] };
}

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
