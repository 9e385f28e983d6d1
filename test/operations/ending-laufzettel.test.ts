/** A Laufzettel is added to while it is open, and completed or cancelled by its creator; whom its creator sent it is told. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, entryOf, forward, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

type Ending = 'completeLaufzettel' | 'cancelLaufzettel';
const end = (by: System, id: Ending, laufzettelId: string, expectedVersion = 1) =>
  by.call(id, { params: { laufzettelId }, body: { expectedVersion } });
const add = (by: System, laufzettelId: string, body: object) =>
  by.call('addToLaufzettel', { params: { laufzettelId }, body });
const get = (by: System, laufzettelId: string) => by.done('getLaufzettel', { params: { laufzettelId } });
const read = (by: System, forwardingId: string) => by.done('getForwarding', { params: { forwardingId } });
const ENDINGS = [
  ['completeLaufzettel', 'COMPLETED'],
  ['cancelLaufzettel', 'CANCELLED'],
] as const;

await throughADoor(t, exchange, 'its creator ends it, and then nothing is done with it', async (t, as) => {
  const arge = await as('arge');
  for (const [id, status] of ENDINGS) {
    const one = await openCase(arge);
    t.match(await get(arge, one.laufzettelId), { status: 'OPEN', version: 1 });
    t.match(await end(arge, id, one.laufzettelId, 2), { code: 'version-stale', extra: { currentVersion: 1 } });
    t.match(await end(arge, id, one.laufzettelId), { ok: true, value: { id: one.laufzettelId, status, version: 2 } });
    t.match(await get(arge, one.laufzettelId), { status, version: 2 });
    const over = { ok: false, code: 'transition-illegal', status: 409, extra: { currentStatus: status, allowed: [] } };
    t.match(await end(arge, 'completeLaufzettel', one.laufzettelId, 2), over);
    t.match(await end(arge, 'cancelLaufzettel', one.laufzettelId, 2), over);
    t.match(await end(arge, id, one.laufzettelId, 1), { code: 'version-stale', extra: { currentVersion: 2 } });
    t.match(await add(arge, one.laufzettelId, { entries: [entryOf('SPRACHE')] }), over);
    t.match(await add(arge, one.laufzettelId, { entryIds: one.entryIds }), over);
    await sayYes(arge, one.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
    for (const way of ['forwardLaufzettel', 'previewForwarding'] as const) {
      const params = { laufzettelId: one.laufzettelId };
      t.match(await arge.call(way, { params, body: { recipient: AGENCY.caritas } }), over, way);
    }
    const audited = "action = $2 AND outcome = 'DONE' AND subject ->> 'laufzettel' = $1";
    t.equal(await count(exchange, 'audit', audited, [one.laufzettelId, `laufzettel.${status.toLowerCase()}`]), 1);
  }
});

await throughADoor(t, exchange, 'only its creator ends it', async (t, as) => {
  const [arge, caritas, diakonie] = [await as('arge'), await as('caritas'), await as('diakonie')];
  const { laufzettelId } = await sendCase(arge, AGENCY.caritas);
  for (const [id] of ENDINGS) {
    t.match(await end(caritas, id, laufzettelId), { ok: false, code: 'not-allowed', status: 403 }, id);
    const [foreign, unknown] = [await end(diakonie, id, laufzettelId), await end(diakonie, id, NOTHING)];
    t.match(foreign, { ok: false, code: 'not-found', status: 404 });
    t.equal(!foreign.ok && foreign.bytes, !unknown.ok && unknown.bytes);
    t.match(await arge.call(id, { params: { laufzettelId }, body: {} }), {
      code: 'precondition-required',
    });
  }
  t.match(await get(caritas, laufzettelId), { status: 'OPEN', version: 1 });
});

await throughADoor(t, exchange, 'it is complete when nothing of it is under way', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const one = await sendCase(arge, AGENCY.caritas);
  const { laufzettelId, forwardingId } = one;
  const refused = {
    code: 'transition-illegal',
    status: 409,
    extra: { currentStatus: 'OPEN', allowed: ['CANCEL'], open: [forwardingId] },
  };
  const open = async (why: string) => t.match(await end(arge, 'completeLaufzettel', laufzettelId), refused, why);
  await open('SENT');
  await read(caritas, forwardingId);
  await open('DELIVERED');
  const steps = ['acceptForwarding', 'progressForwarding', 'holdForwarding'] as const;
  for (const [index, id] of steps.entries()) {
    await caritas.done(id, { params: { forwardingId }, body: { expectedVersion: 2 + index } });
    await open(id);
  }
  await caritas.done('answerForwarding', { params: { forwardingId }, body: { expectedVersion: 5 } });
  t.match(await end(arge, 'completeLaufzettel', laufzettelId), { ok: true, value: { status: 'COMPLETED' } });
  t.match(await get(caritas, laufzettelId), { status: 'COMPLETED', version: 2 }, 'who received it sees it');
  t.match(await read(caritas, forwardingId), { status: 'ANSWERED', entries: [{}] }, 'and may still read');
  const closing = await caritas.call('closeForwarding', { params: { forwardingId }, body: { expectedVersion: 6 } });
  t.match(closing, { ok: true }, 'and close');

  const blocked = await sendCase(arge, AGENCY.caritas);
  await arge.done('recordStatement', { params: { clientId: blocked.clientId }, body: no() });
  t.match(await end(arge, 'completeLaufzettel', blocked.laufzettelId), { ok: true }, 'what is blocked is over');
});

await throughADoor(t, exchange, 'what others do with it does not keep it open', async (t, as) => {
  const [caritas, arge, tgsh] = [await as('caritas'), await as('arge'), await as('tgsh')];
  const one = await openCase(caritas);
  for (const recipient of [AGENCY.arge, AGENCY.tgsh]) {
    await sayYes(caritas, one.clientId, { recipient, categories: ['STAMMDATEN'] });
  }
  const first = await forward(caritas, one, AGENCY.arge);
  const firstId = first.ok && first.value.forwarding.id;
  const second = await forward(arge, one, AGENCY.tgsh);
  const secondId = second.ok && second.value.forwarding.id;
  await read(tgsh, secondId);
  t.match(await end(caritas, 'cancelLaufzettel', one.laufzettelId), { ok: true });
  t.match(await read(arge, firstId), { status: 'RECALLED', entries: [] });
  t.match(await read(tgsh, secondId), { status: 'BLOCKED', entries: [] }, 'what hung on it has ended with it');
  const told = "type = 'laufzettel.cancelled' AND subject ->> 'laufzettelId' = $1";
  t.equal(await count(exchange, 'event', `${told} AND agency_id = $2`, [one.laufzettelId, AGENCY.arge]), 1);
  t.equal(
    await count(exchange, 'event', told, [one.laufzettelId]),
    1,
    'whom the creator sent it is told, and nobody else',
  );
  t.match(await get(arge, one.laufzettelId), { status: 'CANCELLED', version: 2 });
  t.match(await get(tgsh, one.laufzettelId), { status: 'OPEN', version: 1 }, 'nor does anybody else see it');
});

await throughADoor(t, exchange, 'cancelling recalls what nobody has accepted', async (t, as) => {
  const partners = { caritas: await as('caritas'), diakonie: await as('diakonie'), tgsh: await as('tgsh') };
  const arge = await as('arge');
  const one = await openCase(arge, ['STAMMDATEN', 'SPRACHE']);
  const hops: Record<string, string> = {};
  for (const name of ['caritas', 'diakonie', 'tgsh'] as const) {
    await sayYes(arge, one.clientId, { recipient: AGENCY[name], categories: ['STAMMDATEN', 'SPRACHE'] });
    const outcome = await forward(arge, one, AGENCY[name]);
    hops[name] = outcome.ok && outcome.value.forwarding.id;
  }
  await read(partners.diakonie, hops.diakonie!);
  await read(partners.tgsh, hops.tgsh!);
  const params = { forwardingId: hops.tgsh };
  await partners.tgsh.done('acceptForwarding', { params, body: { expectedVersion: 2 } });

  t.match(await end(arge, 'cancelLaufzettel', one.laufzettelId), { ok: true, value: { status: 'CANCELLED' } });
  const sees = (name: keyof typeof partners) => read(partners[name], hops[name]!);
  t.match(await sees('caritas'), { status: 'RECALLED', version: 2, entries: [], closedEntries: [] });
  const recalled = await sees('diakonie');
  t.match(recalled, { status: 'RECALLED', version: 3, entries: [] });
  t.equal(recalled.closedEntries.length, 2);
  t.match(await sees('tgsh'), { status: 'ACCEPTED', version: 3, entries: [{}, {}] }, 'what was accepted goes on');
  const told = async (name: keyof typeof partners) =>
    (
      await exchange.sql(
        `SELECT type FROM event WHERE agency_id = $1 AND (subject ->> 'forwardingId' = $2 OR subject ->> 'laufzettelId' = $3)`,
        [AGENCY[name], hops[name], one.laufzettelId],
      )
    )
      .map((event) => event.type)
      .toSorted((left, right) => left.localeCompare(right));
  const closings = ['disclosure.closed', 'disclosure.closed'];
  const rest = ['forwarding.recalled', 'forwarding.received', 'laufzettel.cancelled'];
  t.same(await told('caritas'), rest);
  t.same(await told('diakonie'), [...closings, ...rest]);
  t.same(await told('tgsh'), ['forwarding.received', 'laufzettel.cancelled']);
  const audited = "action = 'forwarding.step' AND outcome = 'RECALLED' AND subject ->> 'forwarding' = ANY ($1)";
  t.equal(await count(exchange, 'audit', audited, [Object.values(hops)]), 2);
});

await throughADoor(t, exchange, 'of twenty endings at once one is done', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const one = await openCase(arge);
  const ways = Array.from({ length: 20 }, (_, index) => ENDINGS[index % 2]![0]);
  const outcomes = await Promise.all(ways.map((id) => end(arge, id, one.laufzettelId)));
  t.equal(outcomes.filter((outcome) => outcome.ok).length, 1);
  t.ok(outcomes.every((outcome) => outcome.ok || outcome.code === 'version-stale'));

  for (let round = 0; round < 3; round++) {
    const sent = await openCase(arge);
    await sayYes(arge, sent.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN'] });
    const [ended, went] = await Promise.all([
      end(arge, 'cancelLaufzettel', sent.laufzettelId),
      forward(arge, sent, AGENCY.caritas),
    ]);
    t.match(ended, { ok: true });
    if (went.ok) t.match(await read(caritas, went.value.forwarding.id), { status: 'RECALLED', entries: [] });
    else t.match(went, { code: 'transition-illegal' });
  }
});

await throughADoor(t, exchange, 'who may see it adds to it, under its own handle', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const sent = await sendCase(arge, AGENCY.caritas);
  const { laufzettelId } = sent;
  const [other] = (await openCase(arge)).entryIds;
  const own = await arge.done('addEntry', { params: { clientId: sent.clientId }, body: entryOf('KONTAKT') });
  const added = await add(arge, laufzettelId, { entries: [entryOf('SPRACHE')], entryIds: [own.id, own.id] });
  t.match(added, { ok: true, value: { id: laufzettelId, version: 1 } });
  t.equal(added.ok && added.value.entryIds.length, 3);
  t.same(await add(arge, laufzettelId, { entryIds: [own.id] }), added, 'what is on it already is no second time on it');

  const before = await get(caritas, laufzettelId);
  const theirs = await add(caritas, laufzettelId, { entries: [entryOf('RUECKMELDUNG')] });
  t.equal(theirs.ok && theirs.value.entryIds.length, before.entryIds.length + 1);
  const [mine] = theirs.ok ? theirs.value.entryIds.filter((id: string) => !before.entryIds.includes(id)) : [];
  t.match(await caritas.done('getEntry', { params: { entryId: mine } }), { clientId: before.clientId });
  t.same((await get(arge, laufzettelId)).entryIds, added.ok && added.value.entryIds, 'nobody else sees it');
  t.notOk((await get(caritas, laufzettelId)).entryIds.includes(own.id));

  const entries = () => count(exchange, 'entry', 'client_id = $1', [sent.clientId]);
  const many = await entries();
  const rows: [string, object, string, string | null][] = [
    ['nothing', {}, 'bad-request', ''],
    ['an unknown entry', { entryIds: [NOTHING] }, 'rule-broken', '/entryIds'],
    ['an entry about somebody else', { entryIds: [other] }, 'rule-broken', '/entryIds'],
    ['another agency’s', { entryIds: [mine] }, 'rule-broken', '/entryIds'],
    ['half of it wrong', { entries: [entryOf('SPRACHE')], entryIds: [NOTHING] }, 'rule-broken', '/entryIds'],
    [
      'a foreign person',
      { entries: [entryOf('FAMILIE', { concerns: [sent.clientId, NOTHING] })] },
      'rule-broken',
      '/entries',
    ],
    [
      'a bad payload',
      { entries: [{ category: 'SPRACHE', payload: { erstsprache: 'tr' }, secrecy: 1 }] },
      'bad-request',
      '/entries/0/secrecy',
    ],
  ];
  for (const [why, body, code, pointer] of rows) {
    t.match(await add(arge, laufzettelId, body), { ok: false, code, extra: { errors: [{ pointer }] } }, why);
  }
  t.equal(await entries(), many, 'all of them or none');
  const [unknown, foreign] = [
    await add(await as('diakonie'), NOTHING, { entryIds: [NOTHING] }),
    await add(await as('diakonie'), laufzettelId, { entryIds: [NOTHING] }),
  ];
  t.match(unknown, { code: 'not-found', status: 404 });
  t.equal(!foreign.ok && foreign.bytes, !unknown.ok && unknown.bytes);
});

await throughADoor(t, exchange, 'that another has put the same entry on it does not show', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const seen: object[] = [];
  for (const isThere of [true, false]) {
    // The Caritas holds the second entry by another Laufzettel; on this one it got the first alone.
    const one = await openCase(arge, ['STAMMDATEN', 'SPRACHE']);
    await sayYes(arge, one.clientId, { recipient: AGENCY.caritas, categories: ['STAMMDATEN', 'SPRACHE'] });
    const [master, language] = one.entryIds;
    await forward(arge, one, AGENCY.caritas);
    const entryIds = isThere ? [master, language] : [master];
    const body = { clientId: one.clientId, kind: 'FALLMITTEILUNG', purpose: 'BERATUNG', entryIds };
    const { id } = await arge.done('createLaufzettel', { body });
    const hop = await forward(arge, { laufzettelId: id }, AGENCY.caritas, { entryIds: [master] });
    await read(caritas, hop.ok && hop.value.forwarding.id);
    t.same((await get(caritas, id)).entryIds, [master]);
    const added = await add(caritas, id, { entryIds: [language] });
    seen.push([
      added.ok && added.value.entryIds.map((each: string) => one.entryIds.indexOf(each)),
      (await get(caritas, id)).entryIds.map((each: string) => one.entryIds.indexOf(each)),
    ]);
  }
  t.same(seen[0], seen[1]);
  t.same(seen[0], [
    [0, 1],
    [0, 1],
  ]);
});
