/** Who received what about a client: told to who gave it, who got it, and who wrote it; never with content. */
import { expiryOf } from '../../src/domain/laufzettel.ts';
import { throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { forward, instant, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

await throughADoor(t, exchange, 'giver and receiver see a disclosure, each with its own client', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'SPRACHE']);
  const forwardingId = sent.forwardingId;
  const given = (await arge.done('listDisclosures', { params: { clientId: sent.clientId } })).items;
  const common = { origin: AGENCY.arge, from: AGENCY.arge, to: AGENCY.caritas, purpose: 'BERATUNG', forwardingId };
  t.equal(given.length, 2);
  const { items: said } = await arge.done('listStatements', { params: { clientId: sent.clientId } });
  const basis = { agreements: [AGREEMENT], statements: [said[0].id], releases: [] };
  for (const row of given) {
    const goodUntil = instant(expiryOf(Date.parse(row.openedAt), [14]));
    t.match(row, { ...common, goodUntil, closedAt: null, fetchedAt: null }, 'until then it has to be accepted');
    t.same(row.basis, basis, 'who wrote it sees on what it stands');
  }
  t.same(given.map((row: { entryId: string }) => row.entryId).sort(), [...sent.entryIds].sort());

  const { clientId } = (await caritas.done('listInbox', { query: { limit: 1 } })).items[0];
  const got = (await caritas.done('listDisclosures', { params: { clientId } })).items;
  const untold = given.map((row: object) => ({ ...row, goodUntil: null, basis: null }));
  t.same(got, untold, 'the receiver sees the same, but not on what it stands nor when it will end');
  const { changedAt } = await caritas.done('getForwarding', { params: { forwardingId } });
  const read = (await arge.done('listDisclosures', { params: { clientId: sent.clientId } })).items;
  t.ok(
    read.every((row: { fetchedAt: string }) => row.fetchedAt === changedAt),
    'and its first reading',
  );

  const stopped = await arge.done('recordStatement', {
    params: { clientId: sent.clientId },
    body: no({ categories: ['SPRACHE'] }),
  });
  for (const [system, id] of [
    [arge, sent.clientId],
    [caritas, clientId],
  ] as const) {
    const { items } = await system.done('listDisclosures', { params: { clientId: id } });
    const closed = items.map((row: { category: string; closedAt: string | null }) => [row.category, row.closedAt]);
    t.same(
      new Map(closed),
      new Map([
        ['STAMMDATEN', null],
        ['SPRACHE', stopped.recordedAt],
      ]),
      'and its end',
    );
  }
});

await throughADoor(t, exchange, 'what closed unread is gone for its receiver alone', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas);
  const { clientId } = (await caritas.done('listInbox', { query: { limit: 1 } })).items[0];
  t.equal((await caritas.done('listDisclosures', { params: { clientId } })).items.length, 1);
  await arge.done('recordStatement', { params: { clientId: sent.clientId }, body: no() });
  t.same((await caritas.done('listDisclosures', { params: { clientId } })).items, []);
  const given = (await arge.done('listDisclosures', { params: { clientId: sent.clientId } })).items;
  t.match(given, [{ fetchedAt: null, closedAt: String }]);
});

await throughADoor(t, exchange, 'the list has its pages and its client', async (t, as) => {
  const [arge, caritas, diakonie] = [await as('arge'), await as('caritas'), await as('diakonie')];
  const sent = await openCase(arge);
  const params = { clientId: sent.clientId };
  for (const recipient of [AGENCY.caritas, AGENCY.diakonie, AGENCY.tgsh]) {
    await sayYes(arge, sent.clientId, { recipient, categories: ['STAMMDATEN'] });
    t.match(await forward(arge, sent, recipient), { ok: true });
  }
  const recipients: string[] = [];
  let query: Record<string, unknown> = { limit: 1 };
  for (let page = 0; page < 3; page++) {
    const { items, nextCursor } = await arge.done('listDisclosures', { params, query });
    recipients.push(...items.map((row: { to: string }) => row.to));
    query = { limit: 1, cursor: nextCursor };
  }
  t.same(recipients, [AGENCY.tgsh, AGENCY.diakonie, AGENCY.caritas], 'newest first');
  t.equal(query.cursor, null);
  const { clientId } = (await diakonie.done('listInbox', { query: { limit: 1 } })).items[0];
  const received = (await diakonie.done('listDisclosures', { params: { clientId } })).items;
  t.match(received, [{ to: AGENCY.diakonie }]);
  t.equal(received.length, 1, 'a receiver does not learn who else received it');

  const foreign = await caritas.refused('listDisclosures', { params });
  t.match(foreign, { code: 'not-found', status: 404 });
  t.equal(foreign.bytes, (await caritas.refused('listDisclosures', { params: { clientId: NOTHING } })).bytes);
});
