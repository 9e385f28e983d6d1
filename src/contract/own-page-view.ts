/** The page of a person as it goes over the wire, with the words of one language. */
import type { Disclosed } from '../domain/disclosure.ts';
import { awaitsReview, type Language } from '../domain/languages.ts';
import { formatInstant, formatInstantOrNull } from './common.ts';
import { type EntryView, viewClosure, viewDisclosure, viewEntry, viewStated } from './views.ts';
import { notesIn, rightsIn } from './words/own-page.ts';

interface EntryLike {
  disclosed: Disclosed;
  handles: readonly string[];
  replaces: string | null;
  replacedBy: string | null;
}
type DisclosureLike = Parameters<typeof viewDisclosure>[0];
type StatedLike = Parameters<typeof viewStated>[0];
type ClosureLike = Parameters<typeof viewClosure>[0] & { owedSince: number | null };

interface OwnPageLike {
  agencyId: string;
  asOf: number;
  entries: readonly EntryLike[];
  erasedEntries: readonly { createdAt: number; erasedAt: number }[];
  received: readonly DisclosureLike[];
  given: readonly DisclosureLike[];
  statements: readonly StatedLike[];
  releases: readonly StatedLike[];
  closures: readonly ClosureLike[];
  agencies: readonly { id: string; legalRegime: string }[];
  agreements: readonly { from: number; until: number | null; terminatedAt: number | null }[];
}

/** Handles on others stay behind: the person is told that there are others, not who. */
function viewOwnPageEntry(entry: EntryLike): EntryView {
  const { clientId: _handle, concerns: _handles, ...view } = viewEntry(entry) as EntryView & Record<string, unknown>;
  return { ...view, concernsOthers: entry.disclosed.entry.concerns.length > 1 } as unknown as EntryView;
}

export const viewOwnPage =
  (language: Language) =>
  <T extends OwnPageLike>(page: T) => ({
    ...page,
    asOf: formatInstant(page.asOf),
    language,
    awaitsReview: awaitsReview(language),
    entries: page.entries.map(viewOwnPageEntry),
    erasedEntries: page.erasedEntries.map((one) => ({
      ...one,
      createdAt: formatInstant(one.createdAt),
      erasedAt: formatInstant(one.erasedAt),
    })),
    received: page.received.map(viewDisclosure),
    given: page.given.map(viewDisclosure),
    statements: page.statements.map(viewStated),
    releases: page.releases.map(viewStated),
    closures: page.closures.map((one) => ({ ...viewClosure(one), owedSince: formatInstantOrNull(one.owedSince) })),
    agreements: page.agreements.map((one) => ({
      ...one,
      from: formatInstant(one.from),
      until: formatInstantOrNull(one.until),
      terminatedAt: formatInstantOrNull(one.terminatedAt),
    })),
    rights: rightsIn(language, page.agencies.find(({ id }) => id === page.agencyId)?.legalRegime),
    notes: notesIn(language),
  });
