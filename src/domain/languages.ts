/** The languages that a person can be spoken to in, by their tags of BCP 47, and which way they are written. */
export const LANGUAGES = ['de', 'en', 'tr', 'ru', 'ar', 'uk', 'fa'] as const;
export type Language = (typeof LANGUAGES)[number];

const FROM_RIGHT: readonly Language[] = ['ar', 'fa'];

/** For `dir` of HTML. */
export const directionOf = (language: Language): 'ltr' | 'rtl' => (FROM_RIGHT.includes(language) ? 'rtl' : 'ltr');

/** Texts are written in German and English; every other one is a draft until a native speaker has read it. */
export const awaitsReview = (language: Language): boolean => language !== 'de' && language !== 'en';
