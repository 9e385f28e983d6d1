/** What an agency may have to do something about. */
export const WAITING_TYPES = [
  'FORWARDING',
  'ANSWERED',
  'REQUEST',
  'PROPOSAL',
  'OWED_ANSWER',
  'AGREEMENT',
  'CONFERENCE',
] as const;
export type WaitingType = (typeof WAITING_TYPES)[number];
