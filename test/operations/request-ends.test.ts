/** How a request ends that neither side ends: by a no, with the agreement, by time; and that it is fulfilled once. */
import { openDatabase } from '../../src/persistence/database.ts';
import { requestStore } from '../../src/persistence/request-store.ts';
import { type System, systemAt, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, ask, forward, instant, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000' });
t.teardown(() => exchange.close());

const get = (by: System, requestId: string) => by.call('getRequest', { params: { requestId } });
const decline = (by: System, requestId: string) =>
  by.call('declineRequest', { params: { requestId }, body: { expectedVersion: 1, code: 'OTHER' } });

/** What an agency was told of a request, in order. */
const told = async (agency: string, requestId: string): Promise<string[]> =>
  (
    await exchange.sql(`SELECT type FROM event WHERE agency_id = $1 AND subject ->> 'requestId' = $2 ORDER BY at, id`, [
      agency,
      requestId,
    ])
  ).map((event) => event.type);

/** A no, and whether it ends a request of arge to caritas for BERATUNG. */
const NOES: [why: string, scope: Record<string, unknown>, ends: boolean][] = [
  ['everything stops', {}, true],
  ['from the asker', { discloser: AGENCY.arge }, true],
  ['to the asked', { recipient: AGENCY.caritas }, true],
  ['for the purpose', { purpose: 'BERATUNG' }, true],
  ['about STAMMDATEN', { categories: ['KONTAKT', 'STAMMDATEN'] }, true],
  [
    'all of it',
    { discloser: AGENCY.arge, recipient: AGENCY.caritas, purpose: 'BERATUNG', categories: ['STAMMDATEN'] },
    true,
  ],
  ['the other way round', { discloser: AGENCY.caritas, recipient: AGENCY.arge }, false],
  ['to somebody else', { recipient: AGENCY.tgsh }, false],
  ['for something else', { purpose: 'SCHULE' }, false],
  ['about something else', { categories: ['KONTAKT'] }, false],
];
await throughADoor(t, exchange, 'a no that covers it ends a request, whoever recorded it', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  for (const [why, scope, ends] of NOES) {
    for (const [by, knows] of [
      [arge, true],
      [caritas, true],
      [arge, false],
    ] as const) {
      const one = await openCase(arge);
      await sayYes(arge, one.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
      const sent = knows ? await forward(arge, one, AGENCY.caritas) : null;
      const { id } = await ask(arge, one.clientId, AGENCY.caritas);
      const { items } = await caritas.done('listInbox', { query: { limit: 1 } });
      const clientId = by === arge ? one.clientId : items[0].clientId;
      await by.done('recordStatement', { params: { clientId }, body: no(scope) });
      t.match(
        await get(arge, id),
        { ok: true, value: ends ? { status: 'WITHDRAWN', version: 2 } : { status: 'OPEN', version: 1 } },
        why,
      );
      const [toAsker, toAsked] = [await told(AGENCY.arge, id), await told(AGENCY.caritas, id)];
      t.same(toAsker, ends ? ['request.withdrawn'] : []);
      t.same(toAsked, sent === null ? [] : ['request.received', ...(ends ? ['request.withdrawn'] : [])]);
    }
  }
});

await throughADoor(
  t,
  exchange,
  'it ends with the agreement, and with a side that is suspended',
  async (t, as, door) => {
    const admin = await as('admin');
    for (const ending of ['terminate', 'suspend asker', 'suspend asked'] as const) {
      const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
      const agreementId = await agree([one, other]);
      const sent = await sendCase(one.system, other.id);
      const { id } = await ask(one.system, sent.clientId, other.id);
      const elsewhere = await ask(
        await as('arge'),
        (await sendCase(await as('arge'), AGENCY.caritas)).clientId,
        AGENCY.caritas,
      );
      if (ending === 'terminate') {
        await one.system.refused('terminateAgreement', { params: { agreementId }, body: {} });
        t.match(
          await get(one.system, id),
          { ok: true, value: { status: 'OPEN' } },
          'what is only asked about changes nothing',
        );
        await one.system.done('terminateAgreement', { params: { agreementId }, body: { confirm: true } });
      } else {
        const agencyId = ending === 'suspend asker' ? one.id : other.id;
        await admin.done('suspendAgency', { params: { agencyId }, body: { confirm: true } });
      }
      const witness = ending === 'suspend asker' ? other.system : one.system;
      t.match(await get(witness, id), { ok: true, value: { status: 'WITHDRAWN', version: 2 } }, ending);
      t.same(await told(one.id, id), ['request.withdrawn']);
      t.same(await told(other.id, id), ['request.received', 'request.withdrawn']);
      t.match(await get(await as('arge'), elsewhere.id), { ok: true, value: { status: 'OPEN' } });
    }
  },
);

// ── Fulfilled, at the end of the transaction that writes a forwarding ──

/** SQLSTATE, or null when it was done. */
const fulfil = (agency: string, requestId: string, hop: string): Promise<string | null> =>
  exchange
    .sql('SELECT internal.fulfil_request($1, $2, $3, api.clock_now())', [
      { agency, system: 'test', caseworker: null },
      requestId,
      hop,
    ])
    .then(
      () => null,
      (error) => (error as { code: string }).code,
    );

await throughADoor(t, exchange, 'a forwarding to who asked, about whom it asked, fulfils it', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const came = await sendCase(caritas, AGENCY.arge);
  const { clientId } = await arge.done('getForwarding', { params: { forwardingId: came.forwardingId } });
  const { id } = await ask(arge, clientId, AGENCY.caritas);
  const other = await sendCase(caritas, AGENCY.arge);
  await sayYes(caritas, came.clientId, { recipient: AGENCY.tgsh, categories: ['STAMMDATEN'] });
  const away = await forward(caritas, came, AGENCY.tgsh);
  const answer = await forward(caritas, came, AGENCY.arge);
  if (!away.ok || !answer.ok) throw new Error('was not sent');
  const [toOther, hop] = [away.value.forwarding.id, answer.value.forwarding.id];
  const hidden = await openCase(arge);
  await sayYes(arge, hidden.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
  const unseen = await ask(arge, hidden.clientId, AGENCY.caritas);

  t.equal(await fulfil(AGENCY.caritas, NOTHING, hop), 'LZ414');
  t.equal(await fulfil(AGENCY.arge, id, came.forwardingId), 'LZ414', 'not by who asked');
  t.equal(await fulfil(AGENCY.caritas, unseen.id, hop), 'LZ414', 'nor one about somebody it does not know');
  t.equal(await fulfil(AGENCY.caritas, id, toOther), 'LZ422', 'nor by what went elsewhere');
  t.equal(await fulfil(AGENCY.caritas, id, other.forwardingId), 'LZ422', 'nor about somebody else');
  t.match(await get(arge, id), { ok: true, value: { status: 'OPEN', version: 1 } });
  t.equal(await fulfil(AGENCY.caritas, id, hop), null);
  t.match(await get(arge, id), { ok: true, value: { status: 'FULFILLED', forwardingId: hop, version: 2 } });
  t.match(await get(caritas, id), { ok: true, value: { status: 'FULFILLED', forwardingId: hop, version: 2 } });
  t.same(await told(AGENCY.arge, id), ['request.fulfilled']);
  t.equal(await fulfil(AGENCY.caritas, id, hop), 'LZ410', 'once');
  t.match(await decline(caritas, id), { ok: false, code: 'version-stale' });
});

// ── What time ends ──

t.test('time ends it at the very millisecond, written down already or not', async (t) => {
  const timed = await startExchange();
  const database = openDatabase({ url: timed.database.serviceUrl, poolSize: 1 });
  t.teardown(async () => {
    await database.close();
    await timed.close();
  });
  const [arge, caritas] = [await timed.as('arge'), await timed.as('caritas')];
  const asked = async (validUntil: string) => {
    const system = systemAt('REST', timed.url, arge.token);
    const one = await openCase(system);
    await sayYes(system, one.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'], validUntil });
    await forward(system, one, AGENCY.caritas);
    return ask(system, one.clientId, AGENCY.caritas);
  };
  const long = await asked(instant(Date.now(), 90 * 86_400_000));
  const short = await asked(instant(Date.now(), 2 * 86_400_000));
  const at = async (moment: string, ms: number) => {
    await timed.sql(
      `CREATE OR REPLACE FUNCTION api.clock_now() RETURNS timestamptz LANGUAGE sql VOLATILE
       AS $$ SELECT timestamptz '${instant(moment, ms)}' $$`,
    );
  };
  const seen = async (id: string) => [
    (await arge.get(`/v1/requests/${id}`)).text,
    (await caritas.get(`/v1/requests/${id}`)).text,
  ];
  const [{ ends }] = await timed.sql('SELECT ends_at AS ends FROM laufzettel_request WHERE id = $1', [short.id]);
  for (const [id, end] of [
    [short.id, ends.toISOString()],
    [long.id, long.expiresAt],
  ] as const) {
    await at(end, -1);
    for (const text of await seen(id)) t.match(JSON.parse(text), { status: 'OPEN', version: 1 });
    await at(end, 0);
    const before = await seen(id);
    for (const text of before) t.match(JSON.parse(text), { status: 'EXPIRED', version: 2, changedAt: end });
    const late = await caritas.post(`/v1/requests/${id}/decline`, { expectedVersion: 2, code: 'OTHER' });
    t.match(late, { status: 409, body: { currentStatus: 'EXPIRED', allowed: [] } });
    const filtered = (await arge.get('/v1/requests?direction=SENT&status=EXPIRED')).body.items;
    t.ok(filtered.some((one: { id: string }) => one.id === id));
    t.equal(await requestStore(database).expire(200), 1);
    t.equal(await requestStore(database).expire(200), 0, 'once');
    t.same(await seen(id), before, 'nobody sees whether it was written down');
    const events = await timed.sql(
      `SELECT agency_id FROM event WHERE type = 'request.expired' AND subject ->> 'requestId' = $1`,
      [id],
    );
    t.same(events.map((event) => event.agency_id).sort(), [AGENCY.arge, AGENCY.caritas].sort());
  }
});
