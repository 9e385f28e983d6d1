/**
 * docs/consent.md once more, in the plainest way, to hold against `decide`. It shares nothing with src/ but types, and is
 * written to be read next to the page: one function per rule, in the page's order, no cleverness, no speed.
 */
import type { Category, Kind } from '../../src/domain/catalogue.ts';
import type {
  AgencyId,
  DisclosureRowFact,
  EntryMeta,
  Facts,
  Instant,
  PersonId,
  Question,
  Reason,
  ReliedOn,
} from '../../src/domain/facts.ts';
import {
  factsAreReadable,
  isReadableEntry,
  knownAt,
  oneOfEach,
  questionIsReadable,
} from '../domain/consent/oracle-readable.ts';
import {
  asTheLatestNo,
  countingOnes,
  type Given,
  hasCapacity,
  releasesAbout,
  type Said,
  statementsAbout,
  takenOnes,
} from '../domain/consent/oracle-said.ts';

export type PlainEntryDecision =
  | { outcome: 'PERMIT'; entry: string; reliedOn: ReliedOn }
  | { outcome: 'WITHHOLD'; entry: string; category: string; reasons: Reason[] };
export type PlainDecision = { entries: PlainEntryDecision[]; refused: boolean; missingCore: Category[] };

const ARTICLE_9: Category[] = ['GESUNDHEIT', 'LEBENSLAGE'];

const CORE: Record<Kind, Category[]> = {
  FALLMITTEILUNG: ['STAMMDATEN'],
  LEISTUNGSMITTEILUNG: ['STAMMDATEN', 'LEISTUNG'],
  BERATUNGSANFRAGE: ['STAMMDATEN', 'KONTAKT'],
  FOERDERPLAN: ['FOERDERPLAN'],
  BERUFSWEGEPLANUNG: ['BERUFSWEGEPLANUNG'],
  SPRACHKURS: ['SPRACHE', 'SPRACHKURS'],
  TERMIN: ['TERMIN'],
  FALLBESPRECHUNG: ['STAMMDATEN'],
};

const TOLD_IN_THIS_ORDER = (
  'UNREADABLE AGREEMENT REFUSED WITHDRAWN NO_CONSENT NOT_YET_VALID EXPIRED CAPACITY FORM_INSUFFICIENT ' +
  'ONWARD_NOT_COVERED ONWARD_NOT_HELD SECRECY_RELEASE_MISSING RESIDENCE_GUARD'
).split(' ') as Reason[];

// ── The rule for a whole forwarding ──

export function oracleDecide(question: Question, everything: Facts): PlainDecision {
  const facts = knownAt(question.at, everything);
  const allReadable = questionIsReadable(question) && factsAreReadable(facts);
  const readable = (entry: EntryMeta) => allReadable && isReadableEntry(entry, question.person, facts.agencies);
  const asked = oneOfEach(question.entries);

  const entries = asked
    .filter((entry) => entry.origin !== question.recipient)
    .map((entry): PlainEntryDecision => {
      const reasons: Reason[] = readable(entry) ? reasonsAgainst(entry, question, facts, []) : ['UNREADABLE'];
      return reasons.length === 0
        ? { outcome: 'PERMIT', entry: entry.id, reliedOn: reliedOn(entry, question, facts) }
        : { outcome: 'WITHHOLD', entry: entry.id, category: entry.category, reasons };
    });

  const permitted = (entry: EntryMeta) => entries.some((one) => one.entry === entry.id && one.outcome === 'PERMIT');
  const writtenByRecipient = (entry: EntryMeta) => entry.origin === question.recipient && readable(entry);
  const isOf = (entry: EntryMeta, category: Category) =>
    entry.category === category || (entry.category === 'DOKUMENT' && (entry.filedUnder ?? []).includes(category));
  const met = (category: Category) =>
    asked.some((entry) => (permitted(entry) || writtenByRecipient(entry)) && isOf(entry, category));

  const kindIsKnown = Object.hasOwn(CORE, question.kind);
  const missingCore = (kindIsKnown ? CORE[question.kind as Kind] : []).filter((category) => !met(category));
  const refused =
    missingCore.length > 0 ||
    (question.strict && entries.some((one) => one.outcome === 'WITHHOLD')) ||
    !entries.some((one) => one.outcome === 'PERMIT') ||
    !kindIsKnown;
  return { entries, refused, missingCore };
}

// ── The rules, for one readable entry ──

const categoriesOf = (entry: EntryMeta): Category[] =>
  entry.category === 'DOKUMENT' ? ['DOKUMENT', ...(entry.filedUnder ?? [])] : [entry.category];

function reasonsAgainst(entry: EntryMeta, question: Question, facts: Facts, rowsBehind: string[]): Reason[] {
  const onward = entry.origin !== question.discloser;
  const reasons: Reason[] = [];

  for (const category of categoriesOf(entry)) {
    if (!agreementHolds(entry, question, category, facts)) reasons.push('AGREEMENT');
    for (const person of entry.concerns) {
      const aboutTheOrigin = [
        ...consentReasons(consentSaid(entry, question, person, category, facts), category, question.at),
        ...secrecyReasons(entry, question, person, category, facts),
      ];
      if (!onward) reasons.push(...aboutTheOrigin);
      if (onward && aboutTheOrigin.length > 0) reasons.push('ONWARD_NOT_COVERED');
      if (onward) reasons.push(...ownNoReasons(question, person, category, facts));
    }
  }
  if (onward && liveRows(entry, question, facts, rowsBehind).length === 0) reasons.push('ONWARD_NOT_HELD');
  if (!guardHolds(entry, question, facts)) reasons.push('RESIDENCE_GUARD');
  return TOLD_IN_THIS_ORDER.filter((reason) => reasons.includes(reason));
}

// R1

function agreementHolds(entry: EntryMeta, question: Question, category: Category, facts: Facts): boolean {
  const isSuspended = (id: AgencyId) =>
    facts.agencies.some(
      (agency) => agency.id === id && agency.suspendedAt !== null && agency.suspendedAt <= question.at,
    );
  return (
    agreementsBetween(question.discloser, question, category, facts).length > 0 &&
    agreementsBetween(entry.origin, question, category, facts).length > 0 &&
    ![question.discloser, question.recipient, entry.origin].some(isSuspended)
  );
}

function agreementsBetween(sender: AgencyId, question: Question, category: Category, facts: Facts) {
  const at = question.at;
  return facts.agreements.filter((agreement) => {
    const isParty = (id: AgencyId) =>
      agreement.parties.some(
        (party) =>
          party.agency === id &&
          party.signedAt !== null &&
          party.signedAt <= at &&
          (party.leftAt === null || at < party.leftAt),
      );
    return (
      agreement.purposes.includes(question.purpose) &&
      agreement.categories.includes(category) &&
      agreement.from <= at &&
      (agreement.until === null || at < agreement.until) &&
      (agreement.terminatedAt === null || at < agreement.terminatedAt) &&
      isParty(sender) &&
      isParty(question.recipient)
    );
  });
}

// R2, R3, R4

const consentSaid = (entry: EntryMeta, question: Question, person: PersonId, category: Category, facts: Facts): Said =>
  statementsAbout({ person, from: entry.origin, to: question.recipient, purpose: question.purpose, category }, facts);

function consentReasons(said: Said, category: Category, at: Instant): Reason[] {
  if (countingOnes(said).length === 0) return said.nos.length > 0 ? asTheLatestNo(said.nos) : ['NO_CONSENT'];
  const taken = takenOnes(said, at);
  if (taken.length === 0) return ['NOT_YET_VALID'];
  if (taken.some((given) => shortcomings(given, category, at).length === 0)) return [];
  return taken.flatMap((given) => shortcomings(given, category, at));
}

function shortcomings(given: Given, category: Category, at: Instant): Reason[] {
  const reasons: Reason[] = [];
  if (given.validUntil <= at) reasons.push('EXPIRED');
  if (!hasCapacity(given)) reasons.push('CAPACITY');
  const explicit = given.form !== 'ORAL' && given.explicitSpecialCategories;
  if (ARTICLE_9.includes(category) && !explicit) reasons.push('FORM_INSUFFICIENT');
  return reasons;
}

/** "Where origin ≠ discloser also: where there is a no about the discloser's scope, some GIVEN of that same scope counts." */
function ownNoReasons(question: Question, person: PersonId, category: Category, facts: Facts): Reason[] {
  const { discloser, recipient, purpose } = question;
  const said = statementsAbout({ person, from: discloser, to: recipient, purpose, category }, facts);
  return countingOnes(said).length > 0 ? [] : asTheLatestNo(said.nos);
}

// R5

function liveRows(entry: EntryMeta, question: Question, facts: Facts, rowsBehind: string[]): DisclosureRowFact[] {
  return facts.rows.filter(
    (row) =>
      row.entry === entry.id &&
      row.to === question.discloser &&
      row.closed === null &&
      question.at < row.goodUntil &&
      row.purpose === question.purpose &&
      !rowsBehind.includes(row.id) &&
      row.from !== row.to &&
      row.to !== entry.origin &&
      reasonsAgainst(entry, { ...question, discloser: row.from, recipient: row.to }, facts, [...rowsBehind, row.id])
        .length === 0,
  );
}

// R6

function servingReleases(entry: EntryMeta, question: Question, person: PersonId, category: Category, facts: Facts) {
  const said = releasesAbout({ person, from: entry.origin, to: question.recipient, purpose: null, category }, facts);
  return takenOnes(said, question.at).filter(
    (given) => question.at < given.validUntil && given.form !== 'ORAL' && hasCapacity(given),
  );
}

function secrecyReasons(
  entry: EntryMeta,
  question: Question,
  person: PersonId,
  category: Category,
  facts: Facts,
): Reason[] {
  if (!entry.secrecy) return [];
  return servingReleases(entry, question, person, category, facts).length > 0 ? [] : ['SECRECY_RELEASE_MISSING'];
}

// R7

function guardHolds(entry: EntryMeta, question: Question, facts: Facts): boolean {
  const isKnownToBePrivate = facts.agencies.some((agency) => agency.id === question.recipient && !agency.publicBody);
  return entry.guardFrom === null || question.at < entry.guardFrom || isKnownToBePrivate;
}

// ── What a PERMIT names: for each need by itself, of several that serve the smallest id ──

function reliedOn(entry: EntryMeta, question: Question, facts: Facts): ReliedOn {
  const agreements = new Set<string>();
  const statements = new Set<string>();
  const releases = new Set<string>();
  for (const category of categoriesOf(entry)) {
    for (const sender of [question.discloser, entry.origin]) {
      agreements.add(smallestId(agreementsBetween(sender, question, category, facts)));
    }
    for (const person of entry.concerns) {
      const taken = takenOnes(consentSaid(entry, question, person, category, facts), question.at);
      statements.add(smallestId(taken.filter((given) => shortcomings(given, category, question.at).length === 0)));
      if (entry.secrecy) releases.add(smallestId(servingReleases(entry, question, person, category, facts)));
    }
  }
  const onward = entry.origin !== question.discloser;
  return {
    agreements: [...agreements].sort(),
    statements: [...statements].sort(),
    releases: [...releases].sort(),
    row: onward ? smallestId(liveRows(entry, question, facts, [])) : null,
  };
}

const smallestId = (facts: { id: string }[]): string => facts.map((fact) => fact.id).sort()[0] as string;

// ── When it ends ──

/** The answer can change only at an instant that the facts, the entry or a limit names: look at each of them, in order. */
export function oracleGoodUntil(question: Question, entry: EntryMeta, facts: Facts): Instant | undefined {
  const instants: unknown[] = [entry.guardFrom];
  for (const agency of facts.agencies) instants.push(agency.suspendedAt);
  for (const agreement of facts.agreements) {
    instants.push(agreement.from, agreement.until, agreement.terminatedAt);
    for (const party of agreement.parties) instants.push(party.signedAt, party.leftAt);
  }
  for (const one of [...facts.statements, ...facts.releases]) {
    instants.push(one.recordedAt);
    if (one.decision === 'GIVEN') instants.push(one.validFrom, one.validUntil);
  }
  for (const row of facts.rows) instants.push(row.opened, row.goodUntil);
  return instants
    .filter((instant) => typeof instant === 'number')
    .filter((instant) => instant > question.at)
    .sort((left, right) => left - right)
    .find((at) => oracleDecide({ ...question, at, entries: [entry] }, facts).entries[0]?.outcome !== 'PERMIT');
}
