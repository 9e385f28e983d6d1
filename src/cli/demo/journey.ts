/**
 * The second story: one slip travels from the ARGE to a counselling service and on to another one, is answered, corrected,
 * and ends by a no that was said at a fourth desk, which knew her under a number of its own until she brought a code.
 */
import type { ForwardingHeaderView } from '../../contract/forwardings.ts';
import type { LaufzettelView } from '../../contract/laufzettel.ts';
import type { Category } from '../../domain/catalogue.ts';
import { type Cast, entryAbout, type Forwarded, type Forwarding, type Page } from './cast.ts';
import { sheet } from './consents.ts';
import { endsEverywhere } from './journey-end.ts';
import type { Partner } from './partner.ts';
import { categoriesOf, contentOf, named } from './words.ts';

const TRAVELS: readonly Category[] = ['STAMMDATEN', 'KONTAKT', 'SPRACHE'];

/** What the slip has left behind where. */
export interface Travelled {
  /** The ARGE's handle. */
  clientId: string;
  path: string;
  /** STAMMDATEN first, as the ARGE wrote them. */
  entryIds: string[];
  /** ARGE to Diakonie, with the Diakonie's handle. */
  first: { id: string; clientId: string };
  /** Diakonie to Caritas. */
  second: { id: string; clientId: string };
}

export async function tellJourney(cast: Cast): Promise<void> {
  const { narrator, traveller } = cast;
  const { vorname } = traveller.stammdaten;
  narrator.chapter(`Another case: ${vorname}'s slip travels from desk to desk`);
  const travelled = await travelsOn(cast);
  narrator.chapter('The answer goes back');
  await answered(cast, travelled);
  narrator.chapter('The ARGE corrects what it wrote');
  const entryIds = [await corrected(cast, travelled), ...travelled.entryIds.slice(1)];
  narrator.chapter(`${vorname} goes to a desk that nobody told about the others, and says no there`);
  await endsEverywhere(cast, { ...travelled, entryIds });
}

/** Reads as its recipient, and gives the forwarding with what stood in it. */
export const readsIt = ({ narrator }: Cast, reader: Partner, id: string): Promise<Forwarding> =>
  narrator.told(reader.get<Forwarding>(`/v1/forwardings/${id}`), 200);

async function travelsOn(cast: Cast): Promise<Travelled> {
  const { arge, diakonie, caritas, traveller, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { vorname, familienname } = traveller.stammdaten;

  step('The ARGE', `opens a file on ${vorname} ${familienname}, and writes a Laufzettel with the stations it plans.`);
  const { id: clientId } = await told(arge.post<{ id: string }>('/v1/clients', {}), 201);
  const entries = TRAVELS.map((category) => entryAbout(traveller, category));
  const route = [diakonie.agency.id, caritas.agency.id];
  const about = { clientId, kind: 'BERATUNGSANFRAGE', purpose: 'BERATUNG', route, entries };
  const { id, entryIds } = await told(arge.post<LaufzettelView>('/v1/laufzettel', about), 201);
  shows(...entries.map(({ category, payload }) => `${named(category)}: ${contentOf(payload)}`));

  step(vorname!, 'signs one sheet with two lines: the ARGE may tell the Diakonieverein, and it may tell the Caritas.');
  const lines = [diakonie, caritas].map(({ agency }) => ({
    type: 'STATEMENT',
    decision: 'GIVEN',
    recipient: agency.id,
    purpose: 'BERATUNG',
    categories: TRAVELS,
  }));
  const form = sheet({ text: 'The ARGE may tell the Diakonieverein and the Caritas.', evidenceRef: 'Blatt 7', lines });
  await told(arge.post(`/v1/clients/${clientId}/consent-forms`, form), 201);

  step('The ARGE', 'forwards the slip to the Diakonieverein, which reads it, accepts it and begins.');
  const path = `/v1/laufzettel/${id}`;
  const sent = await told(arge.post<Forwarded>(`${path}/forwardings`, { recipient: diakonie.agency.id }), 201);
  const read = await readsIt(cast, diakonie, sent.forwarding.id);
  check('it reads three entries', categoriesOf(read.entries), TRAVELS);
  await stepsThrough(cast, diakonie, read, ['accept', 'progress']);
  const first = { id: read.id, clientId: read.clientId };

  step('The Diakonieverein', 'has nobody who speaks Russian with her, and forwards the same slip to the Caritas.');
  const onward = await told(diakonie.post<Forwarded>(`${path}/forwardings`, { recipient: caritas.agency.id }), 201);
  const further = await readsIt(cast, caritas, onward.forwarding.id);
  check('three entries of the ARGE have arrived, and are still the ARGE’s', originsOf(further), [arge.agency.id]);
  const seen = await told(caritas.get<LaufzettelView>(path), 200);
  check('the Caritas sees no plan and no station but its own and the one before', seen.route, []);
  const second = { id: further.id, clientId: further.clientId };

  step('The ARGE', 'looks where its entry has gone.');
  const hops = await told(arge.get<Page<Hop>>(`/v1/entries/${entryIds[0]}/hops`), 200);
  const ways = hops.items.map(({ from, to }) => [from, to]);
  check('it sees every hop of what it wrote', ways, [
    [arge.agency.id, diakonie.agency.id],
    [diakonie.agency.id, caritas.agency.id],
  ]);
  return { clientId, path, entryIds, first, second };
}

interface Hop {
  from: string;
  to: string;
}

const originsOf = ({ entries }: Forwarding): string[] => [...new Set(entries.map(({ origin }) => origin))];

/** Each step names the version that the one before gave. */
async function stepsThrough(
  { narrator: { told } }: Cast,
  by: Partner,
  { id, version }: { id: string; version: number },
  verbs: readonly string[],
): Promise<number> {
  let expectedVersion = version;
  for (const verb of verbs) {
    const path = `/v1/forwardings/${id}/${verb}`;
    ({ version: expectedVersion } = await told(by.post<ForwardingHeaderView>(path, { expectedVersion }), 200));
  }
  return expectedVersion;
}

async function answered(cast: Cast, { first }: Travelled): Promise<void> {
  const { arge, diakonie, traveller, narrator } = cast;
  const { step, told, shows, check } = narrator;

  step('The Diakonieverein', 'writes what came of it. She agrees that the ARGE learns that.');
  const outcome = entryAbout(traveller, 'RUECKMELDUNG');
  const entries = `/v1/clients/${first.clientId}/entries`;
  const written = await told(diakonie.post<{ id: string }>(entries, outcome), 201);
  shows(`${named('RUECKMELDUNG')}: ${contentOf(outcome.payload)}`);
  const lines = [
    {
      type: 'STATEMENT',
      decision: 'GIVEN',
      recipient: arge.agency.id,
      purpose: 'BERATUNG',
      categories: ['RUECKMELDUNG'],
    },
  ];
  const form = sheet({ text: 'The Diakonieverein may tell the ARGE what came of it.', evidenceRef: 'Akte 18', lines });
  await told(diakonie.post(`/v1/clients/${first.clientId}/consent-forms`, form), 201);

  step('The Diakonieverein', 'answers. The answer is a forwarding of its own, checked in its own direction.');
  const { version: expectedVersion } = await readsIt(cast, diakonie, first.id);
  const body = { expectedVersion, entryIds: [written.id] };
  const { forwarding, answer } = await told(diakonie.post<Answered>(`/v1/forwardings/${first.id}/answer`, body), 200);
  check('the case is answered', forwarding.status, 'ANSWERED');

  step('The ARGE', 'reads the answer, and closes the case.');
  const read = await readsIt(cast, arge, answer!.id);
  check('it reads what came of it', categoriesOf(read.entries), ['RUECKMELDUNG']);
  check('and to what it is the answer', read.answers, first.id);
  const { version } = await readsIt(cast, arge, first.id);
  await stepsThrough(cast, arge, { id: first.id, version }, ['close']);
}

interface Answered {
  forwarding: ForwardingHeaderView;
  answer: Forwarding | null;
}

/** Gives the id of the new STAMMDATEN. */
async function corrected(cast: Cast, { entryIds, first, second }: Travelled): Promise<string> {
  const { arge, diakonie, caritas, traveller, narrator } = cast;
  const { step, told, check } = narrator;

  step('The ARGE', 'had left out half of her name. Entries are never changed: a new one takes its place.');
  const payload = { ...traveller.stammdaten, familienname: `${traveller.stammdaten.familienname}-Beispiel` };
  const path = `/v1/entries/${entryIds[0]}/corrections`;
  const written = await told(arge.post<{ id: string }>(path, { payload }), 201);

  step('The Diakonieverein and the Caritas', 'were each offered the new one by the same check, and read again.');
  for (const [reader, { id }] of [
    [diakonie, first],
    [caritas, second],
  ] as const) {
    const read = await readsIt(cast, reader, id);
    const name = read.entries.find((one) => one.category === 'STAMMDATEN')?.payload.familienname;
    check(`${reader.agency.name} reads her whole name`, name, payload.familienname);
    check('and knows that the old one is over', categoriesOf(read.closedEntries), ['STAMMDATEN']);
  }
  return written.id;
}
