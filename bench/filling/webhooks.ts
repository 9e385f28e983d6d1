/** A hundred agencies with a webhook each: the fifty of plan.ts, to whom is forwarded, and fifty more. */
import type { Client } from 'pg';
import { publicKeyText } from '../../src/delivery/webhook-signature.ts';
import { exchangeKeyName } from '../../src/persistence/exchange-keys.ts';
import { MasterKey } from '../../src/persistence/master-key.ts';
import { webhookKeys } from '../../src/persistence/webhook-keys.ts';
import { AGENCIES, idOf } from './plan.ts';

export const WEBHOOKS = 100;

/** Active ones, at `url` with a number behind it; as the service would have written them. */
export async function fillWebhooks(owner: Client, masterKey: Buffer, url: string): Promise<void> {
  await owner.query(
    `INSERT INTO agency (id, kind, name, sponsor, public_body, legal_regime, created_at)
     SELECT id, 'BERATUNGSSTELLE', 'Erfundene Stelle', 'Erfundener Träger', false, 'GDPR_SGB', now() FROM unnest($1::uuid[]) AS id`,
    [Array.from({ length: WEBHOOKS - AGENCIES }, (_, index) => idOf('agency', AGENCIES + index))],
  );
  const { rows } = await owner.query<{ wrapped: Buffer }>("SELECT wrapped FROM exchange_key WHERE name = 'webhook'");
  const keys = webhookKeys(new MasterKey(masterKey).unwrap(exchangeKeyName('webhook'), rows[0]!.wrapped));
  for (let index = 0; index < WEBHOOKS; index++) {
    const pair = keys.make();
    const id = idOf('webhook', index);
    await owner.query(
      `INSERT INTO webhook (id, agency_id, url, description, ordered, status, keys_sealed, public_key, confirmed_at, created_at)
       VALUES ($1, $2, $3, 'bench', false, 'ACTIVE', $4, $5, now(), now())`,
      [id, idOf('agency', index), `${url}/${index}`, keys.seal(id, pair), publicKeyText(pair)],
    );
  }
}

/** Event rows, as a forwarding writes them: so many for each agency from `first` to before `end`. */
export const writeEvents = (owner: Client, first: number, end: number, each: number): Promise<unknown> =>
  owner.query(
    `INSERT INTO event (id, agency_id, type, subject, at)
     SELECT uuidv7(), agency, 'forwarding.received', jsonb_build_object('forwardingId', $3::uuid), api.clock_now()
     FROM generate_series(1, $2::int), unnest($1::uuid[]) AS agency`,
    [Array.from({ length: end - first }, (_, index) => idOf('agency', first + index)), each, idOf('forwarding', 0)],
  );
