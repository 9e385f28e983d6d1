/**
 * A forwarding that meets a termination or a suspension which is being recorded waits for it, and is decided again. By hand: the
 * ending's transaction is held open until the forwarding waits, so that neither order is left to chance.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { AGENCY, AGREEMENT, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { MASTER, newClient, newSlip, sayYes } from './scenes.ts';

const ADMIN = { agency: null, system: 'exchange-admin', caseworker: null };

/** Whether a statement waits for a lock within a few seconds; another role's waiting is seen by the superuser alone. */
async function waits(watcher: Client): Promise<boolean> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  for (let left = 200; left > 0; left--) {
    if ((await watcher.query(text)).rows.length > 0) return true;
    await sleep(20);
  }
  return false;
}

t.test('what is ending at that moment is waited for, and nothing is sent upon it', async (t) => {
  for (const [name, ending, values] of [
    ['a suspension', `SELECT api.change_agency($1, $2, 'SUSPEND')`, [ADMIN, AGENCY.caritas]],
    ['a termination', `SELECT api.change_agreement($1, $2, 'TERMINATE')`, [ADMIN, AGREEMENT]],
  ] as const) {
    const exchange = await startExchange();
    const [service, watcher] = [new Client(exchange.database.serviceUrl), new Client(exchange.database.superUrl)];
    for (const one of [service, watcher]) await one.connect();
    t.teardown(async () => {
      await Promise.all([service.end(), watcher.end()]);
      await exchange.close();
    });
    const arge = await exchange.as('arge');
    // Nothing is disclosed about this person yet, so that the ending has nobody to lock.
    const client = await newClient(arge);
    const slip = await newSlip(arge, client, [MASTER]);
    await sayYes(arge, client, 'caritas', ['STAMMDATEN']);
    await service.query('BEGIN');
    await service.query(ending, [...values]);
    const sending = arge.post(`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas });
    t.ok(await waits(watcher), `${name} is waited for`);
    await service.query('COMMIT');
    const { status, body } = await sending;
    t.match({ status, body }, { status: 403, body: { withheld: [{ reasons: ['AGREEMENT'] }] } }, name);
    t.same(await exchange.sql('SELECT FROM disclosure'), [], 'nothing went');
  }
});
