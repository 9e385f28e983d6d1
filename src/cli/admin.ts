/**
 * npm run admin -- add --client-id ID --jwks FILE
 *
 * Registers a system of the exchange's admin in the database of DATABASE_URL: the first one has nobody to register it by API.
 * FILE holds the public JWKS that `npm run client -- keygen` prints.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { clientKeysFault } from '../auth/client-keys.ts';
import { readDatabaseUrl } from '../config.ts';
import { OperatorError } from '../domain/operator-error.ts';
import { withClient } from '../persistence/connection.ts';
import { UserError } from './keys.ts';

const USAGE = 'Use: npm run admin -- add --client-id ID --jwks FILE   (with DATABASE_URL or DATABASE_URL_FILE set)';

async function add(url: string, clientId: string, file: string): Promise<void> {
  let jwks: Parameters<typeof clientKeysFault>[0];
  try {
    jwks = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw new UserError(
      `${file} cannot be read as JSON; give the public JWKS that "npm run client -- keygen" printed.`,
    );
  }
  const fault = clientKeysFault(jwks);
  if (fault !== null) throw new UserError(`The keys cannot be registered: ${fault}`);
  const outcome = await withClient(url, async (client) => {
    const actor = { agency: null, system: 'operator', caseworker: null };
    const system = { clientId, agencyId: null, scopes: ['exchange:admin'], jwks };
    const { rows } = await client.query<{ found: { outcome: string } }>('SELECT api.register_system($1, $2) AS found', [
      actor,
      system,
    ]);
    return rows[0]!.found.outcome;
  });
  if (outcome !== 'ok') throw new UserError(`${clientId} is registered already; choose another --client-id.`);
  console.log(`${clientId} may now get tokens with the scope exchange:admin.`);
}

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { 'client-id': { type: 'string' }, jwks: { type: 'string' } },
  });
  const url = readDatabaseUrl('DATABASE_URL', process.env);
  const clientId = values['client-id'];
  if (positionals.join() !== 'add' || !clientId || !values.jwks || !url) throw new UserError(USAGE);
  if (!/^[a-z0-9][a-z0-9.-]{2,79}$/.test(clientId)) {
    throw new UserError('--client-id takes 3 to 80 of a-z, 0-9, dot and hyphen.');
  }
  await add(url, clientId, values.jwks);
} catch (error) {
  const known =
    error instanceof UserError ||
    error instanceof OperatorError ||
    (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  console.error(
    known ? (error as Error).message : `The database cannot be reached or is not migrated; check DATABASE_URL.`,
  );
  process.exitCode = 1;
}
