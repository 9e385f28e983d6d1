/**
 * R0: what the check cannot read with certainty, it does not decide upon; an error withholds.
 *
 * The types promise these shapes already. This file does not rely on it: facts come out of a database that may have
 * been repaired by hand, restored or written by an older version.
 */
import { addMonthsBerlin } from './calendar.ts';
import { ALWAYS_SECRET_CATEGORIES, CATEGORIES, type Category, PURPOSES } from './catalogue.ts';
import {
  AGE_BANDS,
  type AgencyFact,
  type AgreementFact,
  CONSENT_FORMS,
  type DisclosureRowFact,
  type EntryMeta,
  type Facts,
  type Instant,
  type Question,
  type ReleaseFact,
  STATED_BY,
  type StatementFact,
} from './facts.ts';

const isId = (value: unknown): value is string => typeof value === 'string' && value.length > 0;
export const isInstant = (value: unknown): value is Instant => Number.isSafeInteger(value);
const isInstantOrNull = (value: unknown): boolean => value === null || isInstant(value);
const isSha256 = (value: unknown): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isOneOf = (codes: readonly string[], value: unknown): boolean =>
  typeof value === 'string' && codes.includes(value);
const isNullOr = (test: (value: unknown) => boolean, value: unknown): boolean => value === null || test(value);
const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isListOf = (test: (value: unknown) => boolean, value: unknown): boolean =>
  Array.isArray(value) && value.every(test);
const isSetOf = (test: (value: unknown) => boolean, value: unknown): boolean =>
  isListOf(test, value) && (value as unknown[]).length > 0;

const isCategory = (value: unknown): boolean => isOneOf(CATEGORIES, value);
const isPurpose = (value: unknown): boolean => isOneOf(PURPOSES, value);

/** A year has at most 366 days; below that no calendar has to be asked. */
const CERTAINLY_WITHIN_A_YEAR_MS = 364 * 86_400_000;

/** What is said on one sheet is stated at one instant, so that the last answer is asked for again and again. */
let lastAsked = { statedAt: Number.NaN, end: Number.NaN };

/** `validUntil ≤ statedAt + 12 calendar months`. */
export function lastsAtMostTwelveMonths(statedAt: Instant, validUntil: Instant): boolean {
  if (validUntil - statedAt <= CERTAINLY_WITHIN_A_YEAR_MS) return true;
  if (lastAsked.statedAt !== statedAt) lastAsked = { statedAt, end: addMonthsBerlin(statedAt, 12) };
  return validUntil <= lastAsked.end;
}

/** Its origin is known when it stands among the agencies, as its category is when it stands in the catalogue. */
export function isReadableEntry(entry: EntryMeta, question: Question, facts: Facts): boolean {
  if (!isObject(entry) || !isId(entry.id) || !isCategory(entry.category) || !isId(entry.origin)) return false;
  if (!facts.agencies.some((agency) => agency.id === entry.origin)) return false;
  if (!isSetOf(isId, entry.concerns) || !entry.concerns.includes(question.person)) return false;
  if (!isBoolean(entry.secrecy) || !isInstantOrNull(entry.guardFrom)) return false;
  if (entry.category === 'DOKUMENT') {
    if (!isSetOf(isCategory, entry.filedUnder) || entry.filedUnder!.includes('DOKUMENT')) return false;
  } else if (entry.filedUnder !== null) return false;
  return entry.secrecy || !categoriesOf(entry).some((category) => ALWAYS_SECRET_CATEGORIES.includes(category));
}

/** The categories whose rules an entry has to fulfil: its own and, for a DOKUMENT, each it is filed under. */
export function categoriesOf(entry: EntryMeta): readonly Category[] {
  return entry.filedUnder === null ? [entry.category] : [...new Set([entry.category, ...entry.filedUnder])];
}

export function isReadableQuestion(question: Question): boolean {
  return (
    isId(question.person) &&
    isId(question.discloser) &&
    isId(question.recipient) &&
    question.discloser !== question.recipient &&
    isPurpose(question.purpose) &&
    isInstant(question.at) &&
    typeof question.kind === 'string' &&
    isBoolean(question.strict) &&
    isListOf(isObject, question.entries) &&
    hasOneContentPerId(question.entries)
  );
}

function isReadableAgency(agency: AgencyFact): boolean {
  return isId(agency.id) && isBoolean(agency.publicBody) && isInstantOrNull(agency.suspendedAt);
}

function isReadableAgreement(agreement: AgreementFact): boolean {
  return (
    isId(agreement.id) &&
    isListOf(isObject, agreement.parties) &&
    agreement.parties.every(
      (party) => isId(party.agency) && isInstantOrNull(party.signedAt) && isInstantOrNull(party.leftAt),
    ) &&
    hasOneContentPerId(agreement.parties.map((party) => ({ ...party, id: party.agency }))) &&
    isSetOf(isPurpose, agreement.purposes) &&
    isSetOf(isCategory, agreement.categories) &&
    isInstant(agreement.from) &&
    isInstantOrNull(agreement.until) &&
    isInstantOrNull(agreement.terminatedAt)
  );
}

function isReadableYes(said: Extract<StatementFact | ReleaseFact, { decision: 'GIVEN' }>): boolean {
  return (
    isInstant(said.validFrom) &&
    isInstant(said.validUntil) &&
    said.validFrom < said.validUntil &&
    lastsAtMostTwelveMonths(said.statedAt, said.validUntil) &&
    isOneOf(CONSENT_FORMS, said.form) &&
    isBoolean(said.capacityConfirmed) &&
    isBoolean(said.explicitSpecialCategories) &&
    isId(said.language) &&
    isSha256(said.textHash) &&
    isNullOr(isId, said.evidenceRef) &&
    (said.ageBand === 'ADULT' ? said.adultFrom === null : isInstant(said.adultFrom)) &&
    (said.statedBy !== 'GUARDIAN' || said.adultFrom === null || said.validUntil <= said.adultFrom)
  );
}

function isReadableStated(said: StatementFact | ReleaseFact): boolean {
  return (
    isId(said.id) &&
    isId(said.person) &&
    isInstant(said.statedAt) &&
    isInstant(said.recordedAt) &&
    said.statedAt <= said.recordedAt &&
    isId(said.recordedBy) &&
    isOneOf(STATED_BY, said.statedBy) &&
    isOneOf(AGE_BANDS, said.ageBand)
  );
}

function isReadableStatement(statement: StatementFact): boolean {
  if (!isReadableStated(statement)) return false;
  if (statement.decision === 'GIVEN') {
    const scoped = isId(statement.discloser) && isId(statement.recipient) && isPurpose(statement.purpose);
    const provable = statement.recordedBy === statement.discloser;
    return scoped && provable && isSetOf(isCategory, statement.categories) && isReadableYes(statement);
  }
  return (
    isOneOf(['REFUSED', 'WITHDRAWN'], statement.decision) &&
    isNullOr(isId, statement.discloser) &&
    isNullOr(isId, statement.recipient) &&
    isNullOr(isPurpose, statement.purpose) &&
    isNullOr((categories) => isSetOf(isCategory, categories), statement.categories)
  );
}

function isReadableRelease(release: ReleaseFact): boolean {
  if (!isReadableStated(release)) return false;
  if (release.decision === 'GIVEN') {
    const scoped = isId(release.origin) && isId(release.recipient) && isSetOf(isCategory, release.categories);
    return scoped && release.recordedBy === release.origin && isReadableYes(release);
  }
  return (
    release.decision === 'WITHDRAWN' &&
    isNullOr(isId, release.origin) &&
    isNullOr(isId, release.recipient) &&
    isNullOr((categories) => isSetOf(isCategory, categories), release.categories)
  );
}

function isReadableRow(row: DisclosureRowFact): boolean {
  const basis = row.reliedOn;
  return (
    isId(row.id) &&
    isId(row.entry) &&
    isId(row.from) &&
    isId(row.to) &&
    isPurpose(row.purpose) &&
    isInstant(row.opened) &&
    isInstantOrNull(row.closed) &&
    isInstant(row.goodUntil) &&
    isObject(basis) &&
    isListOf(isId, basis.agreements) &&
    isListOf(isId, basis.statements) &&
    isListOf(isId, basis.releases) &&
    isNullOr(isId, basis.row)
  );
}

/** Equal contents give equal texts: keys sorted, sets sorted and without repetitions. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${[...new Set(value.map(canonical))].sort().join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'undefined';
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.sort().join()}}`;
}

function hasOneContentPerId(things: readonly { id: string }[]): boolean {
  const seen = new Map<string, { id: string }>();
  for (const thing of things) {
    const earlier = seen.get(thing.id);
    if (earlier !== undefined && canonical(earlier) !== canonical(thing)) return false;
    seen.set(thing.id, thing);
  }
  return true;
}

const isReadableList = <T extends { id: string }>(list: T[], isReadable: (fact: T) => boolean): boolean =>
  isListOf(isObject, list) && list.every(isReadable) && hasOneContentPerId(list);

/** The facts that count at that moment: what was recorded, or opened, later is not known yet. */
export function knownAt(facts: Facts, at: Instant): Facts {
  const isRecorded = (said: { recordedAt: Instant }): boolean => !(isInstant(said?.recordedAt) && said.recordedAt > at);
  const isOpened = (row: DisclosureRowFact): boolean => !(isInstant(row?.opened) && row.opened > at);
  return {
    agencies: facts.agencies,
    agreements: facts.agreements,
    statements: facts.statements.filter(isRecorded),
    releases: facts.releases.filter(isRecorded),
    rows: facts.rows.filter(isOpened),
  };
}

export function areReadableFacts(facts: Facts): boolean {
  return (
    isReadableList(facts.agencies, isReadableAgency) &&
    isReadableList(facts.agreements, isReadableAgreement) &&
    isReadableList(facts.statements, isReadableStatement) &&
    isReadableList(facts.releases, isReadableRelease) &&
    isReadableList(facts.rows, isReadableRow)
  );
}
