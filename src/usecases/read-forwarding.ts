/**
 * Reading a forwarding. Its recipient gets what consent permits at this moment, each entry decided again; its sender sees
 * what went. The recipient's reading is audited, and its first one makes the forwarding DELIVERED, before the answer leaves.
 */
import type { Category } from '../domain/catalogue.ts';
import { decide } from '../domain/consent.ts';
import type { Permit, Question } from '../domain/facts.ts';
import { type Answer, notFound } from './answer.ts';
import type { Actor, Deps, ForwardingHeader, ReadForwarding } from './ports.ts';
import { missingHandles, type ShownEntry, show, untilUnchanged } from './read-entries.ts';

export interface ShownForwarding {
  header: ForwardingHeader;
  /** For the recipient. */
  entries: ShownEntry[];
  closedEntries: { entryId: string; category: Category; closedAt: number }[];
  /** For the sender. */
  disclosed: {
    entryId: string;
    category: Category;
    openedAt: number;
    /** null: of another agency's entry, where it would tell what the person said to others. */
    goodUntil: number | null;
    closedAt: number | null;
  }[];
}

export function getForwarding(deps: Deps, actor: Actor, forwardingId: string): Promise<Answer<ShownForwarding>> {
  return untilUnchanged(async () => {
    const found = await deps.forwardings.read(actor, forwardingId);
    if (found === null) return notFound('forwarding');
    return found.received ? asRecipient(deps, actor, found) : asSender(found);
  });
}

function asSender({ at, header, rows }: ReadForwarding): ShownForwarding {
  const disclosed = rows.map(({ entry, category, origin, openedAt, goodUntil, closedAt }) => ({
    entryId: entry,
    category,
    openedAt,
    goodUntil: origin === header.from ? Math.min(goodUntil, closedAt ?? goodUntil) : null,
    // What time has ended has ended then, written down already or not.
    closedAt: closedAt ?? (goodUntil <= at ? goodUntil : null),
  }));
  return { header, entries: [], closedEntries: [], disclosed };
}

async function asRecipient(deps: Deps, actor: Actor, found: ReadForwarding): Promise<ShownForwarding> {
  const { at, header, rows } = found;
  const permits = permitsOf(deps, found);
  // Without its key an entry's content is gone, and nothing is read.
  const readable = rows.filter((row) => permits.has(row.entry) && found.sealed.has(row.entry));
  const wanted = new Map(found.entries.map((entry) => [entry.id, entry]));
  const persons = readable.flatMap((row) => wanted.get(row.entry)!.concerns);
  const { handles, ...marked } = await deps.forwardings.markRead(actor, {
    id: header.id,
    firstReads: readable.filter((row) => !row.fetched).map((row) => row.id),
    entries: readable.map((row) => row.entry),
    at,
    newHandles: missingHandles(deps, persons, found.handles),
  });
  const known = { sealed: found.sealed, handles: { ...found.handles, ...handles } };
  const entries = readable.flatMap((row) => show(deps, wanted.get(row.entry)!, permits.get(row.entry)!, known) ?? []);
  // What it had read stays visible as id, category and end. What it never read is as if it had never been.
  const closedEntries = rows
    .filter((row) => row.fetched && (row.closedAt !== null || row.goodUntil <= at))
    .map((row) => ({ entryId: row.entry, category: row.category, closedAt: row.closedAt ?? row.goodUntil }));
  return { header: { ...header, ...marked }, entries, closedEntries, disclosed: [] };
}

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
