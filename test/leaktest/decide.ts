/**
 * docs/consent.md of the design in the plainest way, for the oracle of the canary run: one function a rule, in the page's order.
 * It imports nothing of src/, not even a type, and knows no cache, no index and no cleverness.
 */

export type Instant = number;

export interface Agency {
  number: number;
  publicBody: boolean;
  suspended: boolean;
}

export interface Party {
  agency: number;
  signedAt: Instant | null;
  leftAt: Instant | null;
}

export interface Agreement {
  parties: Party[];
  purposes: string[];
  categories: string[];
  from: Instant;
  until: Instant | null;
  terminatedAt: Instant | null;
}

/** One agency's handle. Which person it stands for may change: two handles are linked. */
export interface Handle {
  agency: number;
  person: number;
  erased: boolean;
}

export interface Entry {
  name: string;
  category: string;
  origin: number;
  /** The author's handles on everybody it is about; the first is its client. */
  concerns: Handle[];
  secrecy: boolean;
  guardFrom: Instant | null;
  filedUnder: string[] | null;
  replaced: boolean;
}

interface Stated {
  about: Handle;
  statedAt: Instant;
  recordedAt: Instant;
  statedBy: string;
  ageBand: string;
}
export interface Yes extends Stated {
  decision: 'GIVEN';
  from: number;
  to: number;
  /** null: a release, which knows no purpose. */
  purpose: string | null;
  categories: string[];
  validFrom: Instant;
  validUntil: Instant;
  form: string;
  capacityConfirmed: boolean;
  explicitSpecialCategories: boolean;
}
export interface No extends Stated {
  decision: 'REFUSED' | 'WITHDRAWN';
  from: number | null;
  to: number | null;
  purpose: string | null;
  categories: string[] | null;
}
export type Word = Yes | No;

export interface Row {
  entry: Entry;
  /** The handle whose Laufzettel it was sent on: the person of the question. */
  about: Handle;
  from: number;
  to: number;
  purpose: string;
  forwarding: string;
  /** Until then somebody has to accept the forwarding; null: somebody has. */
  acceptBy: Instant | null;
  closed: boolean;
  /** Whether its recipient has read it; perhaps: it read the entry, which it may hold by several rows. */
  fetched: 'no' | 'perhaps' | 'yes';
}

/** What is known: the facts. */
export interface Known {
  agencies: readonly Agency[];
  agreements: readonly Agreement[];
  statements: readonly Word[];
  releases: readonly Word[];
  rows: readonly Row[];
}

export interface Hop {
  person: number;
  from: number;
  to: number;
  purpose: string;
}

const ARTICLE_9 = ['GESUNDHEIT', 'LEBENSLAGE'];
const ORDER = [
  'UNREADABLE',
  'AGREEMENT',
  'REFUSED',
  'WITHDRAWN',
  'NO_CONSENT',
  'NOT_YET_VALID',
  'EXPIRED',
  'CAPACITY',
  'FORM_INSUFFICIENT',
  'ONWARD_NOT_COVERED',
  'ONWARD_NOT_HELD',
  'SECRECY_RELEASE_MISSING',
  'RESIDENCE_GUARD',
];

export const CORE: Record<string, string[]> = {
  FALLMITTEILUNG: ['STAMMDATEN'],
  LEISTUNGSMITTEILUNG: ['STAMMDATEN', 'LEISTUNG'],
  BERATUNGSANFRAGE: ['STAMMDATEN', 'KONTAKT'],
  FOERDERPLAN: ['FOERDERPLAN'],
  BERUFSWEGEPLANUNG: ['BERUFSWEGEPLANUNG'],
  SPRACHKURS: ['SPRACHE', 'SPRACHKURS'],
  TERMIN: ['TERMIN'],
  FALLBESPRECHUNG: ['STAMMDATEN'],
};

/** For a DOKUMENT: DOKUMENT, and each category in filedUnder. */
const categoriesOf = (entry: Entry): string[] => [entry.category, ...(entry.filedUnder ?? [])];

/** Why that entry may not go on that hop now; none: it is permitted. In the order in which they are told. */
export function reasonsAgainst(
  entry: Entry,
  hop: Hop,
  at: Instant,
  known: Known,
  behind: readonly Row[] = [],
): string[] {
  const persons = [...new Set(entry.concerns.map((handle) => handle.person))];
  // R0
  if (!persons.includes(hop.person)) return ['UNREADABLE'];
  const reasons = new Set<string>();
  const onward = entry.origin !== hop.from;

  for (const category of categoriesOf(entry)) {
    // R1
    if (!agreementHolds(hop.from, hop, category, at, known)) reasons.add('AGREEMENT');
    if (onward && !agreementHolds(entry.origin, hop, category, at, known)) reasons.add('AGREEMENT');
    for (const person of persons) {
      // R2 to R4, and R6: about what the origin was told
      const failures = consentFailures({ ...hop, person, from: entry.origin }, category, at, known);
      if (entry.secrecy && !released({ ...hop, person, from: entry.origin }, category, at, known)) {
        failures.push('SECRECY_RELEASE_MISSING');
      }
      if (onward && failures.length > 0) reasons.add('ONWARD_NOT_COVERED');
      if (!onward) for (const failure of failures) reasons.add(failure);
      // R2, "where origin ≠ discloser also": a no about the discloser's own passing on
      if (onward) for (const no of standingNos({ ...hop, person }, category, known)) reasons.add(no);
    }
  }
  if (
    [hop.from, hop.to, entry.origin].some((number) =>
      known.agencies.some((one) => one.number === number && one.suspended),
    )
  ) {
    reasons.add('AGREEMENT');
  }
  // R5
  if (
    onward &&
    !known.rows.some(
      (row) =>
        row.entry === entry && row.to === hop.from && row.purpose === hop.purpose && isLive(row, at, known, behind),
    )
  ) {
    reasons.add('ONWARD_NOT_HELD');
  }
  // R7
  const receiver = known.agencies.find((one) => one.number === hop.to);
  if (entry.guardFrom !== null && entry.guardFrom <= at && (receiver === undefined || receiver.publicBody)) {
    reasons.add('RESIDENCE_GUARD');
  }
  return ORDER.filter((reason) => reasons.has(reason));
}

/** Open, in time, and still permitted itself; so the chain is followed back to the origin, no row twice. */
export function isLive(row: Row, at: Instant, known: Known, behind: readonly Row[] = []): boolean {
  if (row.closed || behind.includes(row)) return false;
  if (row.acceptBy !== null && row.acceptBy <= at) return false;
  const hop = { person: row.about.person, from: row.from, to: row.to, purpose: row.purpose };
  return reasonsAgainst(row.entry, hop, at, known, [...behind, row]).length === 0;
}

// R1

function agreementHolds(sender: number, { to, purpose }: Hop, category: string, at: Instant, known: Known): boolean {
  return known.agreements.some((agreement) => {
    const hasSigned = (agency: number): boolean =>
      agreement.parties.some(
        (party) =>
          party.agency === agency &&
          party.signedAt !== null &&
          party.signedAt <= at &&
          (party.leftAt === null || at < party.leftAt),
      );
    const inForce =
      agreement.from <= at &&
      (agreement.until === null || at < agreement.until) &&
      (agreement.terminatedAt === null || at < agreement.terminatedAt);
    return (
      inForce &&
      agreement.purposes.includes(purpose) &&
      agreement.categories.includes(category) &&
      hasSigned(sender) &&
      hasSigned(to)
    );
  });
}

// R2, R3, R4

/** Everything that the person said about this scope. */
function said(
  words: readonly Word[],
  { person, from, to, purpose }: Hop,
  category: string,
  withPurpose: boolean,
): Word[] {
  return words.filter(
    (word) =>
      word.about.person === person &&
      (word.from === null || word.from === from) &&
      (word.to === null || word.to === to) &&
      (!withPurpose || word.purpose === null || word.purpose === purpose) &&
      (word.categories === null || word.categories.includes(category)),
  );
}

const yesesOf = (words: readonly Word[]): Yes[] => words.filter((word) => word.decision === 'GIVEN');
const nosOf = (words: readonly Word[]): No[] => words.filter((word) => word.decision !== 'GIVEN');

/** A GIVEN counts when it beats every no about its scope. */
function counting(words: readonly Word[]): Yes[] {
  const yeses = yesesOf(words);
  const isLater = (yes: Yes, no: No): boolean => yes.statedAt > no.recordedAt;
  return yeses.filter((yes) =>
    nosOf(words).every((no) => {
      if (!isLater(yes, no)) return false;
      const isYouths = no.statedBy === 'PERSON' && no.ageBand === 'FROM_15_TO_17';
      return !isYouths || yeses.some((other) => isLater(other, no) && other.statedBy === 'PERSON');
    }),
  );
}

/** Of those that count and have begun, the latest; several if tied. */
function taken(words: readonly Word[], at: Instant): Yes[] {
  const begun = counting(words).filter((yes) => yes.validFrom <= at);
  const latest = Math.max(...begun.map((yes) => yes.statedAt));
  return begun.filter((yes) => yes.statedAt === latest);
}

/** REFUSED or WITHDRAWN as the latest no is, both if tied. */
function latestNos(nos: readonly No[]): string[] {
  const latest = Math.max(...nos.map((no) => no.recordedAt));
  return nos.filter((no) => no.recordedAt === latest).map((no) => no.decision);
}

function consentFailures(hop: Hop, category: string, at: Instant, known: Known): string[] {
  const words = said(known.statements, hop, category, true);
  if (counting(words).length === 0) {
    const nos = nosOf(words);
    return nos.length === 0 ? ['NO_CONSENT'] : latestNos(nos);
  }
  const chosen = taken(words, at);
  if (chosen.length === 0) return ['NOT_YET_VALID'];
  const failures = chosen.map((yes) => {
    const wrong: string[] = [];
    if (yes.validUntil <= at) wrong.push('EXPIRED');
    if (!couldSay(yes)) wrong.push('CAPACITY');
    if (ARTICLE_9.includes(category) && (yes.form === 'ORAL' || !yes.explicitSpecialCategories)) {
      wrong.push('FORM_INSUFFICIENT');
    }
    return wrong;
  });
  return failures.some((wrong) => wrong.length === 0) ? [] : failures.flat();
}

function couldSay({ ageBand, statedBy, capacityConfirmed }: Yes): boolean {
  if (ageBand === 'UNDER_15') return statedBy === 'GUARDIAN';
  if (ageBand === 'FROM_15_TO_17') return statedBy === 'GUARDIAN' || (statedBy === 'PERSON' && capacityConfirmed);
  return statedBy === 'PERSON' || statedBy === 'LEGAL_REPRESENTATIVE';
}

/** Where there is a no about the discloser's own scope, some GIVEN of that scope has to count, begun or ended or not. */
function standingNos(hop: Hop, category: string, known: Known): string[] {
  const words = said(known.statements, hop, category, true);
  const nos = nosOf(words);
  return nos.length > 0 && counting(words).length === 0 ? latestNos(nos) : [];
}

// R6

function released(hop: Hop, category: string, at: Instant, known: Known): boolean {
  return taken(said(known.releases, hop, category, false), at).some(
    (yes) => at < yes.validUntil && yes.form !== 'ORAL' && couldSay(yes),
  );
}

// The rule for a whole forwarding

export interface Decision {
  permitted: Entry[];
  withheld: { entry: Entry; reasons: string[] }[];
  refused: boolean;
}

export function decideForwarding(
  entries: readonly Entry[],
  hop: Hop,
  { kind, strict }: { kind: string; strict: boolean },
  at: Instant,
  known: Known,
): Decision {
  const judged = entries
    .filter((entry) => entry.origin !== hop.to)
    .map((entry) => ({ entry, reasons: reasonsAgainst(entry, hop, at, known) }));
  const permitted = judged.filter((one) => one.reasons.length === 0).map((one) => one.entry);
  const withheld = judged.filter((one) => one.reasons.length > 0);
  const theirOwn = entries.filter(
    (entry) => entry.origin === hop.to && entry.concerns.some((handle) => handle.person === hop.person),
  );
  const isMet = (category: string): boolean =>
    [...permitted, ...theirOwn].some((entry) => categoriesOf(entry).includes(category));
  const refused =
    !(CORE[kind] ?? []).every(isMet) ||
    CORE[kind] === undefined ||
    (strict && withheld.length > 0) ||
    permitted.length === 0;
  return { permitted, withheld, refused };
}
