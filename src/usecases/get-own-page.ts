/**
 * The page for the person whom it is all about (Art. 15 GDPR): what one agency wrote and holds, who received what of it, what
 * was said and what was answered; all of one moment, and no more than the lists show that agency anyway.
 *
 * What was written about somebody else in the first place and only concerns this person as well is not on it: it would tell one
 * person of another (Art. 15(4) GDPR).
 */
import type { AgencyId, Instant } from '../domain/facts.ts';
import {
  type EndCause,
  endCauseOf,
  MOST_CONTENT_BYTES,
  MOST_FILES,
  MOST_THINGS,
  withoutFiles,
} from '../domain/own-page.ts';
import { problem } from '../domain/problem.ts';
import { type Answer, agencyOf, notFound } from './answer.ts';
import { openClient } from './clients.ts';
import type {
  Actor,
  ClosureRecord,
  Deps,
  DisclosureRecord,
  ErasedEntry,
  NamedAgency,
  NamedAgreement,
  OwnPageFacts,
  ReleaseRecord,
  StatementRecord,
} from './ports.ts';
import { type Readable, read, readable, type ShownEntry, untilUnchanged } from './read-entries.ts';

export interface OwnPage {
  clientId: string;
  fileReference: string | null;
  agencyId: AgencyId;
  asOf: Instant;
  entries: ShownEntry[];
  erasedEntries: ErasedEntry[];
  /** What others disclosed to the agency. */
  received: DisclosureRecord[];
  /** What it disclosed, and where what it wrote travelled. */
  given: (DisclosureRecord & { endCause: EndCause | null })[];
  statements: StatementRecord[];
  releases: ReleaseRecord[];
  closures: (ClosureRecord & { owedSince: Instant | null })[];
  agencies: NamedAgency[];
  agreements: NamedAgreement[];
}

export function getOwnPage(deps: Deps, actor: Actor, clientId: string): Promise<Answer<OwnPage>> {
  const reader = agencyOf(actor);
  return untilUnchanged(async () => {
    const found = await deps.ownPages.read(actor, clientId, MOST_THINGS, MOST_CONTENT_BYTES);
    if (found === null) return notFound('client');
    const files = found === 'too-much' ? [] : filesOf(found);
    if (found === 'too-much' || files.length > MOST_FILES) return tooMuch;
    const opened = await openAll(deps, actor, found, files);
    // Whoever asked for it is on record before it leaves.
    await deps.audit.note(actor, 'client.own-page', 'DONE', { client: clientId }, found.at);
    return pageOf(reader, { ...found, fileReference: openClient(deps, found.client).fileReference }, opened);
  });
}

const tooMuch = problem(
  'conflict',
  `There is more about this client than one page holds: at most ${MOST_THINGS} entries, disclosures and statements, ${MOST_CONTENT_BYTES / 1024 ** 2} MiB of text, ${MOST_FILES} files. The lists of this client give all of it page by page, and GET /v1/export with everything else of yours.`,
);

/** Entries whose content was not brought along. */
const filesOf = ({ entries, sealed, erased }: OwnPageFacts): string[] => {
  const gone = new Set(erased.map(({ id }) => id));
  return entries.flatMap(({ id }) => (sealed.has(id) || gone.has(id) ? [] : id));
};

/** What was opened, and which disclosures were read by that for the first time. */
interface Opened {
  entries: ShownEntry[];
  firstRead: Map<string, Instant>;
}

async function openAll(deps: Deps, actor: Actor, found: OwnPageFacts, files: readonly string[]): Promise<Opened> {
  const opened: Opened = { entries: [], firstRead: new Map() };
  const open = async (some: readonly Readable[]): Promise<void> => {
    opened.entries.push(...(await read(deps, actor, some, withoutFiles)));
    for (const { held, found: of } of some) if (held?.fetched === false) opened.firstRead.set(held.row, of.at);
  };
  await open(readable(deps, agencyOf(actor), found));
  // One at a time is in memory, and decided upon by the facts of that moment.
  for (const entryId of files) {
    const one = await deps.entries.read(actor, { entryId });
    if (one !== null) await open(readable(deps, agencyOf(actor), one));
  }
  const place = new Map(found.entries.map(({ id }, index) => [id, index]));
  opened.entries.sort((one, other) => place.get(idOf(one))! - place.get(idOf(other))!);
  return opened;
}

const idOf = ({ disclosed }: ShownEntry): string => disclosed.entry.id;

function pageOf(
  reader: AgencyId,
  found: OwnPageFacts & { fileReference: string | null },
  { entries, firstRead }: Opened,
): OwnPage {
  const { at, client, fileReference, erased, statements, releases, agreements, endedForwardings } = found;
  const asOfThen = untilThen(at);
  const disclosures = found.disclosures.map((row) => {
    const fetchedAt = row.fetchedAt ?? firstRead.get(row.id) ?? null;
    return {
      ...row,
      fetchedAt,
      closedAt: asOfThen(row.closedAt),
      unacknowledgedSince: asOfThen(row.unacknowledgedSince),
    };
  });
  const shown = {
    ...{ agencies: found.agencies, agreements, statements, releases, erased, endedForwardings },
    entries: found.entries.filter(({ origin }) => origin === reader),
  };
  const page = {
    clientId: client.id,
    fileReference,
    agencyId: reader,
    asOf: at,
    entries,
    erasedEntries: erased,
    received: disclosures.filter(({ to }) => to === reader),
    given: disclosures.filter(({ to }) => to !== reader).map((row) => ({ ...row, endCause: endCauseOf(row, shown) })),
    statements,
    releases,
    closures: found.closures.filter(({ closedAt }) => closedAt <= at).map(owing(at)),
    agreements,
  };
  const named = namedBy(page);
  return { ...page, agencies: found.agencies.filter(({ id }) => named.has(id)) };
}

/** The lists ask the clock a moment later: what they say of then has not happened yet. */
const untilThen =
  (at: Instant) =>
  (instant: Instant | null): Instant | null =>
    instant !== null && instant > at ? null : instant;

/** An answer is owed for what was read, from its end until the first answer. */
const owing =
  (at: Instant) =>
  (closure: ClosureRecord): OwnPage['closures'][number] => ({
    ...closure,
    unacknowledgedSince: untilThen(at)(closure.unacknowledgedSince),
    owedSince: closure.fetchedAt !== null && closure.answers.length === 0 ? closure.closedAt : null,
  });

/** Every agency that the page names by its id. */
function namedBy(page: Omit<OwnPage, 'agencies'>): Set<AgencyId | null> {
  return new Set([
    page.agencyId,
    ...page.entries.map(({ disclosed }) => disclosed.entry.origin),
    ...[...page.received, ...page.given, ...page.closures].flatMap(({ from, to, origin }) => [from, to, origin]),
    ...page.statements.flatMap(({ discloser, recipient }) => [discloser, recipient]),
    ...page.releases.flatMap(({ origin, recipient }) => [origin, recipient]),
  ]);
}
