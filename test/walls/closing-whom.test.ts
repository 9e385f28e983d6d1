/**
 * A fact closes what it ends in its own transaction, also where it is about somebody whom the row does not name: another person
 * concerned, the author of what was passed on. The second decision would hide such a row at every reading; here the row itself is looked at.
 */
import t from 'tap';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, startExchange } from '../support/exchange.ts';
import {
  type Agency,
  CONTACT,
  clockJob,
  expecting,
  forward,
  later,
  MASTER,
  newClient,
  newSlip,
  now,
  partners,
  passedOn,
  read,
  release,
  rowsOf,
  sayYes,
  sent,
} from './scenes.ts';

const openEntries = async (exchange: Exchange, hop: string): Promise<string[]> =>
  (await rowsOf(exchange, hop)).filter((row) => row.closed_at === null).map((row) => row.entry_id);

t.test('what anybody says whom an entry concerns closes it, and what hangs on it', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const note = { category: 'BERATUNGSNOTIZ', payload: { thema: 'SCHULDEN', text: 'Erfundene Notiz' } };
  for (const [name, list, without] of [
    ['a no', 'statements', 2],
    ['a release taken back', 'releases', 1],
  ] as const) {
    const [client, relative] = [await newClient(arge), await newClient(arge)];
    const concerns = [client, relative];
    const slip = await newSlip(arge, client, [MASTER, { ...CONTACT, concerns }, { ...note, concerns }]);
    const categories = ['STAMMDATEN', 'KONTAKT', 'BERATUNGSNOTIZ'];
    for (const to of ['caritas', 'diakonie'] as const) {
      for (const one of concerns) {
        await sayYes(arge, one, to, categories);
        await release(arge, one, to, ['BERATUNGSNOTIZ']);
      }
    }
    const first = await forward(arge, slip.id, 'caritas');
    t.equal((await read(caritas, first)).entries.length, 3);
    const second = await forward(caritas, slip.id, 'diakonie');
    expecting(201, await arge.post(`/v1/clients/${relative}/${list}`, no()));
    for (const hop of [first, second])
      t.same((await openEntries(exchange, hop)).sort(), slip.entryIds.slice(0, 3 - without).sort(), name);
  }
});

async function agreed(exchange: Exchange, parties: Agency[]): Promise<string> {
  const agreement = {
    title: 'Zu zweit',
    parties: parties.map((one) => AGENCY[one]),
    purposes: ['BERATUNG'],
    categories: ['STAMMDATEN', 'KONTAKT'],
    from: '2026-01-01',
  };
  const { id } = expecting(201, await (await exchange.as(parties[0]!)).post('/v1/agreements', agreement)).body;
  for (const one of parties) expecting(200, await (await exchange.as(one)).post(`/v1/agreements/${id}/sign`));
  return id;
}

t.test('the end of an agreement of author and receiver closes what a third has passed on', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const admin = await exchange.as('admin');
  const terminate = async (id: string) =>
    expecting(200, await admin.post(`/v1/agreements/${id}/terminate`, { confirm: true }));
  const everybody = await exchange.sql('SELECT id FROM agreement');
  await agreed(exchange, ['arge', 'caritas']);
  await agreed(exchange, ['caritas', 'diakonie']);
  const ofAuthorAndReceiver = await agreed(exchange, ['arge', 'diakonie']);
  for (const { id } of everybody) await terminate(id);
  const story = await sent(exchange, 'arge', 'caritas');
  const { hop } = await passedOn(exchange, story, 'arge', 'caritas', 'diakonie');
  t.equal((await openEntries(exchange, hop)).length, 2);
  await terminate(ofAuthorAndReceiver);
  t.same(await openEntries(exchange, hop), [], 'neither side of the hop has lost an agreement of its own');
  t.equal((await openEntries(exchange, story.hop)).length, 2, 'what the author sent goes on');
});

t.test('what time has ended unread is not read by way of another row', async (t) => {
  const exchange = await startExchange();
  const job = clockJob(exchange);
  t.teardown(async () => {
    await job.close();
    await exchange.close();
  });
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const client = await newClient(arge);
  const slip = await newSlip(arge, client, [MASTER]);
  const [entryId] = slip.entryIds;
  const other = { clientId: client, kind: 'FALLMITTEILUNG', purpose: 'SCHULE', entryIds: [entryId] };
  const second = expecting(201, await arge.post('/v1/laufzettel', other)).body;
  const soon = later(await now(exchange), 3_600_000).toISOString();
  await sayYes(arge, client, 'caritas', ['STAMMDATEN'], { validUntil: soon });
  await sayYes(arge, client, 'caritas', ['STAMMDATEN'], { purpose: 'SCHULE' });
  const ended = await forward(arge, slip.id, 'caritas');
  const lives = await forward(arge, second.id, 'caritas');
  await exchange.advanceClock(7_200_000);
  // A new yes would permit the hop of the first row again; what has ended does not begin again.
  await sayYes(arge, client, 'caritas', ['STAMMDATEN'], { statedAt: (await now(exchange)).toISOString() });
  expecting(200, await caritas.get(`/v1/entries/${entryId}`));
  const fetched = async (hop: string) => (await rowsOf(exchange, hop)).map((row) => row.fetched_at !== null);
  t.same([await fetched(ended), await fetched(lives)], [[false], [true]], 'it was read by the row that lives');
  while ((await job.tick()) > 0);
  const { closedEntries } = await read(caritas, ended);
  t.same(closedEntries, [], 'the other one vanishes');
});
