/**
 * The steps of a conference's life that its two sides take. The table in `domain/conference.ts` says what is possible. When it
 * begins, its agenda is judged anew with everybody on it locked, and what was there then is kept, by ids.
 */
import {
  allowedConferenceActions,
  type ConferenceAction,
  type ConferenceRole,
  conferenceTransition,
  mayConfer,
} from '../domain/conference.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { noAgreement, remindersOf, timeProblem } from './plan-conference.ts';
import type { Actor, ConferenceRecord, ConferenceStep, Deps, LockedConference } from './ports.ts';
import { getConference, judgeAgenda, type ShownConference } from './read-conference.ts';

export interface ConferenceStepInput {
  action: ConferenceStep['action'];
  expectedVersion: number;
  /** Where it is moved to. */
  moveTo?: Pick<ConferenceRecord, 'beginsAt' | 'endsAt' | 'place'>;
}

export async function stepConference(
  deps: Deps,
  actor: Actor,
  id: string,
  step: ConferenceStepInput,
): Promise<Answer<ShownConference>> {
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const refuse = (value: Problem) => ({ commit: false, value });
    const locked = await tx.lockConference(actor, id, { whole: step.action === 'BEGIN' });
    if (locked === null) return refuse(notFound('conference'));
    const judged = judge(deps, actor, locked, step);
    if ('problem' in judged) return refuse(judged);
    const stepped = await tx.stepConference(actor, judged);
    return stepped === null ? refuse(stale(locked.conference.version)) : { commit: true, value: null };
  });
  return refused ?? getConference(deps, actor, id);
}

function judge(
  deps: Deps,
  actor: Actor,
  locked: LockedConference,
  { action, expectedVersion, moveTo }: ConferenceStepInput,
): ConferenceStep | Problem {
  const { at, conference, facts, lands } = locked;
  if (conference.version !== expectedVersion) return stale(conference.version);
  const role: ConferenceRole = conference.convener === actor.agency ? 'CONVENER' : 'PARTNER';
  const next = conferenceTransition(conference, action, role);
  if (next === null) return notPossible(action, conference, role);
  const step = { id: conference.id, expectedVersion, action, at, ...next };
  if (moveTo !== undefined) {
    const fault = timeProblem(moveTo, at, { ...conference, facts });
    const reminding = remindersOf(deps, { ...conference, ...moveTo, at, lands });
    return fault ?? { ...step, moved: { ...moveTo, ...reminding } };
  }
  if (action !== 'BEGIN') return step;
  if (!mayConfer(conference.convener, conference.partner, at, facts)) return noAgreement;
  const agenda = judgeAgenda(locked).filter((one) => one.mayBeDiscussed);
  return { ...step, agenda: agenda.map(({ item }) => item.id) };
}

const notPossible = (action: ConferenceAction, conference: ConferenceRecord, role: ConferenceRole): Problem => {
  const hint =
    action === 'BEGIN' && conference.status === 'PLANNED' ? ' The partner has not accepted the invitation.' : '';
  return problem('transition-illegal', `${action} is not possible from ${conference.status}.${hint}`, {
    extra: { currentStatus: conference.status, allowed: allowedConferenceActions(conference, role) },
  });
};

const stale = (version: number): Problem =>
  problem('version-stale', 'The conference has changed since you read it. Read it again.', {
    extra: { currentVersion: version },
  });
