/**
 * Ends of many entries at once. A decision about one entry looks at the disclosures of that entry alone, and at none where its
 * author discloses it; asked with all of them for each, many entries would take the longer by the square.
 */
import { endUpon, readFacts } from './consent.ts';
import type { AgencyId, EntryId, EntryMeta, Facts, Instant, Question } from './facts.ts';

/** Of the rows, by their entry, those that the entry's being disclosed by that agency may hang on. */
export const rowsBehind = <Row>(
  byEntry: ReadonlyMap<EntryId, readonly Row[]>,
  { id, origin }: EntryMeta,
  discloser: AgencyId,
): readonly Row[] => (origin === discloser ? [] : byEntry.get(id)!);

/**
 * `goodUntil` of each entry, upon facts that are read once for all of them.
 *
 * @param entries permitted by a decision upon the same question and facts; so the facts can be read, and who passes one on
 *   holds it by one of their rows.
 * @throws RangeError when the facts cannot be read: then nothing was permitted.
 */
export function endsOf(question: Question, entries: readonly EntryMeta[], facts: Facts): Map<EntryId, Instant> {
  const known = readFacts({ ...question, entries: [...entries] }, facts);
  if (known === null) throw new RangeError('ends are asked for upon facts that cannot be read');
  const byEntry = Map.groupBy(known.rows, (row) => row.entry);
  return new Map(
    entries.map((entry) => {
      const rows = [...rowsBehind(byEntry, entry, question.discloser)];
      return [entry.id, endUpon(question, entry, { ...known, rows })];
    }),
  );
}
