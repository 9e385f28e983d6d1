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

const inBerlin = (style: Intl.DateTimeFormatOptions) => {
  const format = new Intl.DateTimeFormat('en-GB', { ...style, timeZone: 'Europe/Berlin' });
  return (instant: string): string => format.format(Date.parse(instant));
};
export const dayOf = inBerlin({ dateStyle: 'medium' });
export const timeOf = inBerlin({ hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 });

type Content = PayloadOf<Category> | Readonly<Record<string, unknown>>;

/** A payload as a person reads it: `familienname Namudhaji, vorname Samira`. */
export const contentOf = (payload: Content): string =>
  [...leaves(payload)].map(([field, value]) => `${field} ${value}`.replaceAll('\n', ' ')).join(', ');

/** Every text in the payloads that is long enough to be recognised in an answer, as JSON writes it. */
export const tellingValues = (payloads: readonly Content[]): string[] =>
  payloads
    .flatMap((payload) => [...leaves(payload)])
    .flatMap(([, value]) => (typeof value === 'string' && value.length > 3 ? JSON.stringify(value).slice(1, -1) : []));

function* leaves(payload: object): Generator<[field: string, value: unknown]> {
  for (const [field, value] of Object.entries(payload)) {
    if (Array.isArray(value)) for (const one of value) yield* leaves({ [field]: one });
    else if (typeof value === 'object' && value !== null) yield* leaves(value);
    else yield [field, value];
  }
}
