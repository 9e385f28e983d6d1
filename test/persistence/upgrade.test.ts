/** A database that the first release filled is migrated, and all that was in it goes on. */
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, escapeIdentifier } from 'pg';
import { migrate } from '../../src/persistence/migrate.ts';
import { MIGRATIONS_DIRECTORY } from '../../src/persistence/migration-history.ts';
import { no } from '../support/consent-bodies.ts';
import { cloneDatabase } from '../support/database.ts';
import { AGENCY, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  CONTACT,
  clockJob,
  entriesRead,
  expecting,
  forward,
  LANGUAGE,
  linked,
  MASTER,
  newClient,
  newSlip,
  partners,
  passedOn,
  read,
  readByGraphql,
  sayYes,
  sent,
} from '../walls/scenes.ts';

const FIRST_RELEASE = ['20261123000000_init', '20261123000100_functions'];
const BOTH = ['STAMMDATEN', 'KONTAKT'];
const log = { info() {} };

/** The tables of the first release, each after those that it refers to. */
const TABLES = [
  ...['agency', 'system_client', 'exchange_key', 'agreement', 'agreement_party', 'person', 'client', 'client_key'],
  ...['statement', 'release', 'entry', 'entry_concern', 'entry_payload', 'laufzettel', 'laufzettel_entry'],
  ...['forwarding', 'disclosure', 'audit', 'event'],
];

/** What a database of today holds, in one that the first release made: its columns alone. */
async function asFirstRelease(from: Exchange): Promise<Exchange['database']> {
  const database = await cloneDatabase({ empty: true });
  const directory = await mkdtemp(join(tmpdir(), 'laufzettel-migrations-'));
  for (const name of [...FIRST_RELEASE, 'migration_lock.toml']) {
    await cp(join(MIGRATIONS_DIRECTORY, name), join(directory, name), { recursive: true });
  }
  await migrate(database.migrateUrl, { log, migrationsDirectory: directory });
  await rm(directory, { recursive: true });
  const old = new Client(database.migrateUrl);
  await old.connect();
  for (const table of TABLES) {
    const { fields } = await old.query(`SELECT * FROM ${escapeIdentifier(table)} LIMIT 0`);
    const columns = fields.map(({ name }) => escapeIdentifier(name)).join(', ');
    const [{ rows }] = await from.sql(
      `SELECT coalesce(json_agg(to_json(one)), '[]')::text AS rows FROM (SELECT ${columns} FROM ${escapeIdentifier(table)}) AS one`,
    );
    await old.query(
      `INSERT INTO ${escapeIdentifier(table)} (${columns})
       SELECT ${columns} FROM json_populate_recordset(NULL::${escapeIdentifier(table)}, $1) ON CONFLICT DO NOTHING`,
      [rows],
    );
  }
  // Nothing expired then.
  await old.query(`UPDATE disclosure SET good_until = opened_at + interval '170 days' WHERE closed_at IS NULL`);
  await old.end();
  return database;
}

async function ask(url: string, text: string, values: unknown[] = []): Promise<void> {
  const client = new Client(url);
  await client.connect();
  await client.query(text, values);
  await client.end();
}

t.test('what the first release has written goes on after an upgrade', async (t) => {
  const first = await startExchange();
  t.teardown(() => first.close());
  const unread = await sent(first, 'arge', 'caritas');
  const old = await sent(first, 'arge', 'caritas');
  const chain = await sent(first, 'arge', 'caritas');
  await read(await first.as('caritas'), chain.hop);
  const on = await passedOn(first, chain, 'arge', 'caritas', 'diakonie');
  const closed = await sent(first, 'arge', 'caritas');
  await read(await first.as('caritas'), closed.hop);
  await (await first.as('arge')).post(`/v1/clients/${closed.client}/statements`, no());
  const rejected = await sent(first, 'arge', 'caritas');
  await read(await first.as('caritas'), rejected.hop);
  const reject = { expectedVersion: 2, code: 'DUPLICATE' };
  expecting(200, await (await first.as('caritas')).post(`/v1/forwardings/${rejected.hop}/reject`, reject));

  const database = await asFirstRelease(first);
  // 20 days ago there was no limit to how long a forwarding waits.
  await ask(database.migrateUrl, `UPDATE forwarding SET sent_at = sent_at - interval '20 days' WHERE id = $1`, [
    old.hop,
  ]);
  const { applied } = await migrate(database.migrateUrl, { log });
  t.same(
    applied,
    (await readdir(MIGRATIONS_DIRECTORY)).filter((name) => /^\d+_/.test(name)).slice(FIRST_RELEASE.length),
  );
  const exchange = await startExchange({}, { database, keysDir: first.keysDir });
  t.teardown(() => exchange.close());
  const { arge, caritas, diakonie, tgsh } = await partners(exchange, 'arge', 'caritas', 'diakonie', 'tgsh');

  t.equal((await read(caritas, unread.hop)).entries.length, 2, 'what nobody had read is read');
  t.match(await readByGraphql(diakonie, on.hop), { entries: [{}, {}] });
  t.match(await read(caritas, old.hop), { status: 'EXPIRED', entries: [] }, 'what waited too long has expired');
  t.match(await read(caritas, closed.hop), { status: 'BLOCKED', closedEntries: [{ answer: null }, { answer: null }] });
  t.match(await read(caritas, rejected.hop), { status: 'REJECTED', entries: [] });
  const clock = clockJob(exchange);
  t.teardown(() => clock.close());
  await clock.tick();
  t.match(await read(arge, old.hop), { status: 'EXPIRED', disclosed: [{ closedAt: String }, { closedAt: String }] });
  for (const [system, path, many] of [
    [arge, '/v1/sent', 5],
    [caritas, '/v1/inbox', 5],
    [caritas, '/v1/laufzettel', 5],
    [diakonie, '/v1/laufzettel', 1],
    [caritas, '/v1/owed-answers', 4],
  ] as const) {
    t.equal(expecting(200, await system.get(path)).body.items.length, many, path);
  }

  // A waiting one is accepted, the chain is corrected, linked, parted, withdrawn and erased.
  expecting(200, await caritas.post(`/v1/forwardings/${unread.hop}/accept`, { expectedVersion: 2 }));
  t.equal((await read(caritas, unread.hop)).entries.length, 2);
  const [entry] = chain.slip.entryIds;
  const payload = { familienname: 'Erfunden', vorname: 'Ewa' };
  const corrected = expecting(201, await arge.post(`/v1/entries/${entry}/corrections`, { payload })).body.id;
  for (const system of [caritas, diakonie]) {
    const hop = system === caritas ? chain.hop : on.hop;
    t.ok(
      (await read(system, hop)).entries.some(({ id }: { id: string }) => id === corrected),
      'who held it reads the new one',
    );
  }
  const theirs = await newClient(tgsh);
  const link = await linked(exchange, 'arge', chain.client, 'tgsh', theirs);
  const end = { confirm: true };
  expecting(200, await arge.post(`/v1/clients/${chain.client}/links/${link.linkId}/end`, end));
  t.equal((await entriesRead(caritas, chain.theirs)).length, 2);
  t.equal((await entriesRead(diakonie, on.theirs)).length, 2);
  expecting(200, await arge.post(`/v1/laufzettel/${chain.slip.id}/entries`, { entries: [LANGUAGE] }));
  await sayYes(arge, chain.client, 'rantzau', BOTH);
  await forward(arge, chain.slip.id, 'rantzau');
  expecting(201, await arge.post(`/v1/clients/${chain.client}/statements`, no({ recipient: AGENCY.diakonie })));
  t.match(await read(diakonie, on.hop), { entries: [], status: 'BLOCKED' });
  t.equal((await read(caritas, chain.hop)).entries.length, 2);
  expecting(200, await arge.post(`/v1/clients/${chain.client}/erase`, { confirm: true }));
  t.match(await read(caritas, chain.hop), { entries: [], status: 'BLOCKED' });
  const slip = await newSlip(arge, unread.client, [MASTER, CONTACT]);
  t.match((await arge.post(`/v1/laufzettel/${slip.id}/cancel`, { expectedVersion: 1 })).body, { status: 'CANCELLED' });
  t.notOk(/"level":"(error|fatal)"|"statusCode":5/.test(exchange.log.join('\n')), 'and nothing failed');
});
