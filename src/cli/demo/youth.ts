/**
 * The third story: a girl of sixteen at the youth counselling service, which writes a plan for her together with the ARGE. She is
 * asked in Turkish, the two offices confer and look at the plan again, and then she changes her mind.
 */
import { addMonthsBerlin, dayBerlin, startOfDayBerlin } from '../../domain/calendar.ts';
import type { Category } from '../../domain/catalogue.ts';
import type { Cast } from './cast.ts';
import { verifiesAgreement } from './youth-agreement.ts';
import { confers } from './youth-conference.ts';
import { converses } from './youth-conversation.ts';
import { changesHerMind } from './youth-no.ts';
import { plansTogether } from './youth-plan.ts';
import { looksAgain } from './youth-review.ts';

/** What her youth counselling service holds. */
export interface YouthFile {
  clientId: string;
  laufzettelId: string;
  entryIds: Readonly<Partial<Record<Category, string>>>;
}

export async function tellYouth(cast: Cast): Promise<void> {
  const { narrator, youth } = cast;
  const { vorname } = youth.stammdaten;
  narrator.chapter('A third case begins with what the offices have signed');
  await verifiesAgreement(cast);
  narrator.chapter(`${vorname} is sixteen, and is asked in Turkish`);
  const file = await converses(cast);
  narrator.chapter('Two offices write one plan');
  const plan = await plansTogether(cast, file);
  narrator.chapter('The two offices confer');
  await confers(cast, file);
  narrator.chapter('The plan is looked at again');
  await looksAgain(cast, file, plan);
  narrator.chapter(`${vorname} changes her mind`);
  await changesHerMind(cast, file, plan);
}

const MONTHS_UNTIL_ADULT = 18 * 12;

/** The day of her 18th birthday. */
export const adultFromOf = ({ stammdaten }: Cast['youth']): string =>
  dayBerlin(addMonthsBerlin(startOfDayBerlin(stammdaten.geburtsdatum!), MONTHS_UNTIL_ADULT));
