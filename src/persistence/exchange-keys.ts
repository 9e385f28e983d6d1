/** The exchange's own keys: made once, kept in the database wrapped by the master key, the same for every instance. */
import { randomBytes } from 'node:crypto';
import type { Database } from './database.ts';
import { type MasterKeyRing, masterKeyOf } from './master-key.ts';

export interface ExchangeKeys {
  blindIndex: Buffer;
  cursor: Buffer;
  fingerprint: Buffer;
  linkCode: Buffer;
  webhook: Buffer;
  /** Private JWK of the built-in issuer, as JSON. */
  issuer: Buffer;
}

/** A key that is for nothing but to say by its wrapping which master key is in use, once that was changed. */
export const SAYS_WHICH_MASTER_KEY = 'masterKey';

/** What a key of the exchange is bound to when it is wrapped. */
export const exchangeKeyName = (name: string): string => `exchange:${name}`;

/**
 * Also tells the ring which master key is in use.
 *
 * @param makeIssuerKey makes the issuer's private JWK, as JSON; called when there is none yet.
 * @throws OperatorError when a key was wrapped by a master key that the ring does not hold.
 */
export async function loadExchangeKeys(
  database: Database,
  master: MasterKeyRing,
  makeIssuerKey: () => Promise<string>,
): Promise<ExchangeKeys> {
  const makers: Record<keyof ExchangeKeys, () => Promise<Buffer>> = {
    blindIndex: async () => randomBytes(32),
    cursor: async () => randomBytes(32),
    fingerprint: async () => randomBytes(32),
    linkCode: async () => randomBytes(32),
    webhook: async () => randomBytes(32),
    issuer: async () => Buffer.from(await makeIssuerKey()),
  };
  let kept = await readKeys(database);
  const [announced] = [kept.get(SAYS_WHICH_MASTER_KEY), ...kept.values()].filter((wrapped) => wrapped !== undefined);
  if (announced !== undefined) master.use(masterKeyOf(announced));
  for (const [name, wrapped] of kept) master.unwrap(exchangeKeyName(name), wrapped);
  const missing = (Object.keys(makers) as (keyof ExchangeKeys)[]).filter((name) => !kept.has(name));
  for (const name of missing) {
    const wrapped = master.wrap(exchangeKeyName(name), await makers[name]());
    await database.call('keep_exchange_key', 'SELECT api.keep_exchange_key($1, $2)', [name, wrapped]);
  }
  // Read again: where two instances start at once, the first one's keys stand.
  if (missing.length > 0) kept = await readKeys(database);
  const unwrap = (name: keyof ExchangeKeys): Buffer => master.unwrap(exchangeKeyName(name), kept.get(name)!);
  return {
    blindIndex: unwrap('blindIndex'),
    cursor: unwrap('cursor'),
    fingerprint: unwrap('fingerprint'),
    linkCode: unwrap('linkCode'),
    webhook: unwrap('webhook'),
    issuer: unwrap('issuer'),
  };
}

async function readKeys(database: Database): Promise<Map<string, Buffer>> {
  const rows = await database.call<{ name: string; wrapped: Buffer }>(
    'exchange_keys',
    'SELECT name, wrapped FROM api.exchange_keys()',
    [],
  );
  return new Map(rows.map((row) => [row.name, row.wrapped]));
}
