/**
 * A proposal that meets the very moment in which its giver gets to know the person waits for it, and is told. By hand: the
 * link's transaction is held open until the proposal waits, so that neither order is left to chance.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { proposalOf } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { expecting, newClient } from './scenes.ts';

/** Whether a statement waits for a lock within a second; another role's waiting is seen by the superuser alone. */
async function waits(watcher: Client): Promise<boolean> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  for (let left = 50; left > 0; left--) {
    if ((await watcher.query(text)).rows.length > 0) return true;
    await sleep(20);
  }
  return false;
}

t.test('who gets to know the person while it is proposed sees the proposal', async (t) => {
  const exchange = await startExchange();
  const [service, watcher] = [new Client(exchange.database.serviceUrl), new Client(exchange.database.superUrl)];
  for (const one of [service, watcher]) await one.connect();
  t.teardown(async () => {
    await Promise.all([service.end(), watcher.end()]);
    await exchange.close();
  });
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  const client = await newClient(arge);
  expecting(201, await arge.post(`/v1/clients/${client}/link-codes`, { agencyId: AGENCY.caritas }));
  const [{ hash, wrapped }] = await exchange.sql(
    `SELECT c.code_hash AS hash, encode(k.wrapped, 'base64') AS wrapped FROM link_code c JOIN client_key k USING (client_id)`,
  );
  const actor = { agency: AGENCY.caritas, system: 'caritas', caseworker: null };
  const [linkId, id] = ['01980000-0000-7000-8000-0000000000e1', '01980000-0000-7000-8000-0000000000e2'];
  await service.query('BEGIN');
  const linked = await service.query('SELECT api.link_by_code($1, $2, $3) AS found', [
    actor,
    hash,
    { linkId, clientId: null, newHandle: { id, wrapped } },
  ]);
  t.match(linked.rows[0].found, { outcome: 'ok', clientId: id });

  const body = { ...proposalOf({ type: 'STATEMENT', discloser: AGENCY.caritas, recipient: AGENCY.arge }) };
  const proposing = arge.post(`/v1/clients/${client}/proposals`, { ...body, categories: ['STAMMDATEN'] });
  t.ok(await waits(watcher), 'the proposal waits');
  await service.query('COMMIT');
  const { id: proposalId } = expecting(201, await proposing).body;
  const { items } = expecting(200, await caritas.get('/v1/proposals?direction=RECEIVED')).body;
  t.match(items, [{ id: proposalId, clientId: id, status: 'PROPOSED' }]);
  const told = await exchange.sql(`SELECT agency_id FROM event WHERE type = 'proposal.received'`);
  t.same(told, [{ agency_id: AGENCY.caritas }]);
});
