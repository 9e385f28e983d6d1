import type {
  AgreementRecord,
  DisclosureRecord,
  EntryPosition,
  ExportedClient,
  ExportStore,
  ReadEntries,
  ReleaseRecord,
  Snapshot,
  StatementRecord,
} from '../usecases/ports.ts';
import { agreementVersions } from './agreement-store.ts';
import { listConferences } from './conference-store.ts';
import { consentStore, type StatedRow, withEvidence } from './consent-store.ts';
import { consentTextStore } from './consent-text-store.ts';
import type { Caller } from './database.ts';
import { listForwardings } from './forwarding-store.ts';
import { laufzettelStore } from './laufzettel-store.ts';
import { planStore } from './plan-store.ts';
import { proposalStore } from './proposal-store.ts';
import { bytes, only, readAllSealed, type SealedJson } from './read-json.ts';
import { requestStore } from './request-store.ts';
import { openSession, type SnapshotOptions } from './snapshot.ts';

interface ClientJson extends Pick<ExportedClient, 'id' | 'createdAt' | 'disclosures'> {
  sealedFileReference: string | null;
  wrapped: string | null;
  statements: StatedRow<StatementRecord>[];
  releases: StatedRow<ReleaseRecord>[];
}

type EntriesJson = Pick<ReadEntries, 'entries' | 'handles'> & {
  sealed: Record<string, SealedJson>;
  last: EntryPosition | null;
};

/** Of ciphertext in memory at once: a document may have as much as a body may. */
const MOST_BYTES = 2 * 1024 * 1024;

const bytesOrNull = (base64: string | null): Buffer | null => (base64 === null ? null : bytes(base64));

export function exportStore(options: SnapshotOptions): ExportStore {
  return {
    begin: async (actor) => {
      const session = await openSession(options);
      try {
        const text = 'SELECT api.begin_export($1)::float8 AS at';
        const { at } = only(await session.call<{ at: number | null }>('begin_export', text, [actor]));
        if (at !== null) {
          await session.freeze();
          return { asOf: at, ...listsOf(session), close: session.close };
        }
      } catch (error) {
        await session.close();
        throw error;
      }
      await session.close();
      return null;
    },
  };
}

function listsOf(caller: Caller): Omit<Snapshot, 'asOf' | 'close'> {
  const consent = consentStore(caller);
  const plans = planStore(caller);
  return {
    agreements: async (actor, position, most) => {
      const text = 'SELECT api.export_agreements($1, $2, $3, $4) AS list';
      const values = [actor.agency, position?.at ?? null, position?.id ?? null, most];
      return only(await caller.call<{ list: AgreementRecord[] }>('export_agreements', text, values)).list;
    },
    agreementVersions: agreementVersions(caller),
    clients: async (actor, position, most, listed) => {
      const text = 'SELECT api.export_clients($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, position?.at ?? null, position?.id ?? null, most, listed];
      const { list } = only(await caller.call<{ list: ClientJson[] }>('export_clients', text, values));
      return list.map((client) => ({
        ...client,
        sealedFileReference: bytesOrNull(client.sealedFileReference),
        wrapped: bytesOrNull(client.wrapped),
        statements: client.statements.map(withEvidence<StatementRecord>),
        releases: client.releases.map(withEvidence<ReleaseRecord>),
      }));
    },
    statements: consent.statements,
    releases: consent.releases,
    consentTexts: consentTextStore(caller).list,
    disclosures: async (actor, id, position, most) => {
      const text = 'SELECT api.list_disclosures($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, id, position?.at ?? null, position?.id ?? null, most];
      return only(await caller.call<{ list: DisclosureRecord[] | null }>('list_disclosures', text, values)).list;
    },
    entries: async (actor, clients, after, most) => {
      const text = 'SELECT api.export_entries($1, $2, $3, $4, $5, $6, $7) AS found';
      const values = [actor.agency, clients, after?.clientId ?? null, after?.at ?? null, after?.id ?? null];
      const { found } = only(
        await caller.call<{ found: EntriesJson }>('export_entries', text, [...values, most, MOST_BYTES]),
      );
      const { entries, sealed, handles, last } = found;
      return { entries, sealed: readAllSealed(sealed), handles, next: last };
    },
    laufzettel: laufzettelStore(caller).list,
    forwardings: listForwardings(caller),
    requests: requestStore(caller).list,
    proposals: proposalStore(caller).list,
    conferences: listConferences(caller),
    plans: plans.list,
    planProposals: plans.listOwnProposals,
  };
}
