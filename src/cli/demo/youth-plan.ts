/** A plan that two offices write together: proposed, accepted, declined, each way by a consent of its own. */
import type { LaufzettelView } from '../../contract/laufzettel.ts';
import { dayBerlin } from '../../domain/calendar.ts';
import type { Cast, Conversation, Plan, PlanProposal, Refusal } from './cast.ts';
import type { Partner } from './partner.ts';
import { contentOf, reasonsOf, whyNot } from './words.ts';
import type { YouthFile } from './youth.ts';
import { sha256 } from './youth-agreement.ts';
import { lineOf, signs } from './youth-conversation.ts';

/** What the two have agreed on so far. */
export interface JointPlan {
  /** `/v1/plans/…` */
  path: string;
  /** The part that the draft became, and the entry that stands there. */
  first: { partId: string; entryId: string };
  /** The ARGE's handle on her. */
  argeClientId: string;
}

/** The first goal of each part, in the plan's order. */
const goalsIn = ({ parts }: Plan): string[] => parts.map(({ entry }) => (entry.payload.ziele as string[])[0]!);

/** Both sides read the plan, and see the same goals in it. */
export async function bothRead(
  { rantzau, arge, narrator }: Cast,
  path: string,
  { what, expected }: { what: string; expected: readonly string[] },
): Promise<Plan> {
  const { told, shows, check } = narrator;
  const ours = await told(rantzau.get<Plan>(path), 200);
  const theirs = await told(arge.get<Plan>(path), 200);
  shows(
    ...ours.parts.map(
      ({ entry, reviewOn }) => `${contentOf(entry.payload)}${reviewOn ? `; again on ${reviewOn}` : ''}`,
    ),
  );
  check(what, [goalsIn(ours), goalsIn(theirs)], [expected, expected]);
  return theirs;
}

/** Reads the plan, for nobody accepts what he has not read, and answers. */
export async function answers(
  { narrator: { told } }: Cast,
  by: Partner,
  { planId, id }: PlanProposal,
  body: object,
): Promise<PlanProposal> {
  await told(by.get<Plan>(`/v1/plans/${planId}`), 200);
  return told(by.post<PlanProposal>(`/v1/plans/${planId}/proposals/${id}/answer`, body), 200);
}

export async function plansTogether(cast: Cast, file: YouthFile): Promise<JointPlan> {
  const { path, partId } = await beginsPlan(cast, file);
  const { clientId: argeClientId } = await bothRead(cast, path, {
    what: 'the first version of the plan: one part, the same to both',
    expected: [cast.youth.foerderplan.ziele![0]!],
  });
  const declined = await proposesBack(cast, path, argeClientId);
  await isCountered(cast, path, declined);
  return { path, first: { partId, entryId: file.entryIds.FOERDERPLAN! }, argeClientId };
}

async function beginsPlan(cast: Cast, { clientId, entryIds }: YouthFile): Promise<{ path: string; partId: string }> {
  const { rantzau, arge, narrator } = cast;
  const { step, told, check } = narrator;

  step('The youth counselling service', 'opens a plan with the ARGE. Names of plans are those that the law has today.');
  const about = { clientId, kind: 'FOERDERPLAN', purpose: 'FALLBESPRECHUNG' };
  const { id: laufzettelId } = await told(rantzau.post<LaufzettelView>('/v1/laufzettel', about), 201);
  const opening = { laufzettelId, partner: arge.agency.id };
  const past = { ...opening, nameCode: 'EINGLIEDERUNGSVEREINBARUNG' };
  await told(rantzau.post('/v1/plans', past), 422);
  const plan = await told(rantzau.post<Plan>('/v1/plans', { ...opening, nameCode: 'INTEGRATIONSFOERDERPLAN' }), 201);
  check('it is called', plan.nameLabel, 'Individueller Integrationsförderplan (Jugendmigrationsdienst)');
  const path = `/v1/plans/${plan.id}`;
  await told(arge.get(path), 404);

  step('The youth counselling service', 'proposes its draft, to be looked at again when the two confer today.');
  const body = { entryId: entryIds.FOERDERPLAN, reviewOn: dayBerlin(Date.now()) };
  const proposal = await told(rantzau.post<PlanProposal>(`${path}/proposals`, body), 201);

  step('The ARGE', 'reads what is proposed, and accepts it.');
  const accepted = await answers(cast, arge, proposal, { answer: 'ACCEPT' });
  check('it is accepted', accepted.status, 'ACCEPTED');
  return { path, partId: proposal.partId };
}

/** The way back needs a yes of its own. */
async function proposesBack(cast: Cast, path: string, argeClientId: string): Promise<PlanProposal> {
  const { rantzau, arge, youth, narrator } = cast;
  const { step, told, shows, check } = narrator;

  step('The ARGE', 'proposes a measure. What she allowed the other office does not count in this direction.');
  const massnahmen = [{ was: 'Berufsvorbereitende Bildungsmaßnahme', wer: 'Bildungsträger', status: 'OFFEN' }];
  const payload = { ziele: ['Berufsvorbereitung'], massnahmen, zustaendig: 'JOBCENTER', status: 'OFFEN' };
  const body = { entry: { category: 'FOERDERPLAN', payload, secrecy: false } };
  const refused = await told(arge.post<Refusal>(`${path}/proposals`, body), 403);
  shows(...refused.withheld.map(whyNot));
  check('it is refused', reasonsOf(refused.withheld), { FOERDERPLAN: ['NO_CONSENT'] });
  const { openProposals } = await told(arge.get<Plan>(path), 200);
  check('and nothing of it is kept', openProposals, []);

  step(youth.stammdaten.vorname!, 'is asked by the ARGE too, in Turkish again, and signs.');
  const asked = {
    kind: 'CONSENT',
    recipient: rantzau.agency.id,
    purpose: 'FALLBESPRECHUNG',
    categories: ['FOERDERPLAN'],
  };
  const speaker = { language: 'tr', statedBy: 'PERSON', ageBand: 'FROM_15_TO_17', months: 6 };
  const papers = `/v1/clients/${argeClientId}/consent-texts`;
  const { texts } = await told(arge.post<Conversation>(papers, { ...speaker, lines: [asked] }), 201);
  check(
    'one paper, of the hash that is told',
    [sha256(texts[0]!.text)],
    texts.map(({ textHash }) => textHash),
  );
  await told(signs(cast, arge, argeClientId, [lineOf(texts[0]!, texts[0]!.lines[0]!)]), 201);

  step('The ARGE', 'proposes it again.');
  return told(arge.post<PlanProposal>(`${path}/proposals`, body), 201);
}

async function isCountered(cast: Cast, path: string, proposal: PlanProposal): Promise<void> {
  const { rantzau, arge, youth, narrator } = cast;
  const { step, told, shows, check } = narrator;

  step('The youth counselling service', 'declines, by a code and no word about her, and proposes something else.');
  const declined = await answers(cast, rantzau, proposal, { answer: 'DECLINE', code: 'COUNTERPROPOSAL' });
  check('declined, and why', [declined.status, declined.code], ['DECLINED', 'COUNTERPROPOSAL']);
  const payload = { ziele: ['Praktikum im Betrieb'], zustaendig: 'GEMEINSAM', status: 'OFFEN' };
  const counter = { entry: { category: 'FOERDERPLAN', payload }, reviewOn: null };
  const other = await told(rantzau.post<PlanProposal>(`${path}/proposals`, counter), 201);
  shows(contentOf(payload));

  step('The ARGE', 'accepts that.');
  await answers(cast, arge, other, { answer: 'ACCEPT' });
  await bothRead(cast, path, {
    what: 'the second version has two parts, and nothing of what was declined',
    expected: [youth.foerderplan.ziele![0]!, payload.ziele[0]!],
  });
}
