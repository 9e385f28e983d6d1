/** What a conference must not do: bring to one side what the client does not want it to have, or tell that there is such a thing. */
import { get, onAgenda, pair, plan, put, sendForConference, step, toldOf } from '../operations/conferring.ts';
import { admit, agree, count, entryOf, forward, justAfter, NOTHING, sayYes } from '../operations/world.ts';
import { type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const withdraw = (by: System, clientId: string): Promise<{ recordedAt: string }> =>
  by.done('recordStatement', { params: { clientId }, body: no() });

/** A conference that the partner has accepted. */
async function accepted(one: System, other: System, partner: string): Promise<string> {
  const { id } = await plan(exchange, one, partner);
  await step(other, 'acceptConference', id);
  return id;
}

/** A view without what differs between any two conferences. */
const alike = (view: Record<string, unknown>, id: string): string =>
  JSON.stringify({ ...view, beginsAt: null, begunAt: null, createdAt: null, changedAt: null }, (key, value) =>
    key === 'addedAt' ? null : value,
  ).replaceAll(id, 'id');

await throughADoor(
  t,
  exchange,
  'what was withdrawn between adding and beginning is not discussed, and to the other side it was never there',
  async (t, _as, door) => {
    const { one, other } = await pair(exchange, door);
    const [lost, kept] = [await sendForConference(one.system, other.id), await sendForConference(one.system, other.id)];
    const id = await accepted(one.system, other.system, other.id);
    const twin = await accepted(one.system, other.system, other.id);
    await put(other.system, id, lost);
    await put(one.system, id, kept);
    await put(one.system, twin, kept);
    t.same(await onAgenda(other.system, id), [lost.laufzettelId, kept.laufzettelId]);

    await withdraw(one.system, lost.clientId);
    for (const conference of [id, twin]) await step(one.system, 'beginConference', conference);
    const seen = await get(other.system, id);
    t.same(
      seen.agenda.map((item: { laufzettelId: string }) => item.laufzettelId),
      [kept.laufzettelId],
    );
    t.equal(alike(seen, id), alike(await get(other.system, twin), twin), 'as one that it was never on');
    t.match((await get(one.system, id)).agenda, [
      { laufzettelId: lost.laufzettelId, dropped: true, atBeginning: false },
      { laufzettelId: kept.laufzettelId, dropped: false, atBeginning: true },
    ]);
    const [{ subject }] = await exchange.sql(
      `SELECT subject FROM audit WHERE action = 'conference.step' AND outcome = 'BEGIN' AND subject ->> 'conference' = $1`,
      [id],
    );
    t.same(subject.agenda, [kept.laufzettelId], 'what was on the agenda when it began is kept, by ids');

    // Nothing comes of what is not discussed, whoever asks, and the answer is that for what was never on the agenda.
    const never = await sendForConference(one.system, other.id);
    for (const by of [one.system, other.system]) {
      const [dropped, absent] = await Promise.all(
        [lost, never].map(({ laufzettelId }) =>
          by.refused('recordMinutes', {
            params: { conferenceId: id },
            body: { laufzettelId, entry: entryOf('TERMIN') },
          }),
        ),
      );
      t.equal(dropped!.code, 'rule-broken');
      t.equal(dropped!.bytes, absent!.bytes);
      const task = { aboutLaufzettelId: lost.laufzettelId, kind: 'TERMIN', purpose: 'TERMIN' };
      t.equal(
        (await by.refused('createConferenceTask', { params: { conferenceId: id }, body: task })).code,
        'rule-broken',
      );
    }
  },
);

await throughADoor(
  t,
  exchange,
  'a new forwarding does not bring back what has dropped off; it may be put there again',
  async (t, _as, door) => {
    const { one, other } = await pair(exchange, door);
    const lost = await sendForConference(one.system, other.id);
    const id = await accepted(one.system, other.system, other.id);
    await put(one.system, id, lost);
    const statedAt = justAfter(await withdraw(one.system, lost.clientId));
    await sayYes(one.system, lost.clientId, {
      recipient: other.id,
      categories: ['STAMMDATEN'],
      purpose: 'FALLBESPRECHUNG',
      statedAt,
      validFrom: statedAt,
    });
    const again = await forward(one.system, lost, other.id);
    t.ok(again.ok);
    t.same(await onAgenda(other.system, id), []);
    await put(other.system, id, lost);
    t.same(await onAgenda(other.system, id), [lost.laufzettelId]);
    t.same(
      (await get(one.system, id)).agenda.map((item: { dropped: boolean }) => item.dropped),
      [true, false],
    );
  },
);

await throughADoor(t, exchange, 'that each side reads something of its own is not enough', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const lost = await sendForConference(one.system, other.id);
  const id = await accepted(one.system, other.system, other.id);
  await other.system.done('addToLaufzettel', {
    params: { laufzettelId: lost.laufzettelId },
    body: { entries: [entryOf('STAMMDATEN')] },
  });
  await put(other.system, id, lost);
  await withdraw(one.system, lost.clientId);
  t.same(await onAgenda(other.system, id), []);
  const refused = await other.system.refused('addToAgenda', {
    params: { conferenceId: id },
    body: { laufzettelId: lost.laufzettelId },
  });
  t.equal(refused.code, 'rule-broken');
});

await throughADoor(t, exchange, 'what both have from a third agency they may not discuss', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const third = (await pair(exchange, door)).one;
  await agree([third, one, other], { purposes: ['FALLBESPRECHUNG'], categories: ['STAMMDATEN'] });
  const theirs = await sendForConference(third.system, one.id);
  const said = { recipient: other.id, categories: ['STAMMDATEN'], purpose: 'FALLBESPRECHUNG' };
  await sayYes(third.system, theirs.clientId, said);
  t.ok((await forward(third.system, theirs, other.id)).ok);
  const id = await accepted(one.system, other.system, other.id);
  const input = { params: { conferenceId: id }, body: { laufzettelId: theirs.laufzettelId } };
  t.equal((await one.system.refused('addToAgenda', input)).code, 'rule-broken');
  // Once one of them has passed it on to the other, both know that both know.
  t.ok((await forward(one.system, theirs, other.id)).ok);
  await one.system.done('addToAgenda', input);
  t.same(await onAgenda(other.system, id), [theirs.laufzettelId]);
  await withdraw(third.system, theirs.clientId);
  t.same(await onAgenda(other.system, id), []);
  for (const call of ['getConference', 'acceptConference', 'cancelConference', 'beginConference'] as const) {
    const about = (conferenceId: string) => ({
      params: { conferenceId },
      ...(call === 'getConference' ? {} : { body: { expectedVersion: 1 } }),
    });
    const [foreign, unknown] = [
      await third.system.refused(call, about(id)),
      await third.system.refused(call, about(NOTHING)),
    ];
    t.equal(foreign.code, 'not-found');
    t.equal(foreign.bytes, unknown.bytes, `${call}: foreign and unknown are the same`);
  }
});

await throughADoor(t, exchange, 'minutes reach the other side by a permit alone', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const discussed = await sendForConference(one.system, other.id);
  const id = await accepted(one.system, other.system, other.id);
  await put(one.system, id, discussed);
  await step(one.system, 'beginConference', id);
  const look = async () => [
    await get(other.system, id),
    (await other.system.done('listInbox', {})).items,
    await other.system.done('getLaufzettel', { params: { laufzettelId: discussed.laufzettelId } }),
    (await other.system.done('listEvents', {})).events,
  ];
  const before = await look();
  const note = { category: 'BERATUNGSNOTIZ', payload: { thema: 'SCHULDEN', text: 'Erfundene Notiz' } };
  const body = { laufzettelId: discussed.laufzettelId, entry: note };
  const kept = await one.system.done('recordMinutes', { params: { conferenceId: id }, body });
  t.equal(kept.forwardingId, null);
  t.same(kept.withheld, [
    { entryId: kept.entryId, category: 'BERATUNGSNOTIZ', reasons: ['NO_CONSENT', 'SECRECY_RELEASE_MISSING'] },
  ]);
  t.same(kept.needed.map((line: { type: string }) => line.type).sort(), ['CONSENT', 'RELEASE']);
  t.same(await look(), before, 'the other side is shown what it was shown before');
  const [item] = (await get(one.system, id)).agenda;
  t.same(item.minutes, [kept.entryId], 'it is there for its author');

  const all = await one.system.refused('recordMinutes', {
    params: { conferenceId: id },
    body: { ...body, strict: true },
  });
  t.match(all, { code: 'consent-missing', extra: { withheld: [{ category: 'BERATUNGSNOTIZ' }] } });
  t.equal(await count(exchange, 'conference_minutes', 'conference_id = $1', [id]), 1, 'all or nothing wrote nothing');
  t.same(await look(), before);

  if (door === 'GraphQL') return;
  // What the other side has kept to itself takes nothing of the own number.
  for (let many = 1; many < 20; many += 1) {
    await one.system.done('recordMinutes', { params: { conferenceId: id }, body });
  }
  t.equal((await one.system.refused('recordMinutes', { params: { conferenceId: id }, body })).code, 'rule-broken');
  await other.system.done('recordMinutes', { params: { conferenceId: id }, body });
});

await throughADoor(t, exchange, 'without an agreement in force nothing is held any more', async (t, as, door) => {
  const admin = await as('admin');
  const ends: Record<string, (world: Awaited<ReturnType<typeof pair>>) => Promise<unknown>> = {
    'a termination': ({ one, agreementId }) =>
      one.system.done('terminateAgreement', { params: { agreementId }, body: { confirm: true } }),
    'a party that leaves': ({ other, agreementId }) =>
      exchange.sql('UPDATE agreement_party SET left_at = api.clock_now() WHERE agreement_id = $1 AND agency_id = $2', [
        agreementId,
        other.id,
      ]),
    'a suspension': ({ other }) =>
      admin.done('suspendAgency', { params: { agencyId: other.id }, body: { confirm: true } }),
  };
  for (const [name, end] of Object.entries(ends)) {
    const world = await pair(exchange, door);
    const { one, other } = world;
    const planned = await accepted(one.system, other.system, other.id);
    const begun = await accepted(one.system, other.system, other.id);
    await step(one.system, 'beginConference', begun);
    await end(world);
    t.match(await get(one.system, planned), { status: 'CANCELLED', version: 3 }, name);
    t.match(await get(one.system, begun), { status: 'ENDED', version: 4 }, name);
    for (const side of [one, other]) {
      t.equal((await toldOf(exchange, side.id, planned)).at(-1), 'cancelled', name);
      t.equal((await toldOf(exchange, side.id, begun)).at(-1), 'ended', name);
    }
    const refused = await one.system.refused('beginConference', {
      params: { conferenceId: planned },
      body: { expectedVersion: 3 },
    });
    t.equal(refused.code, 'transition-illegal', name);
  }
});

await throughADoor(t, exchange, 'an erased client is on no agenda', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const erased = await sendForConference(one.system, other.id);
  const id = await accepted(one.system, other.system, other.id);
  await put(one.system, id, erased);
  await one.system.done('eraseClient', { params: { clientId: erased.clientId }, body: { confirm: true } });
  for (const by of [one, other]) t.same(await onAgenda(by.system, id), []);
});

await throughADoor(t, exchange, 'a task that came by a third agency is not told to be one', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const third = await admit(exchange, door);
  await agree([one, third, other], { purposes: ['TERMIN'], categories: ['STAMMDATEN', 'TERMIN'] });
  const discussed = await sendForConference(one.system, other.id);
  const id = await accepted(one.system, other.system, other.id);
  await put(one.system, id, discussed);
  await step(one.system, 'beginConference', id);
  const before = await get(other.system, id);
  const entries = [entryOf('STAMMDATEN'), entryOf('TERMIN')];
  const task = { aboutLaufzettelId: discussed.laufzettelId, kind: 'TERMIN', purpose: 'TERMIN', entries };
  const { id: laufzettelId } = await one.system.done('createConferenceTask', {
    params: { conferenceId: id },
    body: task,
  });
  const said = (recipient: string) => ({ recipient, categories: ['STAMMDATEN', 'TERMIN'], purpose: 'TERMIN' });
  await sayYes(one.system, discussed.clientId, said(third.id));
  const hop = await forward(one.system, { laufzettelId }, third.id);
  if (!hop.ok) throw new Error(hop.bytes);
  const params = { forwardingId: hop.value.forwarding.id };
  const { clientId } = await third.system.done('getForwarding', { params });
  // Entries of its own: to the other side it reads as if the third had made it.
  const entryIds: string[] = [];
  for (const body of [entryOf('STAMMDATEN'), entryOf('TERMIN')]) {
    entryIds.push((await third.system.done('addEntry', { params: { clientId }, body })).id);
  }
  await sayYes(third.system, clientId, said(other.id));
  t.ok((await forward(third.system, { laufzettelId }, other.id, { entryIds })).ok);
  t.match(await other.system.done('getLaufzettel', { params: { laufzettelId } }), { createdBy: null });
  t.same(await get(other.system, id), before, 'the conference does not tell who made it');

  await sayYes(one.system, discussed.clientId, said(other.id));
  t.ok((await forward(one.system, { laufzettelId }, other.id)).ok);
  t.same((await get(other.system, id)).agenda[0].tasks, [laufzettelId], 'it does once its maker has sent it');
});
