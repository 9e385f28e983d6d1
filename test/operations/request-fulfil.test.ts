/** A forwarding that names the request which it answers, from the request to its end. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { ask, count, forward, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000' });
t.teardown(() => exchange.close());

const get = (by: System, requestId: string) => by.done('getRequest', { params: { requestId } });

await throughADoor(t, exchange, 'what is sent fulfils the request that it names', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const came = await sendCase(caritas, AGENCY.arge);
  const { clientId } = await arge.done('getForwarding', { params: { forwardingId: came.forwardingId } });
  const { id: requestId } = await ask(arge, clientId, AGENCY.caritas);
  const hops = () => count(exchange, 'forwarding', 'laufzettel_id = $1', [came.laufzettelId]);

  const elsewhere = await sendCase(caritas, AGENCY.arge);
  const other = await forward(caritas, elsewhere, AGENCY.arge, { requestId });
  t.match(other, { ok: false, code: 'rule-broken', status: 422, extra: { errors: [{ pointer: '/requestId' }] } });
  const hidden = await openCase(arge);
  await sayYes(arge, hidden.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
  const unseen = await ask(arge, hidden.clientId, AGENCY.caritas);
  const [foreign, unknown] = [
    await forward(caritas, came, AGENCY.arge, { requestId: unseen.id }),
    await forward(caritas, came, AGENCY.arge, { requestId: NOTHING }),
  ];
  t.match(foreign, { ok: false, code: 'not-found', status: 404 });
  t.same(foreign, unknown);
  t.equal(await hops(), 1, 'nothing of it was sent');
  t.match(await get(arge, requestId), { status: 'OPEN' });

  const sent = await forward(caritas, came, AGENCY.arge, { requestId });
  if (!sent.ok) throw new Error(sent.bytes);
  const forwardingId = sent.value.forwarding.id;
  for (const side of [arge, caritas]) {
    t.match(await get(side, requestId), { status: 'FULFILLED', forwardingId, version: 2 });
  }
  const again = await forward(caritas, came, AGENCY.arge, { requestId });
  t.match(again, { ok: false, code: 'transition-illegal', status: 409 });
  t.equal(await hops(), 2);
  const event = `agency_id = $1 AND type = 'request.fulfilled' AND subject ->> 'forwardingId' = $2`;
  t.equal(await count(exchange, 'event', event, [AGENCY.arge, forwardingId]), 1);
});

await throughADoor(t, exchange, 'of twenty forwardings at once one fulfils it', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const came = await sendCase(caritas, AGENCY.arge);
  const { clientId } = await arge.done('getForwarding', { params: { forwardingId: came.forwardingId } });
  const { id: requestId } = await ask(arge, clientId, AGENCY.caritas);
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => forward(caritas, came, AGENCY.arge, { requestId })),
  );
  t.equal(outcomes.filter((outcome) => outcome.ok).length, 1);
  for (const outcome of outcomes) if (!outcome.ok) t.match(outcome.code, /^(transition-illegal|overloaded)$/);
  t.equal(await count(exchange, 'forwarding', 'laufzettel_id = $1', [came.laufzettelId]), 2);
});
