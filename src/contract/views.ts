/** From what use cases answer to what goes over the wire. Content is taken from Disclosed values only. */
import type { Category } from '../domain/catalogue.ts';
import { type Disclosed, isDisclosed } from '../domain/disclosure.ts';
import { formatInstant, formatInstantOrNull } from './common.ts';

/** The first of the handles is the entry's client, as its reader knows it. */
export function viewEntry({ disclosed, handles }: { disclosed: Disclosed; handles: readonly string[] }) {
  if (!isDisclosed(disclosed)) throw new Error('a view is made of disclosed values only');
  const { entry, payload } = disclosed;
  return {
    id: entry.id,
    clientId: handles[0] ?? null,
    category: entry.category,
    origin: entry.origin,
    concerns: handles,
    secrecy: entry.secrecy,
    guardFrom: formatInstantOrNull(entry.guardFrom),
    filedUnder: entry.filedUnder,
    createdAt: formatInstant(entry.createdAt),
    payload,
  };
}

export const viewPage =
  <T, V>(view: (item: T) => V) =>
  ({ items, nextCursor }: { items: readonly T[]; nextCursor: string | null }) => ({
    items: items.map(view),
    nextCursor,
  });

interface AgencyLike {
  suspendedAt: number | null;
}
export const viewAgency = <T extends AgencyLike>(agency: T) => ({
  ...agency,
  status: agency.suspendedAt === null ? 'ACTIVE' : 'SUSPENDED',
});

interface AgreementLike {
  from: number;
  until: number | null;
  terminatedAt: number | null;
  parties: readonly { agencyId: string; signedAt: number | null; leftAt: number | null }[];
}
export const viewAgreement = <T extends AgreementLike>(agreement: T) => ({
  ...agreement,
  from: formatInstant(agreement.from),
  until: formatInstantOrNull(agreement.until),
  terminatedAt: formatInstantOrNull(agreement.terminatedAt),
  parties: agreement.parties.map((party) => ({
    agencyId: party.agencyId,
    signedAt: formatInstantOrNull(party.signedAt),
    leftAt: formatInstantOrNull(party.leftAt),
  })),
});

export const viewCreated = <T extends { createdAt: number }>(thing: T) => ({
  ...thing,
  createdAt: formatInstant(thing.createdAt),
});

interface StatedLike {
  statedAt: number;
  recordedAt: number;
  validFrom: number | null;
  validUntil: number | null;
  adultFrom: number | null;
}
export const viewStated = <T extends StatedLike>(said: T) => ({
  ...said,
  statedAt: formatInstant(said.statedAt),
  recordedAt: formatInstant(said.recordedAt),
  validFrom: formatInstantOrNull(said.validFrom),
  validUntil: formatInstantOrNull(said.validUntil),
  adultFrom: formatInstantOrNull(said.adultFrom),
});

interface DisclosureLike {
  openedAt: number;
  goodUntil: number | null;
  closedAt: number | null;
  fetchedAt?: number | null;
}
export const viewDisclosure = <T extends DisclosureLike>(disclosure: T) => ({
  ...disclosure,
  openedAt: formatInstant(disclosure.openedAt),
  goodUntil: formatInstantOrNull(disclosure.goodUntil),
  closedAt: formatInstantOrNull(disclosure.closedAt),
  fetchedAt: formatInstantOrNull(disclosure.fetchedAt ?? null),
});

interface LinkCodeLike {
  issuedAt: number;
  expiresAt: number;
}
export const viewLinkCode = <T extends LinkCodeLike>(code: T) => ({
  ...code,
  issuedAt: formatInstant(code.issuedAt),
  expiresAt: formatInstant(code.expiresAt),
});

interface LinkLike {
  linkedAt: number;
  endedAt: number | null;
}
export const viewLink = <T extends LinkLike>(link: T) => ({
  ...link,
  linkedAt: formatInstant(link.linkedAt),
  endedAt: formatInstantOrNull(link.endedAt),
});

interface HeaderLike {
  sentAt: number;
  changedAt: number;
}
export const viewHeader = <T extends HeaderLike>(header: T) => ({
  ...header,
  sentAt: formatInstant(header.sentAt),
  changedAt: formatInstant(header.changedAt),
});

interface ForwardingLike {
  header: HeaderLike;
  entries: readonly { disclosed: Disclosed; handles: readonly string[] }[];
  closedEntries: readonly { entryId: string; category: Category; closedAt: number }[];
  disclosed: readonly DisclosureLike[];
}
export const viewForwarding = (forwarding: ForwardingLike) => ({
  ...viewHeader(forwarding.header),
  entries: forwarding.entries.map(viewEntry),
  closedEntries: forwarding.closedEntries.map((one) => ({ ...one, closedAt: formatInstant(one.closedAt) })),
  disclosed: forwarding.disclosed.map(viewDisclosure),
});

interface PreviewLike {
  decidedAt: number;
  permitted: readonly { goodUntil: number | null }[];
}
export const viewPreview = <T extends PreviewLike>(preview: T) => ({
  ...preview,
  decidedAt: formatInstant(preview.decidedAt),
  permitted: preview.permitted.map((one) => ({ ...one, goodUntil: formatInstantOrNull(one.goodUntil) })),
});
