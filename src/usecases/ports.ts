/** What use cases need from outside: types only. Each aggregate has one store; `persistence` implements them. */
import type { HolidaysOf } from '../domain/working-days.ts';
import type { AgencyStore, AgreementStore } from './ports/agencies.ts';
import type { ClientStore } from './ports/clients.ts';
import type { Closing } from './ports/closing.ts';
import type { ClosureStore } from './ports/closures.ts';
import type { ConsentStore } from './ports/consent.ts';
import type { EntryStore } from './ports/entries.ts';
import type { ErasureLedger } from './ports/erasure.ts';
import type { EventNews, EventStore } from './ports/events.ts';
import type { ExportStore } from './ports/exports.ts';
import type { AuditStore, ForwardingStore } from './ports/forwardings.ts';
import type { NewId, Vault } from './ports/ground.ts';
import type { LaufzettelStore } from './ports/laufzettel.ts';
import type { LinkCodeKey, LinkingStore } from './ports/linking.ts';
import type { PlanStore } from './ports/plans.ts';
import type { ProposalStore } from './ports/proposals.ts';
import type { ReminderStore } from './ports/reminders.ts';
import type { RequestStore } from './ports/requests.ts';
import type { Fingerprints, RetryStore } from './ports/retries.ts';
import type { Rhythms, RoundStore } from './ports/rounds.ts';
import type { WaitingStore } from './ports/waiting.ts';
import type { Watch } from './ports/watch.ts';
import type { WebhookKeys, WebhookPost, WebhookStore } from './ports/webhooks.ts';

export * from './ports/agencies.ts';
export * from './ports/clients.ts';
export * from './ports/closing.ts';
export * from './ports/closures.ts';
export * from './ports/consent.ts';
export * from './ports/corrections.ts';
export * from './ports/entries.ts';
export * from './ports/erasure.ts';
export * from './ports/events.ts';
export * from './ports/exports.ts';
export * from './ports/forwardings.ts';
export * from './ports/ground.ts';
export * from './ports/laufzettel.ts';
export * from './ports/linking.ts';
export * from './ports/plans.ts';
export * from './ports/proposals.ts';
export * from './ports/reminders.ts';
export * from './ports/requests.ts';
export * from './ports/retries.ts';
export * from './ports/rounds.ts';
export * from './ports/waiting.ts';
export * from './ports/watch.ts';
export * from './ports/webhooks.ts';

/** Waits a moment of random length, longer with each attempt, so that those who got in each other's way part. */
export type Pause = (attempt: number) => Promise<void>;

/** Everything that use cases are given. */
export interface Deps {
  agencies: AgencyStore;
  agreements: AgreementStore;
  clients: ClientStore;
  linking: LinkingStore;
  linkCodeKey: LinkCodeKey;
  consent: ConsentStore;
  proposals: ProposalStore;
  entries: EntryStore;
  laufzettel: LaufzettelStore;
  forwardings: ForwardingStore;
  plans: PlanStore;
  requests: RequestStore;
  reminders: ReminderStore;
  holidaysOf: HolidaysOf;
  waiting: WaitingStore;
  rounds: RoundStore;
  rhythms: Rhythms;
  audit: AuditStore;
  retries: RetryStore;
  closing: Closing;
  closures: ClosureStore;
  erasures: ErasureLedger;
  events: EventStore;
  news: EventNews;
  webhooks: WebhookStore;
  webhookKeys: WebhookKeys;
  webhookPost: WebhookPost;
  exports: ExportStore;
  vault: Vault;
  fingerprints: Fingerprints;
  watch: Watch;
  /** UUIDv7: it tells when it was made. */
  newId: NewId;
  pause: Pause;
}
