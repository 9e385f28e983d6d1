/**
 * Correcting an entry (Art. 16, 19 GDPR): a new one replaces it. In one transaction, with everybody locked whom the old one
 * or the new one concerns: the new entry is written and offered, by the same check, to everyone who held the old one, and
 * what was disclosed of the old one is closed.
 */
import type { Category } from '../domain/catalogue.ts';
import { inheritMarks, type Offers, offers } from '../domain/correction.ts';
import type { EntryMeta } from '../domain/facts.ts';
import { isProblem, type Problem, problem } from '../domain/problem.ts';
import { reviewRows } from '../domain/review.ts';
import { concernsUnknown } from './add-entry.ts';
import { type Answer, notFound } from './answer.ts';
import { newEntries, type WrittenEntry } from './new-entries.ts';
import {
  type Actor,
  type ClosingTransaction,
  type Deps,
  type LockedEntry,
  type NewEntry,
  NotOwnClient,
} from './ports.ts';
import { getEntry, type ShownEntry } from './read-entries.ts';
import { applyReview, openRows } from './review-persons.ts';

/** As it was sent, without a category: it has that of the entry that it replaces. */
export interface Correction {
  concerns?: readonly string[];
}

/** Reads a correction as an entry of that category; what it leaves out of how it is filed is as given. */
export type ReadCorrection<Sent> = (
  category: Category,
  filedUnder: readonly Category[] | null,
  sent: Sent,
) => WrittenEntry | Problem;

export async function correctEntry<Sent extends Correction>(
  deps: Deps,
  actor: Actor,
  entryId: string,
  sent: Sent,
  read: ReadCorrection<Sent>,
): Promise<Answer<ShownEntry>> {
  try {
    const corrected = await deps.closing.run<Answer<{ id: string }>>(async (tx) => {
      const value = await replace(deps, tx, actor, entryId, sent, read);
      return { commit: !isProblem(value), value };
    });
    return 'problem' in corrected ? corrected : getEntry(deps, actor, corrected.id);
  } catch (error) {
    if (error instanceof NotOwnClient) return concernsUnknown('/concerns');
    throw error;
  }
}

async function replace<Sent extends Correction>(
  deps: Deps,
  tx: ClosingTransaction,
  actor: Actor,
  entryId: string,
  sent: Sent,
  read: ReadCorrection<Sent>,
): Promise<Answer<NewEntry>> {
  const locked = await tx.lockEntry(actor, entryId, sent.concerns ?? []);
  if (locked === null) return notFound('entry');
  if (!locked.own) return problem('not-allowed', 'An entry is corrected by the agency that wrote it.');
  // Without its key there is no content that could be corrected.
  if (locked.wrapped === null) return notFound('entry');
  const { category, filedUnder, replacedBy } = locked.replaced;
  if (replacedBy !== null) return alreadyReplaced(replacedBy);
  const written = read(category, filedUnder, sent);
  if (isProblem(written)) return written;
  const entry = newEntryOf(deps, written, locked, locked.wrapped);
  if (isProblem(entry)) return entry;
  await write(deps, tx, actor, locked, entry);
  return entry;
}

const alreadyReplaced = (replacedBy: string): Problem =>
  problem('conflict', `The entry has been replaced already; correct the one that did it: ${replacedBy}.`, {
    extra: { replacedBy },
  });

function newEntryOf(
  deps: Deps,
  written: WrittenEntry,
  { replaced, clientId, handles, at }: LockedEntry,
  wrapped: Buffer,
): NewEntry | Problem {
  const marks = inheritMarks(replaced, written, at);
  const entries = newEntries(
    deps,
    [{ ...written, ...marks, concerns: written.concerns ?? handles }],
    { id: clientId, wrapped, at },
    () => '',
  );
  return isProblem(entries) ? entries : entries[0]!;
}

async function write(
  deps: Deps,
  tx: ClosingTransaction,
  actor: Actor,
  locked: LockedEntry,
  entry: NewEntry,
): Promise<void> {
  const { at, persons, facts, replaced, personOf } = locked;
  const concerns = [...new Set(entry.concerns.map((handle) => personOf[handle]!))];
  const { id, category, secrecy, guardFrom, filedUnder } = entry;
  const meta: EntryMeta = { id, category, origin: replaced.origin, concerns, secrecy, guardFrom, filedUnder };
  const notAfter = new Map(locked.held.map((one) => [one.id, one.notAfter]));
  const open = openRows(locked);
  const held = open.flatMap((one) => {
    const limit = notAfter.get(one.row.id);
    return limit === undefined ? [] : [{ ...one, notAfter: limit }];
  });
  const offered = offers(held, meta, facts, at, deps.newId);
  // First the new ones: a forwarding that goes on with the new entry is never without one, so it is not blocked.
  await tx.correctEntry(actor, {
    at,
    persons,
    replaces: replaced.id,
    entry,
    rows: offered.permitted.map(({ of, row: { id, goodUntil, reliedOn } }) => ({ id, of, goodUntil, reliedOn })),
    subject: subjectOf(replaced.id, id, offered),
  });
  const review = reviewRows(
    open,
    facts,
    at,
    held.map((one) => one.row.id),
  );
  await applyReview(tx, actor, locked, review, 'ENTRY_CORRECTED');
}

const subjectOf = (replaces: string, entry: string, { permitted, withheld }: Offers) => ({
  entry,
  replaces,
  permitted: permitted.map(({ of, row }) => ({ of, disclosure: row.id })),
  withheld,
});
