/** Putting a Laufzettel on the agenda of a conference, and taking it off. Both sides may do both. */
import { MOST_AGENDA_ITEMS } from '../domain/conference.ts';
import type { LaufzettelStatus } from '../domain/laufzettel.ts';
import { type Problem, problem } from '../domain/problem.ts';
import { type Answer, notFound } from './answer.ts';
import { notOpen } from './end-laufzettel.ts';
import type { Actor, ConferenceRecord, Deps, LockedConference } from './ports.ts';
import { getConference, isSeen, judgeAgenda, type ShownConference } from './read-conference.ts';

/**
 * What is refused here is refused in one sentence, whatever the reason: whoever has disclosed it learns more by a preview,
 * and to the other side there is nothing to be told.
 */
export async function addToAgenda(
  deps: Deps,
  actor: Actor,
  conferenceId: string,
  { laufzettelId }: { laufzettelId: string },
): Promise<Answer<ShownConference>> {
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const locked = await tx.lockConference(actor, conferenceId, { laufzettelId });
    if (locked === null) return { commit: false, value: notFound('conference') };
    const fault = faultOfAdding(locked, laufzettelId);
    if (fault !== null) return { commit: false, value: fault };
    await tx.addAgendaItem(actor, { conferenceId, id: deps.newId(), laufzettelId, at: locked.at });
    return { commit: true, value: null };
  });
  return refused ?? getConference(deps, actor, conferenceId);
}

function faultOfAdding(locked: LockedConference, laufzettelId: string): Problem | null {
  const { conference, slip } = locked;
  if (slip === null) return notFound('Laufzettel');
  if (!['PLANNED', 'BEGUN'].includes(conference.status)) return notNow('ADD', conference);
  if (slip !== 'OPEN') return notOpen('DISCUSS', slip as LaufzettelStatus);
  const judged = judgeAgenda(locked).filter((one) => one.mayBeDiscussed);
  const agenda = judged.filter(({ item }) => item.id !== conference.id);
  if (judged.length === agenda.length) return notForBoth;
  if (agenda.some(({ item }) => item.laufzettelId === laufzettelId)) return onAgenda;
  return agenda.length < MOST_AGENDA_ITEMS ? null : full;
}

export const notNow = (action: string, { status }: ConferenceRecord): Problem =>
  problem('transition-illegal', `${action} is not possible: the conference is ${status}.`, {
    extra: { currentStatus: status, allowed: [] },
  });

const notForBoth = problem(
  'rule-broken',
  'It cannot be discussed: that needs its STAMMDATEN disclosed by one of you to the other for FALLBESPRECHUNG, and readable at this moment.',
  { errors: [{ pointer: '/laufzettelId', detail: 'no Laufzettel that both of you may discuss' }] },
);

const onAgenda = problem('conflict', 'It is on the agenda already.');

const full = problem('rule-broken', `There are ${MOST_AGENDA_ITEMS} Laufzettel on the agenda already.`);

/** While it is planned. Whoever sees it there may take it off; the other side is told where it sees it as well. */
export async function removeFromAgenda(
  deps: Deps,
  actor: Actor,
  conferenceId: string,
  { laufzettelId }: { laufzettelId: string },
): Promise<Answer<ShownConference>> {
  const refused = await deps.closing.run<Problem | null>(async (tx) => {
    const refuse = (value: Problem) => ({ commit: false, value });
    const locked = await tx.lockConference(actor, conferenceId, { laufzettelId });
    if (locked === null) return refuse(notFound('conference'));
    const seen = judgeAgenda(locked).filter(
      (one) => isSeen(one) && one.item.laufzettelId === laufzettelId && one.item.id !== conferenceId,
    );
    // Several only where one that had dropped off was put there again.
    const judged = seen.find((one) => one.mayBeDiscussed) ?? seen[0];
    if (judged === undefined) return refuse(notFound('Laufzettel'));
    if (locked.conference.status !== 'PLANNED') return refuse(notNow('REMOVE', locked.conference));
    const told = judged.mayBeDiscussed;
    await tx.removeAgendaItem(actor, { conferenceId, id: judged.item.id, told, at: locked.at });
    return { commit: true, value: null };
  });
  return refused ?? getConference(deps, actor, conferenceId);
}
