import type { Judged, Reminder } from '../domain/reminder.ts';
import type { ReminderStore, TakenReminders } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import { only } from './read-json.ts';

/** As api.take_reminders writes it. gone: those of which something else has become meanwhile. */
interface TakenJson extends TakenReminders {
  gone: Pick<Reminder, 'kind' | 'id'>[];
}

export const reminderStore = (database: Database): ReminderStore => ({
  settle: (most, judge) =>
    database.transaction(async (tx) => {
      const text = 'SELECT api.take_reminders($1) AS found';
      const { found } = only(await tx.call<{ found: TakenJson | null }>('take_reminders', text, [most]));
      if (found === null) return { commit: false, value: { taken: 0, told: [] } };
      const { gone, ...taken } = found;
      const judged = judge(taken);
      const settled = [
        ...gone.map(({ kind, id }) => ({ kind, id, tell: false, lookAt: null })),
        ...taken.reminders.map(({ kind, id }, place) => ({ kind, id, ...written(judged[place]!) })),
      ];
      const values = [taken.at, JSON.stringify(settled)];
      await tx.call('settle_reminders', 'SELECT api.settle_reminders($1, $2)', values);
      const told = taken.reminders.filter((_one, place) => judged[place]!.outcome === 'TELL');
      return { commit: true, value: { taken: settled.length, told } };
    }),
});

/** lookAt: when it is to be looked at again; null: never. */
function written(judged: Judged): { tell: boolean; lookAt: number | null } {
  switch (judged.outcome) {
    case 'TELL':
      return { tell: true, lookAt: judged.again };
    case 'LATER':
      return { tell: false, lookAt: judged.at };
    case 'DROP':
      return { tell: false, lookAt: null };
  }
}
