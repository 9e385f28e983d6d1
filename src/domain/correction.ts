/**
 * Correcting an entry (Art. 16, 19 GDPR): a new entry replaces it, and is offered, by the same check, to everyone who held
 * the old one. Pure.
 */
import { decide, goodUntil } from './consent.ts';
import type { DisclosureRowFact, EntryMeta, Facts, Instant, Question, Reason } from './facts.ts';
import { type MarksInput, residenceGuard } from './marks.ts';
import { type OpenRow, questionOf } from './review.ts';

/** A disclosure of the old entry that is not closed, and until when its forwarding can last; null: no such limit. */
export interface HeldRow extends OpenRow {
  notAfter: Instant | null;
}

export interface Offers {
  /** Disclosures of the new entry, each after the one that it hangs on; `of`: that of the old entry that it follows. */
  permitted: { of: string; row: DisclosureRowFact }[];
  /** Who held the old entry and does not get the new one. */
  withheld: { of: string; reasons: readonly Reason[] }[];
}

/**
 * Decides about the new entry for each hop by which the old one was held and still live: the same person, purpose, from
 * and to, the entry alone. Core categories and `strict` are not applied again.
 *
 * @param facts with every open row of the old entry, and with everybody whom the new entry concerns.
 */
export function offers(
  held: readonly HeldRow[],
  entry: EntryMeta,
  facts: Facts,
  at: Instant,
  newId: () => string,
): Offers {
  const live = held.filter((one) => isLive(one, facts, at));
  const offered = new Map<HeldRow, DisclosureRowFact>();
  const present = (): Facts => ({ ...facts, rows: [...facts.rows, ...offered.values()] });
  // Who passes on has to hold the new entry itself, so a round may permit what the one before did not; until none does.
  for (let grew = true; grew; ) {
    grew = false;
    for (const one of live.filter((other) => !offered.has(other))) {
      const row = offer(one, entry, present(), at, newId);
      if (row === null) continue;
      offered.set(one, row);
      grew = true;
    }
  }
  moveEnds(offered, entry, present, at);
  return {
    permitted: [...offered].map(([{ row: old }, row]) => ({ of: old.id, row })),
    withheld: live
      .filter((one) => !offered.has(one))
      .map((one) => ({ of: one.row.id, reasons: reasonsOf(questionOf({ ...one, entry }, at), present()) })),
  };
}

function offer(
  held: HeldRow,
  entry: EntryMeta,
  facts: Facts,
  at: Instant,
  newId: () => string,
): DisclosureRowFact | null {
  const question = questionOf({ ...held, entry }, at);
  const [decision] = decide(question, facts).entries;
  if (decision?.outcome !== 'PERMIT') return null;
  const ends = endOf(held, entry, facts, at);
  return { ...held.row, id: newId(), entry: entry.id, opened: at, goodUntil: ends, reliedOn: decision.reliedOn };
}

const endOf = (held: HeldRow, entry: EntryMeta, facts: Facts, at: Instant): Instant =>
  Math.min(goodUntil(questionOf({ ...held, entry }, at), entry, facts), held.notAfter ?? Number.POSITIVE_INFINITY);

/**
 * A row that hangs on several ends with the last of them, and not all were there when it was decided upon; so ends are
 * computed again, once for each link that there can be.
 */
function moveEnds(offered: Map<HeldRow, DisclosureRowFact>, entry: EntryMeta, present: () => Facts, at: Instant): void {
  for (let round = 0; round < offered.size; round++) {
    for (const [held, row] of offered) offered.set(held, { ...row, goodUntil: endOf(held, entry, present(), at) });
  }
}

const isLive = (one: HeldRow, facts: Facts, at: Instant): boolean =>
  one.row.closed === null &&
  at < one.row.goodUntil &&
  decide(questionOf(one, at), facts).entries[0]?.outcome === 'PERMIT';

function reasonsOf(question: Question, facts: Facts): readonly Reason[] {
  const [decision] = decide(question, facts).entries;
  return decision?.outcome === 'WITHHOLD' ? decision.reasons : [];
}

type Written = Pick<MarksInput, 'payload' | 'secrecy' | 'guardFrom' | 'filedUnder'>;

/**
 * The marks of a correction, as far as its author or the old entry says them. What the author leaves out is as the old entry
 * had it, where that is not less careful than what the catalogue demands of the new content:
 *
 * - the guard of a residence status begins when the old one's did, or the new one's does, whichever is earlier;
 * - a document that is filed otherwise keeps a secrecy and a guard, and for the rest the catalogue speaks.
 */
export function inheritMarks(
  old: Pick<EntryMeta, 'category' | 'secrecy' | 'guardFrom' | 'filedUnder'>,
  written: Written,
  at: Instant,
): Required<Pick<MarksInput, 'filedUnder'>> & Pick<MarksInput, 'secrecy' | 'guardFrom'> {
  const filedUnder = written.filedUnder ?? old.filedUnder;
  const filedAsBefore = [...(filedUnder ?? [])].sort().join() === [...(old.filedUnder ?? [])].sort().join();
  return {
    filedUnder,
    secrecy: written.secrecy ?? (filedAsBefore || old.secrecy ? old.secrecy : undefined),
    guardFrom: written.guardFrom === undefined ? inheritGuard(old, written, filedAsBefore, at) : written.guardFrom,
  };
}

function inheritGuard(
  old: Pick<EntryMeta, 'category' | 'guardFrom'>,
  { payload }: Written,
  filedAsBefore: boolean,
  at: Instant,
): Instant | null | undefined {
  if (old.category === 'AUFENTHALT') {
    const begins = [old.guardFrom, residenceGuard(payload, at)].filter((instant) => instant !== null);
    return begins.length === 0 ? null : Math.min(...begins);
  }
  return filedAsBefore ? old.guardFrom : (old.guardFrom ?? undefined);
}
