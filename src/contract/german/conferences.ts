import type { Translations } from '../german.ts';

/** Case conferences. */
export const CONFERENCES: Translations = {
  conference: 'Fallbesprechung',
};
