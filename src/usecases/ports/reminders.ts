/** What is still to be told because time passes. */
import type { Instant, ReleaseFact, StatementFact } from '../../domain/facts.ts';
import type { Judged, Reminder } from '../../domain/reminder.ts';

/** What is to be looked at by now; of what has become of something else meanwhile nothing is left. */
export interface TakenReminders {
  at: Instant;
  reminders: Reminder[];
  /** Of the persons whose yeses are among them. */
  statements: StatementFact[];
  releases: ReleaseFact[];
}

export interface ReminderStore {
  /**
   * Takes what is to be looked at, at most so many, and writes what is judged of each, in one transaction: told, with its events, or
   * not. What another instance has taken is left to it. taken: how many were looked at; told: those that were told.
   */
  settle(most: number, judge: (taken: TakenReminders) => Judged[]): Promise<{ taken: number; told: Reminder[] }>;
}
