/** A task that comes of a conference: a Laufzettel about the client who was discussed. It is forwarded like any other. */
import { MOST_TASKS } from '../domain/conference.ts';
import { problem } from '../domain/problem.ts';
import { concernsUnknown } from './add-entry.ts';
import { type Answer, notFound } from './answer.ts';
import { type NewLaufzettel, REFERRING } from './laufzettel.ts';
import { newEntries } from './new-entries.ts';
import { type Actor, type Deps, type LaufzettelRecord, NotOwnClient } from './ports.ts';
import { discussed } from './record-minutes.ts';

export type NewTask = Omit<NewLaufzettel, 'clientId'> & { aboutLaufzettelId: string };

export async function createConferenceTask(
  deps: Deps,
  actor: Actor,
  conferenceId: string,
  { aboutLaufzettelId, ...task }: NewTask,
): Promise<Answer<LaufzettelRecord>> {
  const handles = task.entries.flatMap(({ concerns = [] }) => concerns);
  try {
    return await deps.closing.run<Answer<LaufzettelRecord>>(async (tx) => {
      const wanted = { laufzettelId: aboutLaufzettelId, handles };
      const locked = await tx.lockConference(actor, conferenceId, wanted);
      if (locked === null) return { commit: false, value: notFound('conference') };
      const judged = discussed(locked, aboutLaufzettelId, '/aboutLaufzettelId');
      if ('problem' in judged) return { commit: false, value: judged };
      const { clientId, wrapped, ownTasks } = judged.item;
      if (ownTasks >= MOST_TASKS) return { commit: false, value: tooMany };
      const client = { id: clientId, wrapped: wrapped!, at: locked.at };
      const entries = newEntries(deps, task.entries, client, (index) => `/entries/${index}`);
      if ('problem' in entries) return { commit: false, value: entries };
      const entryIds = [...new Set(task.entryIds)];
      const made = { ...task, id: deps.newId(), clientId, entries, entryIds, conferenceId, aboutLaufzettelId };
      const created = await tx.createTask(actor, made, locked.at);
      return created.outcome === 'ok'
        ? { commit: true, value: created.shown }
        : { commit: false, value: REFERRING[created.outcome]! };
    });
  } catch (error) {
    if (error instanceof NotOwnClient) return concernsUnknown('/entries');
    throw error;
  }
}

const tooMany = problem('rule-broken', `You have made ${MOST_TASKS} tasks of it already.`);
