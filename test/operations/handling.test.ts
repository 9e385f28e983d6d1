/** A forwarding is accepted or rejected by its recipient, from the version that it saw; rejecting closes what it carried. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, forward, NOTHING, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const accept = (by: System, forwardingId: string, expectedVersion: number) =>
  by.call('acceptForwarding', { params: { forwardingId }, body: { expectedVersion } });
const reject = (by: System, forwardingId: string, expectedVersion: number, code = 'NO_CAPACITY') =>
  by.call('rejectForwarding', { params: { forwardingId }, body: { expectedVersion, code } });
const read = (by: System, forwardingId: string) => by.done('getForwarding', { params: { forwardingId } });
const illegal = (currentStatus: string, ...allowed: string[]) => ({
  ok: false,
  code: 'transition-illegal',
  status: 409,
  extra: { currentStatus, allowed },
});

await throughADoor(t, exchange, 'what was read can be accepted', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { forwardingId } = await sendCase(arge, AGENCY.caritas);
  t.match(await accept(caritas, forwardingId, 1), { ok: false, code: 'transition-illegal', status: 409 }, 'not unread');
  await read(caritas, forwardingId);
  const stale = { ok: false, code: 'version-stale', status: 412, extra: { currentVersion: 2 } };
  t.match(await accept(caritas, forwardingId, 1), stale, 'the version of before');
  t.match(await accept(caritas, forwardingId, 3), stale, 'a version to come');
  const accepted = await accept(caritas, forwardingId, 2);
  t.match(accepted, { ok: true, value: { id: forwardingId, status: 'ACCEPTED', version: 3, rejectCode: null } });
  t.match(await read(caritas, forwardingId), { status: 'ACCEPTED', version: 3, entries: [{}] });
  t.match(await read(arge, forwardingId), { status: 'ACCEPTED', version: 3 });
  t.match(await accept(caritas, forwardingId, 2), { code: 'version-stale' });
  t.match(await accept(caritas, forwardingId, 3), { ok: false, code: 'transition-illegal', status: 409 }, 'not twice');
  t.match(await reject(caritas, forwardingId, 3), { ok: false, code: 'transition-illegal', status: 409 });
  t.match(await read(caritas, forwardingId), { status: 'ACCEPTED', version: 3, entries: [{}] }, 'nothing has changed');
});

await throughADoor(t, exchange, 'reading an entry of it delivers it too', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  for (const id of ['getEntry', 'listEntries'] as const) {
    const { forwardingId, entryIds } = await sendCase(arge, AGENCY.caritas);
    const { clientId } = (await caritas.done('listInbox', { query: { limit: 1 } })).items[0];
    await caritas.done(id, { params: id === 'getEntry' ? { entryId: entryIds[0] } : { clientId } });
    t.match(await arge.done('getForwarding', { params: { forwardingId } }), { status: 'DELIVERED', version: 2 }, id);
  }
});

await throughADoor(t, exchange, 'an illegal step is answered with the legal ones', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas);
  const { forwardingId } = sent;
  t.match(await accept(caritas, forwardingId, 1), illegal('SENT', 'REJECT'));
  const bySender = await accept(arge, forwardingId, 1);
  t.match(bySender, { ok: false, code: 'transition-illegal', extra: { currentStatus: 'SENT' } });
  t.same(bySender.ok || bySender.extra.allowed, ['RECALL'], 'the sender has none of these');
  t.match(await reject(arge, forwardingId, 1), { ok: false, code: 'transition-illegal' });
  await read(caritas, forwardingId);
  await arge.done('recordStatement', { params: { clientId: sent.clientId }, body: no() });
  for (const step of [accept, reject]) {
    const refused = await step(caritas, forwardingId, 3);
    t.match(refused, { ok: false, code: 'transition-illegal', extra: { currentStatus: 'BLOCKED' } });
    t.same(refused.ok || refused.extra.allowed, []);
  }
});

await throughADoor(t, exchange, 'rejecting closes what was disclosed', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  for (const [code, isRead] of [
    ['NOT_RESPONSIBLE', true],
    ['NO_CAPACITY', false],
    ['DUPLICATE', true],
    ['INCOMPLETE', false],
  ] as const) {
    const sent = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'SPRACHE']);
    const { forwardingId } = sent;
    if (isRead) await read(caritas, forwardingId);
    const version = isRead ? 2 : 1;
    t.match(await reject(caritas, forwardingId, version + 1, code), { code: 'version-stale', status: 412 });
    const rejected = await reject(caritas, forwardingId, version, code);
    t.match(rejected, { ok: true, value: { status: 'REJECTED', rejectCode: code, version: version + 1 } });

    const left = await read(caritas, forwardingId);
    t.match(left, { status: 'REJECTED', rejectCode: code, version: version + 1 });
    t.same(left.entries, []);
    const known = left.closedEntries.map((entry: { entryId: string }) => entry.entryId);
    t.same(known, isRead ? sent.entryIds : [], 'what was never read vanishes');
    for (const entryId of sent.entryIds) {
      t.equal((await caritas.refused('getEntry', { params: { entryId } })).code, 'not-found');
    }
    const seen = await read(arge, forwardingId);
    t.match(seen, { status: 'REJECTED', rejectCode: code });
    t.ok(
      seen.disclosed.every((row: { closedAt: string | null }) => row.closedAt !== null),
      'its sender sees that it ended',
    );
    t.match(
      await accept(caritas, forwardingId, version + 1),
      { ok: false, code: 'transition-illegal' },
      'it has ended',
    );
    t.match(await forward(arge, sent, AGENCY.caritas), { ok: true }, 'it may be sent again');
  }
});

await throughADoor(t, exchange, 'a third agency takes no step', async (t, as) => {
  const [arge, diakonie] = [await as('arge'), await as('diakonie')];
  const { forwardingId } = await sendCase(arge, AGENCY.caritas);
  for (const step of [accept, reject]) {
    const [foreign, unknown] = [await step(diakonie, forwardingId, 1), await step(diakonie, NOTHING, 1)];
    t.match(foreign, { ok: false, code: 'not-found', status: 404 });
    t.equal(!foreign.ok && foreign.bytes, !unknown.ok && unknown.bytes);
  }
  t.equal(await count(exchange, 'forwarding', "id = $1 AND status = 'SENT' AND version = 1", [forwardingId]), 1);
});

await throughADoor(t, exchange, 'a step says from which version, and why', async (t, as) => {
  const caritas = await as('caritas');
  const { forwardingId } = await sendCase(await as('arge'), AGENCY.caritas);
  const rows: ['acceptForwarding' | 'rejectForwarding', object, string][] = [
    ['acceptForwarding', { expectedVersion: 0 }, '/expectedVersion'],
    ['acceptForwarding', { expectedVersion: 1.5 }, '/expectedVersion'],
    ['rejectForwarding', { expectedVersion: 1 }, '/code'],
    ['rejectForwarding', { expectedVersion: 1, code: 'NO_FUN' }, '/code'],
  ];
  for (const [id, body, pointer] of rows) {
    const refused = await caritas.refused(id, { params: { forwardingId }, body });
    t.match(refused, { code: 'bad-request', status: 400, extra: { errors: [{ pointer }] } }, JSON.stringify(body));
  }
  for (const [id, body] of [
    ['acceptForwarding', {}],
    ['acceptForwarding', undefined],
    ['rejectForwarding', { code: 'NO_CAPACITY' }],
  ] as const) {
    const refused = await caritas.refused(id, { params: { forwardingId }, ...(body && { body }) });
    t.match(refused, { code: 'precondition-required', status: 428 }, `${id} ${JSON.stringify(body)}`);
  }
});

await throughADoor(t, exchange, 'of two that accept at once one does', async (t, as) => {
  const caritas = await as('caritas');
  const { forwardingId } = await sendCase(await as('arge'), AGENCY.caritas);
  await read(caritas, forwardingId);
  const outcomes = await Promise.all([
    accept(caritas, forwardingId, 2),
    reject(caritas, forwardingId, 2),
    accept(caritas, forwardingId, 2),
  ]);
  t.equal(outcomes.filter((one) => one.ok).length, 1);
  const others = outcomes.filter((one) => !one.ok);
  t.ok(
    others.every((one) => ['version-stale', 'transition-illegal'].includes(one.code)),
    JSON.stringify(others),
  );
  t.match(await read(caritas, forwardingId), { version: 3 });
});
