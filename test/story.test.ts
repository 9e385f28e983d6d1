/** The first forwarding, as partners live it: refused, permitted in part, accepted, withdrawn. */
import { no, yes } from './support/consent-bodies.ts';
import { AGENCY, startExchange } from './support/exchange.ts';
import { t } from './support/t.ts';

t.test('a Laufzettel travels by REST, and only with consent', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const caritas = await exchange.as('caritas');

  const client = (await arge.post('/v1/clients', { fileReference: 'BG-1' })).body;
  const created = await arge.post('/v1/laufzettel', {
    clientId: client.id,
    kind: 'BERATUNGSANFRAGE',
    purpose: 'BERATUNG',
    entries: [
      { category: 'STAMMDATEN', payload: { familienname: 'Erfunden', vorname: 'Amira' } },
      { category: 'KONTAKT', payload: { telefon: '+49 30 23125 001' } },
      { category: 'SPRACHE', payload: { erstsprache: 'ar', deutschNiveau: 'A2' } },
    ],
  });
  t.equal(created.status, 201, created.text);
  const path = `/v1/laufzettel/${created.body.id}`;

  const refused = await arge.post(`${path}/forwardings`, { recipient: AGENCY.caritas });
  t.equal(refused.status, 403, refused.text);
  t.equal(refused.body.code, 'consent-missing');
  t.same(
    refused.body.withheld.map((one: { reasons: string[] }) => one.reasons),
    [['NO_CONSENT'], ['NO_CONSENT'], ['NO_CONSENT']],
  );
  t.same(refused.body.missingCore, ['STAMMDATEN', 'KONTAKT']);

  const given = await arge.post(
    `/v1/clients/${client.id}/statements`,
    yes({ recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'KONTAKT'] }),
  );
  t.equal(given.status, 201, given.text);

  const preview = await arge.post(`${path}/preview`, { recipient: AGENCY.caritas });
  t.equal(preview.status, 200, preview.text);
  t.equal(preview.body.refused, false);
  t.equal(preview.body.permitted.length, 2);

  const sent = await arge.post(`${path}/forwardings`, { recipient: AGENCY.caritas });
  t.equal(sent.status, 201, sent.text);
  t.equal(sent.body.forwarding.disclosed.length, 2);
  t.same(sent.body.withheld[0].reasons, ['NO_CONSENT']);

  const inbox = await caritas.get('/v1/inbox');
  t.equal(inbox.status, 200, inbox.text);
  t.equal(inbox.body.items[0].status, 'SENT');
  const { id } = inbox.body.items[0];

  const read = await caritas.get(`/v1/forwardings/${id}`);
  t.equal(read.status, 200, read.text);
  t.equal(read.body.status, 'DELIVERED');
  t.same(
    read.body.entries.map((entry: { category: string }) => entry.category),
    ['STAMMDATEN', 'KONTAKT'],
  );
  t.equal(read.body.entries[0].payload.familienname, 'Erfunden');
  t.not(read.body.clientId, client.id, 'two agencies never share a client id');

  const accepted = await caritas.post(`/v1/forwardings/${id}/accept`, { expectedVersion: read.body.version });
  t.equal(accepted.status, 200, accepted.text);
  t.equal(accepted.body.status, 'ACCEPTED');

  const withdrawn = await arge.post(`/v1/clients/${client.id}/statements`, no());
  t.equal(withdrawn.status, 201, withdrawn.text);
  const after = await caritas.get(`/v1/forwardings/${id}`);
  t.equal(after.status, 200, after.text);
  t.same(after.body.entries, []);
  t.equal(after.body.status, 'BLOCKED');
  t.equal(after.body.closedEntries.length, 2);
  t.notMatch(after.text, 'Erfunden');

  const trail = await arge.get(`/v1/clients/${client.id}/disclosures`);
  t.equal(trail.body.items.length, 2, trail.text);
  t.ok(
    trail.body.items.every(
      (row: { closedAt: string | null; fetchedAt: string | null }) => row.closedAt && row.fetchedAt,
    ),
  );
});

t.test('the same by GraphQL', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const caritas = await exchange.as('caritas');
  const run = async (system: typeof arge, query: string, variables: Record<string, unknown> = {}) => {
    const answer = await system.graphql(query, variables);
    t.equal(answer.status, 200, answer.text);
    return answer.body;
  };

  const client = (await run(arge, 'mutation { createClient(input: { fileReference: "BG-2" }) { id } }')).data
    .createClient;
  const laufzettel = (
    await run(arge, 'mutation ($input: CreateLaufzettelInput!) { createLaufzettel(input: $input) { id entryIds } }', {
      input: {
        clientId: client.id,
        kind: 'FALLMITTEILUNG',
        purpose: 'BERATUNG',
        entries: [
          { category: 'STAMMDATEN', payload: { familienname: 'Erfunden' } },
          { category: 'GESUNDHEIT', payload: { rehaBedarf: 'BEANTRAGT' } },
        ],
      },
    })
  ).data.createLaufzettel;
  const forward =
    'mutation ($id: ID!, $to: ID!) { forwardLaufzettel(laufzettelId: $id, input: { recipient: $to }) { forwarding { id status } withheld { category reasons } } }';
  const variables = { id: laufzettel.id, to: AGENCY.caritas };

  const refused = await run(arge, forward, variables);
  t.equal(refused.errors[0].extensions.code, 'consent-missing');
  t.same(refused.errors[0].extensions.missingCore, ['STAMMDATEN']);

  const given = await run(
    arge,
    'mutation ($id: ID!, $input: StatementInput!) { recordStatement(clientId: $id, input: $input) { id decision } }',
    {
      id: client.id,
      input: yes({ recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'GESUNDHEIT'], form: 'ORAL' }),
    },
  );
  t.equal(given.data.recordStatement.decision, 'GIVEN');

  const sent = (await run(arge, forward, variables)).data.forwardLaufzettel;
  t.same(sent.withheld, [{ category: 'GESUNDHEIT', reasons: ['FORM_INSUFFICIENT'] }]);

  const read = '{ inbox { items { id status } } }';
  const [header] = (await run(caritas, read)).data.inbox.items;
  const got = (
    await run(caritas, 'query ($id: ID!) { forwarding(forwardingId: $id) { version status entries { payload } } }', {
      id: header.id,
    })
  ).data.forwarding;
  t.same(got.entries, [{ payload: { familienname: 'Erfunden' } }]);

  const accepted = await run(
    caritas,
    'mutation ($id: ID!, $version: Int!) { acceptForwarding(forwardingId: $id, input: { expectedVersion: $version }) { status } }',
    { id: header.id, version: got.version },
  );
  t.equal(accepted.data.acceptForwarding.status, 'ACCEPTED');

  await run(
    arge,
    'mutation ($id: ID!, $input: StatementInput!) { recordStatement(clientId: $id, input: $input) { id } }',
    {
      id: client.id,
      input: no(),
    },
  );
  const after = await run(caritas, 'query ($id: ID!) { forwarding(forwardingId: $id) { status entries { id } } }', {
    id: header.id,
  });
  t.same(after.data.forwarding, { status: 'BLOCKED', entries: [] });
});
