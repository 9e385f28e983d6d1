/** What somebody writes stays where it belongs: no error answer repeats it, no log line, event or audit record holds it. */
import { assertNoCanary, marker, markersIn } from '../support/canary.ts';
import { proposalOf, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Answer, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { expecting, forward, newClient, newSlip, partners, read, sayYes } from './scenes.ts';

t.test('no personal value comes back in an error, nor into the log, events or audit', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas, tgsh } = await partners(exchange, 'arge', 'caritas', 'tgsh');
  const name = marker('a name');
  const reference = marker('a file reference');
  const client = await newClient(arge, reference);
  const master = { category: 'STAMMDATEN', payload: { familienname: name } };
  const slip = await newSlip(arge, client, [master]);
  const answers: Answer[] = [];
  const path = `/v1/clients/${client}`;

  // By REST: each of these is wrong in its own way.
  const stray = marker('a stray value');
  const said = yes({ recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
  const proposed = proposalOf({
    type: 'STATEMENT',
    discloser: AGENCY.tgsh,
    recipient: AGENCY.caritas,
    categories: ['KONTAKT'],
  });
  const { decision: _decision, recipient: _recipient, purpose: _purpose, categories: _categories, ...sheet } = said;
  const line = { type: 'RELEASE', decision: 'GIVEN', categories: ['KONTAKT'] };
  for (const [to, body] of [
    ['/v1/clients', { fileReference: reference }],
    ['/v1/clients', { fileReference: `${stray}\u0007` }],
    ['/v1/clients', { [stray]: 1 }],
    ['/v1/clients/find', { fileReference: stray }],
    [`${path}/entries`, { category: 'STAMMDATEN', payload: { familienname: [name] } }],
    [`${path}/entries`, { category: 'STAMMDATEN', payload: { [stray]: name } }],
    [`${path}/entries`, { category: 'STAMMDATEN', payload: { geburtsdatum: stray } }],
    [`${path}/entries`, { category: stray, payload: { familienname: name } }],
    [`${path}/entries`, { category: 'KONTAKT', payload: { email: stray } }],
    [`${path}/entries`, { category: 'SPRACHE', payload: { erstsprache: `${stray}!` } }],
    [`${path}/entries`, { category: 'DOKUMENT', filedUnder: [stray], payload: { typ: stray, dateiname: stray } }],
    [`${path}/entries`, { ...master, concerns: [stray] }],
    [`${path}/statements`, { ...said, evidenceRef: stray, purpose: stray }],
    [`${path}/statements`, { ...said, evidenceRef: stray, validUntil: '2020-01-01' }],
    [`${path}/statements`, { ...said, evidenceRef: stray, recipient: AGENCY.arge }],
    [`${path}/statements`, { ...said, language: stray, textHash: stray }],
    [`${path}/proposals`, { ...said, evidenceRef: stray }],
    [`${path}/proposals`, { ...proposed, evidenceRef: stray, validUntil: '2020-01-01' }],
    [`${path}/consent-forms`, { ...sheet, evidenceRef: stray, lines: [{ type: stray, decision: stray }] }],
    [`${path}/consent-forms`, { ...sheet, evidenceRef: stray, lines: [{ ...line, recipient: AGENCY.arge }] }],
    ['/v1/laufzettel', { clientId: client, kind: stray, purpose: 'BERATUNG', entries: [master] }],
    ['/v1/laufzettel', { clientId: stray, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entries: [master] }],
    [`/v1/laufzettel/${slip.id}/forwardings`, { recipient: AGENCY.caritas }],
    [`/v1/laufzettel/${slip.id}/forwardings`, { recipient: stray }],
    [`/v1/${stray}`, { familienname: name }],
  ] as const) {
    answers.push(await arge.post(to, body));
  }
  for (const to of [`/v1/clients/${stray}`, `/v1/entries/${stray}`, `/v1/clients?cursor=${stray}`]) {
    answers.push(await arge.get(to));
  }
  answers.push(await arge.get('/v1/clients', { 'laufzettel-caseworker': `${stray} ${name}` }));
  answers.push(await arge.get('/v1/clients', { authorization: `Bearer ${stray}` }));
  for (const text of [`{"fileReference": "${stray}"`, `"${stray}"`, `${stray}`, `{"__proto__": "${stray}"}`]) {
    const response = await fetch(`${exchange.url}/v1/clients`, {
      method: 'POST',
      headers: { authorization: `Bearer ${arge.token}`, 'content-type': 'application/json' },
      body: text,
    });
    answers.push({ status: response.status, headers: response.headers, text: await response.text(), body: null });
  }

  // By GraphQL: in variables, and where nobody should write it, in the document.
  const create = 'mutation ($input: CreateClientInput!) { createClient(input: $input) { id } }';
  const write = 'mutation ($id: ID!, $input: EntryInput!) { addEntry(clientId: $id, input: $input) { id } }';
  for (const [query, variables] of [
    [create, { input: { fileReference: reference } }],
    [create, { input: { fileReference: [stray], [stray]: name } }],
    [write, { id: client, input: { category: stray, payload: { familienname: name } } }],
    [write, { id: client, input: { category: 'STAMMDATEN', payload: { [stray]: name } } }],
    [write, { id: stray, input: master }],
    [`mutation { createClient(input: { fileReference: ${stray} }) { id } }`],
    [`mutation { createClient(input: { fileReference: "${stray}" }) { nothing } }`],
    [`mutation { createClient(input: { fileReference: "${stray} ) { id } }`],
    [`{ entry(entryId: "${stray}") { payload } }`],
    [`{ clients(cursor: "${stray}") { items { id } } }`],
    [`{ clients(limit: ${stray}) { items { id } } }`],
  ] as [string, Record<string, unknown>?][]) {
    answers.push(await arge.graphql(query, variables));
  }
  t.same(
    answers.filter((answer) => answer.status < 400 && answer.body?.errors === undefined).map((answer) => answer.text),
    [],
    'every one of them was an error',
  );
  t.same(
    answers.filter((answer) => answer.status >= 500).map((answer) => answer.text),
    [],
    'and none of them ours',
  );

  // And a story in which nothing goes wrong, read by somebody who may not.
  await sayYes(arge, client, 'caritas', ['STAMMDATEN'], { evidenceRef: marker('evidence') });
  const hop = await forward(arge, slip.id, 'caritas');
  t.match(JSON.stringify(await read(caritas, hop)), name, 'its recipient reads it');
  const foreign: Answer[] = [];
  for (const to of [
    `/v1/forwardings/${hop}`,
    `/v1/entries/${slip.entryIds[0]}`,
    path,
    `${path}/entries`,
    `/v1/laufzettel/${slip.id}`,
  ]) {
    foreign.push(await tgsh.get(to));
  }
  t.ok(foreign.every((answer) => answer.status === 404));
  const sender = expecting(200, await arge.get(`/v1/forwardings/${hop}`));
  const told = await exchange.sql('SELECT * FROM event');
  const audits = await exchange.sql('SELECT * FROM audit');
  t.ok(told.length > 0 && audits.length > 0);
  assertNoCanary(t, {
    log: exchange.log,
    answers: [...answers, ...foreign],
    texts: { events: JSON.stringify(told), audit: JSON.stringify(audits), 'the sender’s view': sender.text },
  });
  t.ok(exchange.log.length > answers.length, 'the log was written');
});

t.test('the name of an unknown member of an input does not come back either', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const stray = marker('a member');
  const answers = [
    await arge.post('/v1/clients', { [stray]: 'x' }),
    await arge.graphql('mutation ($input: CreateClientInput!) { createClient(input: $input) { id } }', {
      input: { [stray]: 'x' },
    }),
    await arge.graphql(`mutation { createClient(input: { ${stray}: "x" }) { id } }`),
  ];
  t.same(
    answers.map((answer) => answer.status),
    [400, 400, 400],
  );
  assertNoCanary(t, { log: exchange.log, answers });
});

t.test('the search fails for what it is there for', async (t) => {
  const value = marker('a probe', 'Müller "');
  for (const text of [
    value,
    JSON.stringify({ value }),
    encodeURIComponent(value),
    Buffer.from(`x${value}`).toString('base64'),
  ]) {
    t.same(markersIn(`before ${text} after`), ['a probe']);
  }
  t.same(markersIn('nothing of it'), []);
});
