/** What pages for a person write in that person's language: isolated names and values, days and times of Europe/Berlin. */
import { codeWord, fieldWord } from '../contract/words/catalogue.ts';
import { type OwnPageWords, ownPageWords } from '../contract/words/own-page.ts';
import { directionOf, type Language } from '../domain/languages.ts';
import { escaped } from './printed-page.ts';

/** By the calendar and the digits of the letters of German offices, so that a date can be found on both. */
const localeOf = (language: Language): string => `${language}-u-ca-gregory-nu-latn`;

/** A paragraph, a name or a sign in Latin letters, in a sentence that is written from right to left. */
const LATIN = /((?:§ ?\d|[A-Za-z])(?:[\w§.\- ]*\w)?)/;

/** The same, with every text in it changed. */
const eachText = <T>(words: T, change: (text: string) => string): T =>
  (typeof words === 'string'
    ? change(words)
    : Object.fromEntries(Object.entries(words as object).map(([name, one]) => [name, eachText(one, change)]))) as T;

/** Writes into a page of one language. What it gives is HTML. */
export class Texts {
  readonly language: Language;
  /** As HTML. */
  readonly words: OwnPageWords;
  readonly direction: 'ltr' | 'rtl';
  /** Between parts of a sentence. */
  readonly comma: string;
  readonly #days: Intl.DateTimeFormat;
  readonly #moments: Intl.DateTimeFormat;
  readonly #languages: Intl.DisplayNames;

  constructor(language: Language) {
    this.language = language;
    this.direction = directionOf(language);
    this.comma = this.direction === 'rtl' ? '، ' : ', ';
    this.words = eachText(ownPageWords(language), (text) => this.prose(text));
    const locale = localeOf(language);
    const day = { timeZone: 'Europe/Berlin', day: 'numeric', month: 'long', year: 'numeric' } as const;
    this.#days = new Intl.DateTimeFormat(locale, day);
    this.#moments = new Intl.DateTimeFormat(locale, { ...day, hour: '2-digit', minute: '2-digit', hour12: false });
    this.#languages = new Intl.DisplayNames(locale, { type: 'language', fallback: 'code' });
  }

  /** A sentence of the page's own language. */
  prose(text: string): string {
    if (this.direction === 'ltr') return escaped(text);
    // Every other part is what LATIN has caught.
    const parts = text.split(LATIN).map(escaped);
    return parts.map((one, index) => (index % 2 === 1 ? `<bdi dir="ltr">${one}</bdi>` : one)).join('');
  }

  /** Of the page's own language, with a direction of its own where it stands between others. */
  own(text: string): string {
    return `<bdi>${this.prose(text)}</bdi>`;
  }

  field(name: string): string {
    return this.prose(fieldWord(this.language, name));
  }

  /** What somebody wrote, in whatever language: its first strong letter says its direction. */
  written(text: string): string {
    return `<bdi class="written">${escaped(text)}</bdi>`;
  }

  /** A name or a term in German, in a page of another language. */
  german(text: string): string {
    return this.language === 'de' ? escaped(text) : `<bdi lang="de" dir="ltr">${escaped(text)}</bdi>`;
  }

  /** A paragraph stays on one line, unless somebody wrote a text after it. */
  law(text: string): string {
    return this.german(text.length > 24 ? text : text.replaceAll(' ', '\u00a0'));
  }

  code(code: string): string {
    const { word, inGerman } = codeWord(this.language, code);
    return inGerman ? this.german(word) : this.own(word);
  }

  /** An instant, as its day. */
  day(instant: string): string {
    return this.own(this.#days.format(new Date(instant)));
  }

  /** `YYYY-MM-DD`, which is a day already: noon is in it everywhere near Berlin. */
  calendarDay(day: string): string {
    return this.day(`${day}T12:00:00.000Z`);
  }

  moment(instant: string): string {
    return this.own(this.#moments.format(new Date(instant)));
  }

  /** The name of a language by its tag. A private use or an extension (`de-x-amt`, `de-u-co-phonebk`) has none of its own. */
  languageName(tag: string): string {
    const named = tag.split(/-[a-z0-9]-/i, 1)[0]!;
    try {
      return this.own(this.#languages.of(named) ?? tag);
    } catch {
      return this.written(tag);
    }
  }
}
