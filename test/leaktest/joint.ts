/**
 * Who sees what of the work that two agencies do together, at each moment: plans and the agendas of conferences, as the contract and
 * docs/plans.md and docs/integrate/conferences.md have it. Like decide.ts it imports nothing of src/.
 */
import { type Entry, type Instant, isLive, type Known, type Row } from './decide.ts';

/** An entry and what has replaced it, in their order; the last is the one that stands. */
export type Succession = Entry[];
export const standing = (succession: Succession): Entry => succession.at(-1)!;

/** What the oracle knows beside the facts. */
export interface Reading extends Known {
  now: Instant;
  mayRead(agency: number, entry: Entry): boolean;
}

// ── Plans ──

export interface Proposed {
  name: string;
  /** As the service names it: at one instant the smaller one was first. */
  id: string;
  part: string;
  by: number;
  entries: Succession;
  forwarding: string;
  place: 'DEFAULT' | 'FIRST' | { after: string };
  status: 'OPEN' | 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN';
  answeredAt: Instant | null;
}

export interface Plan {
  openedBy: number;
  partner: number;
  kind: string;
  proposals: Proposed[];
}

export interface PlanView {
  parts: { part: string; proposal: Proposed }[];
  open: Proposed[];
  history: { proposal: Proposed; status: string }[];
  /** What it had read and may read no more: surely, and perhaps. */
  traces: { surely: Entry[]; perhaps: Entry[] };
}

export const otherSide = ({ openedBy, partner }: Plan, side: number): number =>
  side === openedBy ? partner : openedBy;

/** The plan as that side sees it: made of what it wrote or may read now, as if there were nothing else. null: it does not exist for it. */
export function planFor(plan: Plan, reader: number, known: Reading): PlanView | null {
  if (reader !== plan.openedBy && reader !== plan.partner) return null;
  const seen = plan.proposals.filter((one) => known.mayRead(reader, standing(one.entries)));
  const traces = tracesFor(plan, reader, known);
  if (reader !== plan.openedBy && seen.length === 0 && traces.perhaps.length === 0) return null;
  const history = seen.map((proposal) => ({ proposal, status: statusOf(plan, proposal, known) }));
  const open = history.filter((one) => one.status === 'OPEN').map((one) => one.proposal);
  return { parts: agreedOn(seen), open, history, traces };
}

/**
 * What was read elsewhere alone, and nothing of in the plan, is no trace of the plan; who answered a proposal had read it, by
 * whatever way.
 */
function tracesFor(plan: Plan, reader: number, known: Reading): PlanView['traces'] {
  const gone = (where: (proposal: Proposed, row: Row) => boolean): Entry[] =>
    plan.proposals.flatMap((proposal) =>
      proposal.entries.filter(
        (entry) =>
          entry.origin !== reader &&
          !known.mayRead(reader, entry) &&
          known.rows.some((row) => row.entry === entry && row.to === reader && where(proposal, row)),
      ),
    );
  return {
    surely: gone((proposal, row) => row.fetched === 'yes' && row.forwarding === proposal.forwarding),
    perhaps: gone(
      (proposal, row) => row.fetched !== 'no' && (row.forwarding === proposal.forwarding || isAnswered(proposal)),
    ),
  };
}

const isAnswered = ({ status }: Proposed): boolean => status === 'ACCEPTED' || status === 'DECLINED';

/** What the other side of its proposer cannot read any more nobody can answer. */
function statusOf(plan: Plan, { status, by, entries }: Proposed, known: Reading): string {
  return status === 'OPEN' && !known.mayRead(otherSide(plan, by), standing(entries)) ? 'LAPSED' : status;
}

/** One acceptance after the other is put in its place. */
function agreedOn(seen: readonly Proposed[]): { part: string; proposal: Proposed }[] {
  const accepted = seen
    .filter((one) => one.status === 'ACCEPTED')
    .sort((one, other) => one.answeredAt! - other.answeredAt! || (one.id < other.id ? -1 : 1));
  let parts: { part: string; proposal: Proposed }[] = [];
  for (const proposal of accepted) {
    const { part, place } = proposal;
    const there = parts.some((one) => one.part === part);
    const anchor = typeof place === 'object' ? place.after : null;
    const hasAnchor = parts.some((one) => one.part === anchor);
    if (there && place !== 'FIRST' && !hasAnchor) {
      parts = parts.map((one) => (one.part === part ? { part, proposal } : one));
      continue;
    }
    const others = parts.filter((one) => one.part !== part);
    const before = hasAnchor ? others.findIndex((one) => one.part === anchor) + 1 : others.length;
    const index = place === 'FIRST' ? 0 : before;
    parts = [...others.slice(0, index), { part, proposal }, ...others.slice(index)];
  }
  return parts;
}

// ── Conferences ──

/** A hop of a Laufzettel, as far as a conference asks for it. */
export interface Hop {
  forwarding: string;
  slip: string;
  from: number;
  to: number;
  purpose: string;
  sentAt: Instant;
}

export interface Item {
  slip: string;
  addedAt: Instant;
}

export interface Conference {
  convener: number;
  partner: number;
  items: Item[];
  minutes: { slip: string; entries: Succession }[];
}

const isBetween = ({ from, to }: Hop, { convener, partner }: Conference): boolean =>
  (from === convener && to === partner) || (from === partner && to === convener);

/** The hops by which it could be put on the agenda at that instant. */
const hopsOf = (conference: Conference, { slip, addedAt }: Item, hops: readonly Hop[]): Hop[] =>
  hops.filter(
    (hop) =>
      hop.slip === slip && hop.purpose === 'FALLBESPRECHUNG' && isBetween(hop, conference) && hop.sentAt <= addedAt,
  );

/** STAMMDATEN, themselves or in a document that is filed under them, that one of the two disclosed to the other and that live. */
export function coreEntries(conference: Conference, item: Item, hops: readonly Hop[], known: Reading): Entry[] {
  const names = hopsOf(conference, item, hops).map((hop) => hop.forwarding);
  const rows = known.rows.filter(
    ({ forwarding, entry }) =>
      names.includes(forwarding) && [entry.category, ...(entry.filedUnder ?? [])].includes('STAMMDATEN'),
  );
  return [...new Set(rows.filter((row) => isLive(row, known.now, known)).map((row) => row.entry))];
}

export interface SeenItem {
  item: Item;
  dropped: boolean;
  /** Entries of the minutes that it may read. */
  minutes: Entry[];
}

/** To whom nothing of it is left it is not there; who had disclosed all of it sees that it has dropped off. */
export function agendaFor(conference: Conference, reader: number, hops: readonly Hop[], known: Reading): SeenItem[] {
  return conference.items.flatMap((item) => {
    const dropped = coreEntries(conference, item, hops, known).length === 0;
    if (dropped && !hopsOf(conference, item, hops).every((hop) => hop.from === reader)) return [];
    const minutes = conference.minutes
      .filter((one) => one.slip === item.slip)
      .flatMap(({ entries }) => (known.mayRead(reader, standing(entries)) ? [standing(entries)] : []));
    return [{ item, dropped, minutes }];
  });
}

/** Whether two agencies may hold a conference at that instant, as far as is known now. */
export function mayConfer(one: number, other: number, at: Instant, { agencies, agreements }: Known): boolean {
  if (agencies.some(({ number, suspended }) => suspended && (number === one || number === other))) return false;
  return agreements.some(({ parties, purposes, from, until, terminatedAt }) => {
    const isBound = (agency: number): boolean =>
      parties.some((party) => party.agency === agency && party.signedAt !== null && party.leftAt === null);
    const inForce = from <= at && (until === null || at < until) && (terminatedAt === null || at < terminatedAt);
    return inForce && purposes.includes('FALLBESPRECHUNG') && isBound(one) && isBound(other);
  });
}

// ── The page for a person ──

/** What stands on it with its content: what was written about this person first of all, and its agency may read. */
export const onOwnPage = (agency: number, person: number, entries: readonly Entry[], known: Reading): Entry[] =>
  entries.filter((entry) => entry.concerns[0]!.person === person && known.mayRead(agency, entry));

/** What the agency wrote about this person and has erased. */
export const erasedOnOwnPage = (agency: number, person: number, entries: readonly Entry[]): Entry[] =>
  entries.filter(({ origin, concerns: [first] }) => origin === agency && first!.person === person && first!.erased);
