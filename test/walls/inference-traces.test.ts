/** Places where something withheld might show although it is not shown: lists of handles, other slips, numbers. */
import type { Test } from 'tap';
import { no, yes } from '../support/consent-bodies.ts';
import { AGENCY, AGREEMENT, type Exchange, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import {
  CONTACT,
  entriesRead,
  expecting,
  forward,
  MASTER,
  newClient,
  newSlip,
  partners,
  read,
  sayYes,
} from './scenes.ts';
import { normalise } from './transcript.ts';

const HOUR = 3_600_000;

/** What `see` finds in two exchanges, one where something was done and one where not. */
async function both<T>(t: Test, see: (exchange: Exchange, done: boolean) => Promise<T>): Promise<[T, T]> {
  const [one, other] = await Promise.all([startExchange(), startExchange()]);
  t.teardown(() => Promise.all([one.close(), other.close()]));
  return Promise.all([see(one, false), see(other, true)]);
}

t.test('a row that nobody read leaves no handle on whom it was about', async (t) => {
  const [without, with_] = await both(t, async (exchange, sendsBoth) => {
    const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
    const [client, other] = [await newClient(arge), await newClient(arge)];
    const family = { category: 'FAMILIE', payload: { rolle: 'KIND' }, concerns: [client, other] };
    const slip = await newSlip(arge, client, [MASTER, family]);
    await sayYes(arge, client, 'caritas', ['STAMMDATEN', 'FAMILIE']);
    if (sendsBoth) await sayYes(arge, other, 'caritas', ['FAMILIE']);
    const hop = await forward(arge, slip.id, 'caritas');
    const stop = no({ discloser: AGENCY.arge, categories: ['FAMILIE'] });
    expecting(201, await arge.post(`/v1/clients/${other}/statements`, stop));
    t.equal((await read(caritas, hop)).entries.length, 1);
    return normalise((await caritas.get('/v1/clients')).text);
  });
  t.equal(with_, without);
});

t.test('an entry that came by one slip does not show on another where it was withheld', async (t) => {
  const [without, with_] = await both(t, async (exchange, putsItOn) => {
    const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
    const client = await newClient(arge);
    const first = await newSlip(arge, client, [MASTER, CONTACT]);
    await sayYes(arge, client, 'caritas', ['STAMMDATEN', 'KONTAKT']);
    await read(caritas, await forward(arge, first.id, 'caritas'));
    // For the second purpose the client agreed to one category only.
    await sayYes(arge, client, 'caritas', ['STAMMDATEN'], { purpose: 'SCHULE' });
    const entryIds = putsItOn ? first.entryIds : [first.entryIds[0]];
    const second = await newSlip(arge, client, [], { purpose: 'SCHULE', entryIds });
    const hop = await forward(arge, second.id, 'caritas');
    const seen = await read(caritas, hop);
    const slip = expecting(200, await caritas.get(`/v1/laufzettel/${second.id}`));
    const preview = await caritas.post(`/v1/laufzettel/${second.id}/preview`, { recipient: AGENCY.tgsh });
    return normalise(JSON.stringify([seen.entries, slip.body, preview.body]));
  });
  t.equal(with_, without);
});

/** Two entries went to caritas, which read the first; the consent to the second, if it was sent, has ended by time. */
async function endedUnread(exchange: Exchange, sendsBoth: boolean) {
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const client = await newClient(arge);
  const slip = await newSlip(arge, client, sendsBoth ? [MASTER, CONTACT] : [MASTER]);
  await sayYes(arge, client, 'caritas', ['STAMMDATEN']);
  await sayYes(arge, client, 'caritas', ['KONTAKT'], { validUntil: new Date(Date.now() + HOUR).toISOString() });
  const hop = await forward(arge, slip.id, 'caritas');
  await exchange.advanceClock(2 * HOUR);
  const { clientId: theirs } = await read(caritas, hop);
  return { arge, caritas, client, theirs: theirs as string };
}

t.test('the number that a termination would close counts what may be seen', async (t) => {
  const [without, with_] = await both(t, async (exchange, sendsBoth) => {
    const { caritas } = await endedUnread(exchange, sendsBoth);
    return normalise((await caritas.post(`/v1/agreements/${AGREEMENT}/terminate`, {})).text);
  });
  t.equal(with_, without);
});

t.test('recording a yes tells nothing of what others disclosed', async (t) => {
  const [without, with_] = await both(t, async (exchange, sendsBoth) => {
    const { caritas, theirs } = await endedUnread(exchange, sendsBoth);
    const body = yes({ recipient: AGENCY.tgsh, categories: ['SPRACHE'] });
    return normalise((await caritas.post(`/v1/clients/${theirs}/statements`, body)).text.replace(theirs, 'HANDLE'));
  });
  t.equal(with_, without);
});

t.test('each reader knows an entry’s client by the handle that its slip is about', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const [older, newer] = [await newClient(arge), await newClient(arge)];
  for (const [client, other] of [
    [older, newer],
    [newer, older],
  ] as const) {
    const slip = await newSlip(arge, client, [MASTER, { ...CONTACT, concerns: [client, other] }]);
    for (const one of [client, other]) await sayYes(arge, one, 'caritas', ['STAMMDATEN', 'KONTAKT'], { confirm: true });
    const hop = await forward(arge, slip.id, 'caritas');
    const { clientId, entries } = await read(caritas, hop);
    t.same(
      entries.map((entry: { clientId: string }) => entry.clientId),
      [clientId, clientId],
      'the forwarding’s client is the client of what it carries',
    );
    t.equal(entries[1].concerns.length, 2);
    const [, own] = expecting(200, await arge.get(`/v1/clients/${client}/entries`)).body.items.slice(-2);
    t.equal(own.clientId, client, 'and so it is for who wrote it');
    t.ok((await entriesRead(caritas, clientId)).length >= 2);
  }
});
