/**
 * What meets an erasure that is being recorded waits for it, and finds the client erased. By hand: the erasure's transaction is
 * held open until the other waits, so that neither order is left to chance.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { no, proposalOf, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Answer, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { expecting, MASTER, newClient, newSlip, sayYes } from './scenes.ts';

const ACTOR = { agency: AGENCY.arge, system: 'arge', caseworker: null };

/** Whether a statement waits for a lock within a second; another role's waiting is seen by the superuser alone. */
async function waits(watcher: Client): Promise<boolean> {
  const text = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  for (let left = 50; left > 0; left--) {
    if ((await watcher.query(text)).rows.length > 0) return true;
    await sleep(20);
  }
  return false;
}

t.test('what is being erased takes nothing any more', async (t) => {
  const exchange = await startExchange();
  const [service, watcher] = [new Client(exchange.database.serviceUrl), new Client(exchange.database.superUrl)];
  for (const one of [service, watcher]) await one.connect();
  t.teardown(async () => {
    await Promise.all([service.end(), watcher.end()]);
    await exchange.close();
  });
  const [arge, caritas] = [await exchange.as('arge'), await exchange.as('caritas')];
  const slip = { kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
  const proposal = proposalOf({ type: 'STATEMENT', discloser: AGENCY.caritas, recipient: AGENCY.arge });
  const rows: [string, (client: string, slipId: string, code: string) => Promise<Answer>, Partial<Answer>][] = [
    ['an entry', (client) => arge.post(`/v1/clients/${client}/entries`, MASTER), { status: 422 }],
    [
      'an entry on a new Laufzettel',
      (clientId) => arge.post('/v1/laufzettel', { ...slip, clientId, entries: [MASTER] }),
      { status: 422 },
    ],
    [
      'an entry on a Laufzettel',
      (_client, slipId) => arge.post(`/v1/laufzettel/${slipId}/entries`, { entries: [MASTER] }),
      { status: 422 },
    ],
    [
      'a request',
      (clientId) => arge.post('/v1/requests', { ...slip, clientId, agencyId: AGENCY.caritas }),
      { status: 404 },
    ],
    [
      'a code',
      (client) => arge.post(`/v1/clients/${client}/link-codes`, { agencyId: AGENCY.caritas }),
      { status: 404 },
    ],
    ['a link', (clientId, _slip, code) => arge.post('/v1/clients/link', { code, clientId }), { status: 404 }],
    [
      'a proposal',
      (client) => arge.post(`/v1/clients/${client}/proposals`, { ...proposal, categories: ['STAMMDATEN'] }),
      { status: 404 },
    ],
    [
      'a yes',
      (client) =>
        arge.post(`/v1/clients/${client}/statements`, yes({ recipient: AGENCY.caritas, categories: ['SPRACHE'] })),
      { status: 404 },
    ],
    ['but a no', (client) => arge.post(`/v1/clients/${client}/statements`, no()), { status: 201 }],
  ];
  for (const [name, act, expected] of rows) {
    const client = await newClient(arge);
    const { id: slipId } = await newSlip(arge, client, [MASTER]);
    await sayYes(arge, client, 'caritas', ['STAMMDATEN']);
    const other = await newClient(caritas);
    const { code } = expecting(
      201,
      await caritas.post(`/v1/clients/${other}/link-codes`, { agencyId: AGENCY.arge }),
    ).body;
    await service.query('BEGIN');
    const { rows: found } = await service.query('SELECT api.lock_erasure($1, $2) AS locked', [ACTOR, client]);
    await service.query('SELECT api.erase_client($1, $2, $3, $4)', [ACTOR, client, found[0].locked.at, {}]);
    const acting = act(client, slipId, code);
    const waited = await waits(watcher);
    await service.query('COMMIT');
    const { status, text } = await acting;
    t.match({ status }, expected, `${name}: ${text}`);
    t.ok(waited, `${name} waits`);
  }
  t.same(await exchange.sql(`SELECT FROM laufzettel_request`), [], 'nobody is asked');
  t.same(await exchange.sql(`SELECT FROM consent_proposal`), [], 'nothing is proposed');
  t.same(await exchange.sql(`SELECT FROM client_link`), [], 'nobody is linked');
  t.same(
    await exchange.sql(`SELECT FROM entry e JOIN client_key k USING (client_id) WHERE e.created_at > k.destroyed_at`),
    [],
    'nothing is written under a key that was destroyed',
  );
});
