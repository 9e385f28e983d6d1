/**
 * The second decision, with everything else that closes switched off: a no comes into the database past the service, so no
 * row closes and no end moves. Whoever reads is decided upon again, and gets nothing of it, on no path.
 */
import { Client } from 'pg';
import { AGENCY, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  CONTACT,
  entriesRead,
  expecting,
  LANGUAGE,
  MASTER,
  partners,
  read,
  readByGraphql,
  rowsOf,
  type Story,
  sent,
} from './scenes.ts';
import { connectAs } from './service-role.ts';

const ALL = ['STAMMDATEN', 'KONTAKT', 'SPRACHE'];

/** As somebody would who repairs by hand: the fact is there, and nothing that ought to follow from it. */
async function sayNoPastTheService(exchange: Exchange, { client }: Story, categories: string[]): Promise<void> {
  await exchange.sql(
    `INSERT INTO statement (id, client_id, decision, discloser_id, recipient_id, purpose, categories, stated_at, recorded_at,
       recorded_by, stated_by, age_band)
     SELECT uuidv7(), $1, 'WITHDRAWN', $2, NULL, NULL, $3, at, at, $2, 'PERSON', 'ADULT' FROM api.clock_now() AS at`,
    [client, AGENCY.arge, categories],
  );
}

const openRows = async (exchange: Exchange, { hop }: Story): Promise<number> =>
  (await rowsOf(exchange, hop)).filter((row) => row.closed_at === null).length;

t.test('what is not permitted any more is not read, though its row is open', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const caritas = await exchange.as('caritas');
  for (const hadRead of [false, true]) {
    const story = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT, LANGUAGE]);
    const [, contact] = story.slip.entryIds as [string, string, string];
    if (hadRead) t.equal((await read(caritas, story.hop)).entries.length, 3);
    await sayNoPastTheService(exchange, story, ['KONTAKT']);
    t.equal(await openRows(exchange, story), 3, 'no row has closed');
    const permitted = story.slip.entryIds.filter((id) => id !== contact).sort();
    for (const look of [read, readByGraphql]) {
      const { entries } = await look(caritas, story.hop);
      t.same(entries.map((one: { id: string }) => one.id).sort(), permitted, 'the forwarding');
    }
    t.same(await entriesRead(caritas, story.theirs), permitted, 'the list');
    t.equal((await caritas.get(`/v1/entries/${contact}`)).status, 404, 'the entry');
    const [row] = (await rowsOf(exchange, story.hop)).filter((one) => one.entry_id === contact);
    t.equal(row!.fetched_at !== null, hadRead, 'nor does it count as read now');
    const onward = { recipient: AGENCY.diakonie, entryIds: [contact] };
    const preview = expecting(200, await caritas.post(`/v1/laufzettel/${story.slip.id}/preview`, onward)).body;
    t.match(preview.withheld, [{ reasons: ['ONWARD_NOT_COVERED', 'ONWARD_NOT_HELD'] }], 'nor is it passed on');
  }
});

t.test('a fact that cannot be read withholds all at a reading, whatever it is about', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const caritas = await exchange.as('caritas');
  const release = `INSERT INTO release (id, client_id, decision, stated_at, recorded_at, recorded_by, stated_by, age_band)
    SELECT uuidv7(), $1, 'WITHDRAWN', at, at, $2, 'NOBODY', 'ADULT' FROM api.clock_now() AS at`;
  const row = `UPDATE disclosure SET relied_on = '{}' WHERE id =
    (SELECT id FROM disclosure WHERE forwarding_id = $1 ORDER BY id LIMIT 1)`;
  for (const breakIt of [
    ({ client }: Story) => exchange.sql(release, [client, AGENCY.arge]),
    ({ hop }: Story) => exchange.sql(row, [hop]),
  ]) {
    const story = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT]);
    t.equal((await read(caritas, story.hop)).entries.length, 2);
    await breakIt(story);
    for (const look of [read, readByGraphql]) t.same((await look(caritas, story.hop)).entries, []);
    t.equal(await openRows(exchange, story), 2, 'and nothing has closed');
  }
});

t.test('an agreement or an agency that was changed past the service counts at the next reading', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const caritas = await exchange.as('caritas');
  const story = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT]);
  const onward = { recipient: AGENCY.diakonie };
  for (const [change, takeBack] of [
    ['UPDATE agreement SET terminated_at = api.clock_now()', 'UPDATE agreement SET terminated_at = NULL'],
    [
      `UPDATE agency SET suspended_at = api.clock_now() WHERE id = '${AGENCY.arge}'`,
      `UPDATE agency SET suspended_at = NULL WHERE id = '${AGENCY.arge}'`,
    ],
    [
      `UPDATE agreement_party SET left_at = api.clock_now() WHERE agency_id = '${AGENCY.arge}'`,
      `UPDATE agreement_party SET left_at = NULL WHERE agency_id = '${AGENCY.arge}'`,
    ],
  ] as const) {
    t.equal((await read(caritas, story.hop)).entries.length, 2);
    await exchange.sql(change);
    for (const look of [read, readByGraphql]) t.same((await look(caritas, story.hop)).entries, [], change);
    const preview = expecting(200, await caritas.post(`/v1/laufzettel/${story.slip.id}/preview`, onward)).body;
    t.match(preview, { permitted: [] }, 'nor is it passed on');
    t.equal(await openRows(exchange, story), 2, 'and nothing has closed');
    await exchange.sql(takeBack);
  }
  t.equal((await read(caritas, story.hop)).entries.length, 2);
  // As a repair that has switched triggers off.
  const repair = new Client(exchange.database.superUrl);
  await repair.connect();
  t.teardown(() => repair.end());
  await repair.query('SET session_replication_role = replica');
  await repair.query('UPDATE agreement SET terminated_at = api.clock_now()');
  t.same((await read(caritas, story.hop)).entries, [], 'nor is a repair missed');
});

t.test('a page is filled from what comes after what is withheld', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const caritas = await exchange.as('caritas');
  const story = await sent(exchange, 'arge', 'caritas', [CONTACT, CONTACT, MASTER, CONTACT, LANGUAGE]);
  await sayNoPastTheService(exchange, story, ['KONTAKT']);
  const pages: string[][] = [];
  for (let cursor = ''; ; ) {
    const path = `/v1/clients/${story.theirs}/entries?limit=1${cursor}`;
    const { items, nextCursor } = expecting(200, await caritas.get(path)).body;
    pages.push(items.map((one: { category: string }) => one.category));
    if (nextCursor === null) break;
    cursor = `&cursor=${nextCursor}`;
  }
  t.same(pages, [['STAMMDATEN'], ['SPRACHE']], 'no empty page, and none too many');
});

t.test('everything that was said comes to nothing when all is withdrawn past the service', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const story = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT, LANGUAGE]);
  await sayNoPastTheService(exchange, story, ALL);
  t.same((await read(caritas, story.hop)).entries, []);
  t.same(await entriesRead(caritas, story.theirs), []);
  t.equal((await entriesRead(arge, story.client)).length, 3, 'whoever wrote it has it still');
});

t.test('what closes between the decision and the reading is not read', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const story = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT]);
  const [first, second] = (await rowsOf(exchange, story.hop)).map((row) => row.id);
  await exchange.sql('UPDATE disclosure SET closed_at = api.clock_now() WHERE id = $1', [second]);
  const service = await connectAs(exchange.database.serviceUrl);
  t.teardown(() => service.close());
  const actor = { agency: AGENCY.caritas, system: 'caritas', caseworker: null };
  const mark = (rows: unknown[]) =>
    service.attempt(`SELECT api.mark_read($1, $2, $3, '{"entries": []}', $4, '[]')`, [
      actor,
      rows,
      story.hop,
      Date.now(),
    ]);
  t.equal(typeof (await mark([first])), 'object', 'an open row is marked');
  t.equal(await mark([first, second]), 'LZ412', 'with a closed one among them it has to be decided again');
});
