/** The clock job: tells agencies what has become due, is about to end or still waits for them, each thing once. */
import { judgeReminder } from '../domain/reminder.ts';
import type { Deps } from './ports.ts';

const REMINDERS_AT_ONCE = 200;

/** @returns how many it has looked at, and of them how many it has told. */
export async function remind({
  reminders,
  holidaysOf,
  watch,
}: Pick<Deps, 'reminders' | 'holidaysOf' | 'watch'>): Promise<{ taken: number; told: number }> {
  const { taken, told } = await reminders.settle(REMINDERS_AT_ONCE, ({ at, reminders: due, ...said }) =>
    due.map((reminder) => judgeReminder(reminder, at, said, holidaysOf)),
  );
  for (const { kind } of told) watch.reminded(kind);
  return { taken, told: told.length };
}
