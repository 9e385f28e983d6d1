/**
 * The vocabulary of the consent check: what the exchange knows (facts) and what is asked (a question).
 *
 * Instants are integers, milliseconds since the epoch, UTC. A value that may be missing is `null`, never absent.
 * Sets (categories, purposes, concerns) are arrays; their order and repetitions carry no meaning.
 */
import type { Category, Purpose } from './catalogue.ts';

export type Instant = number;
export type AgencyId = string;
export type PersonId = string;
export type EntryId = string;

export type StatedBy = 'PERSON' | 'GUARDIAN' | 'LEGAL_REPRESENTATIVE';
export type AgeBand = 'UNDER_15' | 'FROM_15_TO_17' | 'ADULT';
export type ConsentForm = 'WRITTEN' | 'ELECTRONIC' | 'ORAL';

export const STATED_BY = ['PERSON', 'GUARDIAN', 'LEGAL_REPRESENTATIVE'] as const satisfies readonly StatedBy[];
export const AGE_BANDS = ['UNDER_15', 'FROM_15_TO_17', 'ADULT'] as const satisfies readonly AgeBand[];
export const CONSENT_FORMS = ['WRITTEN', 'ELECTRONIC', 'ORAL'] as const satisfies readonly ConsentForm[];

/** What an entry is about, as far as the check needs to know. Never its content. */
export interface EntryMeta {
  id: EntryId;
  category: Category;
  origin: AgencyId;
  concerns: PersonId[];
  /** Written under professional secrecy (§ 203 StGB). */
  secrecy: boolean;
  /** From this instant on no public body may learn it (R7); null: never guarded. */
  guardFrom: Instant | null;
  /** For a DOKUMENT the categories it is filed under, at least one; for every other category null. */
  filedUnder: Category[] | null;
}

export interface AgencyFact {
  id: AgencyId;
  publicBody: boolean;
  /** Suspended since; null: not suspended. */
  suspendedAt: Instant | null;
}

export interface PartyFact {
  agency: AgencyId;
  signedAt: Instant | null;
  leftAt: Instant | null;
}

export interface AgreementFact {
  id: string;
  parties: PartyFact[];
  purposes: Purpose[];
  categories: Category[];
  from: Instant;
  /** First instant at which it no longer holds; null: open. */
  until: Instant | null;
  terminatedAt: Instant | null;
}

interface Stated {
  id: string;
  person: PersonId;
  statedAt: Instant;
  recordedAt: Instant;
  recordedBy: AgencyId;
  statedBy: StatedBy;
  ageBand: AgeBand;
}

/** What only a yes carries. */
interface Yes {
  decision: 'GIVEN';
  validFrom: Instant;
  /** First instant at which it no longer holds. */
  validUntil: Instant;
  form: ConsentForm;
  capacityConfirmed: boolean;
  explicitSpecialCategories: boolean;
  /** BCP 47 tag of the text agreed to. */
  language: string;
  /** SHA-256 of the text agreed to, 64 hexadecimal digits. */
  textHash: string;
  /** Where the proof lies; opaque here (sealed at rest), null when the service does not show it to the check. */
  evidenceRef: string | null;
  /** 00:00 Europe/Berlin of the 18th birthday; null for ADULT, and only then. */
  adultFrom: Instant | null;
}

export type GivenStatement = Stated &
  Yes & { discloser: AgencyId; recipient: AgencyId; purpose: Purpose; categories: Category[] };

/** A no. What its scope leaves out (null) means every one. */
export type NoStatement = Stated & {
  decision: 'REFUSED' | 'WITHDRAWN';
  discloser: AgencyId | null;
  recipient: AgencyId | null;
  purpose: Purpose | null;
  categories: Category[] | null;
};

export type StatementFact = GivenStatement | NoStatement;

export type GivenRelease = Stated & Yes & { origin: AgencyId; recipient: AgencyId; categories: Category[] };

export type WithdrawnRelease = Stated & {
  decision: 'WITHDRAWN';
  origin: AgencyId | null;
  recipient: AgencyId | null;
  categories: Category[] | null;
};

export type ReleaseFact = GivenRelease | WithdrawnRelease;

/** One entry that one agency received by one forwarding. */
export interface DisclosureRowFact {
  id: string;
  entry: EntryId;
  from: AgencyId;
  to: AgencyId;
  purpose: Purpose;
  opened: Instant;
  /** null: not closed. Any instant means closed, for good. */
  closed: Instant | null;
  reliedOn: ReliedOn;
  /** First instant at which it ends, as far as known when it was last computed. */
  goodUntil: Instant;
}

/** The facts a PERMIT stands on, by id, each set sorted by text order. */
export interface ReliedOn {
  agreements: string[];
  statements: string[];
  releases: string[];
  /** The discloser's own live row, when the entry was written by somebody else. */
  row: string | null;
}

export interface Facts {
  agencies: AgencyFact[];
  agreements: AgreementFact[];
  statements: StatementFact[];
  releases: ReleaseFact[];
  rows: DisclosureRowFact[];
}

export interface Question {
  person: PersonId;
  discloser: AgencyId;
  recipient: AgencyId;
  purpose: Purpose;
  at: Instant;
  kind: string;
  strict: boolean;
  entries: EntryMeta[];
}

/** In the order in which they are told. */
export const REASONS = [
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
] as const;
export type Reason = (typeof REASONS)[number];

/** No such class exists: a protected member cannot be written down elsewhere, and a spread leaves it behind. */
declare class MadeByDecide {
  protected readonly made: true;
}

/** Only `decide` makes one. */
export type Permit = MadeByDecide & {
  readonly outcome: 'PERMIT';
  readonly entry: EntryId;
  readonly reliedOn: Readonly<ReliedOn>;
};

export interface Withhold {
  readonly outcome: 'WITHHOLD';
  readonly entry: EntryId;
  readonly category: string;
  readonly reasons: readonly Reason[];
}

export type EntryDecision = Permit | Withhold;

export interface Decision {
  /** One per asked entry, by id, in the order asked; entries the recipient wrote itself are no part of it. */
  readonly entries: readonly EntryDecision[];
  /** Whether the forwarding as a whole may go. */
  readonly refused: boolean;
  /** Core categories of the kind that are not met. */
  readonly missingCore: readonly Category[];
}
