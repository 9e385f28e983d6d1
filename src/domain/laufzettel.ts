/** The life of a forwarding, as a table: who may do what from which status, and what comes of it. And that of a Laufzettel. */
import { addDaysBerlin } from './calendar.ts';
import type { Instant } from './facts.ts';

export const FORWARDING_STATUSES = [
  'SENT',
  'DELIVERED',
  'ACCEPTED',
  'IN_PROGRESS',
  'ON_HOLD',
  'ANSWERED',
  'CLOSED',
  'REJECTED',
  'RECALLED',
  'EXPIRED',
  'BLOCKED',
] as const;
export type ForwardingStatus = (typeof FORWARDING_STATUSES)[number];

export const REJECT_CODES = ['NOT_RESPONSIBLE', 'NO_CAPACITY', 'DUPLICATE', 'INCOMPLETE'] as const;
export type RejectCode = (typeof REJECT_CODES)[number];

/** Statuses that nothing follows; a disclosure row that closes changes them no more. */
export const ENDED: readonly ForwardingStatus[] = ['CLOSED', 'REJECTED', 'RECALLED', 'EXPIRED'];

export const FORWARDING_ACTIONS = [
  'DELIVER',
  'ACCEPT',
  'REJECT',
  'RECALL',
  'EXPIRE',
  'PROGRESS',
  'HOLD',
  'ANSWER',
  'CLOSE',
  'SETTLE',
  'BLOCK',
] as const;
export type ForwardingAction = (typeof FORWARDING_ACTIONS)[number];

/** RECIPIENT: its system. EXCHANGE: the exchange itself, when something happened. */
export type ForwardingRole = 'SENDER' | 'RECIPIENT' | 'EXCHANGE';

interface Transition {
  action: ForwardingAction;
  by: ForwardingRole;
  from: readonly ForwardingStatus[];
  to: ForwardingStatus;
}

export const TRANSITIONS: readonly Transition[] = [
  { action: 'DELIVER', by: 'EXCHANGE', from: ['SENT'], to: 'DELIVERED' },
  { action: 'ACCEPT', by: 'RECIPIENT', from: ['DELIVERED'], to: 'ACCEPTED' },
  { action: 'REJECT', by: 'RECIPIENT', from: ['SENT', 'DELIVERED'], to: 'REJECTED' },
  { action: 'RECALL', by: 'SENDER', from: ['SENT', 'DELIVERED'], to: 'RECALLED' },
  { action: 'EXPIRE', by: 'EXCHANGE', from: ['SENT', 'DELIVERED'], to: 'EXPIRED' },
  { action: 'PROGRESS', by: 'RECIPIENT', from: ['ACCEPTED', 'ON_HOLD'], to: 'IN_PROGRESS' },
  { action: 'HOLD', by: 'RECIPIENT', from: ['IN_PROGRESS'], to: 'ON_HOLD' },
  { action: 'ANSWER', by: 'RECIPIENT', from: ['IN_PROGRESS', 'ON_HOLD'], to: 'ANSWERED' },
  { action: 'CLOSE', by: 'RECIPIENT', from: ['ANSWERED'], to: 'CLOSED' },
  { action: 'CLOSE', by: 'SENDER', from: ['ANSWERED'], to: 'CLOSED' },
  // What it brought was proposed for a plan, and has been answered there: nothing is left to be done about it.
  {
    action: 'SETTLE',
    by: 'EXCHANGE',
    from: ['SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED'],
    to: 'CLOSED',
  },
  {
    action: 'BLOCK',
    by: 'EXCHANGE',
    from: ['SENT', 'DELIVERED', 'ACCEPTED', 'IN_PROGRESS', 'ON_HOLD', 'ANSWERED'],
    to: 'BLOCKED',
  },
];

/** The status after the action, or null when that role may not take that step from there. */
export function transition(
  status: ForwardingStatus,
  action: ForwardingAction,
  role: ForwardingRole,
): ForwardingStatus | null {
  const step = TRANSITIONS.find((one) => one.action === action && one.by === role && one.from.includes(status));
  return step?.to ?? null;
}

/** What that role may do from there; for the answer to an illegal step. */
export function allowedActions(status: ForwardingStatus, role: ForwardingRole): ForwardingAction[] {
  return TRANSITIONS.filter((one) => one.by === role && one.from.includes(status)).map((one) => one.action);
}

/**
 * A forwarding that nobody has accepted by then has expired, at that very millisecond, and what it disclosed has ended.
 *
 * @param daysToAccept of every agreement that it relies on, at least one. The shortest holds, and no holiday lengthens it:
 *   what ends a disclosure comes early rather than late.
 */
export const expiryOf = (sentAt: Instant, daysToAccept: readonly number[]): Instant =>
  addDaysBerlin(sentAt, Math.min(...daysToAccept));

/** COMPLETED and CANCELLED follow OPEN alone, by the creator; nothing follows them. */
export const LAUFZETTEL_STATUSES = ['OPEN', 'COMPLETED', 'CANCELLED'] as const;
export type LaufzettelStatus = (typeof LAUFZETTEL_STATUSES)[number];
