/** Case conferences: invited to, agreed upon, held, and what comes of them. */
import t from 'tap';
import { throughBothDoors } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { get, onAgenda, pair, plan, put, sendForConference, step, toldOf } from './conferring.ts';
import { admit, count, entryOf, forward, instant, NOTHING, openCase, sayYes } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

await throughBothDoors(t, exchange, 'a conference is held from invitation to task', async (t, _as, door) => {
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
