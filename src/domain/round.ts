/** What a round tells, section by section, in the order in which it is shown. */
export const ROUND_SECTIONS = [
  'NEW',
  'CHANGED',
  'UNANSWERED',
  'OVERDUE',
  'ENDED',
  'CONSENT_ENDING',
  'PLAN_REVIEW',
] as const;
export type RoundSection = (typeof ROUND_SECTIONS)[number];

/** So many of each section are shown; the counts say how many there are. */
export const MOST_ROUND_ITEMS = 1000;
