/**
 * Reading entries: one's own, and what one holds by a disclosure, decided again at this moment.
 *
 * Where another agency's entry is read, the reading is audited and its row marked as fetched before the answer leaves.
 */
import type { Category } from '../domain/catalogue.ts';
import { decide } from '../domain/consent.ts';
import { type Disclosed, disclose, own } from '../domain/disclosure.ts';
import type { Permit, PersonId, Question } from '../domain/facts.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { type Page, type PageQuery, paged } from './page.ts';
import {
  type Actor,
  ChangedMeanwhile,
  type Deps,
  type NewHandle,
  type ReadEntries,
  type Sealed,
  type StoredEntry,
  sealedAs,
} from './ports.ts';

/** An entry with its content, and the reader's own handles on everybody it concerns; the first is the entry's client. */
export interface ShownEntry {
  disclosed: Disclosed;
  handles: string[];
  /** The entry that it corrects: for its author, and for a reader that had read that one. */
  replaces: string | null;
  /** The entry that corrects it: for its author alone. Who held it and does not get the other learns of no other. */
  replacedBy: string | null;
}

/** A closing in the very moment of a reading is met at most so often in a row. */
const MOST_ATTEMPTS = 5;

/** Starts over when what was decided upon changed before the reading was recorded. */
export async function untilUnchanged<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = MOST_ATTEMPTS; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ChangedMeanwhile) || left <= 1) throw error;
    }
  }
}

/** What of the content of an entry of that category is shown. */
export type Showing = (category: Category, payload: unknown) => unknown;
const whole: Showing = (_category, payload) => payload;

/** Opens content only once `disclose` has seen the basis. */
export function show(
  deps: Deps,
  entry: StoredEntry,
  basis: Permit | ReturnType<typeof own>,
  found: { reader: string; sealed: Map<string, Sealed>; handles: Record<string, string | null> },
  showing = whole,
): ShownEntry | null {
  const sealed = found.sealed.get(entry.id);
  // Its key was destroyed: the content is gone.
  if (sealed === undefined) return null;
  const content = () => showing(entry.category, deps.vault.open(sealed, sealedAs.payload(entry.id, entry.category)));
  const disclosed = disclose(entry, basis, content);
  return { disclosed, handles: handlesOn(entry, found.handles), ...correctionsOf(entry, basis, found.reader) };
}

/** What it corrects, for its author and for who had read that; by what it is corrected, for its author alone. */
export const correctionsOf = (entry: StoredEntry, basis: { outcome: string }, reader: string) => {
  const isAuthor = basis.outcome === 'OWN';
  return {
    replaces: isAuthor || entry.replacesReadBy.includes(reader) ? entry.replaces : null,
    replacedBy: isAuthor ? entry.replacedBy : null,
  };
};

/** The reader's handles on everybody the entry concerns, the one it is written under first. */
export const handlesOn = (entry: StoredEntry, handles: Record<PersonId, string | null>): string[] =>
  [entry.subject, ...entry.concerns.filter((person) => person !== entry.subject)].flatMap(
    (person) => handles[person] ?? [],
  );

/** Handles for those of these persons on whom their reader holds none yet. */
export const missingHandles = (
  deps: Deps,
  persons: readonly PersonId[],
  handles: Record<PersonId, string | null>,
): NewHandle[] =>
  [...new Set(persons)]
    .filter((person) => (handles[person] ?? null) === null)
    .map((person) => {
      const id = deps.newId();
      return { id, person, wrapped: deps.vault.newWrappedKey(id) };
    });

export async function getEntry(deps: Deps, actor: Actor, entryId: string): Promise<Answer<ShownEntry>> {
  const [entry] = await untilUnchanged(async () => {
    const found = await deps.entries.read(actor, { entryId });
    return found === null ? [] : read(deps, actor, readable(deps, agencyOf(actor), found));
  });
  return entry ?? notFound('entry');
}

export function listEntries(
  deps: Deps,
  actor: Actor,
  clientId: string,
  query: PageQuery,
): Promise<Answer<Page<ShownEntry>>> {
  return untilUnchanged(async () => {
    const page = await paged<Readable>(deps.vault, actor, query, {
      name: `entries:${clientId}`,
      // What is withheld at this moment leaves no gap: the page is filled from what comes after it.
      load: async (after, most) => {
        const all: Readable[] = [];
        for (let position = after; ; ) {
          const found = await deps.entries.read(actor, { clientId, after: position, most });
          if (found === null) return null;
          all.push(...readable(deps, agencyOf(actor), found));
          const last = found.entries.at(-1);
          if (all.length >= most || last === undefined || found.entries.length < most) return all.slice(0, most);
          position = { at: last.createdAt, id: last.id };
        }
      },
      positionOf: ({ entry }) => ({ at: entry.createdAt, id: entry.id }),
      missing: notFound('client'),
    });
    // Only what is on the page is opened, and counts as read.
    return 'problem' in page ? page : { ...page, items: await read(deps, actor, page.items) };
  });
}

/** An entry that may be opened, and on what basis; not opened yet. */
export interface Readable {
  entry: StoredEntry;
  found: ReadEntries;
  /** null: the reader wrote it. */
  held: { permit: Permit; row: string; fetched: boolean } | null;
}

/** @param isThere whether its content is; without its key, which may be destroyed, it is gone. */
export function readable(
  deps: Deps,
  reader: string,
  found: ReadEntries,
  isThere = (entryId: string) => found.sealed.has(entryId),
): Readable[] {
  return found.entries.flatMap((entry): Readable[] => {
    if (!isThere(entry.id)) return [];
    if (entry.origin === reader) return [{ entry, found, held: null }];
    const held = permittedRow(deps, entry, reader, found);
    return held === null ? [] : [{ entry, found, held }];
  });
}

/** Opens them; records first that others' entries were read. */
export async function read(deps: Deps, actor: Actor, entries: readonly Readable[]): Promise<ShownEntry[]> {
  const foreign = entries.flatMap(({ entry, found, held }) => (held === null ? [] : [{ entry, found, ...held }]));
  const last = foreign.at(-1);
  const known = Object.assign({}, ...entries.map(({ found }) => found.handles)) as ReadEntries['handles'];
  if (last !== undefined) {
    const persons = foreign.flatMap(({ entry }) => entry.concerns);
    const marked = await deps.entries.markRead(actor, {
      firstReads: foreign.filter((one) => !one.fetched).map((one) => one.row),
      entries: foreign.map((one) => one.entry.id),
      at: last.found.at,
      newHandles: missingHandles(deps, persons, known),
    });
    Object.assign(known, marked.handles);
  }
  const reader = agencyOf(actor);
  return entries.flatMap(
    ({ entry, found: { sealed }, held }) =>
      show(deps, entry, held?.permit ?? own(reader), { reader, sealed, handles: known }) ?? [],
  );
}

/** Of the reader's open rows of this entry one that is permitted at this moment; one that was read before first. */
export function permittedRow(
  deps: Pick<Deps, 'watch'>,
  entry: StoredEntry,
  reader: string,
  { at, rows, facts }: ReadEntries,
): { permit: Permit; row: string; fetched: boolean } | null {
  const open = rows
    .flatMap((about) => {
      const row = facts.rows.find((one) => one.id === about.id);
      return row?.entry === entry.id && at < row.goodUntil ? [{ about, row }] : [];
    })
    .sort((one, other) => Number(other.about.fetched) - Number(one.about.fetched));
  for (const { about, row } of open) {
    const question: Question = {
      person: about.person,
      discloser: row.from,
      recipient: reader,
      purpose: row.purpose,
      at,
      kind: about.kind,
      strict: false,
      entries: [entry],
    };
    const [decision] = deps.watch.deciding('read', () => decide(question, facts)).entries;
    if (decision?.outcome === 'PERMIT') return { permit: decision, row: row.id, fetched: about.fetched };
  }
  return null;
}
