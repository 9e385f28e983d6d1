/** An answer with entries is a forwarding of its own, with its own check; both happen or neither. */
import type { Category } from '../../src/domain/catalogue.ts';
import { type As, type Outcome, type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, entryOf, forward, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

interface Asked {
  arge: System;
  caritas: System;
  laufzettelId: string;
  forwardingId: string;
  /** The Caritas's own handle. */
  clientId: string;
  clientAtArge: string;
  version: number;
  /** What the ARGE wrote. */
  entryIds: string[];
}

/** The Caritas works on what the ARGE sent. */
async function inProgress(as: As): Promise<Asked> {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { forwardingId, laufzettelId, entryIds, clientId: clientAtArge } = await sendCase(arge, AGENCY.caritas);
  const { clientId } = await caritas.done('getForwarding', { params: { forwardingId } });
  for (const [index, id] of (['acceptForwarding', 'progressForwarding'] as const).entries()) {
    await caritas.done(id, { params: { forwardingId }, body: { expectedVersion: 2 + index } });
  }
  return { arge, caritas, forwardingId, laufzettelId, entryIds, clientId, clientAtArge, version: 4 };
}

const write = async ({ caritas, clientId }: Asked, category: Category): Promise<string> =>
  (await caritas.done('addEntry', { params: { clientId }, body: entryOf(category) })).id;
const agreeTo = ({ caritas, clientId }: Asked, ...categories: Category[]) =>
  sayYes(caritas, clientId, { recipient: AGENCY.arge, categories });
const answer = (one: Asked, entryIds: string[], version = one.version): Promise<Outcome> =>
  one.caritas.call('answerForwarding', {
    params: { forwardingId: one.forwardingId },
    body: { expectedVersion: version, entryIds },
  });
const hops = (one: Asked): Promise<number> => count(exchange, 'forwarding', 'laufzettel_id = $1', [one.laufzettelId]);

await throughADoor(t, exchange, 'what came of it goes back', async (t, as) => {
  const one = await inProgress(as);
  const entryId = await write(one, 'RUECKMELDUNG');
  await agreeTo(one, 'RUECKMELDUNG');
  const outcome = await answer(one, [entryId]);
  t.match(outcome, {
    ok: true,
    value: {
      forwarding: { id: one.forwardingId, status: 'ANSWERED', version: 5, answers: null },
      answer: {
        laufzettelId: one.laufzettelId,
        from: AGENCY.caritas,
        to: AGENCY.arge,
        status: 'SENT',
        answers: one.forwardingId,
        disclosed: [{ entryId, closedAt: null }],
      },
      withheld: [],
    },
  });
  const { id } = outcome.ok && outcome.value.answer;
  const read = await one.arge.done('getForwarding', { params: { forwardingId: id } });
  t.match(read, {
    status: 'DELIVERED',
    answers: one.forwardingId,
    clientId: one.clientAtArge,
    entries: [{ id: entryId }],
  });
  t.match((await one.arge.done('listInbox', { query: { limit: 1 } })).items, [{ id, answers: one.forwardingId }]);
  const events = await exchange.sql(
    `SELECT type FROM event WHERE agency_id = $1 AND subject ->> 'forwardingId' = ANY ($2) ORDER BY id`,
    [AGENCY.arge, [one.forwardingId, id]],
  );
  t.same(
    events.slice(-2).map((event) => event.type),
    ['forwarding.answered', 'forwarding.received'],
  );
  const audited = "action IN ('forwarding.step', 'forwarding.send') AND outcome IN ('ANSWERED', 'PERMIT') AND at = $1";
  t.equal(await count(exchange, 'audit', audited, [read.sentAt]), 2, 'in one transaction, both in the audit');
  t.match(await answer(one, [entryId], 5), { code: 'transition-illegal', extra: { allowed: ['CLOSE'] } }, 'not twice');
});

await throughADoor(t, exchange, 'without consent in that direction nothing happens', async (t, as) => {
  const one = await inProgress(as);
  const entryId = await write(one, 'RUECKMELDUNG');
  const refused = await answer(one, [entryId]);
  t.match(refused, {
    ok: false,
    code: 'consent-missing',
    status: 403,
    extra: {
      withheld: [{ entryId, category: 'RUECKMELDUNG', reasons: ['NO_CONSENT'] }],
      missingCore: [],
      scope: { discloser: AGENCY.caritas, recipient: AGENCY.arge, purpose: 'BERATUNG' },
    },
  });
  t.match(await one.arge.done('getForwarding', { params: { forwardingId: one.forwardingId } }), {
    status: 'IN_PROGRESS',
    version: 4,
  });
  t.equal(await hops(one), 1);
  const audited = "action = 'forwarding.send' AND outcome = 'WITHHOLD' AND subject ->> 'laufzettel' = $1";
  t.equal(await count(exchange, 'audit', audited, [one.laufzettelId]), 1, 'but the refusal is audited');
});

await throughADoor(
  t,
  exchange,
  'what the client agreed to goes, the rest stays, and the sender learns nothing',
  async (t, as) => {
    const one = await inProgress(as);
    const [back, language] = [await write(one, 'RUECKMELDUNG'), await write(one, 'SPRACHE')];
    await agreeTo(one, 'RUECKMELDUNG');
    const outcome = await answer(one, [back, language]);
    t.match(outcome, { ok: true, value: { withheld: [{ entryId: language, reasons: ['NO_CONSENT'] }] } });
    const forwardingId = outcome.ok && outcome.value.answer.id;
    const seen = {
      hop: await one.arge.done('getForwarding', { params: { forwardingId } }),
      slip: await one.arge.done('getLaufzettel', { params: { laufzettelId: one.laufzettelId } }),
      entries: await one.arge.done('listEntries', { params: { clientId: one.clientAtArge } }),
    };
    t.same(
      seen.hop.entries.map((entry: { id: string }) => entry.id),
      [back],
    );
    t.notMatch(JSON.stringify(seen), language);
  },
);

await throughADoor(
  t,
  exchange,
  'a core category is met by what the other side wrote, while it is held',
  async (t, as) => {
    const one = await inProgress(as);
    const entryId = await write(one, 'RUECKMELDUNG');
    await agreeTo(one, 'RUECKMELDUNG', 'STAMMDATEN');
    // The plain way asks for the named entries alone.
    const plain = await one.caritas.call('forwardLaufzettel', {
      params: { laufzettelId: one.laufzettelId },
      body: { recipient: AGENCY.arge, entryIds: [entryId] },
    });
    t.match(plain, { code: 'consent-missing', extra: { missingCore: ['STAMMDATEN'] } });
    t.match(await answer(one, [entryId]), { ok: true });

    const other = await inProgress(as);
    const own = [await write(other, 'STAMMDATEN'), await write(other, 'RUECKMELDUNG')];
    await agreeTo(other, 'RUECKMELDUNG', 'STAMMDATEN');
    t.match(await answer(other, own), { ok: true, value: { withheld: [] } }, 'or by what it wrote itself');
  },
);

await throughADoor(t, exchange, 'what it names has to be its own to name', async (t, as) => {
  const one = await inProgress(as);
  const foreign = await openCase(await as('diakonie'));
  for (const entryIds of [[NOTHING], foreign.entryIds]) {
    const refused = await answer(one, entryIds);
    t.match(refused, { code: 'rule-broken', status: 422, extra: { errors: [{ pointer: '/entryIds' }] } });
  }
  t.match(await answer(one, []), { code: 'bad-request', status: 400, extra: { errors: [{ pointer: '/entryIds' }] } });
  t.match(await answer(one, ['no-id']), { code: 'bad-request' });
  t.match(await answer(one, [await write(one, 'RUECKMELDUNG')], 3), { code: 'version-stale', status: 412 });
  t.equal(await hops(one), 1);
});

await throughADoor(t, exchange, 'of twenty answers at once one goes', async (t, as) => {
  const one = await inProgress(as);
  const entryId = await write(one, 'RUECKMELDUNG');
  await agreeTo(one, 'RUECKMELDUNG');
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => answer(one, [entryId])));
  t.equal(outcomes.filter((outcome) => outcome.ok).length, 1);
  for (const other of outcomes.filter((outcome) => !outcome.ok)) t.match(other, { code: 'version-stale' });
  t.equal(await hops(one), 2);
});

await throughADoor(t, exchange, 'an answer and a withdrawal at once leave nothing half done', async (t, as) => {
  for (let round = 0; round < 3; round++) {
    const one = await inProgress(as);
    const entryId = await write(one, 'RUECKMELDUNG');
    await agreeTo(one, 'RUECKMELDUNG');
    const [outcome] = await Promise.all([
      answer(one, [entryId]),
      one.caritas.done('recordStatement', {
        params: { clientId: one.clientId },
        body: no({ discloser: AGENCY.caritas, recipient: AGENCY.arge }),
      }),
    ]);
    const { status } = await one.caritas.done('getForwarding', { params: { forwardingId: one.forwardingId } });
    t.same([status, await hops(one)], outcome.ok ? ['ANSWERED', 2] : ['IN_PROGRESS', 1]);
    t.equal(await count(exchange, 'disclosure', 'entry_id = $1 AND closed_at IS NULL', [entryId]), 0);
  }
});

await throughADoor(t, exchange, 'nothing is answered on a Laufzettel that was cancelled', async (t, as) => {
  const one = await inProgress(as);
  const entryId = await write(one, 'RUECKMELDUNG');
  await agreeTo(one, 'RUECKMELDUNG');
  const params = { laufzettelId: one.laufzettelId };
  await one.arge.done('cancelLaufzettel', { params, body: { expectedVersion: 1 } });
  t.match(await answer(one, [entryId]), { code: 'transition-illegal', extra: { currentStatus: 'CANCELLED' } });
  const bare = await one.caritas.call('answerForwarding', {
    params: { forwardingId: one.forwardingId },
    body: { expectedVersion: 4 },
  });
  t.match(bare, { ok: true, value: { answer: null } }, 'the status alone may be told');
  t.match(await forward(one.arge, one, AGENCY.caritas), { code: 'transition-illegal', status: 409 });
});
