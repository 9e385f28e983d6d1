/** The day has come to look at the plan again: its third version, what nobody overwrites, and its whole history. */
import type { z } from 'zod';
import type { agreementPreviewView } from '../../contract/agreement-versions.ts';
import type { EventView } from '../../contract/events.ts';
import { dayBerlin } from '../../domain/calendar.ts';
import { DEMO_AGREEMENT } from '../../embedded/demo-agencies.ts';
import type { Cast, Disclosure, Page, Plan, PlanProposal } from './cast.ts';
import { tellingValues } from './words.ts';
import type { YouthFile } from './youth.ts';
import { answers, bothRead, type JointPlan } from './youth-plan.ts';

const DAYS_UNTIL_REVIEW = 90;
const DAY_MS = 86_400_000;

export async function looksAgain(cast: Cast, file: YouthFile, plan: JointPlan): Promise<void> {
  const current = await isReviewed(cast, plan);
  await overwritesNothing(cast, plan, current);
  await wouldClose(cast, file);
}

/** Gives the entry that stands there from now on. */
async function isReviewed(cast: Cast, { path, first }: JointPlan): Promise<string> {
  const { rantzau, arge, narrator } = cast;
  const { step, told, shows, check } = narrator;

  step('The ARGE', 'looks which part of the plan is to be looked at again.');
  const { parts } = await told(arge.get<Plan>(path), 200);
  const today = dayBerlin(Date.now());
  const due = parts.filter(({ reviewOn }) => reviewOn !== null && reviewOn <= today).map(({ id }) => id);
  check('the first one, today', due, [first.partId]);
  shows(
    'on its day both offices are told so by an event; the clock for that ticks by itself, and no play waits for it',
  );

  step('The youth counselling service', 'proposes what the part is to say from now on, and the ARGE accepts.');
  const reviewOn = dayBerlin(Date.now() + DAYS_UNTIL_REVIEW * DAY_MS);
  const payload = { ziele: ['Deutsch B2'], zustaendig: 'GEMEINSAM', status: 'LAEUFT' };
  const change = {
    partId: first.partId,
    replaces: first.entryId,
    reviewOn,
    entry: { category: 'FOERDERPLAN', payload },
  };
  const proposal = await told(rantzau.post<PlanProposal>(`${path}/proposals`, change), 201);
  await answers(cast, arge, proposal, { answer: 'ACCEPT' });
  const now = await bothRead(cast, path, {
    what: 'the third version',
    expected: [payload.ziele[0]!, 'Praktikum im Betrieb'],
  });
  check('it is to be looked at again in a quarter of a year', now.parts[0]!.reviewOn, reviewOn);
  return proposal.entry.id;
}

async function overwritesNothing(cast: Cast, { path, first }: JointPlan, current: string): Promise<void> {
  const { rantzau, arge, youth, narrator } = cast;
  const { step, told, check } = narrator;

  step('The ARGE', 'still has the old version on a screen, and changes that.');
  const payload = { ziele: ['Deutsch A2'], status: 'OFFEN' };
  const entry = { category: 'FOERDERPLAN', payload, secrecy: false };
  const stale = { partId: first.partId, replaces: first.entryId, entry };
  const refused = await told(arge.post<{ current: string }>(`${path}/proposals`, stale), 409);
  check('nobody overwrites silently: it is told what stands there now', refused.current, current);

  step('Both offices', 'read how the plan came about.');
  for (const by of [rantzau, arge]) {
    const { items } = await told(by.get<Page<PlanProposal>>(`${path}/history`), 200);
    const became = items.map(({ status, proposedBy }) => `${proposedBy === arge.agency.id ? 'ARGE' : 'JMD'} ${status}`);
    check('four proposals with their answers, newest first', became, [
      'JMD ACCEPTED',
      'JMD ACCEPTED',
      'ARGE DECLINED',
      'JMD ACCEPTED',
    ]);
  }
  const { events } = await told(arge.get<{ events: EventView[] }>('/v1/events?limit=200'), 200);
  const types = events.map(({ type }) => type);
  check('the ARGE was told of each proposal', types.filter((type) => type === 'plan.proposed').length, 3);
  const words = tellingValues([youth.stammdaten, youth.schule, { ziele: youth.foerderplan.ziele }, payload]);
  check(
    'by ids alone',
    words.filter((word) => JSON.stringify(events).includes(word)),
    [],
  );
}

async function wouldClose({ rantzau, narrator }: Cast, { clientId }: YouthFile): Promise<void> {
  const { step, told, shows, check } = narrator;
  step('The youth counselling service', 'asks what would end if it left the agreement. Nothing is changed by asking.');
  const asking = rantzau.post<z.infer<typeof agreementPreviewView>>(`/v1/agreements/${DEMO_AGREEMENT.id}/preview`, {
    change: 'LEAVE',
  });
  const { count, disclosures } = await told(asking, 200);
  const { items } = await told(rantzau.get<Page<Disclosure>>(`/v1/clients/${clientId}/disclosures?limit=200`), 200);
  const open = items.filter(({ closedAt }) => closedAt === null).map(({ id }) => id);
  shows(`${count} disclosures would end, both ways`);
  check('all that is open of her', disclosures.map(({ disclosureId }) => disclosureId).toSorted(), open.toSorted());
}
