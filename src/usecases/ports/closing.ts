/** One transaction for what may end disclosures. */
import type { AgencyId, EntryMeta, Facts, Instant, PersonId, Reason } from '../../domain/facts.ts';
import type { AgreementTransaction } from './agreements.ts';
import type { ConferenceTransaction } from './conferences.ts';
import type { ReleaseRecord, StatementRecord } from './consent.ts';
import type { ConsentTextTransaction } from './consent-texts.ts';
import type { CorrectionTransaction } from './corrections.ts';
import type { EntryStore } from './entries.ts';
import type { LockedErasure } from './erasure.ts';
import type { AuditStore, ForwardingStore } from './forwardings.ts';
import type { Actor } from './ground.ts';
import type { LaufzettelStore } from './laufzettel.ts';
import type { LinkingTransaction } from './linking.ts';
import type { PlanTransaction } from './plans.ts';
import type { ProposalStore } from './proposals.ts';
import type { RequestTransaction } from './requests.ts';

/** Open disclosures of locked persons, with all that is needed to decide them again. */
export interface LockedPersons {
  at: Instant;
  persons: PersonId[];
  entries: EntryMeta[];
  /** Ids of open rows, in `facts.rows`, with the person of their Laufzettel. */
  rows: { id: string; person: PersonId; from: AgencyId; to: AgencyId; notAfter: Instant | null }[];
  facts: Facts;
}

/** A locked person, by one of the actor's handles. */
export interface LockedClient extends LockedPersons {
  person: PersonId;
  /** The handle's data key; null once destroyed. */
  wrapped: Buffer | null;
  /** Of the agencies that the request names those that do not exist. */
  unknownAgencies: AgencyId[];
}

/**
 * One transaction for what may end disclosures. Locks are taken in the order agency, agreement, persons, and held until it
 * ends; what is read after them is true until then.
 */
export interface ClosingTransaction
  extends AgreementTransaction,
    ConferenceTransaction,
    ConsentTextTransaction,
    CorrectionTransaction,
    LinkingTransaction,
    PlanTransaction,
    RequestTransaction {
  lockClient(
    actor: Actor,
    clientId: string,
    /** Agencies that the request names; those that do not exist are given back. */
    named: AgencyId[],
  ): Promise<LockedClient | null>;
  lockForwarding(actor: Actor, id: string): Promise<(LockedPersons & { ofForwarding: string[] }) | null>;
  /** By an agency: its own handle. By the exchange itself, which applies the ledger again: any. null: there is none. */
  lockErasure(actor: Actor, clientId: string): Promise<LockedErasure | null>;
  /** Destroys the data key of a handle that lockErasure has locked, and clears its file reference. counts: for the audit. */
  eraseClient(actor: Actor, clientId: string, at: Instant, counts: Record<string, number>): Promise<void>;
  changeAgency(actor: Actor, id: AgencyId, change: 'SUSPEND' | 'REINSTATE'): Promise<boolean>;
  lockPersonsOfAgency(id: AgencyId): Promise<PersonId[]>;
  lockPersonsOfEnded(most: number): Promise<PersonId[]>;
  review(persons: PersonId[]): Promise<LockedPersons>;
  recordStatement(actor: Actor, statement: StatementRecord, evidence: Buffer | null): Promise<void>;
  recordRelease(actor: Actor, release: ReleaseRecord, evidence: Buffer | null): Promise<void>;
  settleProposal: ProposalStore['settle'];
  note: AuditStore['note'];
  addEntries: EntryStore['add'];
  /** Nothing goes on after `commit` was stale. */
  forwarding: Pick<ForwardingStore, 'load' | 'commit'>;
  /** Everybody whom the Laufzettel's open disclosures concern; null: not the actor's to see. */
  lockLaufzettel(actor: Actor, id: string): Promise<LockedPersons | null>;
  step: ForwardingStore['step'];
  endLaufzettel: LaufzettelStore['end'];
  applyReview(
    actor: Actor,
    review: {
      at: Instant;
      cause: string;
      persons: PersonId[];
      /** reasons: for who watches, and not stored. */
      close: { id: string; at: Instant; reasons?: readonly Reason[] }[];
      move: { id: string; goodUntil: Instant }[];
    },
  ): Promise<void>;
}

export interface Closing {
  /** Commits when the work's answer says so, else rolls everything back; either way gives the answer's value. */
  run<T>(work: (tx: ClosingTransaction) => Promise<{ commit: boolean; value: T }>): Promise<T>;
}
