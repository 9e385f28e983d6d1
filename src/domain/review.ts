/**
 * Deciding open disclosures again after a fact was recorded: which of them close, and when the others will end.
 *
 * What has ended never begins again: a row that time has ended is closed as well, whatever the new fact says.
 */
import { decide, goodUntil } from './consent.ts';
import { rowsBehind } from './ends.ts';
import type { DisclosureRowFact, EntryMeta, Facts, Instant, PersonId, Question, Reason } from './facts.ts';
import { areReadableFacts, knownAt } from './readable.ts';

/** An open disclosure, and the person whose Laufzettel it travelled on. */
export interface OpenRow {
  row: DisclosureRowFact;
  person: PersonId;
  entry: EntryMeta;
  /** When it ends at the latest, whatever was said: its forwarding expires then. null: nothing ends it but what was said. */
  notAfter: Instant | null;
}

export interface Review {
  /** Rows that time had ended before this fact, with the instant of their end; nobody closed them. */
  ended: { id: string; at: Instant }[];
  /** Rows that this fact ends; reasons: of the decision that withholds, none where the row ends for one of its own. */
  close: { id: string; at: Instant; reasons: readonly Reason[] }[];
  /** Rows that go on, when their end as far as known has moved. */
  move: { id: string; goodUntil: Instant }[];
}

/**
 * @param facts with every open row of these entries among its rows.
 * @param ending ids of rows that end for a reason of their own, as when their forwarding was rejected.
 */
export function reviewRows(
  open: readonly OpenRow[],
  facts: Facts,
  at: Instant,
  ending: readonly string[] = [],
): Review {
  const rows = new Map(facts.rows.map((row) => [row.id, row]));
  const present = presentFor(facts, rows, at);
  const ended: Review['ended'] = [];
  const close: Review['close'] = [];
  const end = (row: DisclosureRowFact, when: Instant): { id: string; at: Instant } => {
    rows.set(row.id, { ...row, closed: when });
    return { id: row.id, at: when };
  };

  for (const { row } of open) {
    if (row.goodUntil <= at) ended.push(end(row, row.goodUntil));
    else if (ending.includes(row.id)) close.push({ ...end(row, at), reasons: [] });
  }
  // A row that closes takes those with it that hang on it; so go on until a round closes none.
  const goesOn = ({ row }: OpenRow): boolean => rows.get(row.id)!.closed === null;
  for (let closedOne = true; closedOne; ) {
    closedOne = false;
    for (const one of open.filter(goesOn)) {
      const [decision] = decide(questionOf(one, at), present(one)).entries;
      if (decision?.outcome === 'PERMIT') continue;
      close.push({ ...end(one.row, at), reasons: decision?.reasons ?? [] });
      closedOne = true;
    }
  }
  const before = new Map(open.map(({ row }) => [row.id, row.goodUntil]));
  moveEnds(open.filter(goesOn), rows, present, at);
  const move = [...rows.values()]
    .filter((row) => row.closed === null && before.has(row.id) && before.get(row.id) !== row.goodUntil)
    .map((row) => ({ id: row.id, goodUntil: row.goodUntil }));
  return { ended, close, move };
}

/**
 * The facts as they stand, for the decision about one row: with the rows alone that it may hang on, or a no would take the longer, by
 * the square, the more is disclosed about a person. One fact that cannot be read makes every decision UNREADABLE: then it gets all.
 */
function presentFor(facts: Facts, rows: ReadonlyMap<string, DisclosureRowFact>, at: Instant): (one: OpenRow) => Facts {
  if (!canBeRead(facts, at)) return () => facts;
  const ids = Map.groupBy(rows.keys(), (id) => rows.get(id)!.entry);
  return ({ row, entry }) => ({
    ...facts,
    rows: rowsBehind(ids, entry, row.from).map((id) => rows.get(id)!),
  });
}

function canBeRead(facts: Facts, at: Instant): boolean {
  try {
    return areReadableFacts(knownAt(facts, at));
  } catch {
    return false;
  }
}

/** A row ends no later than the one it hangs on, so ends are computed again until none moves; at most once a link. */
function moveEnds(
  open: readonly OpenRow[],
  rows: Map<string, DisclosureRowFact>,
  present: (one: OpenRow) => Facts,
  at: Instant,
): void {
  let moved = true;
  for (let round = 0; moved && round <= open.length; round++) {
    moved = false;
    for (const one of open) {
      const row = rows.get(one.row.id)!;
      const end = Math.min(
        goodUntil(questionOf(one, at), one.entry, present(one)),
        one.notAfter ?? Number.POSITIVE_INFINITY,
      );
      if (end === row.goodUntil) continue;
      rows.set(row.id, { ...row, goodUntil: end });
      moved = true;
    }
  }
}

/** The question that a row answers; core categories and `strict` are not applied again. */
export function questionOf({ row, person, entry }: OpenRow, at: Instant): Question {
  return {
    person,
    discloser: row.from,
    recipient: row.to,
    purpose: row.purpose,
    at,
    kind: '',
    strict: false,
    entries: [entry],
  };
}
