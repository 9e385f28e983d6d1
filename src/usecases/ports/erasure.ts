/** Erasing: the ledger beside the master key, and what a transaction that erases has to know. */
import type { Instant } from '../../domain/facts.ts';
import type { LockedPersons } from './closing.ts';

/** One handle whose data key was destroyed, on the exchange's clock. */
export interface Erasure {
  clientId: string;
  at: Instant;
}

/** A backup of the database brings destroyed keys back; what is in this ledger is erased again (wall 4). */
export interface ErasureLedger {
  /** It is on disk when this settles. Throws LedgerUnusable when it cannot be. */
  record(erasure: Erasure): Promise<void>;
  /** Every erasure that was ever recorded. What it throws when it cannot be read is for the operator. */
  all(): Promise<Erasure[]>;
}

export class LedgerUnusable extends Error {}

export interface LockedErasure extends LockedPersons {
  erased: boolean;
  /** How many entries were written under the handle. */
  entriesUnder: number;
  /** Open disclosures of those entries. */
  ofClient: string[];
}
