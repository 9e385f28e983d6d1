/** A change of mind: one sentence ends it all, the ARGE owes an answer and gives it, and she gets it on paper, in her language. */
import type { ConferenceView } from '../../contract/conferences.ts';
import type { OwnPageView } from '../../contract/own-page.ts';
import { addMonthsBerlin } from '../../domain/calendar.ts';
import type { Cast, Page, Plan, Refusal } from './cast.ts';
import { categoriesOf, named, reasonsOf, timeOf, whyNot } from './words.ts';
import { adultFromOf, type YouthFile } from './youth.ts';
import { sha256 } from './youth-agreement.ts';
import type { JointPlan } from './youth-plan.ts';

const YOUTH = 'FROM_15_TO_17';

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)];

export async function changesHerMind(cast: Cast, file: YouthFile, plan: JointPlan): Promise<void> {
  await saysNo(cast, file, plan);
  await fatherCannot(cast, file);
  await isErased(cast, plan);
  await hasHerPage(cast, file);
}

async function saysNo(cast: Cast, { clientId }: YouthFile, { path }: JointPlan): Promise<void> {
  const { rantzau, arge, youth, narrator } = cast;
  const { step, told, check } = narrator;

  step(
    youth.stammdaten.vorname!,
    'tells the youth counselling service: "The ARGE is not to have anything of me any more."',
  );
  const said = { statedBy: 'PERSON', ageBand: YOUTH, statedAt: new Date().toISOString() };
  const no = { decision: 'WITHDRAWN', recipient: arge.agency.id, ...said };
  await told(rantzau.post(`/v1/clients/${clientId}/statements`, no), 201);

  step('The ARGE', 'opens the plan, and the conference.');
  const plan = await told(arge.get<Plan>(path), 200);
  check('no part of the plan is left to it', [plan.parts, plan.openProposals], [[], []]);
  const had = distinct(categoriesOf(plan.closedEntries));
  check('it knows what it had read and may read no more', had, ['FOERDERPLAN']);
  const { items: conferences } = await told(arge.get<Page<{ id: string }>>('/v1/conferences'), 200);
  const conference = await told(arge.get<ConferenceView>(`/v1/conferences/${conferences[0]!.id}`), 200);
  check('the agenda is empty', conference.agenda, []);

  step('The youth counselling service', 'still has what it wrote.');
  const own = await told(rantzau.get<Plan>(path), 200);
  check('its plan has two parts', own.parts.length, 2);
}

/** A youth's no is lifted by the youth alone. */
async function fatherCannot(cast: Cast, { clientId, laufzettelId, entryIds }: YouthFile): Promise<void> {
  const { rantzau, arge, youth, narrator } = cast;
  const { step, told, shows, check } = narrator;

  step('Her father', 'signs a yes for her all the same.');
  const now = Date.now();
  const text = 'The youth counselling service may tell the ARGE who my daughter is, and her school.';
  const yes = {
    decision: 'GIVEN',
    recipient: arge.agency.id,
    purpose: 'FALLBESPRECHUNG',
    categories: ['STAMMDATEN', 'SCHULE'],
    statedBy: 'GUARDIAN',
    ageBand: YOUTH,
    adultFrom: adultFromOf(youth),
    form: 'WRITTEN',
    language: 'tr',
    textHash: sha256(text),
    evidenceRef: 'Blatt 32',
    statedAt: new Date(now).toISOString(),
    validFrom: new Date(now).toISOString(),
    validUntil: new Date(addMonthsBerlin(now, 6)).toISOString(),
  };
  await told(rantzau.post(`/v1/clients/${clientId}/statements`, yes), 201);
  const sent = { recipient: arge.agency.id, entryIds: [entryIds.STAMMDATEN, entryIds.SCHULE] };
  const sending = rantzau.post<Refusal>(`/v1/laufzettel/${laufzettelId}/forwardings`, sent);
  const { withheld } = await told(sending, 403);
  shows(...withheld.map(whyNot));
  check('her no stands: a guardian alone does not lift it', reasonsOf(withheld), {
    STAMMDATEN: ['WITHDRAWN'],
    SCHULE: ['WITHDRAWN'],
  });
}

interface OwedAnswer {
  disclosureId: string;
  clientId: string;
}

async function isErased({ arge, narrator }: Cast, { argeClientId }: JointPlan): Promise<void> {
  const { step, told, shows, check } = narrator;
  const owed = async (): Promise<string[]> => {
    const { items } = await told(arge.get<Page<OwedAnswer>>('/v1/owed-answers?limit=200'), 200);
    return items.filter(({ clientId }) => clientId === argeClientId).map(({ disclosureId }) => disclosureId);
  };
  step('The ARGE', 'erases what it has of her, and says so for each piece.');
  const before = await owed();
  shows(`it owes ${before.length} answers`);
  for (const id of before) await told(arge.post(`/v1/disclosures/${id}/answer`, { answer: 'ERASED' }), 200);
  check('it owes nothing more about her', [before.length > 0, await owed()], [true, []]);
}

/** What she may ask for (Art. 15 GDPR). */
async function hasHerPage({ rantzau, arge, youth, narrator }: Cast, { clientId }: YouthFile): Promise<void> {
  const { step, told, shows, check } = narrator;
  const { vorname } = youth.stammdaten;

  step(vorname!, 'asks who has had what of her. The youth counselling service prints the answer, in Turkish.');
  const path = `/v1/clients/${clientId}/own-page?language=tr`;
  const page = await told(rantzau.get<OwnPageView>(path), 200);
  for (const { category, openedAt, fetchedAt, closedAt, endCause } of page.given) {
    const read = fetchedAt === null ? 'never read' : `read ${timeOf(fetchedAt)}`;
    shows(`${timeOf(openedAt)} to the ARGE: ${named(category)}, ${read}, ended ${timeOf(closedAt!)}, ${endCause}`);
  }
  const recipients = distinct(page.given.map(({ to }) => to));
  check('one office has received something, and it is named', recipients, [arge.agency.id]);
  const ends = distinct(page.given.map(({ endCause }) => endCause));
  check('each piece has ended, by her no', ends, ['SAID_NO']);
  const nos = page.statements.filter(({ decision }) => decision !== 'GIVEN');
  check(
    'the no stands on it, as hers',
    nos.map(({ recipient, statedBy }) => [recipient, statedBy]),
    [[arge.agency.id, 'PERSON']],
  );
  const answered = page.closures.filter(({ fetchedAt }) => fetchedAt !== null).flatMap(({ answers }) => answers);
  check(
    'and the answer to all that was read: erased',
    [answered.length, distinct(answered.map(({ answer }) => answer))],
    [page.given.length, ['ERASED']],
  );

  const printed = await told(rantzau.getAs('text/html', path), 200);
  const words = ['<html lang="tr"', 'Hayır dediniz.', 'Kurum verileri sildi.', arge.agency.name, vorname!];
  check(
    'the printed page says it in Turkish words',
    words.filter((word) => !printed.includes(word)),
    [],
  );
  shows(...['Hayır dediniz.', 'Kurum verileri sildi.'].map((word) => `on the page: ${word}`));
}
