/** What use cases need from outside: types only. Each aggregate has one store; `persistence` implements them. */
import type { Category, Purpose } from '../domain/catalogue.ts';
import type { AgencyId, EntryMeta, Facts, Instant, PersonId, ReliedOn } from '../domain/facts.ts';
import type { ForwardingStatus } from '../domain/laufzettel.ts';

/** Who acts, for the audit: an agency's system (agency null: the admin of the exchange), and its caseworker if named. */
export interface Actor {
  agency: AgencyId | null;
  system: string;
  caseworker: string | null;
}

/** A position in a list ordered by instant and id. */
export interface Position {
  at: Instant;
  id: string;
}

/** Thrown by every store when the actor's agency is suspended, or is none of this exchange. */
export class AgencySuspended extends Error {}
/** Thrown when what an answer stood upon has changed while it was made; the use case starts over. */
export class ChangedMeanwhile extends Error {}

export type NewId = () => string;

/** Ciphertext of one text or payload, with the wrapped key that opens it. */
export interface Sealed {
  clientId: string;
  wrapped: Buffer;
  sealed: Buffer;
}

/** Seals and opens what is kept encrypted: one data key per client handle, wrapped by the master key (wall 4). */
export interface Vault {
  newWrappedKey(clientId: string): Buffer;
  seal(key: { clientId: string; wrapped: Buffer }, context: string, value: unknown): Buffer;
  open(sealed: Sealed, context: string): unknown;
  /** A keyed hash by which a file reference is found without being shown. */
  blindIndex(agency: AgencyId, fileReference: string): Buffer;
  /** An opaque cursor, bound to the caller and the list. */
  sealCursor(caller: string, list: string, position: Position): string;
  /** null: not a cursor of that caller for that list. */
  openCursor(caller: string, list: string, cursor: string): Position | null;
}

/** The contexts that ciphertexts are bound to; one moved elsewhere does not open. */
export const sealedAs = {
  payload: (entryId: string, category: string): string => `entry:${entryId}:${category}`,
  evidence: (statedId: string): string => `evidence:${statedId}`,
  fileReference: (clientId: string): string => `file-reference:${clientId}`,
};

export interface AgencyRecord {
  id: AgencyId;
  kind: string;
  name: string;
  sponsor: string;
  publicBody: boolean;
  legalRegime: string;
  services: string[];
  targetGroups: string[];
  topics: string[];
  languages: string[];
  suspendedAt: Instant | null;
  createdAt: Instant;
}

export interface AgencyStore {
  list(actor: Actor, after: Position | null, most: number): Promise<AgencyRecord[]>;
  get(actor: Actor, id: AgencyId): Promise<AgencyRecord | null>;
  create(actor: Actor, agency: Omit<AgencyRecord, 'suspendedAt' | 'createdAt'>): Promise<void>;
  registerSystem(
    actor: Actor,
    system: { clientId: string; agencyId: AgencyId | null; scopes: readonly string[]; jwks: unknown },
  ): Promise<{ outcome: 'ok'; createdAt: Instant } | { outcome: 'not-found' | 'conflict' }>;
}

export interface AgreementRecord {
  id: string;
  title: string;
  purposes: Purpose[];
  categories: Category[];
  from: Instant;
  until: Instant | null;
  terminatedAt: Instant | null;
  version: number;
  createdAt: Instant;
  parties: { agencyId: AgencyId; signedAt: Instant | null; leftAt: Instant | null }[];
}

export interface AgreementStore {
  list(actor: Actor, after: Position | null, most: number): Promise<AgreementRecord[]>;
  get(actor: Actor, id: string): Promise<AgreementRecord | null>;
  create(
    actor: Actor,
    agreement: Pick<AgreementRecord, 'id' | 'title' | 'purposes' | 'categories' | 'from' | 'until'> & {
      parties: AgencyId[];
    },
  ): Promise<'ok' | 'party-unknown'>;
}

export interface ClientRecord {
  id: string;
  sealedFileReference: Buffer | null;
  /** Its data key; null once destroyed. */
  wrapped: Buffer | null;
  createdAt: Instant;
}

export interface ClientStore {
  list(actor: Actor, after: Position | null, most: number): Promise<ClientRecord[]>;
  get(actor: Actor, id: string): Promise<ClientRecord | null>;
  find(actor: Actor, index: Buffer): Promise<ClientRecord | null>;
  create(
    actor: Actor,
    client: { id: string; wrapped: Buffer; sealedFileReference: Buffer | null; index: Buffer | null },
  ): Promise<'ok' | 'conflict'>;
  /** The wrapped data key of an own handle and the database's clock; null when it is not the actor's. */
  key(actor: Actor, id: string): Promise<{ wrapped: Buffer; at: Instant } | null>;
  disclosures(actor: Actor, id: string, after: Position | null, most: number): Promise<DisclosureRecord[] | null>;
}

export interface DisclosureRecord {
  id: string;
  entryId: string;
  category: Category;
  origin: AgencyId;
  from: AgencyId;
  to: AgencyId;
  purpose: Purpose;
  forwardingId: string | null;
  openedAt: Instant;
  closedAt: Instant | null;
  fetchedAt: Instant | null;
  /** For the origin of the entry alone: when it ends as far as known, and the facts it stands on. */
  goodUntil: Instant | null;
  basis: Omit<ReliedOn, 'row'> | null;
}

/** What was said, as it is stored; `null` where a no leaves something out. */
export interface StatedRecord {
  id: string;
  clientId: string;
  statedAt: Instant;
  recordedAt: Instant;
  recordedBy: AgencyId | null;
  statedBy: string;
  ageBand: string;
  decision: string;
  recipient: AgencyId | null;
  categories: Category[] | null;
  validFrom: Instant | null;
  validUntil: Instant | null;
  form: string | null;
  capacityConfirmed: boolean | null;
  explicitSpecialCategories: boolean | null;
  language: string | null;
  textHash: string | null;
  adultFrom: Instant | null;
}
export interface StatementRecord extends StatedRecord {
  discloser: AgencyId | null;
  purpose: Purpose | null;
}
export interface ReleaseRecord extends StatedRecord {
  origin: AgencyId | null;
}
/** With its evidence, sealed; null where there is none or it is not the reader's. */
export type WithEvidence<T> = T & { evidence: Sealed | null };

/** Open disclosures of locked persons, with all that is needed to decide them again. */
export interface LockedPersons {
  at: Instant;
  persons: PersonId[];
  entries: EntryMeta[];
  /** Ids of open rows, in `facts.rows`, with the person of their Laufzettel. */
  rows: { id: string; person: PersonId; from: AgencyId; to: AgencyId }[];
  facts: Facts;
}

export interface ConsentStore {
  statements(
    actor: Actor,
    clientId: string,
    after: Position | null,
    most: number,
  ): Promise<WithEvidence<StatementRecord>[] | null>;
  releases(
    actor: Actor,
    clientId: string,
    after: Position | null,
    most: number,
  ): Promise<WithEvidence<ReleaseRecord>[] | null>;
}

export interface NewEntry {
  id: string;
  clientId: string;
  category: Category;
  secrecy: boolean;
  guardFrom: Instant | null;
  filedUnder: Category[] | null;
  /** Own handles on everybody it is about. */
  concerns: string[];
  sealed: Buffer;
}

/** subject: the person of the client under which it was written, one of `concerns`. */
export type StoredEntry = EntryMeta & { createdAt: Instant; subject: PersonId };

/** A handle that the reader is to get, unless it holds one on that person by then. */
export interface NewHandle {
  id: string;
  person: PersonId;
  wrapped: Buffer;
}

/** Entries that the reader may name, with the facts to decide upon those that it did not write. */
export interface ReadEntries {
  at: Instant;
  entries: StoredEntry[];
  sealed: Map<string, Sealed>;
  /** Person to the reader's own handle. */
  handles: Record<PersonId, string | null>;
  rows: { id: string; person: PersonId; kind: string; fetched: boolean }[];
  facts: Facts;
}

export interface EntryStore {
  /** Throws NotOwnClient when a handle is not the actor's. */
  add(actor: Actor, entries: NewEntry[], at: Instant): Promise<void>;
  /** Own entries and those held, of a client after a position, or one by id; null: the client is not the reader's. */
  read(
    actor: Actor,
    wanted: { clientId: string; after: Position | null; most: number } | { entryId: string },
  ): Promise<ReadEntries | null>;
  /** Remembers the reading; throws ChangedMeanwhile when one of the first-read rows has closed meanwhile. */
  markRead(actor: Actor, read: Reading): Promise<{ handles: Record<PersonId, string | null> }>;
}

/** What was read: rows read for the first time, and every entry, for the audit. */
export interface Reading {
  firstReads: string[];
  entries: string[];
  at: Instant;
  newHandles: NewHandle[];
}

export class NotOwnClient extends Error {}

export interface LaufzettelRecord {
  id: string;
  kind: string;
  purpose: Purpose;
  clientId: string;
  createdBy: AgencyId;
  urgency: string;
  dueDate: string | null;
  agreementId: string | null;
  route: AgencyId[];
  entryIds: string[];
  status: string;
  createdAt: Instant;
}

export interface LaufzettelStore {
  create(
    actor: Actor,
    laufzettel: Omit<LaufzettelRecord, 'createdBy' | 'status' | 'createdAt'> & { entries: NewEntry[] },
    at: Instant,
  ): Promise<
    'ok' | 'client-not-found' | 'entry-not-found' | 'entry-of-another' | 'agency-not-found' | 'agreement-not-found'
  >;
  get(actor: Actor, id: string): Promise<LaufzettelRecord | null>;
  list(actor: Actor, after: Position | null, most: number): Promise<LaufzettelRecord[]>;
}

export interface ForwardingHeader {
  id: string;
  laufzettelId: string;
  from: AgencyId;
  to: AgencyId;
  clientId: string;
  kind: string;
  purpose: Purpose;
  urgency: string;
  dueDate: string | null;
  status: ForwardingStatus;
  rejectCode: string | null;
  version: number;
  sentAt: Instant;
  changedAt: Instant;
}

/** Everything a forwarding is decided upon, in one snapshot, with the versions of all of it. */
export interface ForwardFacts {
  at: Instant;
  kind: string;
  purpose: Purpose;
  urgency: string;
  dueDate: string | null;
  person: PersonId;
  clientId: string;
  recipientKnown: boolean;
  /** Asked entries that the reader may not name. */
  unknown: string[];
  entries: StoredEntry[];
  /** Person to the recipient's handle, null where it has none yet. */
  handles: Record<PersonId, string | null>;
  facts: Facts & { versions: unknown };
}

export interface DecidedForwarding {
  id: string;
  laufzettelId: string;
  to: AgencyId;
  fromClientId: string;
  toClientId: string;
  person: PersonId;
  purpose: Purpose;
  at: Instant;
  newHandles: NewHandle[];
  rows: { id: string; entry: string; goodUntil: Instant; reliedOn: ReliedOn }[];
  versions: unknown;
  /** For the audit: ids and codes. */
  subject: Record<string, unknown>;
}

export interface ReadForwarding {
  at: Instant;
  received: boolean;
  header: ForwardingHeader;
  rows: {
    id: string;
    entry: string;
    person: PersonId;
    category: Category;
    origin: AgencyId;
    openedAt: Instant;
    closedAt: Instant | null;
    goodUntil: Instant;
    fetched: boolean;
  }[];
  entries: StoredEntry[];
  sealed: Map<string, Sealed>;
  handles: Record<PersonId, string | null>;
  facts: Facts;
}

export interface ForwardingStore {
  load(actor: Actor, laufzettelId: string, recipient: AgencyId, asked: string[] | null): Promise<ForwardFacts | null>;
  /** stale: something it was decided upon has changed; decide again. */
  commit(actor: Actor, decided: DecidedForwarding): Promise<'ok' | 'stale'>;
  read(actor: Actor, id: string): Promise<ReadForwarding | null>;
  /** As EntryStore.markRead; the recipient's first read makes it DELIVERED. */
  markRead(
    actor: Actor,
    read: Reading & { id: string },
  ): Promise<Pick<ForwardingHeader, 'status' | 'version' | 'changedAt'> & { handles: Record<PersonId, string | null> }>;
  /** live: something that it disclosed has not ended. */
  header(actor: Actor, id: string): Promise<(ForwardingHeader & { live: boolean }) | null>;
  list(actor: Actor, received: boolean, after: Position | null, most: number): Promise<ForwardingHeader[]>;
  /** null: the version is no longer the expected one. */
  step(
    actor: Actor,
    id: string,
    expectedVersion: number,
    next: { status: ForwardingStatus; rejectCode: string | null },
  ): Promise<ForwardingHeader | null>;
}

export interface AuditStore {
  /** subject: ids and codes only. */
  note(actor: Actor, action: string, outcome: string, subject: Record<string, unknown>, at: Instant): Promise<void>;
}

/**
 * One transaction for what may end disclosures. Locks are taken in the order agency, agreement, persons, and held until it
 * ends; what is read after them is true until then.
 */
export interface ClosingTransaction {
  lockClient(
    actor: Actor,
    clientId: string,
    /** Agencies that the request names; those that do not exist are given back. */
    named: AgencyId[],
  ): Promise<(LockedPersons & { person: PersonId; wrapped: Buffer | null; unknownAgencies: AgencyId[] }) | null>;
  lockForwarding(actor: Actor, id: string): Promise<(LockedPersons & { ofForwarding: string[] }) | null>;
  /** Changes the agreement and locks it; its persons are locked next. */
  changeAgreement(
    actor: Actor,
    id: string,
    change: 'SIGN' | 'TERMINATE',
  ): Promise<'ok' | 'not-found' | 'conflict' | 'not-signed'>;
  changeAgency(actor: Actor, id: AgencyId, change: 'SUSPEND' | 'REINSTATE'): Promise<boolean>;
  lockPersonsOfAgreement(id: string): Promise<PersonId[]>;
  lockPersonsOfAgency(id: AgencyId): Promise<PersonId[]>;
  lockPersonsOfEnded(most: number): Promise<PersonId[]>;
  review(persons: PersonId[]): Promise<LockedPersons>;
  recordStatement(actor: Actor, statement: StatementRecord, evidence: Buffer | null): Promise<void>;
  recordRelease(actor: Actor, release: ReleaseRecord, evidence: Buffer | null): Promise<void>;
  step: ForwardingStore['step'];
  applyReview(
    actor: Actor,
    review: {
      at: Instant;
      cause: string;
      persons: PersonId[];
      close: { id: string; at: Instant }[];
      move: { id: string; goodUntil: Instant }[];
    },
  ): Promise<void>;
}

export interface Closing {
  /** Commits when the work's answer says so, else rolls everything back; either way gives the answer's value. */
  run<T>(work: (tx: ClosingTransaction) => Promise<{ commit: boolean; value: T }>): Promise<T>;
}

/** Waits a moment of random length, longer with each attempt, so that those who got in each other's way part. */
export type Pause = (attempt: number) => Promise<void>;

/** Everything that use cases are given. */
export interface Deps {
  agencies: AgencyStore;
  agreements: AgreementStore;
  clients: ClientStore;
  consent: ConsentStore;
  entries: EntryStore;
  laufzettel: LaufzettelStore;
  forwardings: ForwardingStore;
  audit: AuditStore;
  closing: Closing;
  vault: Vault;
  newId: NewId;
  pause: Pause;
}
