/**
 * Whether every disclosure of a slice had a basis as long as it was open, and none when it closed: the page's rules as far as
 * a race brings them about (adults, written statements, no secrecy, no guard), over the facts as the database keeps them.
 * Plain code; it shares nothing with src/.
 */
import type { Violation } from './history.ts';

/**
 * Instants are milliseconds since the epoch. `tx` names the transaction that recorded a fact, for it reads the clock more than
 * once: what it closes has closed with it, some milliseconds before or after what the fact says of itself.
 */
export interface Said {
  tx: string;
  /** Of the link that made it count. */
  linkTx: string | null;
  given: boolean;
  /** Of a no, null means every one. */
  discloser: string | null;
  recipient: string | null;
  categories: readonly string[] | null;
  statedAt: number;
  recordedAt: number;
  /** When it was recorded, or when a link made it count for this person. */
  countsFrom: number;
  /** When the end of a link made it count no more; null: it still counts. */
  countsUntil: number | null;
  validFrom: number;
  validUntil: number;
}

export interface Agreement {
  tx: string;
  parties: readonly string[];
  /** When the last party had signed. */
  from: number;
  /** When it was terminated; null: it was not. */
  until: number | null;
}

export interface Entry {
  id: string;
  category: string;
  origin: string;
  replacedAt: number | null;
  replacedTx: string | null;
  erasedAt: number | null;
  erasedTx: string | null;
}

export interface Row {
  id: string;
  entry: string;
  hop: string;
  from: string;
  to: string;
  opened: number;
  closed: number | null;
  /** The transaction that closed it. */
  closedTx: string | null;
}

export interface Hop {
  id: string;
  /** When it was recalled or rejected; null: it was not. */
  endedAt: number | null;
  endedTx: string | null;
}

export interface Facts {
  said: readonly Said[];
  agreements: readonly Agreement[];
  /** Times during which an agency was suspended. */
  suspensions: readonly { tx: string; agency: string; from: number; until: number | null }[];
  entries: readonly Entry[];
  rows: readonly Row[];
  hops: readonly Hop[];
}

const within = (at: number, from: number, until: number | null): boolean =>
  from <= at && (until === null || at < until);

/** Why a row may not be open at an instant; null: it may. */
export function objection(row: Row, at: number, facts: Facts): string | null {
  const entry = facts.entries.find((one) => one.id === row.entry)!;
  const hop = facts.hops.find((one) => one.id === row.hop)!;
  if (entry.replacedAt !== null && entry.replacedAt <= at) return 'the entry was corrected';
  if (entry.erasedAt !== null && entry.erasedAt <= at) return 'the entry was erased';
  if (hop.endedAt !== null && hop.endedAt <= at) return 'the forwarding was ended';
  const agencies = [row.from, row.to, entry.origin];
  if (facts.suspensions.some((one) => agencies.includes(one.agency) && within(at, one.from, one.until)))
    return 'an agency was suspended';
  const agreed = (discloser: string): boolean =>
    facts.agreements.some(
      (one) => one.parties.includes(discloser) && one.parties.includes(row.to) && within(at, one.from, one.until),
    );
  if (!agreed(row.from) || !agreed(entry.origin)) return 'no agreement';
  if (!consented(entry.origin, row.to, entry.category, at, facts, true)) return 'no consent of the origin';
  if (row.from === entry.origin) return null;
  if (!consented(row.from, row.to, entry.category, at, facts, false)) return 'a no to who passed it on';
  const held = facts.rows.some(
    (one) =>
      one.to === row.from &&
      one.entry === row.entry &&
      within(at, one.opened, one.closed) &&
      objection(one, at, facts) === null,
  );
  return held ? null : 'who passed it on did not hold it';
}

/** @param needed false: a yes is needed only where there is a no. */
function consented(
  discloser: string,
  recipient: string,
  category: string,
  at: number,
  facts: Facts,
  needed: boolean,
): boolean {
  const about = facts.said.filter(
    (one) =>
      within(at, one.countsFrom, one.countsUntil) &&
      (one.discloser === null || one.discloser === discloser) &&
      (one.recipient === null || one.recipient === recipient) &&
      (one.categories === null || one.categories.includes(category)),
  );
  const lastNo = Math.max(...about.filter((one) => !one.given).map((one) => one.recordedAt), Number.NEGATIVE_INFINITY);
  if (!needed && lastNo === Number.NEGATIVE_INFINITY) return true;
  const counting = about.filter((one) => one.given && one.statedAt > lastNo);
  if (!needed) return counting.length > 0;
  const begun = counting.filter((one) => one.validFrom <= at);
  const latest = Math.max(...begun.map((one) => one.statedAt));
  return begun.some((one) => one.statedAt === latest && at < one.validUntil);
}

/** Every instant at which a recorded fact may have changed an answer. */
function instants(facts: Facts): number[] {
  const all = [
    ...facts.said.flatMap((one) => [one.countsFrom, one.countsUntil]),
    ...facts.agreements.flatMap((one) => [one.from, one.until]),
    ...facts.suspensions.flatMap((one) => [one.from, one.until]),
    ...facts.entries.flatMap((one) => [one.replacedAt, one.erasedAt]),
    ...facts.hops.map((one) => one.endedAt),
    ...facts.rows.flatMap((one) => [one.opened, one.closed]),
  ];
  return [...new Set(all)].filter((at) => at !== null).sort((one, other) => one - other);
}

/** The facts as if each transaction had read the clock but once: when it closed what it closed. */
export function atOneInstant(facts: Facts): Facts {
  const closedBy = new Map(
    facts.rows.flatMap((row) => (row.closed === null ? [] : [[row.closedTx, row.closed] as const])),
  );
  const at = <Instant extends number | null>(tx: string | null, instant: Instant): Instant =>
    instant === null ? instant : ((closedBy.get(tx) ?? instant) as Instant);
  return {
    rows: facts.rows,
    said: facts.said.map((one) => ({ ...one, countsFrom: at(one.linkTx ?? one.tx, one.countsFrom) })),
    agreements: facts.agreements.map((one) => ({ ...one, until: at(one.tx, one.until) })),
    suspensions: facts.suspensions.map((one) => ({ ...one, from: at(one.tx, one.from) })),
    entries: facts.entries.map((one) => ({
      ...one,
      replacedAt: at(one.replacedTx, one.replacedAt),
      erasedAt: at(one.erasedTx, one.erasedAt),
    })),
    hops: facts.hops.map((one) => ({ ...one, endedAt: at(one.endedTx, one.endedAt) })),
  };
}

export function checkRows(asRecorded: Facts): Violation[] {
  const found: Violation[] = [];
  const facts = atOneInstant(asRecorded);
  const times = instants(facts);
  for (const row of facts.rows) {
    const told = `row ${row.id} of ${row.entry} by hop ${row.hop}, ${row.opened}–${row.closed ?? 'open'}`;
    // Opened and closed in the same millisecond: it was never open.
    const open = times.filter((at) => within(at, row.opened, row.closed));
    const because =
      (open.length === 0 ? null : objection(row, row.opened, asRecorded)) ??
      open.map((at) => objection(row, at, facts)).find((one) => one !== null) ??
      null;
    if (because !== null) found.push({ rule: 'a row without a basis', says: `${told}: ${because}`, calls: [] });
    if (row.closed !== null && objection({ ...row, closed: null }, row.closed, facts) === null)
      found.push({ rule: 'a row closed without a cause', says: told, calls: [] });
  }
  return found;
}
