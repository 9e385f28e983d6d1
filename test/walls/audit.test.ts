/** The audit: everything asked, sent, refused, read and closed is in it once, with who, what and why, by ids and codes. */
import type { Test } from 'tap';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  CONTACT,
  expecting,
  forward,
  later,
  MASTER,
  newClient,
  newSlip,
  now,
  partners,
  read,
  readByGraphql,
  rowsOf,
  sayYes,
} from './scenes.ts';

const auditsSince = (exchange: Exchange, since: Date) =>
  exchange.sql('SELECT action, outcome, subject, agency_id AS agency FROM audit WHERE at >= $1 ORDER BY at, id', [
    since,
  ]);

async function audited(t: Test, exchange: Exchange, name: string, act: () => Promise<unknown>, expected: string[]) {
  const since = await now(exchange);
  await act();
  const audits = await auditsSince(exchange, since);
  t.same(audits.map((audit) => `${audit.action} ${audit.outcome}`).sort(), expected.toSorted(), name);
  t.notMatch(JSON.stringify(audits), /Erfunden|30 23125|Amira/, `${name}: by ids and codes`);
  return audits;
}

t.test('every preview, refusal, disclosure, reading and closing is audited once, at both doors', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const client = await newClient(arge);
  const slip = await newSlip(arge, client, [MASTER, CONTACT]);
  const to = { recipient: AGENCY.caritas };
  const byGraphql = (system: typeof arge, type: string, field: string, fields: string) =>
    system.graphql(
      `${type} ($id: ID!, $input: ForwardInput!) { ${field}(laufzettelId: $id, input: $input) { ${fields} } }`,
      { id: slip.id, input: to },
    );
  const path = `/v1/laufzettel/${slip.id}`;

  await audited(t, exchange, 'a preview that withholds', () => arge.post(`${path}/preview`, to), [
    'forwarding.preview WITHHOLD',
  ]);
  await audited(t, exchange, 'a preview by GraphQL', () => byGraphql(arge, 'query', 'previewForwarding', 'refused'), [
    'forwarding.preview WITHHOLD',
  ]);
  await audited(t, exchange, 'a refusal', () => arge.post(`${path}/forwardings`, to), ['forwarding.send WITHHOLD']);
  const [refusal] = await audited(
    t,
    exchange,
    'a refusal by GraphQL',
    () => byGraphql(arge, 'mutation', 'forwardLaufzettel', 'forwarding { id }'),
    ['forwarding.send WITHHOLD'],
  );
  t.match(refusal.subject, { laufzettel: slip.id, permitted: [], missingCore: ['STAMMDATEN'] });
  t.same(refusal.subject.withheld.map((one: { entry: string }) => one.entry).sort(), slip.entryIds.toSorted());
  const unknown = await arge.post(`${path}/forwardings`, { ...to, entryIds: [AGENCY.tgsh] });
  t.equal(unknown.status, 422);

  await sayYes(arge, client, 'caritas', ['STAMMDATEN', 'KONTAKT']);
  await audited(t, exchange, 'a preview that permits', () => arge.post(`${path}/preview`, to), [
    'forwarding.preview PERMIT',
  ]);
  let hop = '';
  const [send] = await audited(
    t,
    exchange,
    'a forwarding',
    async () => {
      hop = await forward(arge, slip.id, 'caritas');
    },
    ['forwarding.send PERMIT'],
  );
  t.same(send.subject.permitted.toSorted(), slip.entryIds.toSorted(), 'names each entry that it disclosed');

  for (const [door, look] of [
    ['REST', read],
    ['GraphQL', readByGraphql],
  ] as const) {
    const [reading] = await audited(t, exchange, `a reading by ${door}`, () => look(caritas, hop), [
      'entries.read PERMIT',
    ]);
    t.same(reading.subject.entries.toSorted(), slip.entryIds.toSorted());
    t.equal(reading.agency, AGENCY.caritas);
  }
  const { clientId } = await read(caritas, hop);
  await audited(t, exchange, 'a list', () => caritas.get(`/v1/clients/${clientId}/entries`), ['entries.read PERMIT']);
  await audited(t, exchange, 'one entry', () => caritas.get(`/v1/entries/${slip.entryIds[0]}`), [
    'entries.read PERMIT',
  ]);
  await audited(t, exchange, 'own entries', () => arge.get(`/v1/clients/${client}/entries`), []);
  await audited(t, exchange, 'what is not there', () => caritas.get(`/v1/entries/${AGENCY.tgsh}`), []);

  const closings = await audited(t, exchange, 'a no', () => arge.post(`/v1/clients/${client}/statements`, no()), [
    'disclosure.close WITHDRAWN',
    'statement.record WITHDRAWN',
  ]);
  const ids = closings.flatMap((audit) => audit.subject.disclosures ?? []);
  t.same(ids.toSorted(), (await rowsOf(exchange, hop)).map((row) => row.id).sort(), 'names each row once');
  await audited(t, exchange, 'a no that closes nothing', () => arge.post(`/v1/clients/${client}/statements`, no()), [
    'statement.record WITHDRAWN',
  ]);
});

t.test('a forwarding that leaves something out is audited with what, and why', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const client = await newClient(arge);
  const slip = await newSlip(arge, client, [MASTER, CONTACT]);
  const [master, contact] = slip.entryIds;
  await sayYes(arge, client, 'caritas', ['STAMMDATEN']);
  const act = () => forward(arge, slip.id, 'caritas');
  const [audit] = await audited(t, exchange, 'half of it', act, ['forwarding.send PERMIT']);
  t.same(audit.subject.permitted, [master]);
  t.same(audit.subject.withheld, [{ entry: contact, category: 'KONTAKT', reasons: ['NO_CONSENT'] }]);
});

t.test('what time had ended is audited as ended by time, whoever came by', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const arge = await exchange.as('arge');
  const client = await newClient(arge);
  const slip = await newSlip(arge, client, [MASTER, CONTACT]);
  const [master, contact] = slip.entryIds;
  const at = await now(exchange);
  await sayYes(arge, client, 'caritas', ['STAMMDATEN']);
  await sayYes(arge, client, 'caritas', ['KONTAKT'], { validUntil: later(at, 3_600_000).toISOString() });
  const hop = await forward(arge, slip.id, 'caritas');
  await exchange.advanceClock(7_200_000);
  const since = await now(exchange);
  expecting(201, await arge.post(`/v1/clients/${client}/statements`, no()));
  const closings = await exchange.sql(
    `SELECT system, agency_id AS agency, outcome, subject FROM audit WHERE at >= $1 AND action = 'disclosure.close'`,
    [since],
  );
  const rows = await rowsOf(exchange, hop);
  const rowOf = (entry: string) => rows.find((one) => one.entry_id === entry)!;
  const by = { clock: { system: 'clock', agency: null }, arge: { system: 'arge-pinneberg', agency: AGENCY.arge } };
  t.same(
    closings.sort((one, other) => (one.outcome < other.outcome ? -1 : 1)),
    [
      { ...by.clock, outcome: 'TIME', subject: { disclosures: [rowOf(contact!).id] } },
      { ...by.arge, outcome: 'WITHDRAWN', subject: { disclosures: [rowOf(master!).id] } },
    ],
  );
  t.equal(rowOf(contact!).closed_at!.getTime(), later(at, 3_600_000).getTime(), 'at the end that it had');
});

t.test('the audit says who sat there, where the system says it', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const client = await newClient(arge);
  const slip = await newSlip(arge, client, [MASTER]);
  const since = await now(exchange);
  const by = (name: string) => ({ 'laufzettel-caseworker': name });
  const to = { recipient: AGENCY.caritas };
  const path = `/v1/laufzettel/${slip.id}`;
  expecting(200, await arge.post(`${path}/preview`, to, by('a-1')));
  expecting(403, await arge.post(`${path}/forwardings`, to, by('a-2')));
  const said = yes({ ...to, categories: ['STAMMDATEN'] });
  expecting(201, await arge.post(`/v1/clients/${client}/statements`, said, by('a-3')));
  const sending = expecting(201, await arge.post(`${path}/forwardings`, to, by('a-4')));
  const hop = sending.body.forwarding.id;
  expecting(200, await caritas.get(`/v1/forwardings/${hop}`, by('c-1')));
  expecting(200, await caritas.get(`/v1/entries/${slip.entryIds[0]}`));
  expecting(201, await arge.post(`/v1/clients/${client}/statements`, no(), by('a-5')));
  const audits = await exchange.sql(
    'SELECT action, outcome, system, caseworker FROM audit WHERE at >= $1 ORDER BY at, id',
    [since],
  );
  t.same(
    audits.map((one) => [`${one.action} ${one.outcome}`, one.system, one.caseworker]),
    [
      ['forwarding.preview WITHHOLD', 'arge-pinneberg', 'a-1'],
      ['forwarding.send WITHHOLD', 'arge-pinneberg', 'a-2'],
      ['statement.record GIVEN', 'arge-pinneberg', 'a-3'],
      ['forwarding.send PERMIT', 'arge-pinneberg', 'a-4'],
      ['entries.read PERMIT', 'caritas-pinneberg', 'c-1'],
      ['entries.read PERMIT', 'caritas-pinneberg', null],
      ['statement.record WITHDRAWN', 'arge-pinneberg', 'a-5'],
      ['disclosure.close WITHDRAWN', 'arge-pinneberg', 'a-5'],
    ],
  );
});
