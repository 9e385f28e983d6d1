/** The exchange's codes in plain words, for somebody who has never seen them. */
import type { Category, PayloadOf } from '../../domain/catalogue.ts';
import type { Reason } from '../../domain/facts.ts';

export const CATEGORY_WORDS: Readonly<Record<Category, string>> = {
  STAMMDATEN: 'who she is',
  KONTAKT: 'how to reach her',
  SPRACHE: 'her languages',
  AUFENTHALT: 'her residence status',
  FAMILIE: 'her family',
  LEISTUNG: 'her benefits',
  QUALIFIKATION: 'what she has learned',
  WERDEGANG: 'where she has worked',
  BERUFSWEGEPLANUNG: 'her career plan',
  FOERDERPLAN: 'her support plan',
  SPRACHKURS: 'her language course',
  MASSNAHME: 'her training scheme',
  TERMIN: 'an appointment',
  SCHULE: 'her school',
  GESUNDHEIT: 'her health',
  LEBENSLAGE: 'how she lives',
  BERATUNGSNOTIZ: "a counsellor's note",
  DOKUMENT: 'a document',
  RUECKMELDUNG: 'what came of it',
};

export const REASON_WORDS: Readonly<Record<Reason, string>> = {
  UNREADABLE: 'it cannot be read, so it stays',
  AGREEMENT: 'no cooperation agreement covers it',
  REFUSED: 'she said no',
  WITHDRAWN: 'she took her yes back',
  NO_CONSENT: 'she was not asked, or did not say yes',
  NOT_YET_VALID: 'her yes begins later',
  EXPIRED: 'her yes has ended',
  CAPACITY: 'the yes did not come from somebody who could give it',
  FORM_INSUFFICIENT: 'a spoken yes is not enough for this; it has to be written, and name it expressly',
  ONWARD_NOT_COVERED: 'it came from somebody else and may not travel on',
  ONWARD_NOT_HELD: 'the sender does not hold it itself',
  SECRECY_RELEASE_MISSING: 'it is under professional secrecy, and she has not released the counsellor from it',
  RESIDENCE_GUARD: 'a public office never gets this, whatever anybody signs: it might have to report it',
};

export interface Withheld {
  category: Category;
  reasons: Reason[];
}

export const named = (category: Category): string => `${category} (${CATEGORY_WORDS[category]})`;

export const whyNot = ({ category, reasons }: Withheld): string =>
  `stays: ${named(category)}: ${reasons.map((reason) => `${REASON_WORDS[reason]} [${reason}]`).join('; and ')}`;

/** `{ LEISTUNG: ['NO_CONSENT'] }`: by category, so that an expectation can be read. */
export const reasonsOf = (withheld: readonly Withheld[]): Partial<Record<Category, Reason[]>> =>
  Object.fromEntries(withheld.map(({ category, reasons }) => [category, reasons]));

export const categoriesOf = (items: readonly { category: Category }[]): Category[] =>
  items.map(({ category }) => category);

const MOMENT = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'Europe/Berlin',
});
export const moment = (instant: string): string => MOMENT.format(Date.parse(instant));

const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'Europe/Berlin' });
export const dayOf = (instant: string): string => DAY.format(Date.parse(instant));

type Content = PayloadOf<Category> | Readonly<Record<string, unknown>>;

/** A payload as a person reads it: `Samira, A1`. */
export const contentOf = (payload: Content): string => [...texts(payload)].join(', ');

/** Every value in a payload that is long enough to be recognised in somebody else's answer. */
export const tellingValues = (payloads: readonly Content[]): string[] =>
  payloads.flatMap((payload) => [...texts(payload)].filter((text) => text.length > 3));

function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* texts(one);
}
