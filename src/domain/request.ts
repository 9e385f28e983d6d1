/** The life of a request ("please send me a Laufzettel about this client"), as a table; and when one may be made. */
import { addDaysBerlin } from './calendar.ts';
import { decide } from './consent.ts';
import type { EntryMeta, Facts, Instant, Question, Reason } from './facts.ts';

export const REQUEST_STATUSES = ['OPEN', 'FULFILLED', 'DECLINED', 'WITHDRAWN', 'EXPIRED'] as const;
export type RequestStatus = (typeof REQUEST_STATUSES)[number];

export const DECLINE_CODES = ['NOT_RESPONSIBLE', 'NO_CAPACITY', 'DUPLICATE', 'OTHER'] as const;
export type DeclineCode = (typeof DECLINE_CODES)[number];

export const REQUEST_ACTIONS = ['FULFIL', 'DECLINE', 'WITHDRAW', 'EXPIRE'] as const;
export type RequestAction = (typeof REQUEST_ACTIONS)[number];

/** EXCHANGE: the exchange itself, when a no ended what the request stands on, or time did. */
export const REQUEST_ROLES = ['ASKER', 'ASKED', 'EXCHANGE'] as const;
export type RequestRole = (typeof REQUEST_ROLES)[number];

interface RequestTransition {
  action: RequestAction;
  by: readonly RequestRole[];
  from: RequestStatus;
  to: RequestStatus;
}

/** Whatever ends a request ends it for good. */
export const REQUEST_TRANSITIONS: readonly RequestTransition[] = [
  { action: 'FULFIL', by: ['ASKED'], from: 'OPEN', to: 'FULFILLED' },
  { action: 'DECLINE', by: ['ASKED'], from: 'OPEN', to: 'DECLINED' },
  { action: 'WITHDRAW', by: ['ASKER', 'EXCHANGE'], from: 'OPEN', to: 'WITHDRAWN' },
  { action: 'EXPIRE', by: ['EXCHANGE'], from: 'OPEN', to: 'EXPIRED' },
];

/** The status after the action, or null when that role may not take that step from there. */
export function requestTransition(
  status: RequestStatus,
  action: RequestAction,
  role: RequestRole,
): RequestStatus | null {
  const step = REQUEST_TRANSITIONS.find((one) => one.action === action && one.from === status && one.by.includes(role));
  return step?.to ?? null;
}

/** What that role may do from there; for the answer to an illegal step. */
export const allowedRequestActions = (status: RequestStatus, role: RequestRole): RequestAction[] =>
  REQUEST_TRANSITIONS.filter((one) => one.from === status && one.by.includes(role)).map((one) => one.action);

/** Calendar days in Europe/Berlin that a request stays open. */
const DAYS_OPEN = 14;

/** An agency that thinks of asking another one about a person. */
export interface Asking extends Pick<Question, 'person' | 'purpose'> {
  asker: string;
  asked: string;
  /** Whether the asked agency has forwarded something about the person to the asker before: it knows already. */
  told: boolean;
}

/** What no earlier forwarding makes up for. */
const NEVER: readonly Reason[] = ['UNREADABLE', 'AGREEMENT', 'REFUSED', 'WITHDRAWN'];

/**
 * Why a request may not be made; empty when it may. It tells the asked agency that the person is the asker's client, so it
 * needs what telling the person's STAMMDATEN needs. Where the asked agency knows already it needs no consent, but an
 * agreement, and that the person has not said no.
 */
export function reasonsAgainstAsking(asking: Asking, facts: Facts, at: Instant): readonly Reason[] {
  const { person, purpose, asker, asked, told } = asking;
  const entry: EntryMeta = {
    id: 'request',
    category: 'STAMMDATEN',
    origin: asker,
    concerns: [person],
    secrecy: false,
    guardFrom: null,
    filedUnder: null,
  };
  const question = { person, discloser: asker, recipient: asked, purpose, at, kind: '', strict: false };
  const [decision] = decide({ ...question, entries: [entry] }, facts).entries;
  if (decision?.outcome === 'PERMIT') return [];
  const reasons = decision?.reasons ?? (['UNREADABLE'] as const);
  return told && !reasons.some((reason) => NEVER.includes(reason)) ? [] : reasons;
}

/**
 * When a request that may be made now expires, and when it ends by time: no later, and at the first instant at which it
 * could not be made any more as far as the facts tell.
 */
export function endsOfRequest(asking: Asking, facts: Facts, at: Instant): { expiresAt: Instant; endsAt: Instant } {
  const expiresAt = addDaysBerlin(at, DAYS_OPEN);
  const changes = [
    ...facts.statements.flatMap((one) => (one.decision === 'GIVEN' ? [one.validFrom, one.validUntil] : [])),
    ...facts.agreements.flatMap((one) => (one.until === null ? [] : [one.until])),
  ];
  const within = changes.filter((instant) => at < instant && instant < expiresAt).sort((one, other) => one - other);
  const endsAt = within.find((instant) => reasonsAgainstAsking(asking, facts, instant).length > 0);
  return { expiresAt, endsAt: endsAt ?? expiresAt };
}
