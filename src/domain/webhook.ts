/** What may be said of an address that events are pushed to, and of an attempt to push one. */

/** PENDING: its code has not come back. */
export const WEBHOOK_STATUSES = ['PENDING', 'ACTIVE', 'DISABLED'] as const;

/** OWN: by its agency. GONE: its address said so. FAILING: nothing got through for days. */
export const DISABLED_WHY = ['OWN', 'GONE', 'FAILING'] as const;

export const ATTEMPT_OUTCOMES = [
  'DELIVERED',
  'GONE',
  'STATUS',
  'REDIRECT',
  'TIMEOUT',
  'CONNECTION',
  'TLS',
  'NAME',
  'ADDRESS_REFUSED',
] as const;
export type AttemptOutcome = (typeof ATTEMPT_OUTCOMES)[number];
