/** One hop of a Laufzettel. */
import type { Category, Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, Facts, Instant, PersonId, ReliedOn } from '../../domain/facts.ts';
import type { ForwardingStatus, LaufzettelStatus } from '../../domain/laufzettel.ts';
import type { ToldAnswer } from './closures.ts';
import type { NewHandle, Reading, StoredEntry } from './entries.ts';
import type { Actor, Position, Sealed } from './ground.ts';

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
  /** The forwarding that it answers. */
  answers: string | null;
  version: number;
  sentAt: Instant;
  changedAt: Instant;
}

/** What a list is narrowed to; what is absent does not narrow. */
export interface ForwardingFilter {
  /** One of these, as shown. */
  status?: readonly ForwardingStatus[];
  kind?: string;
  /** The agency at the other end. */
  partner?: AgencyId;
  purpose?: Purpose;
  urgency?: string;
  /** Days; both exclude the day itself, and what is due on no day. */
  dueBefore?: string;
  dueAfter?: string;
  changedSince?: Instant;
}

/** Everything a forwarding is decided upon, in one snapshot, with the versions of all of it. */
export interface ForwardFacts {
  at: Instant;
  kind: string;
  purpose: Purpose;
  urgency: string;
  dueDate: string | null;
  /** Of the Laufzettel. */
  status: LaufzettelStatus;
  person: PersonId;
  clientId: string;
  recipientKnown: boolean;
  /** Asked entries that the reader may not name. */
  unknown: string[];
  entries: StoredEntry[];
  /** Person to the recipient's handle, null where it has none yet. */
  handles: Record<PersonId, string | null>;
  /**
   * Ids of open disclosures of these entries, in `facts.rows`, when the recipient has passed on any of them; else none.
   * notAfter: of a forwarding that nobody has accepted yet, when it expires.
   */
  passedOn: { id: string; person: PersonId; notAfter: Instant | null }[];
  /** daysToAccept: by agreement. */
  facts: Facts & { versions: unknown; daysToAccept: Record<string, number> };
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
  /** New ends of what the recipient has passed on, which it holds longer now. */
  moves: { id: string; goodUntil: Instant }[];
  expiresAt: Instant;
  /** The forwarding that it answers, which becomes ANSWERED with it. */
  answers?: { id: string; expectedVersion: number };
  /** The request that it fulfils. */
  requestId?: string;
  versions: unknown;
  /** For the audit: ids and codes. */
  subject: Record<string, unknown>;
}

export interface ReadForwarding {
  at: Instant;
  received: boolean;
  header: ForwardingHeader;
  rows: ({
    id: string;
    entry: string;
    person: PersonId;
    category: Category;
    origin: AgencyId;
    openedAt: Instant;
    closedAt: Instant | null;
    goodUntil: Instant;
    fetched: boolean;
  } & ToldAnswer)[];
  entries: StoredEntry[];
  sealed: Map<string, Sealed>;
  handles: Record<PersonId, string | null>;
  facts: Facts;
}

export interface ForwardingStore {
  /** answering: with what the actor holds on it that the recipient wrote itself. */
  load(
    actor: Actor,
    laufzettelId: string,
    recipient: AgencyId,
    asked: string[] | null,
    answering: boolean,
  ): Promise<ForwardFacts | null>;
  /** What its sender sees of it then. stale: something it was decided upon has changed; decide again. */
  commit(actor: Actor, decided: DecidedForwarding): Promise<ReadForwarding | 'stale'>;
  read(actor: Actor, id: string): Promise<ReadForwarding | null>;
  /** As EntryStore.markRead; the recipient's first read makes it DELIVERED. */
  markRead(
    actor: Actor,
    read: Reading & { id: string },
  ): Promise<Pick<ForwardingHeader, 'status' | 'version' | 'changedAt'> & { handles: Record<PersonId, string | null> }>;
  /** live: something that it disclosed has not ended. */
  header(actor: Actor, id: string): Promise<(ForwardingHeader & { live: boolean }) | null>;
  /** Newest first; by last change, oldest first, when the filter has `changedSince`. */
  list(
    actor: Actor,
    received: boolean,
    filter: ForwardingFilter,
    after: Position | null,
    most: number,
  ): Promise<ForwardingHeader[]>;
  /** null: the version is no longer the expected one, or nothing of it is live any more. */
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
