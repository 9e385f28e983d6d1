/**
 * Reading a forwarding. Its recipient gets what consent permits at this moment, each entry decided again; its sender sees
 * what went. The recipient's reading is audited, and its first one makes the forwarding DELIVERED, before the answer leaves.
 */
import type { Category } from '../domain/catalogue.ts';
import type { ClosureAnswer } from '../domain/closure-answer.ts';
import { decide } from '../domain/consent.ts';
import { disclose } from '../domain/disclosure.ts';
import type { Permit, Question } from '../domain/facts.ts';
import { type Answer, notFound } from './answer.ts';
import type { Actor, Deps, ForwardingHeader, ReadForwarding, ToldAnswer } from './ports.ts';
import { correctionsOf, handlesOn, missingHandles, type ShownEntry, show, untilUnchanged } from './read-entries.ts';

export interface ShownForwarding {
  header: ForwardingHeader;
  /** For the recipient. */
  entries: ShownEntry[];
  closedEntries: {
    entryId: string;
    category: Category;
    closedAt: number;
    disclosureId: string;
    answer: ClosureAnswer | null;
    answeredAt: number | null;
  }[];
  /** For the sender. */
  disclosed: ({
    entryId: string;
    category: Category;
    openedAt: number;
    /** null: of another agency's entry, where it would tell what the person said to others. */
    goodUntil: number | null;
    closedAt: number | null;
  } & ToldAnswer)[];
}

export function getForwarding(deps: Deps, actor: Actor, forwardingId: string): Promise<Answer<ShownForwarding>> {
  return untilUnchanged(async () => {
    const found = await deps.forwardings.read(actor, forwardingId);
    if (found === null) return notFound('forwarding');
    return found.received ? asRecipient(deps, actor, found) : asSender(found);
  });
}

/** The same view without content, and without a trace: for whoever only wants to know whether it has changed. */
export async function peekForwarding(deps: Deps, actor: Actor, forwardingId: string): Promise<Answer<ShownForwarding>> {
  const found = await deps.forwardings.read(actor, forwardingId);
  if (found === null) return notFound('forwarding');
  if (!found.received) return asSender(found);
  const wanted = new Map(found.entries.map((entry) => [entry.id, entry]));
  const permits = permitsOf(deps, found);
  const entries = readableOf(found, permits).map((row) => {
    const entry = wanted.get(row.entry)!;
    const permit = permits.get(row.entry)!;
    const disclosed = disclose(entry, permit, () => ({}));
    return { disclosed, handles: handlesOn(entry, found.handles), ...correctionsOf(entry, permit, found.header.to) };
  });
  return { header: found.header, entries, closedEntries: closedOf(found), disclosed: [] };
}

/** What its sender sees of a forwarding: what went, and what became of it. */
export function asSender({ at, header, rows }: ReadForwarding): ShownForwarding {
  const disclosed = rows.map(
    ({ entry, category, origin, openedAt, goodUntil, closedAt, answer, statute, answeredAt, unacknowledgedSince }) => ({
      entryId: entry,
      category,
      openedAt,
      goodUntil: origin === header.from ? Math.min(goodUntil, closedAt ?? goodUntil) : null,
      // What time has ended has ended then, written down already or not.
      closedAt: closedAt ?? (goodUntil <= at ? goodUntil : null),
      answer,
      statute,
      answeredAt,
      unacknowledgedSince,
    }),
  );
  return { header, entries: [], closedEntries: [], disclosed };
}

async function asRecipient(deps: Deps, actor: Actor, found: ReadForwarding): Promise<ShownForwarding> {
  const { at, header } = found;
  const permits = permitsOf(deps, found);
  const readable = readableOf(found, permits);
  const wanted = new Map(found.entries.map((entry) => [entry.id, entry]));
  const persons = readable.flatMap((row) => wanted.get(row.entry)!.concerns);
  const { handles, ...marked } = await deps.forwardings.markRead(actor, {
    id: header.id,
    firstReads: readable.filter((row) => !row.fetched).map((row) => row.id),
    entries: readable.map((row) => row.entry),
    at,
    newHandles: missingHandles(deps, persons, found.handles),
  });
  const known = { reader: header.to, sealed: found.sealed, handles: { ...found.handles, ...handles } };
  const entries = readable.flatMap((row) => show(deps, wanted.get(row.entry)!, permits.get(row.entry)!, known) ?? []);
  return { header: { ...header, ...marked }, entries, closedEntries: closedOf(found), disclosed: [] };
}

/** Without its key an entry's content is gone, and nothing is read. */
const readableOf = ({ rows, sealed }: ReadForwarding, permits: Map<string, Permit>): ReadForwarding['rows'] =>
  rows.filter((row) => permits.has(row.entry) && sealed.has(row.entry));

/** What it had read stays visible as id, category and end. What it never read is as if it had never been. */
const closedOf = ({ at, rows }: ReadForwarding): ShownForwarding['closedEntries'] =>
  rows
    .filter((row) => row.fetched && (row.closedAt !== null || row.goodUntil <= at))
    .map(({ id, entry, category, closedAt, goodUntil, answer, answeredAt }) => ({
      entryId: entry,
      category,
      closedAt: closedAt ?? goodUntil,
      disclosureId: id,
      answer,
      answeredAt,
    }));

/** The second decision: what of the open rows is permitted now, by entry. */
function permitsOf(deps: Deps, { at, header, rows, entries, facts }: ReadForwarding): Map<string, Permit> {
  const open = rows.filter((row) => row.closedAt === null && at < row.goodUntil);
  const [first] = open;
  if (first === undefined) return new Map();
  const wanted = new Set(open.map((row) => row.entry));
  const question: Question = {
    person: first.person,
    discloser: header.from,
    recipient: header.to,
    purpose: header.purpose,
    at,
    kind: header.kind,
    strict: false,
    entries: entries.filter((entry) => wanted.has(entry.id)),
  };
  const { entries: decisions } = deps.watch.deciding('read', () => decide(question, facts));
  return new Map(decisions.filter((one) => one.outcome === 'PERMIT').map((one) => [one.entry, one]));
}
