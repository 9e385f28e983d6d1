/** What time brings to a conference: a reminder, and an end. Reads do not wait for the clock job; it writes down and tells. */
import { conferenceStore } from '../../src/persistence/conference-store.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { tendConferences } from '../../src/usecases/tend-conferences.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { get, pair, plan, sendForConference, step, toldOf } from './conferring.ts';
import { stopClock } from './world.ts';

const exchange = await startExchange();
const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 1 });
t.teardown(() => database.close().then(() => exchange.close()));
const tick = (): Promise<number> => tendConferences({ conferences: conferenceStore(database) });

const { one, other } = await pair(exchange, 'REST');
const discussed = await sendForConference(one.system, other.id);
/** A Tuesday; the Monday before is a working day, and the Friday before that. */
await stopClock(exchange, '2026-12-01T09:00:00.000Z');

t.test('both are reminded once, at 08:00 of the working day before', async (t) => {
  const { id } = await plan(exchange, one.system, other.id, { beginsAt: '2026-12-07T09:00:00.000Z' });
  const { id: cancelled } = await plan(exchange, one.system, other.id, { beginsAt: '2026-12-07T10:00:00.000Z' });
  await step(other.system, 'cancelConference', cancelled);
  await stopClock(exchange, '2026-12-04T06:59:59.999Z');
  t.equal(await tick(), 0, 'it is Friday, and not yet eight');
  await stopClock(exchange, '2026-12-04T07:00:00.000Z');
  t.equal(await tick(), 1);
  t.equal(await tick(), 0);
  t.same(await toldOf(exchange, one.id, id), ['upcoming']);
  t.same(await toldOf(exchange, other.id, id), ['invited', 'upcoming']);
  t.same(await toldOf(exchange, other.id, cancelled), ['invited'], 'of what was cancelled nobody is reminded');

  // Moved, it is another day: both are reminded again.
  const { version } = await get(one.system, id);
  const body = { expectedVersion: version, beginsAt: '2026-12-09T09:00:00.000Z', place: 'ONLINE' };
  await one.system.done('moveConference', { params: { conferenceId: id }, body });
  await stopClock(exchange, '2026-12-08T07:00:00.000Z');
  t.equal(await tick(), 1);
  t.same(await toldOf(exchange, one.id, id), ['upcoming', 'upcoming']);

  await stopClock(exchange, '2026-12-16T08:59:59.999Z');
  t.match(await get(one.system, id), { status: 'PLANNED', version: 2 }, 'a week later somebody may still begin it');
  await stopClock(exchange, '2026-12-16T09:00:00.000Z');
  const lapsed = { status: 'CANCELLED', version: 3, changedAt: '2026-12-16T09:00:00.000Z' };
  t.match(await get(one.system, id), lapsed, 'from then on nobody does, written down already or not');
  const [listed] = (await other.system.done('listConferences', { query: { status: ['CANCELLED'] } })).items;
  t.match(listed, { id: cancelled });
  const late = await other.system.refused('acceptConference', {
    params: { conferenceId: id },
    body: { expectedVersion: 3 },
  });
  t.match(late, { code: 'transition-illegal', extra: { currentStatus: 'CANCELLED', allowed: [] } });
  t.equal(await tick(), 1);
  t.match(await get(one.system, id), lapsed, 'written down it reads the same');
  for (const side of [one, other]) t.equal((await toldOf(exchange, side.id, id)).at(-1), 'cancelled');
});

t.test('who has declined is reminded of nothing', async (t) => {
  await stopClock(exchange, '2026-12-16T10:00:00.000Z');
  const { id } = await plan(exchange, one.system, other.id, { beginsAt: '2026-12-18T09:00:00.000Z' });
  await step(other.system, 'declineConference', id);
  await stopClock(exchange, '2026-12-17T07:00:00.000Z');
  t.equal(await tick(), 1);
  t.same(await toldOf(exchange, one.id, id), ['declined', 'upcoming']);
  t.same(await toldOf(exchange, other.id, id), ['invited']);
});

t.test('one that nobody ends has ended after 24 hours, and takes minutes for 14 days', async (t) => {
  await stopClock(exchange, '2026-12-17T09:00:00.000Z');
  const { id } = await plan(exchange, one.system, other.id);
  await step(other.system, 'acceptConference', id);
  await step(one.system, 'beginConference', id);
  await stopClock(exchange, '2026-12-18T08:59:59.999Z');
  t.match(await get(one.system, id), { status: 'BEGUN', endedAt: null, version: 3 });
  await stopClock(exchange, '2026-12-18T09:00:00.000Z');
  const ended = { status: 'ENDED', endedAt: '2026-12-18T09:00:00.000Z', version: 4 };
  t.match(await get(one.system, id), ended);
  t.equal(await tick(), 1);
  t.match(await get(other.system, id), ended);
  for (const side of [one, other]) t.equal((await toldOf(exchange, side.id, id)).at(-1), 'ended');

  const minutes = {
    params: { conferenceId: id },
    body: {
      laufzettelId: discussed.laufzettelId,
      entry: { category: 'RUECKMELDUNG', payload: { ergebnis: 'ERLEDIGT' } },
    },
  };
  await stopClock(exchange, '2027-01-01T08:59:59.999Z');
  // The forwarding was never accepted, so by then it is nothing that may be discussed.
  t.equal((await one.system.refused('recordMinutes', minutes)).code, 'rule-broken');
  await stopClock(exchange, '2027-01-01T09:00:00.000Z');
  t.match(await one.system.refused('recordMinutes', minutes), {
    code: 'transition-illegal',
    extra: { currentStatus: 'ENDED', allowed: [] },
  });
});
