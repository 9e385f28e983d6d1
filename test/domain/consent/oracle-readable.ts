/** The oracle's R0: what is readable, and which facts count. As plain as ../../support/oracle.ts, which it belongs to. */
import type { Category, Purpose } from '../../../src/domain/catalogue.ts';
import type { EntryMeta, Facts, Instant, Question, ReleaseFact, StatementFact } from '../../../src/domain/facts.ts';

type Is = (value: unknown) => boolean;
type Fields = Record<string, unknown>;

const PURPOSES: Record<Purpose, true> = {
  BERATUNG: true,
  SPRACHFOERDERUNG: true,
  BERUFSWEGEPLANUNG: true,
  AUFENTHALTSBERATUNG: true,
  SOZIALRECHT: true,
  SCHULE: true,
  TERMIN: true,
  FALLBESPRECHUNG: true,
  LEISTUNG: true,
};

const CATEGORIES: Record<Category, true> = {
  STAMMDATEN: true,
  KONTAKT: true,
  SPRACHE: true,
  AUFENTHALT: true,
  FAMILIE: true,
  LEISTUNG: true,
  QUALIFIKATION: true,
  WERDEGANG: true,
  BERUFSWEGEPLANUNG: true,
  FOERDERPLAN: true,
  SPRACHKURS: true,
  MASSNAHME: true,
  TERMIN: true,
  SCHULE: true,
  GESUNDHEIT: true,
  LEBENSLAGE: true,
  BERATUNGSNOTIZ: true,
  DOKUMENT: true,
  RUECKMELDUNG: true,
};

// ── Which facts count ──

/** "Those with recordedAt ≤ at count"; a row "counts from opened". What lies ahead is not even looked at. */
export function knownAt(at: Instant, facts: Facts): Facts {
  const liesAhead = (instant: unknown) => isInstant(instant) && (instant as number) > at;
  return {
    ...facts,
    statements: Array.isArray(facts.statements)
      ? facts.statements.filter((one) => !liesAhead(one?.recordedAt))
      : facts.statements,
    releases: Array.isArray(facts.releases)
      ? facts.releases.filter((one) => !liesAhead(one?.recordedAt))
      : facts.releases,
    rows: Array.isArray(facts.rows) ? facts.rows.filter((row) => !liesAhead(row?.opened)) : facts.rows,
  };
}

/** Of what is asked twice, the first. */
export function oneOfEach(entries: EntryMeta[]): EntryMeta[] {
  return entries.filter((entry, index) => entries.findIndex((other) => other.id === entry.id) === index);
}

// ── What a single value looks like ──

const isText: Is = (value) => typeof value === 'string' && value !== '';
const isTruth: Is = (value) => typeof value === 'boolean';
const isInstant: Is = (value) => Number.isSafeInteger(value);
const isHash: Is = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isPurpose: Is = (value) => typeof value === 'string' && Object.hasOwn(PURPOSES, value);
const isCategory: Is = (value) => typeof value === 'string' && Object.hasOwn(CATEGORIES, value);
const isOneOf =
  (...words: string[]): Is =>
  (value) =>
    words.some((word) => word === value);
const isNullOr =
  (is: Is): Is =>
  (value) =>
    value === null || is(value);
const isListOf =
  (is: Is): Is =>
  (value) =>
    Array.isArray(value) && value.every(is);
const isSetOf =
  (is: Is): Is =>
  (value) =>
    isListOf(is)(value) && (value as unknown[]).length > 0;
/** Every field is there, and is what it should be. */
const isMadeOf =
  (fields: Record<string, Is>): Is =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    Object.entries(fields).every(([name, is]) => is((value as Fields)[name]));

// ── What a fact looks like ──

const isAgency = isMadeOf({ id: isText, publicBody: isTruth, suspendedAt: isNullOr(isInstant) });

const isParty = isMadeOf({ agency: isText, signedAt: isNullOr(isInstant), leftAt: isNullOr(isInstant) });
const isAgreement = isMadeOf({
  id: isText,
  parties: isListOf(isParty),
  purposes: isSetOf(isPurpose),
  categories: isSetOf(isCategory),
  from: isInstant,
  until: isNullOr(isInstant),
  terminatedAt: isNullOr(isInstant),
});

const stated = {
  id: isText,
  person: isText,
  statedAt: isInstant,
  recordedAt: isInstant,
  recordedBy: isText,
  statedBy: isOneOf('PERSON', 'GUARDIAN', 'LEGAL_REPRESENTATIVE'),
  ageBand: isOneOf('UNDER_15', 'FROM_15_TO_17', 'ADULT'),
};
const given = {
  ...stated,
  validFrom: isInstant,
  validUntil: isInstant,
  form: isOneOf('WRITTEN', 'ELECTRONIC', 'ORAL'),
  capacityConfirmed: isTruth,
  explicitSpecialCategories: isTruth,
  language: isText,
  textHash: isHash,
  evidenceRef: isNullOr(isText),
  adultFrom: isNullOr(isInstant),
  recipient: isText,
  categories: isSetOf(isCategory),
};
const no = { ...stated, recipient: isNullOr(isText), categories: isNullOr(isSetOf(isCategory)) };

const isGivenStatement = isMadeOf({ ...given, discloser: isText, purpose: isPurpose });
const isNo = isMadeOf({ ...no, discloser: isNullOr(isText), purpose: isNullOr(isPurpose) });
const isGivenRelease = isMadeOf({ ...given, origin: isText });
const isWithdrawnRelease = isMadeOf({ ...no, origin: isNullOr(isText) });

const isRow = isMadeOf({
  id: isText,
  entry: isText,
  from: isText,
  to: isText,
  purpose: isPurpose,
  opened: isInstant,
  closed: isNullOr(isInstant),
  reliedOn: isMadeOf({
    agreements: isListOf(isText),
    statements: isListOf(isText),
    releases: isListOf(isText),
    row: isNullOr(isText),
  }),
  goodUntil: isInstant,
});

function isReadableStatement(fact: StatementFact): boolean {
  if (fact?.decision === 'GIVEN') return isGivenStatement(fact) && keepsTheRecordingRules(fact, fact.discloser);
  return (fact?.decision === 'REFUSED' || fact?.decision === 'WITHDRAWN') && isNo(fact);
}

function isReadableRelease(fact: ReleaseFact): boolean {
  if (fact?.decision === 'GIVEN') return isGivenRelease(fact) && keepsTheRecordingRules(fact, fact.origin);
  return fact?.decision === 'WITHDRAWN' && isWithdrawnRelease(fact);
}

type Yes = Extract<StatementFact | ReleaseFact, { decision: 'GIVEN' }>;

function keepsTheRecordingRules(yes: Yes, recorder: string): boolean {
  const { adultFrom } = yes;
  return (
    yes.recordedBy === recorder &&
    yes.statedAt <= yes.recordedAt &&
    yes.validFrom < yes.validUntil &&
    yes.validUntil <= twelveMonthsAfter(yes.statedAt) &&
    (adultFrom === null) === (yes.ageBand === 'ADULT') &&
    (yes.statedBy !== 'GUARDIAN' || adultFrom === null || yes.validUntil <= adultFrom)
  );
}

// ── R0 ──

export function questionIsReadable(question: Question): boolean {
  const isQuestion = isMadeOf({
    person: isText,
    discloser: isText,
    recipient: isText,
    purpose: isPurpose,
    at: isInstant,
    kind: (value) => typeof value === 'string',
    strict: isTruth,
    entries: Array.isArray,
  });
  return isQuestion(question) && question.discloser !== question.recipient && !oneIdHasTwoContents(question.entries);
}

export function factsAreReadable(facts: Facts): boolean {
  return (
    isListOf(isAgency)(facts.agencies) &&
    isListOf(isAgreement)(facts.agreements) &&
    Array.isArray(facts.statements) &&
    facts.statements.every(isReadableStatement) &&
    Array.isArray(facts.releases) &&
    facts.releases.every(isReadableRelease) &&
    isListOf(isRow)(facts.rows) &&
    ![facts.agencies, facts.agreements, facts.statements, facts.releases, facts.rows].some(oneIdHasTwoContents)
  );
}

export function isReadableEntry(entry: EntryMeta, person: string, agencies: { id: string }[]): boolean {
  const isDocument = entry.category === 'DOKUMENT';
  const isEntry = isMadeOf({
    id: isText,
    category: isCategory,
    origin: (value) => agencies.some((agency) => agency.id === value),
    concerns: isSetOf(isText),
    secrecy: isTruth,
    guardFrom: isNullOr(isInstant),
    filedUnder: isDocument ? isSetOf(isCategory) : (value) => value === null,
  });
  return (
    isEntry(entry) &&
    entry.concerns.includes(person) &&
    (entry.secrecy || ![entry.category, ...(entry.filedUnder ?? [])].includes('BERATUNGSNOTIZ'))
  );
}

function oneIdHasTwoContents(facts: { id: string }[]): boolean {
  return facts.some((fact, index) =>
    facts.slice(0, index).some((other) => other.id === fact.id && contentOf(other) !== contentOf(fact)),
  );
}

/** The same text for the same content: lists are sets, so their order and repetitions are left out. */
function contentOf(value: unknown): string {
  if (Array.isArray(value)) return `{${[...new Set(value.map(contentOf))].sort().join()}}`;
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([name, content]) => `${name}:${contentOf(content)}`);
  return `(${fields.sort().join()})`;
}

// ── The calendar of Europe/Berlin ──

const clockOfBerlin = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Berlin',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const alreadyKnown = new Map<Instant, Instant>();

/** Same time of day a year later; 29 February becomes 28. Of the two offsets Berlin knows, the one whose clock shows it. */
function twelveMonthsAfter(instant: Instant): Instant {
  const known = alreadyKnown.get(instant);
  if (known !== undefined) return known;
  const shown = clockOfBerlin.format(instant).replace(' ', 'T');
  const wanted = `${Number(shown.slice(0, 4)) + 1}${shown.slice(4)}`.replace('-02-29T', '-02-28T');
  const milliseconds = ((instant % 1000) + 1000) % 1000;
  const [found] = ['+02:00', '+01:00']
    .map((offset) => Date.parse(`${wanted}${offset}`))
    .filter((moment) => clockOfBerlin.format(moment).replace(' ', 'T') === wanted);
  if (found === undefined) throw new Error(`The oracle does not know what ${wanted} is in Berlin`);
  alreadyKnown.set(instant, found + milliseconds);
  return found + milliseconds;
}
