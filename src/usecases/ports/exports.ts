/** What an agency takes away of its own: the lists as they stand in one snapshot. */
import type { Instant } from '../../domain/facts.ts';
import type { AgreementStore } from './agreements.ts';
import type { ClientRecord, ClientStore, DisclosureRecord } from './clients.ts';
import type { ConferenceStore } from './conferences.ts';
import type { ConsentStore, ReleaseRecord, StatementRecord, WithEvidence } from './consent.ts';
import type { ConsentTextStore } from './consent-texts.ts';
import type { ReadEntries } from './entries.ts';
import type { ForwardingStore } from './forwardings.ts';
import type { Actor, Position } from './ground.ts';
import type { LaufzettelStore } from './laufzettel.ts';
import type { PlanStore } from './plans.ts';
import type { ProposalStore } from './proposals.ts';
import type { RequestStore } from './requests.ts';

/** With the beginning of each of its lists, as many of each as were asked for. */
export interface ExportedClient extends ClientRecord {
  statements: WithEvidence<StatementRecord>[];
  releases: WithEvidence<ReleaseRecord>[];
  disclosures: DisclosureRecord[];
}

export type EntryPosition = Position & { clientId: string };

/** Own entries, with own handles on everybody they concern. */
export interface ExportedEntries extends Pick<ReadEntries, 'entries' | 'sealed' | 'handles'> {
  /** null: this is the last page. */
  next: EntryPosition | null;
}

/** Whatever is asked of it is answered as it stood at one moment, and all that had been answered by `asOf` is in it. */
export interface Snapshot {
  asOf: Instant;
  agreements: AgreementStore['list'];
  agreementVersions: AgreementStore['versions'];
  clients(actor: Actor, after: Position | null, most: number, listed: number): Promise<ExportedClient[]>;
  statements: ConsentStore['statements'];
  releases: ConsentStore['releases'];
  consentTexts: ConsentTextStore['list'];
  disclosures: ClientStore['disclosures'];
  /** What the actor wrote about these clients of its own. */
  entries(
    actor: Actor,
    clients: readonly string[],
    after: EntryPosition | null,
    most: number,
  ): Promise<ExportedEntries>;
  laufzettel: LaufzettelStore['list'];
  forwardings: ForwardingStore['list'];
  requests: RequestStore['list'];
  proposals: ProposalStore['list'];
  conferences: ConferenceStore['list'];
  plans: PlanStore['list'];
  planProposals: PlanStore['listOwnProposals'];
  /** Lets go of the snapshot, and of the only place there is for one of this agency. */
  close(): Promise<void>;
}

export interface ExportStore {
  /** Notes it in the audit. null: another one of the agency is under way. */
  begin(actor: Actor): Promise<Snapshot | null>;
}
