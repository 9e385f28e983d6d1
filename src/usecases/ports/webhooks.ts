/** Addresses that events are pushed to. */
import type { AgencyId, Instant } from '../../domain/facts.ts';
import type { AttemptOutcome, DISABLED_WHY, WEBHOOK_STATUSES } from '../../domain/webhook.ts';
import type { EventRecord } from './events.ts';
import type { Actor, Position } from './ground.ts';

export interface WebhookRecord {
  id: string;
  url: string;
  description: string;
  /** Of one Laufzettel it is sent one event after the other. */
  ordered: boolean;
  status: (typeof WEBHOOK_STATUSES)[number];
  disabledWhy: (typeof DISABLED_WHY)[number] | null;
  publicKey: string;
  /** Until when the former secret signs too; null: there is none. */
  formerUntil: Instant | null;
  /** Every event up to this number was delivered. */
  deliveredThrough: number;
  failures: number;
  restsUntil: Instant | null;
  succeededAt: Instant | null;
  version: number;
  createdAt: Instant;
}

export interface WebhookAttempt {
  id: string;
  eventId: string;
  type: string;
  /** null: a test, or the proof of control. */
  sequence: number | null;
  attempt: number;
  outcome: AttemptOutcome;
  httpStatus: number | null;
  durationMs: number;
  at: Instant;
}

/** What came of one attempt. */
export interface Attempted {
  outcome: AttemptOutcome;
  httpStatus: number | null;
  durationMs: number;
}

export interface TroubledWebhook {
  webhookId: string;
  agencyId: AgencyId;
  status: WebhookRecord['status'];
  disabledWhy: WebhookRecord['disabledWhy'];
  failures: number;
  restsUntil: Instant | null;
  succeededAt: Instant | null;
  createdAt: Instant;
}

/** What a webhook signs with; sealed wherever it is kept. */
export interface SigningKeys {
  /** 32 bytes of HMAC-SHA-256. */
  hmac: Buffer;
  /** 32 bytes, the seed of an Ed25519 private key (RFC 8032, 5.1.5). */
  seed: Buffer;
}

export interface WebhookKeys {
  make(): SigningKeys;
  seal(webhookId: string, keys: SigningKeys): Buffer;
  open(webhookId: string, sealed: Buffer): SigningKeys;
  /** What whoever reads an address can give back. */
  makeCode(): string;
  hashOfCode(code: string): Buffer;
}

/** An event on its way: by its lane, after so many attempts. */
export interface WaitingEvent extends EventRecord {
  lane: string;
  attempts: number;
}

/** What is to be sent to a webhook now. */
export interface TakenWebhook {
  agency: AgencyId;
  url: string;
  ordered: boolean;
  position: number;
  /** How often its position was set back. */
  resends: number;
  failures: number;
  /** The newest first. */
  keys: Buffer[];
  waiting: WaitingEvent[];
  news: WaitingEvent[];
  /** Lanes of the news in which something waits already. */
  blocked: string[];
}

export interface SentEvent extends Attempted {
  sequence: number;
  eventId: string;
  type: string;
  lane: string;
  attempt: number;
  /** Until the next attempt; null: there is none. */
  delayMs: number | null;
}

export interface SentBatch {
  from: number;
  resends: number;
  position: number;
  results: SentEvent[];
  behind: { sequence: number; lane: string }[];
}

export type WebhookChange =
  | { change: 'CONFIRM'; hash: string }
  | { change: 'ENABLE'; most: number }
  | { change: 'DISABLE' }
  | { change: 'ROTATE'; keys: string; publicKey: string; hours: number };

export type ChangedWebhook =
  | { outcome: 'ok'; webhook: WebhookRecord }
  | { outcome: 'code-wrong' | 'conflict' | 'too-many' }
  | null;

export interface WebhookStore {
  /** null: the agency has as many as it may. */
  create(
    actor: Actor,
    webhook: Pick<WebhookRecord, 'id' | 'url' | 'description' | 'ordered' | 'publicKey'>,
    keys: Buffer,
    most: number,
  ): Promise<WebhookRecord | null>;
  list(actor: Actor, after: Position | null, most: number): Promise<WebhookRecord[]>;
  get(actor: Actor, webhookId: string): Promise<WebhookRecord | null>;
  setCode(actor: Actor, webhookId: string, hash: Buffer, minutes: number): Promise<boolean>;
  change(actor: Actor, webhookId: string, change: WebhookChange): Promise<ChangedWebhook>;
  resend(
    actor: Actor,
    webhookId: string,
    what: { sequence: number } | { since: Instant },
  ): Promise<{ outcome: 'ok'; webhook: WebhookRecord } | { outcome: 'conflict' | 'unknown' } | null>;
  /** Newest first; null: no such webhook of the agency. */
  attempts(actor: Actor, webhookId: string, before: Position | null, most: number): Promise<WebhookAttempt[] | null>;
  troubled(actor: Actor, after: Position | null, most: number): Promise<TroubledWebhook[]>;
  /** For a test or the proof of control; the newest keys first. */
  keysOf(
    actor: Actor,
    webhookId: string,
  ): Promise<{ url: string; status: WebhookRecord['status']; keys: Buffer[] } | null>;
  /** null: no such webhook of the agency any more. */
  noteTest(
    actor: Actor,
    webhookId: string,
    attempt: { eventId: string; type: string } & Attempted,
  ): Promise<WebhookAttempt | null>;
  attempt(actor: Actor, attemptId: string): Promise<WebhookAttempt | null>;
  /** Ids of those that have something to do; null: of all agencies. */
  due(agencies: readonly AgencyId[] | null): Promise<string[]>;
  take(webhookId: string, most: number): Promise<TakenWebhook | null>;
  /** Whether there is more to be sent now; why it was disabled by what is written down, null: it was not. */
  record(
    webhookId: string,
    batch: SentBatch,
    restMs: number,
  ): Promise<{ hasMore: boolean; why: WebhookRecord['disabledWhy'] }>;
  forgetAttempts(most: number): Promise<number>;
}

/** Something sent to an address: an event, or a test of it. Its time is that of sending. */
export interface WebhookMessage {
  id: string;
  type: string;
  subject: string;
  data: Record<string, string>;
  at?: Instant;
  sequence?: number;
}

/** Lets one instance work on a webhook at a time. */
export interface LaneLocks {
  /** False: another instance works on it, or it cannot be said. */
  take(webhookId: string): Promise<boolean>;
  release(webhookId: string): Promise<void>;
}

/** How messages are signed and sent. */
export interface WebhookPost {
  /** `whsec_…` */
  secretText(keys: SigningKeys): string;
  /** `whpk_…` */
  publicKeyText(keys: SigningKeys): string;
  /** null: may be called; otherwise what is wrong with it, in a sentence. */
  fault(url: string): Promise<string | null>;
  /** The newest keys first. */
  send(url: string, message: WebhookMessage, keys: readonly SigningKeys[]): Promise<Attempted>;
}
