/** Deciding again what is open about locked persons, and writing what comes of it; used by everything that may close. */
import type { PersonId } from '../domain/facts.ts';
import { type OpenRow, type Review, reviewRows } from '../domain/review.ts';
import type { Actor, ClosingTransaction, LockedPersons } from './ports.ts';

/** Persons reviewed at a time; their facts are in memory together. */
const PERSONS_AT_ONCE = 100;

export interface Reviewed {
  /** Rows that closed, with both their ends. */
  closed: { id: string; from: string; to: string; person: PersonId }[];
  /** Rows that go on but end earlier than they would have. */
  shortened: number;
}

export function openRows({ rows, entries, facts }: LockedPersons): OpenRow[] {
  const byId = new Map(facts.rows.map((row) => [row.id, row]));
  const entryById = new Map(entries.map((entry) => [entry.id, entry]));
  return rows.map(({ id, person }) => {
    const row = byId.get(id)!;
    return { row, person, entry: entryById.get(row.entry)! };
  });
}

/** Writes a review in the transaction that holds the locks. */
export async function applyReview(
  tx: ClosingTransaction,
  actor: Actor,
  locked: LockedPersons,
  review: Review,
  cause: string,
): Promise<Reviewed> {
  await tx.applyReview(actor, { at: locked.at, cause, persons: locked.persons, ...review });
  const rows = new Map(locked.rows.map((row) => [row.id, row]));
  const before = new Map(locked.facts.rows.map((row) => [row.id, row.goodUntil]));
  return {
    closed: review.close.map(({ id }) => rows.get(id)!),
    shortened: review.move.filter((row) => row.goodUntil < before.get(row.id)!).length,
  };
}

/** For a change that concerns many persons, all locked already. */
export async function reviewPersons(
  tx: ClosingTransaction,
  actor: Actor,
  persons: readonly PersonId[],
  cause: string,
): Promise<Reviewed> {
  const all: Reviewed = { closed: [], shortened: 0 };
  for (let first = 0; first < persons.length; first += PERSONS_AT_ONCE) {
    const locked = await tx.review(persons.slice(first, first + PERSONS_AT_ONCE));
    const review = reviewRows(openRows(locked), locked.facts, locked.at);
    const reviewed = await applyReview(tx, actor, locked, review, cause);
    all.closed.push(...reviewed.closed);
    all.shortened += reviewed.shortened;
  }
  return all;
}
