/** How the second story ends: a fourth desk, a code that unites what was said, and a no that everybody has to answer. */
import type { Cast, Disclosure, Page } from './cast.ts';
import { noToEverything } from './consents.ts';
import { readsIt, type Travelled } from './journey.ts';
import type { Partner } from './partner.ts';
import { named } from './words.ts';

interface OwedAnswer {
  disclosureId: string;
}

export async function endsEverywhere(cast: Cast, travelled: Travelled): Promise<void> {
  await bringsCode(cast, travelled);
  await answersOwed(cast);
  await isAnsweredFor(cast, travelled);
}

/** The Türkische Gemeinde knows her by a handle of its own, which nothing connects with the others. */
async function bringsCode(cast: Cast, { first, second, clientId }: Travelled): Promise<void> {
  const { arge, diakonie, caritas, tgsh, traveller, narrator } = cast;
  const { step, told, shows, check } = narrator;
  const { vorname } = traveller.stammdaten;

  step('The Türkische Gemeinde', `has had a file on ${vorname} for years. No number in it is known anywhere else.`);
  const { id: own } = await told(tgsh.post<{ id: string }>('/v1/clients', {}), 201);

  step('The ARGE', 'prints her a code for the Türkische Gemeinde; she carries it there herself.');
  const issued = { agencyId: tgsh.agency.id };
  const { code } = await told(arge.post<{ code: string }>(`/v1/clients/${clientId}/link-codes`, issued), 201);
  shows('a code for one desk and for seven days, printed and as QR; whoever else finds it can do nothing with it');
  await told(caritas.post('/v1/clients/link', { code }), 422);
  const linked = await told(tgsh.post<{ client: { id: string } }>('/v1/clients/link', { code, clientId: own }), 201);
  check('the Türkische Gemeinde keeps its own number for her', linked.client.id, own);
  await told(tgsh.post('/v1/clients/link', { code, clientId: own }), 422);

  step(vorname!, 'says there: "Stop everything."');
  await told(tgsh.post(`/v1/clients/${own}/statements`, noToEverything()), 201);
  for (const [reader, id] of [
    [diakonie, first.id],
    [caritas, second.id],
  ] as const) {
    const read = await readsIt(cast, reader, id);
    check(`${reader.agency.name} reads nothing any more`, read.entries, []);
  }
}

/** Whoever had read it owes an answer: stopped, erased, or retained with the statute that obliges it. */
async function answersOwed({ diakonie, caritas, narrator: { step, told, check } }: Cast): Promise<void> {
  const answersAll = async (who: Partner, answer: object): Promise<number> => {
    const { items } = await told(who.get<Page<OwedAnswer>>('/v1/owed-answers'), 200);
    for (const { disclosureId } of items) {
      await told(who.post(`/v1/disclosures/${disclosureId}/answer`, answer), 200);
    }
    const left = await told(who.get<Page<OwedAnswer>>('/v1/owed-answers'), 200);
    return left.items.length;
  };
  step('The Diakonieverein', 'asks what it owes an answer to, erases it all, and says so.');
  check('it owes nothing more', await answersAll(diakonie, { answer: 'ERASED' }), 0);
  step('The Caritas', 'has to keep its record of the counselling it was paid for, and names the statute.');
  check('nor does it', await answersAll(caritas, { answer: 'RETAINED', statute: '§ 147 AO' }), 0);
}

async function isAnsweredFor(cast: Cast, { clientId, path }: Travelled): Promise<void> {
  const { arge, diakonie, caritas, narrator } = cast;
  const { step, told, shows, check } = narrator;
  step('The ARGE', 'shows her who answered what, and completes the Laufzettel.');
  const { items } = await told(arge.get<Page<Disclosure>>(`/v1/clients/${clientId}/disclosures?limit=200`), 200);
  const nameOf = (id: string): string =>
    [arge, diakonie, caritas].find(({ agency }) => agency.id === id)?.agency.name ?? id;
  for (const { category, to, answer, statute } of items.filter((one) => one.to !== arge.agency.id)) {
    shows(`${named(category)} at ${nameOf(to)}: ${answer}${statute === null ? '' : `, ${statute}`}`);
  }
  const answersOf = (to: string) => [...new Set(items.filter((one) => one.to === to).map((one) => one.answer))];
  check('the Diakonieverein erased what it had', answersOf(diakonie.agency.id), ['ERASED']);
  check('the Caritas retains by law what it had', answersOf(caritas.agency.id), ['RETAINED']);
  const { version } = await told(arge.get<{ version: number }>(path), 200);
  const done = await told(arge.post<{ status: string }>(`${path}/complete`, { expectedVersion: version }), 200);
  check('the Laufzettel is completed', done.status, 'COMPLETED');
}
