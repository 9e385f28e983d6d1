/** What a closing leaves behind, for whom. What of it is in the audit: audit.test.ts. */
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { CONTACT, expecting, LANGUAGE, MASTER, now, partners, read, readByGraphql, rowsOf, sent } from './scenes.ts';

t.test('of a row that closes, who had read it keeps id, category and end; who had not keeps nothing', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const { client, theirs, slip, hop } = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT, LANGUAGE]);
  const [master, contact, language] = slip.entryIds;
  // Only the first is read, by its id.
  expecting(200, await caritas.get(`/v1/entries/${master}`));
  const fetched = (await rowsOf(exchange, hop)).filter((row) => row.fetched_at !== null);
  t.same(
    fetched.map((row) => row.entry_id),
    [master],
  );

  const since = await now(exchange);
  const stop = no({ discloser: AGENCY.arge, categories: ['STAMMDATEN', 'KONTAKT'] });
  expecting(201, await arge.post(`/v1/clients/${client}/statements`, stop));

  const sees = {
    read: await read(caritas, hop),
    graphql: await readByGraphql(caritas, hop),
    slip: (await caritas.get(`/v1/laufzettel/${slip.id}`)).body,
    slips: (await caritas.get('/v1/laufzettel')).body,
    inbox: (await caritas.get('/v1/inbox')).body,
    entries: (await caritas.get(`/v1/clients/${theirs}/entries`)).body,
    disclosures: (await caritas.get(`/v1/clients/${theirs}/disclosures`)).body,
    preview: (await caritas.post(`/v1/laufzettel/${slip.id}/preview`, { recipient: AGENCY.tgsh })).body,
    events: await exchange.sql('SELECT type, subject FROM event WHERE agency_id = $1 AND at >= $2', [
      AGENCY.caritas,
      since,
    ]),
  };
  t.notMatch(JSON.stringify(sees), contact, 'the one that it never read has left no trace');
  t.same(
    sees.read.entries.map((entry: { id: string }) => entry.id),
    [language],
  );
  t.match(sees.read.closedEntries, [{ entryId: master, category: 'STAMMDATEN' }]);
  t.match(sees.graphql.closedEntries, [{ entryId: master, category: 'STAMMDATEN' }]);
  t.same(sees.slip.entryIds, [master, language]);
  t.same(sees.disclosures.items.map((row: { entryId: string }) => row.entryId).sort(), [master, language].sort());
  t.same(
    sees.events.map((event) => event.subject.entryId),
    [master],
    'one event, for the one that it had read',
  );
  t.notMatch(JSON.stringify(sees), 'Erfunden', 'and none shows what it was');

  const trail = (await arge.get(`/v1/clients/${client}/disclosures`)).body.items;
  t.equal(trail.length, 3, 'the sender sees all of them, for the person’s right of access');
  t.equal(trail.filter((row: { closedAt: string | null }) => row.closedAt !== null).length, 2);
});

t.test('a recipient that records the no itself is told of what it had read, and of nothing else', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const { theirs, slip, hop } = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT]);
  const [master, contact] = slip.entryIds;
  expecting(200, await caritas.get(`/v1/entries/${master}`));

  const since = await now(exchange);
  expecting(201, await caritas.post(`/v1/clients/${theirs}/statements`, no()));
  t.ok(
    (await rowsOf(exchange, hop)).every((row) => row.closed_at !== null),
    'both close',
  );
  const closings = (agency: 'arge' | 'caritas') =>
    exchange.sql(`SELECT subject FROM event WHERE agency_id = $1 AND type = 'disclosure.closed' AND at >= $2`, [
      AGENCY[agency],
      since,
    ]);
  t.same(
    (await closings('caritas')).map((event) => event.subject.entryId),
    [master],
    'it owes an answer to that one',
  );
  t.same(
    (await closings('arge')).map((event) => event.subject.entryId).sort(),
    [master, contact].sort(),
    'the sender is told of both',
  );
  const [header] = expecting(200, await arge.get(`/v1/forwardings/${hop}`)).body.disclosed;
  t.ok(header.closedAt);
});

t.test('a page marks as read what it shows, and not what comes after it', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const caritas = await exchange.as('caritas');
  const { theirs, slip, hop } = await sent(exchange, 'arge', 'caritas', [MASTER, CONTACT, LANGUAGE]);
  const page = expecting(200, await caritas.get(`/v1/clients/${theirs}/entries?limit=1`)).body;
  t.same(
    page.items.map((entry: { id: string }) => entry.id),
    [slip.entryIds[0]],
  );
  const fetched = (await rowsOf(exchange, hop)).filter((row) => row.fetched_at !== null);
  t.same(
    fetched.map((row) => row.entry_id),
    [slip.entryIds[0]],
  );
  const audits = await exchange.sql(`SELECT subject FROM audit WHERE action = 'entries.read'`);
  t.same(
    audits.map(({ subject }) => subject.entries),
    [[slip.entryIds[0]]],
    'and the audit says the same',
  );
});

t.test('where the key of a handle was destroyed, nothing was read, and a no is heard all the same', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const { client, hop } = await sent(exchange, 'arge', 'caritas');
  await exchange.sql('UPDATE client_key SET wrapped = NULL, destroyed_at = api.clock_now() WHERE client_id = $1', [
    client,
  ]);
  t.same((await read(caritas, hop)).entries, []);
  t.ok(
    (await rowsOf(exchange, hop)).every((row) => row.fetched_at === null),
    'what could not be shown does not count as read',
  );
  t.equal((await arge.post(`/v1/clients/${client}/statements`, no())).status, 201);
  t.ok((await rowsOf(exchange, hop)).every((row) => row.closed_at !== null));
});
