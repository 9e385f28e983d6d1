/** Requests for a Laufzettel. */
import type { Purpose } from '../../domain/catalogue.ts';
import type { AgencyId, Facts, Instant, PersonId } from '../../domain/facts.ts';
import type { DeclineCode, RequestStatus } from '../../domain/request.ts';
import type { Actor, Position } from './ground.ts';

export interface RequestRecord {
  id: string;
  from: AgencyId;
  to: AgencyId;
  /** The reader's own handle. */
  clientId: string;
  kind: string;
  purpose: Purpose;
  urgency: string;
  dueDate: string | null;
  status: RequestStatus;
  declineCode: DeclineCode | null;
  forwardingId: string | null;
  expiresAt: Instant;
  version: number;
  createdAt: Instant;
  changedAt: Instant;
}

export interface RequestQuery {
  received: boolean;
  status: RequestStatus | null;
}

export interface RequestStore {
  /** null: none that the actor may see. */
  get(actor: Actor, id: string): Promise<RequestRecord | null>;
  list(actor: Actor, query: RequestQuery, after: Position | null, most: number): Promise<RequestRecord[]>;
  /** null: the version is no longer the expected one, or it has ended. */
  step(
    actor: Actor,
    id: string,
    expectedVersion: number,
    next: { status: RequestStatus; declineCode: DeclineCode | null },
  ): Promise<RequestRecord | null>;
  /** Writes down what time has ended; gives how many. */
  expire(most: number): Promise<number>;
}

/** What asking is decided upon, locked until the transaction ends. */
export interface LockedAsking {
  at: Instant;
  person: PersonId;
  askedKnown: boolean;
  /** The asked agency has forwarded something about the person to the actor before. */
  told: boolean;
  /** The asked agency knows that the person is the actor's client: by that, by a forwarding of the actor's, or by a link. */
  known: boolean;
  facts: Facts;
}

export type NewRequest = Pick<RequestRecord, 'id' | 'to' | 'clientId' | 'kind' | 'purpose' | 'urgency' | 'dueDate'> & {
  at: Instant;
  expiresAt: Instant;
  /** When time ends it: then, or earlier. */
  endsAt: Instant;
  /** For the audit: ids and codes. */
  subject: Record<string, unknown>;
};

export interface RequestTransaction {
  /** null: not the actor's client. */
  lockAsking(actor: Actor, clientId: string, asked: AgencyId): Promise<LockedAsking | null>;
  createRequest(actor: Actor, request: NewRequest): Promise<void>;
  stepRequest: RequestStore['step'];
}

/** Thrown when a forwarding names a request that it cannot fulfil; nothing was sent. */
export class RequestNotFulfilled extends Error {
  readonly why: 'unknown' | 'other' | 'ended';
  constructor(why: RequestNotFulfilled['why']) {
    super(`the request is ${why}`);
    this.why = why;
  }
}
