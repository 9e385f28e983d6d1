/** Fields of the catalogue and what is chosen in them, in plain words and in the languages that a person can be spoken to in. */
import type { CATALOGUE, Category } from '../../domain/catalogue.ts';
import type { Language } from '../../domain/languages.ts';
import { AR } from './catalogue/ar.ts';
import { DE } from './catalogue/de.ts';
import { EN } from './catalogue/en.ts';
import { FA } from './catalogue/fa.ts';
import { RU } from './catalogue/ru.ts';
import { TERMS } from './catalogue/terms.ts';
import { TR } from './catalogue/tr.ts';
import { UK } from './catalogue/uk.ts';

type NamesIn<Shape> = Shape extends { fields: infer Fields }
  ? { [Name in keyof Fields]: Name | NamesIn<Fields[Name]> }[keyof Fields]
  : Shape extends { of: infer Item }
    ? NamesIn<Item>
    : never;
type CodesIn<Shape> = Shape extends { codes: readonly (infer Code)[] }
  ? Code
  : Shape extends { fields: infer Fields }
    ? { [Name in keyof Fields]: CodesIn<Fields[Name]> }[keyof Fields]
    : Shape extends { of: infer Item }
      ? CodesIn<Item>
      : never;

type Definition = (typeof CATALOGUE)[Category];
/** Of all categories: the same name means the same in each. The bytes of a file are never shown, and have no label. */
export type FieldName = Exclude<NamesIn<Definition>, 'inhalt'>;
type Code = CodesIn<Definition>;

/** Signs that are the same in every language. */
const SIGNS = ['A1', 'A2', 'B1', 'B2', 'C1', 'C2', 'AM', 'A', 'B', 'BE', 'C', 'CE', 'D', 'T', 'L', 'BAMF'] as const;
type Sign = (typeof SIGNS)[number];
type Term = keyof typeof TERMS;

/** A field or a code without a word does not compile. */
export interface CatalogueWords {
  fields: Readonly<Record<FieldName, string>>;
  codes: Readonly<Record<Exclude<Code, Sign | Term>, string>>;
}

const WORDS: Readonly<Record<Language, CatalogueWords>> = { de: DE, en: EN, tr: TR, ru: RU, ar: AR, uk: UK, fa: FA };

export const fieldWord = (language: Language, name: string): string =>
  WORDS[language].fields[name as FieldName] ?? name;

/** inGerman: the word is the German one, though the language is another. */
export function codeWord(language: Language, code: string): { word: string; inGerman: boolean } {
  const term = (TERMS as Readonly<Record<string, { de: string; en: string }>>)[code];
  if (term !== undefined) {
    return { word: language === 'en' ? term.en : term.de, inGerman: language !== 'en' && language !== 'de' };
  }
  const words: Readonly<Record<string, string>> = WORDS[language].codes;
  return { word: words[code] ?? code, inGerman: false };
}
