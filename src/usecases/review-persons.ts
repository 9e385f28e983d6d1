/** Deciding again what is open about locked persons, and writing what comes of it; used by everything that may close. */
import type { EntryMeta, Facts, Instant, PersonId } from '../domain/facts.ts';
import { type OpenRow, type Review, reviewRows } from '../domain/review.ts';
import type { Actor, ClosingTransaction, LockedPersons } from './ports.ts';

/** Nobody closes what time has ended; it is only written down. */
export const CLOCK: Actor = { agency: null, system: 'clock', caseworker: null };

/** Persons reviewed at a time; their facts are in memory together. */
const PERSONS_AT_ONCE = 100;

export interface Reviewed {
  /** Rows that the fact closed, with everybody who has to do with them. */
  closed: ReviewedRow[];
  /** Rows that go on but end earlier than they would have. */
  shortened: ReviewedRow[];
  /** How many rows time had ended before. */
  ended: number;
}

export interface ReviewedRow {
  id: string;
  from: string;
  to: string;
  origin: string;
  person: PersonId;
}

/** Of these rows those that the agency made, received or wrote: the only ones that it is told about. */
export const rowsOf = (agency: string | null, rows: readonly ReviewedRow[]): ReviewedRow[] =>
  rows.filter((row) => [row.from, row.to, row.origin].includes(agency ?? ''));

export interface FoundOpen {
  rows: readonly { id: string; person: PersonId; notAfter: Instant | null }[];
  entries: readonly EntryMeta[];
  facts: Facts;
}

export function openRows({ rows, entries, facts }: FoundOpen): OpenRow[] {
  const byId = new Map(facts.rows.map((row) => [row.id, row]));
  const entryById = new Map(entries.map((entry) => [entry.id, entry]));
  return rows.map(({ id, person, notAfter }) => {
    const row = byId.get(id)!;
    return { row, person, entry: entryById.get(row.entry)!, notAfter };
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
  const { at, persons } = locked;
  const { ended, close, move } = review;
  if (ended.length > 0) await tx.applyReview(CLOCK, { at, cause: 'TIME', persons, close: ended, move: [] });
  await tx.applyReview(actor, { at, cause, persons, close, move });
  return reviewedBy(locked, review);
}

/** What a review says of the rows, before or after it is written. */
export function reviewedBy(locked: LockedPersons, { ended, close, move }: Review): Reviewed {
  const entries = new Map(locked.entries.map((entry) => [entry.id, entry]));
  const facts = new Map(locked.facts.rows.map((row) => [row.id, row]));
  const rows = new Map(
    locked.rows.map((row) => [row.id, { ...row, origin: entries.get(facts.get(row.id)!.entry)!.origin }]),
  );
  return {
    closed: close.map(({ id }) => rows.get(id)!),
    shortened: move.filter((row) => row.goodUntil < facts.get(row.id)!.goodUntil).map(({ id }) => rows.get(id)!),
    ended: ended.length,
  };
}

/** For a change that concerns many persons, all locked already. */
export async function reviewPersons(
  tx: ClosingTransaction,
  actor: Actor,
  persons: readonly PersonId[],
  cause: string,
): Promise<Reviewed> {
  const all: Reviewed = { closed: [], shortened: [], ended: 0 };
  for (let first = 0; first < persons.length; first += PERSONS_AT_ONCE) {
    const locked = await tx.review(persons.slice(first, first + PERSONS_AT_ONCE));
    const review = reviewRows(openRows(locked), locked.facts, locked.at);
    const reviewed = await applyReview(tx, actor, locked, review, cause);
    all.closed.push(...reviewed.closed);
    all.shortened.push(...reviewed.shortened);
    all.ended += reviewed.ended;
  }
  return all;
}
