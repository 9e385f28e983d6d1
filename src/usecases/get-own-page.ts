/**
 * The page for the person whom it is all about (Art. 15 GDPR): what one agency wrote and holds, who received what of it, what
 * was said and what was answered; all of one moment, and no more than the lists show that agency anyway.
 *
 * What was written about somebody else in the first place and only concerns this person as well is not on it: it would tell one
 * person of another (Art. 15(4) GDPR).
 */
import { own } from '../domain/disclosure.ts';
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
  Sealed,
  StatementRecord,
} from './ports.ts';
import { missingHandles, readable, type ShownEntry, show, untilUnchanged } from './read-entries.ts';

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
  return untilUnchanged(async () => {
    const found = await deps.ownPages.read(actor, clientId, MOST_THINGS, MOST_CONTENT_BYTES);
    if (found === null) return notFound('client');
    if (found === 'too-much' || filesOf(found) > MOST_FILES) return tooMuch;
    const { fileReference } = openClient(deps, found.client);
    return pageOf(agencyOf(actor), { ...found, fileReference }, await openAll(deps, actor, found));
  });
}

const tooMuch = problem(
  'conflict',
  `There is more about this client than one page holds: at most ${MOST_THINGS} entries, disclosures and statements, ${MOST_CONTENT_BYTES / 1024 ** 2} MiB of text, ${MOST_FILES} files. The lists of this client give all of it page by page, and GET /v1/export with everything else of yours.`,
);

const filesOf = ({ entries }: OwnPageFacts): number => entries.filter(({ category }) => category === 'DOKUMENT').length;

/** What was opened, and which disclosures were read by that for the first time. */
interface Opened {
  entries: ShownEntry[];
  firstReads: readonly string[];
}

/** All of it is decided by the facts of the one moment. That it is read is on record before anything is opened. */
async function openAll(deps: Deps, actor: Actor, found: OwnPageFacts): Promise<Opened> {
  const reader = agencyOf(actor);
  const gone = new Set(found.erased.map(({ id }) => id));
  const some = readable(deps, reader, found, (entryId) => !gone.has(entryId));
  const foreign = some.flatMap(({ entry, held }) => (held === null ? [] : [{ entry, ...held }]));
  const firstReads = foreign.filter(({ fetched }) => !fetched).map(({ row }) => row);
  const persons = foreign.flatMap(({ entry }) => entry.concerns);
  const marked = await deps.ownPages.markRead(actor, found.client.id, {
    firstReads,
    entries: foreign.map(({ entry }) => entry.id),
    at: found.at,
    newHandles: missingHandles(deps, persons, found.handles),
  });
  const handles = { ...found.handles, ...marked.handles };
  const entries: ShownEntry[] = [];
  for (const { entry, held } of some) {
    const content = found.sealed.get(entry.id) ?? (await fileOf(deps, actor, entry.id));
    const sealed = new Map(content === undefined ? [] : [[entry.id, content]]);
    const shown = show(deps, entry, held?.permit ?? own(reader), { reader, sealed, handles }, withoutFiles);
    if (shown !== null) entries.push(shown);
  }
  return { entries, firstReads };
}

/** One at a time is in memory. undefined: it was erased, or has ended, meanwhile. */
const fileOf = async (deps: Deps, actor: Actor, entryId: string): Promise<Sealed | undefined> =>
  (await deps.entries.read(actor, { entryId }))?.sealed.get(entryId);

function pageOf(
  reader: AgencyId,
  found: OwnPageFacts & { fileReference: string | null },
  { entries, firstReads }: Opened,
): OwnPage {
  const { at, client, fileReference, erased, statements, releases, agreements, endedForwardings } = found;
  const asOfThen = untilThen(at);
  const disclosures = found.disclosures.map((row) => {
    const fetchedAt = row.fetchedAt ?? (firstReads.includes(row.id) ? at : null);
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
