/** Who counts what is decided, for those who run the exchange: outcomes and reasons, never who or what. */
import type { EntryDecision } from '../../domain/facts.ts';
import type { ReminderKind } from '../../domain/reminder.ts';

export type DecidedAt = 'preview' | 'forward' | 'read';

export interface Watch {
  /** Gives what `decide` gives. */
  deciding<T extends { entries: readonly EntryDecision[] }>(at: DecidedAt, decide: () => T): T;
  reminded(kind: ReminderKind): void;
}
