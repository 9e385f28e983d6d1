/** The words of consent texts, in every language that a person can be spoken to in. */
import type { Language } from '../../../domain/languages.ts';
import { ar } from './ar.ts';
import { de } from './de.ts';
import { en } from './en.ts';
import { fa } from './fa.ts';
import { ru } from './ru.ts';
import { tr } from './tr.ts';
import { uk } from './uk.ts';
import type { ConsentTextWords } from './words.ts';

export const CONSENT_TEXT_WORDS: Readonly<Record<Language, ConsentTextWords>> = { de, en, tr, ru, ar, uk, fa };

/** For the office that prints a draft. */
export const DRAFT_IN_GERMAN =
  'Entwurf: Diese Übersetzung hat noch niemand geprüft, dessen Muttersprache diese Sprache ist.';
