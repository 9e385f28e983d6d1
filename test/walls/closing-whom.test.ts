/**
 * A fact closes what it ends in its own transaction, also where it is about somebody whom the row does not name: another person
 * concerned, the author of what was passed on. The second decision would hide such a row at every reading; here the row itself is looked at.
 */
import { no } from '../support/consent-bodies.ts';
import { AGENCY, type Exchange, signAs, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  type Agency,
  CONTACT,
  expecting,
  forward,
  MASTER,
  newClient,
  newSlip,
  partners,
  passedOn,
  read,
  release,
  rowsOf,
  sayYes,
  sent,
} from './scenes.ts';

const DAY_MS = 86_400_000;

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
  for (const one of parties) expecting(200, await signAs(await exchange.as(one), id));
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

t.test(
  'what came twice is read by the row that lives, though the one that time has ended was read before',
  async (t) => {
    const exchange = await startExchange();
    t.teardown(() => exchange.close());
    const { caritas, arge } = await partners(exchange, 'arge', 'caritas');
    const { slip, hop: ended } = await sent(exchange, 'arge', 'caritas', [MASTER]);
    const [entryId] = slip.entryIds;
    const fetchedAt = async (hop: string) => (await rowsOf(exchange, hop))[0]!.fetched_at?.getTime() ?? null;
    t.equal((await read(caritas, ended)).entries.length, 1);
    const before = await fetchedAt(ended);
    await exchange.advanceClock(10 * DAY_MS);
    const lives = await forward(arge, slip.id, 'caritas');
    // Nobody accepted the first one, and no job has run.
    await exchange.advanceClock(15 * DAY_MS);
    expecting(200, await caritas.get(`/v1/entries/${entryId}`));
    t.equal(await fetchedAt(ended), before);
    t.ok(await fetchedAt(lives), 'so it owes an answer when that one closes');
  },
);
