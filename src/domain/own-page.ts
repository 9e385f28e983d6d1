/**
 * The page for the person whom it is all about (Art. 15 GDPR): how much one page takes, why a disclosure has ended as far as
 * its reader is shown, and what of a file stands on paper.
 */
import { CATALOGUE, type Category, type Purpose } from './catalogue.ts';
import type { AgencyId, EntryId, Instant, ReliedOn } from './facts.ts';
import type { Fields } from './fields.ts';

/** Of all that is listed, together. Whoever has more takes it away by the lists and the export, which have pages. */
export const MOST_THINGS = 2_000;
/** Of ciphertext, files aside: a page is held in memory while it is written. */
export const MOST_CONTENT_BYTES = 8 * 1024 * 1024;
/** Each is opened by itself. */
export const MOST_FILES = 200;

/** In this order, for one instant may bring about several. */
export const END_CAUSES = [
  'SAID_NO',
  'CORRECTED',
  'ERASED',
  'SUSPENDED',
  'AGREEMENT_ENDED',
  'CONSENT_ENDED',
  'FORWARDING_ENDED',
] as const;
/** What ended a disclosure. FORWARDING_ENDED: it was recalled, rejected, or nobody accepted it in time. */
export type EndCause = (typeof END_CAUSES)[number];

/** A disclosure as somebody sees it who made it, or who wrote its entry. */
export interface EndedRow {
  entryId: EntryId;
  category: Category;
  origin: AgencyId;
  from: AgencyId;
  to: AgencyId;
  purpose: Purpose;
  forwardingId: string | null;
  closedAt: Instant | null;
  basis: Omit<ReliedOn, 'row'> | null;
}

interface Said {
  id: string;
  decision: string;
  recipient: AgencyId | null;
  categories: readonly Category[] | null;
  recordedAt: Instant;
  validUntil: Instant | null;
}

/** endedAt: when all of it ended that had not ended before. */
export interface EndedForwarding {
  id: string;
  endedAt: Instant;
}

/** What the same reader is shown beside it. Nothing else takes part, so that a cause tells nothing that it does not know. */
export interface ShownBeside {
  agencies: readonly { id: AgencyId; suspendedAt: Instant | null }[];
  agreements: readonly {
    id: string;
    until: Instant | null;
    terminatedAt: Instant | null;
    parties: readonly { leftAt: Instant | null }[];
  }[];
  statements: readonly (Said & { discloser: AgencyId | null; purpose: Purpose | null })[];
  releases: readonly (Said & { origin: AgencyId | null })[];
  /** Entries that the reader wrote. */
  entries: readonly { replaces: EntryId | null; createdAt: Instant }[];
  erased: readonly { id: EntryId; erasedAt: Instant }[];
  /** Forwardings that the reader sent, and that were recalled, rejected, or accepted by nobody. */
  endedForwardings: readonly EndedForwarding[];
}

const among = <T>(all: readonly T[] | null, one: T): boolean => all === null || all.includes(one);
const isOrOpen = <T>(scope: T | null, ...ones: readonly T[]): boolean => scope === null || ones.includes(scope);

/** What a DOKUMENT is filed under is not part of the row: a no about its contents is recognised by its instant and its scope. */
const isAbout = (said: Said, row: EndedRow): boolean =>
  said.decision !== 'GIVEN' &&
  said.recordedAt === row.closedAt &&
  isOrOpen(said.recipient, row.to) &&
  (row.category === 'DOKUMENT' || among(said.categories, row.category));

const saidNo = (row: EndedRow, { statements, releases }: ShownBeside): boolean =>
  statements.some(
    (one) => isAbout(one, row) && isOrOpen(one.discloser, row.origin, row.from) && isOrOpen(one.purpose, row.purpose),
  ) || releases.some((one) => isAbout(one, row) && isOrOpen(one.origin, row.origin));

/** Whether it brought about the end of that row, at the very instant at which that ended. */
const BROUGHT_ABOUT: Readonly<Record<EndCause, (row: EndedRow, shown: ShownBeside) => boolean>> = {
  SAID_NO: saidNo,
  CORRECTED: ({ entryId, closedAt }, { entries }) =>
    entries.some((one) => one.replaces === entryId && one.createdAt === closedAt),
  ERASED: ({ entryId, closedAt }, { erased }) => erased.some((one) => one.id === entryId && one.erasedAt === closedAt),
  SUSPENDED: ({ origin, from, to, closedAt }, { agencies }) =>
    agencies.some((one) => [origin, from, to].includes(one.id) && one.suspendedAt === closedAt),
  AGREEMENT_ENDED: ({ basis, closedAt }, { agreements }) =>
    agreements.some(
      ({ id, until, terminatedAt, parties }) =>
        basis?.agreements.includes(id) === true &&
        [until, terminatedAt, ...parties.map((one) => one.leftAt)].includes(closedAt),
    ),
  CONSENT_ENDED: ({ basis, closedAt }, { statements, releases }) =>
    [...statements, ...releases].some(
      ({ id, validUntil }) =>
        validUntil === closedAt && (basis?.statements.includes(id) === true || basis?.releases.includes(id) === true),
    ),
  FORWARDING_ENDED: ({ forwardingId, closedAt }, { endedForwardings }) =>
    endedForwardings.some(({ id, endedAt }) => id === forwardingId && endedAt === closedAt),
};

/** null: it has not ended, or its reader is shown nothing that tells why. */
export function endCauseOf(row: EndedRow, shown: ShownBeside): EndCause | null {
  if (row.closedAt === null) return null;
  return END_CAUSES.find((cause) => BROUGHT_ABOUT[cause](row, shown)) ?? null;
}

/** The content of an entry without the bytes of a file, which no paper holds; its name, size and hash stay. */
export function withoutFiles(category: Category, payload: unknown): unknown {
  const fields: Fields = CATALOGUE[category].fields;
  return Object.fromEntries(Object.entries(payload as object).filter(([name]) => fields[name]?.type !== 'base64'));
}
