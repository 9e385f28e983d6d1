/** From what use cases answer to what goes over the wire. Content is taken from Disclosed values only. */
import type { Category } from '../domain/catalogue.ts';
import { type Disclosed, isDisclosed } from '../domain/disclosure.ts';
import { EVENT_TYPES, type EventIdName, type EventType } from '../domain/event.ts';
import { formatDayBerlin, formatInstant, formatInstantOrNull } from './common.ts';
import type { EventView } from './events.ts';

interface EntryLike {
  disclosed: Disclosed;
  handles: readonly string[];
  replaces: string | null;
  replacedBy: string | null;
}

/** No such class exists: a protected member cannot be written down elsewhere, and a spread leaves it behind. */
declare class MadeByViewEntry {
  protected readonly made: true;
}

/** The only thing with a payload that a handler may answer; see handlers/kit.ts. */
export type EntryView = MadeByViewEntry & { readonly id: string; readonly payload: unknown };

/** The first of the handles is the entry's client, as its reader knows it. */
export function viewEntry({ disclosed, handles, replaces, replacedBy }: EntryLike): EntryView {
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
    replaces,
    replacedBy,
    payload,
  } as unknown as EntryView;
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

export const viewCreated = <T extends { createdAt: number }>(thing: T) => ({
  ...thing,
  createdAt: formatInstant(thing.createdAt),
});

export const viewLaufzettel = <T extends { createdAt: number; changedAt: number }>(laufzettel: T) => ({
  ...laufzettel,
  createdAt: formatInstant(laufzettel.createdAt),
  changedAt: formatInstant(laufzettel.changedAt),
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

interface ConsentFormLike {
  recordedAt: number;
  lines: readonly { type: 'STATEMENT' | 'RELEASE'; stored: StatedLike }[];
}
export const viewConsentForm = ({ recordedAt, lines }: ConsentFormLike) => ({
  recordedAt: formatInstant(recordedAt),
  lines: lines.map(({ type, stored }) => ({
    type,
    statement: type === 'STATEMENT' ? viewStated(stored) : null,
    release: type === 'RELEASE' ? viewStated(stored) : null,
  })),
});

interface ProposalLike {
  type: 'STATEMENT' | 'RELEASE';
  giver: string;
  statedAt: number;
  validFrom: number;
  validUntil: number;
  adultFrom: number | null;
  proposedAt: number;
  lapsesAt: number;
  decidedAt: number | null;
}
export const viewProposal = <T extends ProposalLike>(proposal: T) => ({
  ...proposal,
  discloser: proposal.type === 'STATEMENT' ? proposal.giver : null,
  origin: proposal.type === 'RELEASE' ? proposal.giver : null,
  statedAt: formatInstant(proposal.statedAt),
  validFrom: formatInstant(proposal.validFrom),
  validUntil: formatInstant(proposal.validUntil),
  adultFrom: formatInstantOrNull(proposal.adultFrom),
  proposedAt: formatInstant(proposal.proposedAt),
  lapsesAt: formatInstant(proposal.lapsesAt),
  decidedAt: formatInstantOrNull(proposal.decidedAt),
});

interface DisclosureLike {
  openedAt: number;
  goodUntil: number | null;
  closedAt: number | null;
  fetchedAt?: number | null;
  answeredAt: number | null;
  unacknowledgedSince: number | null;
}
export const viewDisclosure = <T extends DisclosureLike>(disclosure: T) => ({
  ...disclosure,
  openedAt: formatInstant(disclosure.openedAt),
  goodUntil: formatInstantOrNull(disclosure.goodUntil),
  closedAt: formatInstantOrNull(disclosure.closedAt),
  fetchedAt: formatInstantOrNull(disclosure.fetchedAt ?? null),
  answeredAt: formatInstantOrNull(disclosure.answeredAt),
  unacknowledgedSince: formatInstantOrNull(disclosure.unacknowledgedSince),
});

interface AnswersLike {
  answers: readonly { answeredAt: number }[];
}
const viewAnswers = ({ answers }: AnswersLike) =>
  answers.map((one) => ({ ...one, answeredAt: formatInstant(one.answeredAt) }));

interface HopLike {
  openedAt: number;
  fetchedAt: number | null;
  closedAt: number | null;
}
export const viewHop = <T extends HopLike>(hop: T) => ({
  ...hop,
  openedAt: formatInstant(hop.openedAt),
  fetchedAt: formatInstantOrNull(hop.fetchedAt),
  closedAt: formatInstantOrNull(hop.closedAt),
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
  entries: readonly EntryLike[];
  closedEntries: readonly { entryId: string; category: Category; closedAt: number; answeredAt: number | null }[];
  disclosed: readonly DisclosureLike[];
}
export const viewForwarding = (forwarding: ForwardingLike) => ({
  ...viewHeader(forwarding.header),
  entries: forwarding.entries.map(viewEntry),
  closedEntries: forwarding.closedEntries.map((one) => ({
    ...one,
    closedAt: formatInstant(one.closedAt),
    answeredAt: formatInstantOrNull(one.answeredAt),
  })),
  disclosed: forwarding.disclosed.map(viewDisclosure),
});

interface RequestLike {
  expiresAt: number;
  createdAt: number;
  changedAt: number;
}
export const viewRequest = <T extends RequestLike>(request: T) => ({
  ...request,
  expiresAt: formatInstant(request.expiresAt),
  createdAt: formatInstant(request.createdAt),
  changedAt: formatInstant(request.changedAt),
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

export const viewOwedAnswer = <T extends { closedAt: number }>(owed: T) => ({
  ...owed,
  closedAt: formatInstant(owed.closedAt),
});
export const viewClosureAnswer = <T extends { answeredAt: number }>(given: T) => ({
  ...given,
  answeredAt: formatInstant(given.answeredAt),
});

export const viewWaiting = <T extends { since: number }>(waiting: T) => ({
  ...waiting,
  since: formatInstant(waiting.since),
});

export const viewSystem = <T extends { createdAt: number; disabledAt: number | null }>(system: T) => ({
  ...system,
  createdAt: formatInstant(system.createdAt),
  disabledAt: formatInstantOrNull(system.disabledAt),
});

interface EventLike {
  sequence: number;
  id: string;
  type: EventType;
  at: number;
  data: Partial<Record<EventIdName, string>>;
}
/** As a CloudEvent 1.0. */
export const viewEvent =
  (source: string) =>
  ({ sequence, id, type, at, data }: EventLike): EventView => ({
    specversion: '1.0',
    id,
    source,
    type,
    subject: data[EVENT_TYPES[type].about]!,
    time: formatInstant(at),
    datacontenttype: 'application/json',
    sequence: String(sequence),
    sequencetype: 'Integer',
    data,
  });

interface WebhookLike {
  formerUntil: number | null;
  deliveredThrough: number;
  restsUntil: number | null;
  succeededAt: number | null;
  createdAt: number;
}
export const viewWebhook = <T extends WebhookLike>(webhook: T) => ({
  ...webhook,
  formerUntil: formatInstantOrNull(webhook.formerUntil),
  deliveredThrough: String(webhook.deliveredThrough),
  restsUntil: formatInstantOrNull(webhook.restsUntil),
  succeededAt: formatInstantOrNull(webhook.succeededAt),
  createdAt: formatInstant(webhook.createdAt),
});

export const viewAttempt = <T extends { sequence: number | null; at: number }>(attempt: T) => ({
  ...attempt,
  sequence: attempt.sequence === null ? null : String(attempt.sequence),
  at: formatInstant(attempt.at),
});

export const viewTroubledWebhook = <T extends Omit<WebhookLike, 'formerUntil' | 'deliveredThrough'>>(webhook: T) => ({
  ...webhook,
  restsUntil: formatInstantOrNull(webhook.restsUntil),
  succeededAt: formatInstantOrNull(webhook.succeededAt),
  createdAt: formatInstant(webhook.createdAt),
});

interface ClosureLike extends AnswersLike {
  openedAt: number;
  fetchedAt: number | null;
  closedAt: number;
  unacknowledgedSince: number | null;
}
export const viewClosure = <T extends ClosureLike>(closure: T) => ({
  ...closure,
  openedAt: formatInstant(closure.openedAt),
  fetchedAt: formatInstantOrNull(closure.fetchedAt),
  closedAt: formatInstant(closure.closedAt),
  answers: viewAnswers(closure),
  unacknowledgedSince: formatInstantOrNull(closure.unacknowledgedSince),
});

export const viewUnacknowledged = <T extends { closedAt: number; unacknowledgedSince: number }>(one: T) => ({
  ...one,
  closedAt: formatInstant(one.closedAt),
  unacknowledgedSince: formatInstant(one.unacknowledgedSince),
});

export const viewUnacknowledgedRecipient = <T extends { since: number }>(one: T) => ({
  ...one,
  since: formatDayBerlin(one.since),
});
