/** Planning a conference with another agency: an invitation, which the other side answers. */
import {
  faultOfTime,
  MOST_OPEN_CONFERENCES,
  mayConfer,
  type PlannedTime,
  remindConferenceAt,
} from '../domain/conference.ts';
import type { Facts, Instant } from '../domain/facts.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { type Answer, agencyOf } from './answer.ts';
import type { Actor, ConferenceRecord, Deps, LockedConferring, NewConference } from './ports.ts';
import { getConference, type ShownConference } from './read-conference.ts';

export type ConferencePlan = PlannedTime & Pick<ConferenceRecord, 'place'> & { partner: string };

export async function planConference(
  deps: Deps,
  actor: Actor,
  { partner, beginsAt, endsAt, place }: ConferencePlan,
): Promise<Answer<ShownConference>> {
  const convener = agencyOf(actor);
  const planned = await deps.closing.run<string | Problem>(async (tx) => {
    const refuse = (value: Problem) => ({ commit: false, value });
    const { at, partnerKnown, open, lands, facts } = await tx.lockConferring(actor, partner);
    if (partner === convener || !partnerKnown) {
      const detail = partner === convener ? 'must be another agency than your own' : 'no agency of this exchange';
      return refuse(cannotPlan({ pointer: '/partner', detail }));
    }
    const fault = timeProblem({ beginsAt, endsAt }, at, { convener, partner, facts });
    if (fault !== null) return refuse(fault);
    if (open >= MOST_OPEN_CONFERENCES) return refuse(tooMany);
    const id = deps.newId();
    const reminding = remindersOf(deps, { beginsAt, at, lands, convener, partner });
    await tx.planConference(actor, { id, partner, beginsAt, endsAt, place, at, ...reminding });
    return { commit: true, value: id };
  });
  return typeof planned === 'string' ? getConference(deps, actor, planned) : planned;
}

const cannotPlan = (error: { pointer: string; detail: string }): Problem =>
  problem('rule-broken', 'The conference cannot be planned like this.', { errors: [error] });

const tooMany = problem(
  'rule-broken',
  `There are ${MOST_OPEN_CONFERENCES} conferences between the two of you already that are planned or go on.`,
);

/** For whatever a conference needs an agreement for. */
export const noAgreement = problem(
  'rule-broken',
  'Nothing can be discussed: for that time there is no agreement between the two of you that names FALLBESPRECHUNG, or one of you is suspended.',
);

/** Why the two may not meet then; of the agreement what is known of now and of then. */
export function timeProblem(
  time: PlannedTime,
  now: Instant,
  { convener, partner, facts }: { convener: string; partner: string; facts: Facts },
): Problem | null {
  const fault = faultOfTime(time, now);
  if (fault !== null) return cannotPlan(fault);
  const isCovered = [now, time.beginsAt].every((instant) => mayConfer(convener, partner, instant, facts));
  return isCovered ? null : noAgreement;
}

export const remindersOf = (
  { holidaysOf }: Pick<Deps, 'holidaysOf'>,
  {
    beginsAt,
    at,
    lands,
    convener,
    partner,
  }: Pick<ConferenceRecord, 'beginsAt' | 'convener' | 'partner'> & Pick<LockedConferring, 'at' | 'lands'>,
): Pick<NewConference, 'convenerRemindAt' | 'partnerRemindAt'> => ({
  convenerRemindAt: remindConferenceAt(beginsAt, at, lands[convener] ?? null, holidaysOf),
  partnerRemindAt: remindConferenceAt(beginsAt, at, lands[partner] ?? null, holidaysOf),
});
