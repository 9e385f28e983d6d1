/** Case conferences: invited to, agreed upon, held, and what comes of them. */
import { type Outcome, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { get, now, onAgenda, pair, plan, put, sendForConference, step, toldOf } from './conferring.ts';
import { admit, count, entryOf, forward, instant, NOTHING, openCase, sayYes } from './world.ts';

const exchange = await startExchange();
/** What a replay answers, but that it says so. */
const withoutReplay = (outcome: Outcome): object =>
  outcome.ok ? outcome.value : { code: outcome.code, status: outcome.status, extra: outcome.extra };

t.teardown(() => exchange.close());

await throughADoor(t, exchange, 'a conference is held from invitation to task', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const discussed = await sendForConference(one.system, other.id);
  const { id } = await plan(exchange, one.system, other.id, { place: 'OFFICE_PARTNER' });
  t.match(await get(other.system, id), {
    status: 'PLANNED',
    answer: null,
    convener: one.id,
    partner: other.id,
    version: 1,
  });
  await put(one.system, id, discussed);
  await step(other.system, 'acceptConference', id);
  const begun = await step(one.system, 'beginConference', id);
  t.match(begun, { status: 'BEGUN', answer: 'ACCEPTED' });

  const [item] = (await get(other.system, id)).agenda;
  t.match(item, { laufzettelId: discussed.laufzettelId, addedBy: one.id, atBeginning: true, dropped: false });
  t.not(item.clientId, discussed.clientId, 'by its own handle');

  // The partner writes minutes that the client has agreed to, and makes a task.
  await sayYes(other.system, item.clientId, {
    recipient: one.id,
    categories: ['STAMMDATEN', 'RUECKMELDUNG'],
    purpose: 'FALLBESPRECHUNG',
  });
  const about = { laufzettelId: discussed.laufzettelId };
  const entry = { category: 'RUECKMELDUNG', payload: { ergebnis: 'TERMIN_VEREINBART' } };
  const minutes = await other.system.done('recordMinutes', { params: { conferenceId: id }, body: { ...about, entry } });
  t.same([minutes.withheld, minutes.needed], [[], []]);
  const read = await one.system.done('getForwarding', { params: { forwardingId: minutes.forwardingId } });
  t.same(
    read.entries.map((got: { payload: unknown }) => got.payload),
    [entry.payload],
    'it went to the other side',
  );
  const task = await other.system.done('createConferenceTask', {
    params: { conferenceId: id },
    body: {
      aboutLaufzettelId: discussed.laufzettelId,
      kind: 'TERMIN',
      purpose: 'TERMIN',
      entries: [{ category: 'TERMIN', payload: { art: 'BERATUNG', beginn: '2027-01-19T09:00:00.000Z' } }],
    },
  });
  t.match(task, { clientId: item.clientId, createdBy: other.id, conferenceId: id });

  for (const [side, tasks] of [
    [one, []],
    [other, [task.id]],
  ] as const) {
    const [seen] = (await get(side.system, id)).agenda;
    t.same([seen.minutes, seen.tasks], [[minutes.entryId], tasks]);
  }
  await sayYes(other.system, item.clientId, { recipient: one.id, categories: ['TERMIN'], purpose: 'TERMIN' });
  const sent = await forward(other.system, { laufzettelId: task.id }, one.id);
  t.ok(sent.ok);
  const [withTask] = (await get(one.system, id)).agenda;
  t.same(withTask.tasks, [task.id], 'once it has received the task it sees it');
  const received = await one.system.done('getLaufzettel', { params: { laufzettelId: task.id } });
  t.equal(received.conferenceId, null, 'what it came of is told to its maker alone');

  t.match(await step(other.system, 'endConference', id), { status: 'ENDED', version: 4 });
  t.same(await toldOf(exchange, other.id, id), ['invited', 'agenda-changed', 'begun']);
  t.same(await toldOf(exchange, one.id, id), ['accepted', 'ended']);
});

await throughADoor(t, exchange, 'an invitation is answered, moved and asked for again', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const { id } = await plan(exchange, one.system, other.id);
  const params = { conferenceId: id };
  t.match(await step(other.system, 'declineConference', id), { status: 'PLANNED', answer: 'DECLINED', version: 2 });
  const early = await one.system.refused('beginConference', { params, body: { expectedVersion: 2 } });
  t.match(early, { code: 'transition-illegal', extra: { currentStatus: 'PLANNED', allowed: ['MOVE', 'CANCEL'] } });
  const stale = await other.system.refused('acceptConference', { params, body: { expectedVersion: 1 } });
  t.match(stale, { code: 'version-stale', extra: { currentVersion: 2 } });

  const body = { expectedVersion: 2, beginsAt: instant((await now(exchange)) + 7_200_000), place: 'PHONE' };
  const notOwn = await other.system.refused('moveConference', { params, body });
  t.equal(notOwn.code, 'transition-illegal', 'its convener alone moves it');
  const past = { ...body, beginsAt: '2026-01-01T00:00:00.000Z' };
  t.match(await one.system.refused('moveConference', { params, body: past }), {
    code: 'rule-broken',
    extra: { errors: [{ pointer: '/beginsAt' }] },
  });
  const moved = await one.system.done('moveConference', { params, body });
  t.match(moved, { answer: null, beginsAt: body.beginsAt, endsAt: null, place: 'PHONE', version: 3 });
  await step(other.system, 'acceptConference', id);
  t.match(await step(other.system, 'cancelConference', id), { status: 'CANCELLED' });
  t.equal(
    (await one.system.refused('endConference', { params, body: { expectedVersion: 5 } })).code,
    'transition-illegal',
  );
  t.same(await toldOf(exchange, one.id, id), ['declined', 'accepted', 'cancelled']);
  t.same(await toldOf(exchange, other.id, id), ['invited', 'moved']);
});

await throughADoor(t, exchange, 'who may meet, and what goes on the agenda', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const stranger = await admit(exchange, door);
  const beginsAt = instant((await now(exchange)) + 3_600_000);
  const planning = (partner: string) =>
    one.system.refused('planConference', { body: { partner, beginsAt, place: 'ONLINE' } });
  for (const partner of [one.id, NOTHING]) {
    t.match(await planning(partner), { code: 'rule-broken', extra: { errors: [{ pointer: '/partner' }] } });
  }
  t.equal((await planning(stranger.id)).code, 'rule-broken', 'without an agreement nobody is invited');

  const { id } = await plan(exchange, one.system, other.id);
  const adding = (by: typeof one, laufzettelId: string) =>
    by.system.refused('addToAgenda', { params: { conferenceId: id }, body: { laufzettelId } });
  const own = await openCase(one.system, ['STAMMDATEN'], { kind: 'FALLBESPRECHUNG', purpose: 'FALLBESPRECHUNG' });
  t.match(await adding(one, own.laufzettelId), {
    code: 'rule-broken',
    extra: { errors: [{ pointer: '/laufzettelId' }] },
  });
  t.equal((await adding(other, own.laufzettelId)).code, 'not-found', 'what it never received it cannot name');
  t.equal((await adding(one, NOTHING)).code, 'not-found');

  const discussed = await sendForConference(one.system, other.id);
  await put(other.system, id, discussed);
  for (const by of [one, other]) {
    t.equal((await adding(by, discussed.laufzettelId)).code, 'conflict');
    t.same(await onAgenda(by.system, id), [discussed.laufzettelId]);
  }
  const remove = { params: { conferenceId: id }, body: { laufzettelId: discussed.laufzettelId } };
  await one.system.done('removeFromAgenda', remove);
  t.same(await onAgenda(other.system, id), []);
  t.equal((await one.system.refused('removeFromAgenda', remove)).code, 'not-found');
  t.same(await toldOf(exchange, one.id, id), ['agenda-changed']);
  t.same(await toldOf(exchange, other.id, id), ['invited', 'agenda-changed']);

  const minutes = { laufzettelId: discussed.laufzettelId, entry: entryOf('TERMIN') };
  const tooEarly = await one.system.refused('recordMinutes', { params: { conferenceId: id }, body: minutes });
  t.equal(tooEarly.code, 'transition-illegal');
  await step(other.system, 'acceptConference', id);
  await step(other.system, 'beginConference', id);
  const absent = await one.system.refused('recordMinutes', { params: { conferenceId: id }, body: minutes });
  t.match(absent, { code: 'rule-broken', extra: { errors: [{ pointer: '/laufzettelId' }] } });
  await put(one.system, id, discussed);
  const [item] = (await get(one.system, id)).agenda;
  t.equal(item.atBeginning, false, 'it came to it later');
  t.equal((await one.system.refused('removeFromAgenda', remove)).code, 'transition-illegal');
});

await throughADoor(
  t,
  exchange,
  'the same request again has one effect, and the answer of then',
  async (t, _as, door) => {
    const { one, other } = await pair(exchange, door);
    const discussed = await sendForConference(one.system, other.id, ['STAMMDATEN', 'TERMIN']);
    const { id } = await plan(exchange, one.system, other.id);
    await put(one.system, id, discussed);
    await step(other.system, 'acceptConference', id);
    await step(one.system, 'beginConference', id);
    const again = async (body: object): Promise<[Outcome, Outcome]> => {
      const input = {
        params: { conferenceId: id },
        body,
        headers: { 'idempotency-key': `${door}-${JSON.stringify(body).length}` },
      };
      const [first, second] = [
        await one.system.call('recordMinutes', input),
        await one.system.call('recordMinutes', input),
      ];
      t.same([first.replayed, second.replayed], [false, true]);
      return [first, second];
    };
    const about = { laufzettelId: discussed.laufzettelId };
    const note = { category: 'BERATUNGSNOTIZ', payload: { thema: 'SCHULDEN', text: 'Erfundene Notiz' } };
    for (const body of [
      { ...about, entry: { category: 'TERMIN', payload: { art: 'BERATUNG', beginn: '2027-01-19T09:00:00.000Z' } } },
      { ...about, entry: note },
      { ...about, entry: note, strict: true },
    ]) {
      const [first, second] = await again(body);
      t.same(withoutReplay(first), withoutReplay(second));
    }
    t.equal(await count(exchange, 'conference_minutes', 'conference_id = $1', [id]), 2);
  },
);

t.test('an agenda and the plans of two agencies have an end', async (t) => {
  const { one, other } = await pair(exchange, 'REST');
  const [first, second] = [
    await sendForConference(one.system, other.id),
    await sendForConference(one.system, other.id),
  ];
  const { id } = await plan(exchange, one.system, other.id);
  await put(one.system, id, first);
  const again = `INSERT INTO conference_item (id, conference_id, laufzettel_id, added_by, added_at)
    SELECT uuidv7(), conference_id, laufzettel_id, added_by, added_at FROM conference_item, generate_series(1, $2) WHERE conference_id = $1`;
  await exchange.sql(again, [id, 49]);
  const adding = { params: { conferenceId: id }, body: { laufzettelId: second.laufzettelId } };
  t.match(await other.system.refused('addToAgenda', adding), { code: 'rule-broken' }, 'the 51st Laufzettel');
  await one.system.done('removeFromAgenda', { ...adding, body: { laufzettelId: first.laufzettelId } });
  await other.system.done('addToAgenda', adding);

  await exchange.sql(
    `INSERT INTO conference (id, convener_id, partner_id, begins_at, place, created_at, changed_at)
     SELECT uuidv7(), partner_id, convener_id, begins_at, place, created_at, changed_at FROM conference, generate_series(1, 49)
     WHERE id = $1`,
    [id],
  );
  const planning = (partner: string) => ({
    body: { partner, beginsAt: new Date(Date.now() + 3_600_000).toISOString(), place: 'ONLINE' },
  });
  t.match(
    await other.system.refused('planConference', planning(one.id)),
    { code: 'rule-broken' },
    'the 51st, whoever plans it',
  );
  await step(other.system, 'cancelConference', id);
  await other.system.done('planConference', planning(one.id));
});

await throughADoor(
  t,
  exchange,
  'minutes on a Laufzettel of a kind with another core stay with their author, who is told what that is',
  async (t, _as, door) => {
    const { one, other } = await pair(exchange, door);
    const categories = ['STAMMDATEN', 'KONTAKT', 'TERMIN'] as const;
    const purpose = 'FALLBESPRECHUNG';
    const planned = await openCase(one.system, categories.slice(0, 2), { kind: 'BERATUNGSANFRAGE', purpose });
    await sayYes(one.system, planned.clientId, { recipient: other.id, categories: [...categories], purpose });
    t.ok((await forward(one.system, planned, other.id)).ok);
    const { id } = await plan(exchange, one.system, other.id);
    await put(one.system, id, planned);
    await step(other.system, 'acceptConference', id);
    await step(one.system, 'beginConference', id);
    const minutes = { laufzettelId: planned.laufzettelId, entry: entryOf('TERMIN') };
    const input = { params: { conferenceId: id }, body: minutes, headers: { 'idempotency-key': `core-${door}` } };
    for (const replayed of [false, true]) {
      const outcome = await one.system.call('recordMinutes', input);
      t.match(outcome, { ok: true, replayed, value: { forwardingId: null, withheld: [] } });
      if (outcome.ok) t.same(outcome.value.missingCore, ['KONTAKT']);
    }
    const { items } = await other.system.done('listInbox', { query: { limit: 50 } });
    t.equal(items.length, 1, 'nothing came with them');
  },
);
