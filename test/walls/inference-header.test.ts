/**
 * Who forwards an entry of its own on another agency's Laufzettel does not tell by it that there is another one (ADR 17): it
 * reads as if the sender had made the Laufzettel.
 */
import type { Test } from 'tap';
import { yes } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { expecting, forward, MASTER, type NewEntry, newSlip, partners, sent } from './scenes.ts';
import { transcript } from './transcript.ts';

const OWN: NewEntry = { category: 'STAMMDATEN', payload: { familienname: 'Erfunden', vorname: 'Jale' } };
type End = 'complete' | 'cancel' | null;

/**
 * What tgsh finds out of a Laufzettel on which caritas sent it one entry, which it wrote itself.
 * @param passesOn whether caritas made it; else arge did, and caritas has an entry of arge's on it that does not go on
 * @param end what arge did with it when caritas had sent it
 */
async function seenByTheThird(t: Test, passesOn: boolean, end: End): Promise<string> {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas, tgsh } = await partners(exchange, 'arge', 'caritas', 'tgsh');
  // Both worlds have arge's Laufzettel; only in one of them caritas sends on it.
  const came = await sent(exchange, 'arge', 'caritas', [MASTER]);
  expecting(200, await caritas.get(`/v1/forwardings/${came.hop}`));
  const slip = passesOn ? came.slip : await newSlip(caritas, came.theirs, []);
  const added = await caritas.post(`/v1/laufzettel/${slip.id}/entries`, { entries: [OWN] });
  const entryId = expecting(200, added).body.entryIds.at(-1);
  const body = yes({ recipient: AGENCY.tgsh, categories: ['STAMMDATEN'] });
  expecting(201, await caritas.post(`/v1/clients/${came.theirs}/statements`, body));
  const hop = await forward(caritas, slip.id, 'tgsh', { entryIds: [entryId] });
  if (end !== null) {
    await caritas.post(`/v1/forwardings/${came.hop}/reject`, { expectedVersion: 2, code: 'NO_CAPACITY' });
    expecting(200, await arge.post(`/v1/laufzettel/${came.slip.id}/${end}`, { expectedVersion: 1 }));
  }
  const [{ clientId: theirs }] = expecting(200, await tgsh.get('/v1/inbox')).body.items;
  const told = await transcript(exchange, {
    recipient: 'tgsh',
    theirs,
    slip: slip.id,
    hop,
    hidden: came.slip.entryIds[0]!,
  });
  t.match(told, 'Jale', 'it shows what was disclosed');
  t.notMatch(told, AGENCY.arge, 'it does not show who else knows the client');
  return told;
}

t.test('a Laufzettel passed on reads as if its sender had made it', async (t) => {
  const made = await seenByTheThird(t, false, null);
  t.equal(await seenByTheThird(t, true, null), made);
  for (const end of ['complete', 'cancel'] as const) {
    await t.test(`also when its creator did ${end} it`, async (t) => t.equal(await seenByTheThird(t, true, end), made));
  }
});
