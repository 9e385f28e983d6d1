/** The rhythm of agreements, and the rounds that come of it. */
import type { Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { ForwardingStatus } from '../../domain/laufzettel.ts';
import type { RoundSection } from '../../domain/round.ts';
import type { Actor, Position } from './ground.ts';

/** A recurrence rule, with the first instant of its agreement. One that is no rule never comes. */
export interface Rhythm {
  turnus: string;
  from: Instant;
}

export interface Rhythms {
  /** null: none within ten years of its beginning, or it cannot be told which one is its last. */
  first(rhythm: Rhythm): Instant | null;
  /** last: the latest moment that is later than `after`, up to `until`. next: the first later than `until`. */
  since(rhythm: Rhythm, after: Instant, until: Instant): { last: Instant | null; next: Instant | null };
}

export interface DueRhythm extends Rhythm {
  agreement: string;
  /** Every moment up to then has had its rounds. */
  doneUntil: Instant;
  /** First instant at which the agreement no longer holds; null: none is known. */
  end: Instant | null;
}

export interface RoundRecord {
  id: string;
  agreementId: string;
  agreementTitle: string;
  reader: AgencyId;
  readerName: string;
  partner: AgencyId;
  partnerName: string;
  /** The moment that the agreement says. */
  at: Instant;
  /** What happened later than that, up to its moment, is news. */
  windowFrom: Instant;
  publishedAt: Instant;
  /** A section without any is left out. */
  counts: Partial<Record<RoundSection, number>>;
}

export interface RoundItem {
  section: RoundSection;
  forwardingId: string;
  laufzettelId: string;
  /** Of a consent that ends. */
  disclosureId: string | null;
  /** Of a part of a plan that is to be looked at again. */
  planId: string | null;
  /** By the reader; else sent by it. */
  received: boolean;
  kind: string;
  purpose: Purpose;
  urgency: string;
  dueDate: string | null;
  /** When the round was published. */
  status: ForwardingStatus;
  /** Since when; of a consent that ends until when. */
  at: Instant;
  /** The reader's own handle. */
  clientId: string;
}

export interface RoundFilter {
  agreementId?: string;
  partner?: AgencyId;
}

export interface RoundStore {
  /** Rhythms that ask for something now, at most so many, and the time. */
  due(most: number): Promise<{ at: Instant; due: DueRhythm[] }>;
  /** Publishes what one party still lacks of a moment; gives how many, 0: there is nothing left to do for it. */
  publish(agreement: string, doneUntil: Instant, moment: Instant): Promise<number>;
  /** done null: as far as before. next null: there is none any more. */
  follow(agreement: string, doneUntil: Instant, done: Instant | null, next: Instant | null): Promise<void>;
  /** Gives how many. */
  forget(most: number): Promise<number>;
  /** Newest first. */
  list(actor: Actor, filter: RoundFilter, after: Position | null, most: number): Promise<RoundRecord[]>;
  /** With the first so many items of each section. */
  get(
    actor: Actor,
    id: string,
    most: number,
  ): Promise<{ round: RoundRecord; items: (RoundItem & SealedReference)[] } | null>;
}

/** The reader's own file reference of an item's client; null where there is none, or its key is destroyed. */
export interface SealedReference {
  sealedFileReference: Buffer | null;
  wrapped: Buffer | null;
}
