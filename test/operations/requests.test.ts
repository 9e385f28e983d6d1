/** Requests: please send me a Laufzettel about this client. Who may ask, what the asked agency sees, how it ends. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { link } from './links.ts';
import { admit, agree, ask, count, entryOf, forward, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000' });
t.teardown(() => exchange.close());

const get = (by: System, requestId: string) => by.call('getRequest', { params: { requestId } });
const decline = (by: System, requestId: string, expectedVersion = 1, code = 'NO_CAPACITY') =>
  by.call('declineRequest', { params: { requestId }, body: { expectedVersion, code } });
const withdraw = (by: System, requestId: string, expectedVersion = 1) =>
  by.call('withdrawRequest', { params: { requestId }, body: { expectedVersion } });
const listed = async (by: System, query: object): Promise<string[]> =>
  (await by.done('listRequests', { query: { limit: 200, ...query } })).items.map((one: { id: string }) => one.id);

/** What an agency was told of a request, in order. */
const told = async (agency: string, requestId: string): Promise<string[]> =>
  (
    await exchange.sql(`SELECT type FROM event WHERE agency_id = $1 AND subject ->> 'requestId' = $2 ORDER BY at, id`, [
      agency,
      requestId,
    ])
  ).map((event) => event.type);

const NO_SUCH = { ok: false, code: 'not-found', status: 404 };

await throughADoor(t, exchange, 'an agency that knows the client sees who asks, and declines', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas);
  const { clientId: theirs } = await caritas.done('getForwarding', { params: { forwardingId: sent.forwardingId } });
  const asked = await ask(arge, sent.clientId, AGENCY.caritas, { urgency: 'URGENT', dueDate: '2027-01-15' });
  const common = {
    id: asked.id,
    from: AGENCY.arge,
    to: AGENCY.caritas,
    kind: 'FALLMITTEILUNG',
    purpose: 'BERATUNG',
    urgency: 'URGENT',
    dueDate: '2027-01-15',
    status: 'OPEN',
    declineCode: null,
    forwardingId: null,
    version: 1,
  };
  t.match(asked, { ...common, clientId: sent.clientId });
  t.match(await get(caritas, asked.id), { ok: true, value: { ...common, clientId: theirs } });
  t.same(await told(AGENCY.caritas, asked.id), ['request.received']);
  t.ok((await listed(caritas, {})).includes(asked.id), 'received unless told');
  t.ok((await listed(arge, { direction: 'SENT', status: 'OPEN' })).includes(asked.id));
  t.notOk((await listed(arge, {})).includes(asked.id));
  t.notOk((await listed(caritas, { status: 'DECLINED' })).includes(asked.id));

  const illegal = { ok: false, code: 'transition-illegal', status: 409 };
  t.match(await withdraw(caritas, asked.id), {
    ...illegal,
    extra: { currentStatus: 'OPEN', allowed: ['FULFIL', 'DECLINE'] },
  });
  t.match(await decline(arge, asked.id), { ...illegal, extra: { allowed: ['WITHDRAW'] } });
  t.match(await decline(caritas, asked.id, 2), {
    ok: false,
    code: 'version-stale',
    status: 412,
    extra: { currentVersion: 1 },
  });
  t.match(await decline(caritas, asked.id, 1, 'NONE'), { ok: false, code: 'bad-request' });
  t.match(await decline(caritas, asked.id), {
    ok: true,
    value: { status: 'DECLINED', declineCode: 'NO_CAPACITY', version: 2 },
  });
  t.match(await get(arge, asked.id), {
    ok: true,
    value: { status: 'DECLINED', declineCode: 'NO_CAPACITY', version: 2 },
  });
  t.same(await told(AGENCY.arge, asked.id), ['request.declined']);
  t.match(await decline(caritas, asked.id, 2), { ...illegal, extra: { currentStatus: 'DECLINED', allowed: [] } });
  t.ok((await listed(caritas, { status: 'DECLINED' })).includes(asked.id));
  const audits = `agency_id = $1 AND subject ->> 'request' = $2`;
  t.equal(await count(exchange, 'audit', `${audits} AND outcome = 'PERMIT'`, [AGENCY.arge, asked.id]), 1);
  t.equal(await count(exchange, 'audit', `${audits} AND outcome = 'DECLINED'`, [AGENCY.caritas, asked.id]), 1);
});

await throughADoor(t, exchange, 'who asked can withdraw it', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas);
  const { id } = await ask(arge, sent.clientId, AGENCY.caritas);
  t.match(await withdraw(arge, id), { ok: true, value: { status: 'WITHDRAWN', version: 2 } });
  t.match(await get(caritas, id), { ok: true, value: { status: 'WITHDRAWN' } });
  t.same(await told(AGENCY.caritas, id), ['request.received', 'request.withdrawn']);
  t.same(await told(AGENCY.arge, id), []);
});

await throughADoor(
  t,
  exchange,
  'without a handle on the client the asked agency sees nothing, and the asker cannot tell',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const known = await sendCase(arge, AGENCY.caritas);
    const unknown = await openCase(arge);
    await sayYes(arge, unknown.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
    const views: unknown[] = [];
    for (const { clientId } of [known, unknown]) {
      const asked = await ask(arge, clientId, AGENCY.caritas);
      const { createdAt, changedAt, expiresAt, id, ...rest } = await arge.done('getRequest', {
        params: { requestId: asked.id },
      });
      t.same({ createdAt, changedAt, expiresAt, id, ...rest }, asked);
      views.push({ ...rest, clientId: null });
      if (clientId === known.clientId) continue;

      const nothing = await get(caritas, NOTHING);
      t.same(await get(caritas, id), nothing);
      t.same(await decline(caritas, id), await decline(caritas, NOTHING));
      t.same(await withdraw(caritas, id), await withdraw(caritas, NOTHING));
      t.notOk((await listed(caritas, {})).includes(id));
      t.same(await told(AGENCY.caritas, id), []);
      t.match(await get(arge, id), { ok: true, value: { status: 'OPEN', version: 1 } });

      const second = await forward(arge, unknown, AGENCY.caritas);
      t.ok(second.ok);
      t.same(await told(AGENCY.caritas, id), ['request.received'], 'from when it has one it sees it');
      t.match(await get(caritas, id), {
        ok: true,
        value: { clientId: second.ok && second.value.forwarding.clientId ? String : '' },
      });
      await forward(arge, unknown, AGENCY.caritas);
      t.same(await told(AGENCY.caritas, id), ['request.received'], 'and is told once');
    }
    t.same(views[0], views[1]);
  },
);

await throughADoor(t, exchange, 'what nobody agreed to is not asked', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { clientId } = await openCase(arge);
  const body = { clientId, agencyId: AGENCY.caritas, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG' };
  const refused = await arge.refused('createRequest', { body });
  t.match(refused, {
    code: 'consent-missing',
    status: 403,
    extra: {
      withheld: [{ category: 'STAMMDATEN', reasons: ['NO_CONSENT'] }],
      missingCore: ['STAMMDATEN'],
      scope: { discloser: AGENCY.arge, recipient: AGENCY.caritas, purpose: 'BERATUNG' },
    },
  });
  t.equal(await count(exchange, 'laufzettel_request', 'client_id = $1', [clientId]), 0);
  const kept = `action = 'request.create' AND outcome = 'WITHHOLD' AND subject ->> 'client' = $1`;
  t.equal(await count(exchange, 'audit', kept, [clientId]), 1);
  await sayYes(arge, clientId, { recipient: AGENCY.caritas, categories: ['KONTAKT'] });
  t.match(await arge.call('createRequest', { body }), { extra: { withheld: [{ reasons: ['NO_CONSENT'] }] } });
  await sayYes(arge, clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
  t.match(await arge.call('createRequest', { body: { ...body, purpose: 'SCHULE' } }), { code: 'consent-missing' });
  t.match(await arge.call('createRequest', { body }), { ok: true });
  t.same(await listed(caritas, { status: 'FULFILLED' }), []);
});

await throughADoor(
  t,
  exchange,
  'who has told the asker about the client knows already, and may be asked until the client says no',
  async (t, as) => {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const came = await sendCase(caritas, AGENCY.arge);
    const { clientId } = await arge.done('getForwarding', { params: { forwardingId: came.forwardingId } });
    const { id } = await ask(arge, clientId, AGENCY.caritas);
    t.match(await get(caritas, id), { ok: true, value: { clientId: came.clientId } });
    const body = no({ decision: 'REFUSED', discloser: AGENCY.arge, recipient: AGENCY.caritas });
    await caritas.done('recordStatement', { params: { clientId: came.clientId }, body });
    t.match(await get(arge, id), { ok: true, value: { status: 'WITHDRAWN' } });
    const again = { clientId, agencyId: AGENCY.caritas, kind: 'TERMIN', purpose: 'BERATUNG' };
    t.match(await arge.call('createRequest', { body: again }), { extra: { withheld: [{ reasons: ['REFUSED'] }] } });
  },
);

await throughADoor(t, exchange, 'only about an own client, to another agency', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas);
  const call = (by: System, more: object) =>
    by.call('createRequest', {
      body: { clientId: sent.clientId, agencyId: AGENCY.caritas, kind: 'TERMIN', purpose: 'BERATUNG', ...more },
    });
  const broken = { ok: false, code: 'rule-broken', status: 422, extra: { errors: [{ pointer: '/agencyId' }] } };
  t.match(await call(arge, { agencyId: AGENCY.arge }), broken);
  t.match(await call(arge, { agencyId: NOTHING }), broken);
  const foreign = await call(caritas, { agencyId: AGENCY.arge });
  t.match(foreign, NO_SUCH);
  t.same(foreign, await call(caritas, { agencyId: AGENCY.arge, clientId: NOTHING }));
  for (const more of [
    { kind: 'BRIEF' },
    { purpose: 'NEUGIER' },
    { urgency: 'NOW' },
    { dueDate: 'soon' },
    { text: 'please' },
    { agencyId: 'x' },
  ]) {
    t.match(await call(arge, more), { ok: false, code: 'bad-request', status: 400 }, JSON.stringify(more));
  }
  for (const query of [{ direction: 'BOTH' }, { status: 'LOST' }, { limit: 0 }]) {
    t.match(await arge.call('listRequests', { query }), { ok: false, code: 'bad-request' });
  }
  await exchange.sql('UPDATE client_key SET wrapped = NULL, destroyed_at = api.clock_now() WHERE client_id = $1', [
    sent.clientId,
  ]);
  t.match(await call(arge, {}), NO_SUCH, 'nor about one whose key was destroyed');
});

await throughADoor(t, exchange, 'page by page, each list with cursors of its own', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const sent = await sendCase(one.system, other.id);
  const ids: string[] = [];
  for (let number = 0; number < 3; number++) ids.unshift((await ask(one.system, sent.clientId, other.id)).id);
  await withdraw(one.system, ids[1]!);
  t.same(await listed(other.system, {}), ids, 'newest first');
  t.same(await listed(one.system, { direction: 'SENT', status: 'OPEN' }), [ids[0], ids[2]]);
  const query = { direction: 'SENT', status: 'OPEN', limit: 1 };
  const first = await one.system.done('listRequests', { query });
  t.same(first.items[0].id, ids[0]);
  const second = await one.system.done('listRequests', { query: { ...query, cursor: first.nextCursor } });
  t.same([second.items[0].id, second.nextCursor], [ids[2], null]);
  for (const change of [{ direction: 'RECEIVED' }, { status: 'WITHDRAWN' }]) {
    const wrong = { query: { ...query, ...change, cursor: first.nextCursor } };
    t.match(await one.system.call('listRequests', wrong), { ok: false, code: 'bad-request' });
  }
});

await throughADoor(t, exchange, 'of twenty that decline or withdraw at once one does', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas);
  const { id } = await ask(arge, sent.clientId, AGENCY.caritas);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? decline(caritas, id) : withdraw(arge, id))),
  );
  t.equal(outcomes.filter((outcome) => outcome.ok).length, 1);
  for (const outcome of outcomes) if (!outcome.ok) t.equal(outcome.code, 'version-stale');
  t.equal(await count(exchange, 'audit', `action = 'request.step' AND subject ->> 'request' = $1`, [id]), 1);
});

t.test('asking counts as asking, like a preview', async (t) => {
  const small = await startExchange({ PREVIEWS_PER_MINUTE: '1' });
  t.teardown(() => small.close());
  const arge = await small.as('arge');
  const body = { clientId: NOTHING, agencyId: AGENCY.caritas, kind: 'TERMIN', purpose: 'BERATUNG' };
  t.equal((await arge.post('/v1/requests', body)).status, 404);
  t.match(await arge.post('/v1/requests', body), { status: 429, body: { code: 'rate-limited' } });
});

await throughADoor(
  t,
  exchange,
  'declining tells that one knows the client too, so the client has to have agreed to that, or the asker to know it',
  async (t, _as, door) => {
    const [asker, asked, between] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    await agree([asker, asked, between]);
    // The asked agency knows the client by another one's forwarding; of that the asker has never heard.
    const { clientId, laufzettelId } = await openCase(asker.system);
    await sayYes(asker.system, clientId, { recipient: between.id, categories: ['STAMMDATEN'] });
    await sayYes(asker.system, clientId, { recipient: asked.id, categories: ['STAMMDATEN'] });
    const came = await forward(asker.system, { laufzettelId }, between.id);
    if (!came.ok) throw new Error(came.bytes);
    const header = await between.system.done('getForwarding', { params: { forwardingId: came.value.forwarding.id } });
    const own = {
      clientId: header.clientId,
      kind: 'FALLMITTEILUNG',
      purpose: 'BERATUNG',
      entries: [entryOf('STAMMDATEN')],
    };
    const slip = await between.system.done('createLaufzettel', { body: own });
    await sayYes(between.system, header.clientId, { recipient: asked.id, categories: ['STAMMDATEN'] });
    const on = await forward(between.system, { laufzettelId: slip.id }, asked.id);
    if (!on.ok) throw new Error(on.bytes);
    const theirs = await asked.system.done('getForwarding', { params: { forwardingId: on.value.forwarding.id } });

    const { id } = await ask(asker.system, clientId, asked.id);
    const before = await get(asker.system, id);
    const key = { 'idempotency-key': 'declined' };
    const body = { expectedVersion: 1, code: 'NO_CAPACITY' };
    for (const headers of [{}, key, key]) {
      t.match(await asked.system.refused('declineRequest', { params: { requestId: id }, body, headers }), {
        code: 'consent-missing',
        status: 403,
        extra: {
          withheld: [{ category: 'STAMMDATEN', reasons: ['NO_CONSENT'] }],
          scope: { discloser: asked.id, recipient: asker.id, purpose: 'BERATUNG' },
        },
      });
    }
    t.same(await get(asker.system, id), before, 'the asker cannot tell');
    t.same(await told(asker.id, id), []);
    const kept = `action = 'request.step' AND outcome = 'WITHHOLD' AND subject ->> 'request' = $1`;
    t.equal(await count(exchange, 'audit', kept, [id]), 2);

    await sayYes(asked.system, theirs.clientId, { recipient: asker.id, categories: ['STAMMDATEN'] });
    t.match(await decline(asked.system, id), { ok: true, value: { status: 'DECLINED' } });
    t.match(await get(asker.system, id), { ok: true, value: { status: 'DECLINED' } });

    const second = await ask(asker.system, clientId, asked.id);
    await asked.system.done('recordStatement', {
      params: { clientId: theirs.clientId },
      body: no({ discloser: asked.id, recipient: asker.id }),
    });
    t.match(await decline(asked.system, second.id), { ok: false, code: 'consent-missing' });
    await link(asked, theirs.clientId, asker, clientId);
    t.match(await decline(asked.system, second.id), { ok: true }, 'who was brought a code knows it');
  },
);
