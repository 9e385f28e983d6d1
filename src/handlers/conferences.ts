/** Case conferences; rest/conference-calendar.ts and rest/conference-page.ts write them for the desk. */
import { toInstant } from '../contract/common.ts';
import type { ConferenceQuery } from '../contract/conferences.ts';
import type { EntryBody } from '../contract/payload.ts';
import { viewConference, viewConferenceHeader } from '../contract/view-conferences.ts';
import { viewLaufzettel, viewPage } from '../contract/views.ts';
import { addToAgenda, removeFromAgenda } from '../usecases/agenda.ts';
import { createConferenceTask, type NewTask } from '../usecases/create-conference-task.ts';
import { getLaufzettel } from '../usecases/laufzettel.ts';
import { minutesBefore } from '../usecases/minutes-before.ts';
import { type ConferencePlan, planConference } from '../usecases/plan-conference.ts';
import { getConference, listConferences } from '../usecases/read-conference.ts';
import { recordMinutes } from '../usecases/record-minutes.ts';
import { type ConferenceStepInput, stepConference } from '../usecases/step-conference.ts';
import { toFilter, toNewEntry } from './inputs.ts';
import { type Context, type Effecting, idIn, pageOf, param, type Run, type Runs, shown } from './kit.ts';

interface TimeBody {
  beginsAt: string;
  endsAt: string | null;
}

const toTime = <T extends TimeBody>(body: T) => ({
  ...body,
  beginsAt: toInstant(body.beginsAt),
  endsAt: body.endsAt === null ? null : toInstant(body.endsAt),
});

export const conferenceHandlers = ({ deps, previews }: Context) => {
  const present: Run = async (actor, input) =>
    shown(await getConference(deps, actor, param(input, 'conferenceId')), viewConference);
  const presently: Effecting['replay'] = (actor, _effect, input) => present(actor, input);
  const takes = (action: ConferenceStepInput['action']): Effecting => ({
    run: async (actor, input) => {
      const { expectedVersion, ...body } = input.body as { expectedVersion: number };
      const moved = action === 'MOVE' ? { moveTo: toTime(body as TimeBody & Pick<ConferencePlan, 'place'>) } : {};
      const step = { action, expectedVersion, ...moved };
      return shown(await stepConference(deps, actor, param(input, 'conferenceId'), step), viewConference);
    },
    replay: presently,
  });
  const changesAgenda = (change: typeof addToAgenda): Effecting => ({
    run: async (actor, input) => {
      const body = input.body as { laufzettelId: string };
      return shown(await change(deps, actor, param(input, 'conferenceId'), body), viewConference);
    },
    replay: presently,
  });
  return {
    planConference: {
      run: async (actor, { body }) => {
        const plan = toTime(body as TimeBody & Pick<ConferencePlan, 'partner' | 'place'>);
        return shown(await planConference(deps, actor, plan), viewConference);
      },
      replay: async (actor, effect) =>
        shown(await getConference(deps, actor, idIn(effect, 'conference')), viewConference),
    },
    listConferences: async (actor, input) => {
      const filter = toFilter(input.query as unknown as ConferenceQuery);
      return shown(await listConferences(deps, actor, pageOf(input), filter), viewPage(viewConferenceHeader));
    },
    getConference: present,
    acceptConference: takes('ACCEPT'),
    declineConference: takes('DECLINE'),
    moveConference: takes('MOVE'),
    cancelConference: takes('CANCEL'),
    beginConference: takes('BEGIN'),
    endConference: takes('END'),
    addToAgenda: changesAgenda(addToAgenda),
    removeFromAgenda: changesAgenda(removeFromAgenda),
    recordMinutes: {
      run: async (actor, input) => {
        const limited = await previews.take(actor);
        if (limited !== null) return limited;
        const { entry, ...body } = input.body as { laufzettelId: string; entry: EntryBody; strict: boolean };
        const minutes = { ...body, entry: toNewEntry(entry) };
        return recordMinutes(deps, actor, param(input, 'conferenceId'), minutes);
      },
      // It tells again what was told, and is counted again.
      replay: async (actor, effect) => (await previews.take(actor)) ?? minutesBefore(actor, effect),
    },
    createConferenceTask: {
      run: async (actor, input) => {
        const { entries, ...body } = input.body as Omit<NewTask, 'entries'> & { entries: EntryBody[] };
        const task = { ...body, entries: entries.map(toNewEntry) };
        return shown(await createConferenceTask(deps, actor, param(input, 'conferenceId'), task), viewLaufzettel);
      },
      replay: async (actor, effect) =>
        shown(await getLaufzettel(deps, actor, idIn(effect, 'laufzettel')), viewLaufzettel),
    },
  } satisfies Runs;
};
