/** Plans that two agencies write together. */
import type { Category } from '../../domain/catalogue.ts';
import type { PlanKind } from '../../domain/code-lists.ts';
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { ForwardingStatus } from '../../domain/laufzettel.ts';
import type { PlanDeclineCode, PlanProposal, PlanProposalStatus } from '../../domain/plan.ts';
import type { ReadEntries } from './entries.ts';
import type { Actor, Position, Sealed } from './ground.ts';

export interface PlanRecord {
  id: string;
  kind: PlanKind;
  nameCode: string;
  /** As it read when the plan was opened. */
  nameLabel: string;
  laufzettelId: string;
  /** The reader's own handle. */
  clientId: string;
  openedBy: AgencyId;
  partner: AgencyId;
  createdAt: Instant;
}

/** With the forwarding that carries its entry, as it is written down. */
export interface StoredPlanProposal extends PlanProposal {
  forwardingId: string;
  carriedBy: ForwardingStatus;
  carriedVersion: number;
}

/** What a reader had read and may read no more. */
export interface PlanTrace {
  entryId: string;
  category: Category;
  closedAt: Instant;
}

/** A plan with those proposals whose entry the reader may read as far as is written down; no content, `sealed` is empty. */
export interface ReadPlan extends ReadEntries {
  plan: PlanRecord;
  /** Of every change, the reader's to see or not: for who writes, and told to nobody. */
  version: number;
  proposals: StoredPlanProposal[];
  traces: PlanTrace[];
}

export interface PlanFilter {
  clientId?: string;
  laufzettelId?: string;
  kind?: PlanKind;
}

export interface NewPlan
  extends Pick<PlanRecord, 'id' | 'kind' | 'nameCode' | 'nameLabel' | 'laufzettelId' | 'partner'> {
  /** Plans of one opener on one Laufzettel. */
  most: number;
}

/** What an agency proposed itself, as it takes it away. */
export interface OwnPlanProposal {
  id: string;
  planId: string;
  partId: string;
  entryId: string;
  forwardingId: string;
  reviewOn: string | null;
  status: PlanProposalStatus;
  code: PlanDeclineCode | null;
  proposedAt: Instant;
  answeredAt: Instant | null;
}

export interface PlanStore {
  open(
    actor: Actor,
    plan: NewPlan,
    at: Instant,
  ): Promise<'ok' | 'not-found' | 'not-open' | 'other-kind' | 'no-partner' | 'too-many'>;
  /** null: not the reader's to see. */
  read(actor: Actor, id: string): Promise<ReadPlan | null>;
  /** Ciphertexts of these entries, as far as they stand in the plan and the reader may read them. */
  contents(actor: Actor, id: string, entries: readonly string[]): Promise<Map<string, Sealed>>;
  /** Newest first. */
  list(actor: Actor, filter: PlanFilter, after: Position | null, most: number): Promise<PlanRecord[]>;
  /** Oldest first; without what was erased since. */
  listOwnProposals(actor: Actor, after: Position | null, most: number): Promise<OwnPlanProposal[]>;
}

export interface NewPlanProposal
  extends Pick<PlanProposal, 'id' | 'part' | 'entry' | 'replaces' | 'place' | 'reviewOn'> {
  planId: string;
  forwardingId: string;
  /** The version from which it was judged. */
  expected: number;
}

export interface PlanTransaction {
  readPlan: PlanStore['read'];
  /** Once its entry has been forwarded in this transaction. false: the plan is not as expected. */
  proposeInPlan(actor: Actor, proposal: NewPlanProposal, at: Instant): Promise<boolean>;
  /** false: the plan or the proposal is not as expected. */
  settlePlanProposal(
    actor: Actor,
    settled: {
      id: string;
      planId: string;
      expected: number;
      status: 'ACCEPTED' | 'DECLINED' | 'WITHDRAWN';
      code: PlanDeclineCode | null;
    },
  ): Promise<boolean>;
}
