/** What an agency may have to do something about. */
export const WAITING_TYPES = ['FORWARDING', 'ANSWERED', 'REQUEST', 'PROPOSAL', 'OWED_ANSWER', 'AGREEMENT'] as const;
export type WaitingType = (typeof WAITING_TYPES)[number];
