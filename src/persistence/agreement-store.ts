import type { Category, Purpose } from '../domain/catalogue.ts';
import type {
  AgreementRecord,
  AgreementStore,
  AgreementTransaction,
  AgreementVersionRecord,
  OpenAmendment,
} from '../usecases/ports.ts';
import { after, inOrderOfCreation } from './agency-store.ts';
import type { Caller, Database } from './database.ts';
import type { Prisma } from './prisma/client.ts';
import { only } from './read-json.ts';

const include = {
  parties: { orderBy: { agencyId: 'asc' as const } },
  // An open one is always the last.
  versions: {
    orderBy: { number: 'desc' as const },
    take: 1,
    select: {
      number: true,
      inForceAt: true,
      withdrawnAt: true,
      signatures: { select: { agencyId: true }, orderBy: { agencyId: 'asc' as const } },
    },
  },
};
type Row = Prisma.AgreementGetPayload<{ include: typeof include }>;

const record = (row: Row, asOf: Date): AgreementRecord => ({
  id: row.id,
  title: row.title,
  purposes: row.purposes as Purpose[],
  categories: row.categories as Category[],
  from: row.validFrom.getTime(),
  until: row.validUntil?.getTime() ?? null,
  terminatedAt: row.terminatedAt?.getTime() ?? null,
  turnus: row.turnus,
  daysToRemind: row.daysToRemind,
  daysToAccept: row.daysToAccept,
  daysToAnswer: row.daysToAnswer,
  daysToAcknowledge: row.daysToAcknowledge,
  version: row.version,
  number: row.number,
  lastNumber: row.versions[0]?.number ?? 0,
  openAmendment: openAmong(row.versions),
  createdAt: row.createdAt.getTime(),
  asOf: asOf.getTime(),
  parties: row.parties.map((party) => ({
    agencyId: party.agencyId,
    signedAt: party.signedAt?.getTime() ?? null,
    leftAt: party.leftAt?.getTime() ?? null,
  })),
});

function openAmong([last]: Row['versions']): OpenAmendment | null {
  if (last === undefined || last.number === 1 || last.inForceAt !== null || last.withdrawnAt !== null) return null;
  return { number: last.number, signedBy: last.signatures.map(({ agencyId }) => agencyId) };
}

/** The clock of the snapshot that the rest is read in. */
async function clockOf(prisma: Prisma.TransactionClient): Promise<Date> {
  return only(await prisma.$queryRaw<{ now: Date }[]>`SELECT api.clock_now() AS now`).now;
}

const LIST_VERSIONS = 'SELECT api.list_agreement_versions($1, $2, $3, $4, $5) AS list';

/** Also as a snapshot has them. */
export const agreementVersions =
  (caller: Caller): AgreementStore['versions'] =>
  async (actor, agreementId, afterNumber, most, whole) => {
    const values = [actor, agreementId, afterNumber, most, whole];
    type Found = { list: AgreementVersionRecord[] | null };
    return only(await caller.call<Found>('list_agreement_versions', LIST_VERSIONS, values)).list;
  };

export function agreementStore(database: Database): AgreementStore {
  return {
    list: async (actor, position, most) =>
      database.as(actor, async (prisma) => {
        const where = after(position);
        const rows = await prisma.agreement.findMany({ where, orderBy: inOrderOfCreation, take: most, include });
        const asOf = await clockOf(prisma);
        return rows.map((row) => record(row, asOf));
      }),
    get: async (actor, id) =>
      database.as(actor, async (prisma) => {
        const row = await prisma.agreement.findUnique({ where: { id }, include });
        return row && record(row, await clockOf(prisma));
      }),
    create: async (actor, { id, terms, text, textHash }) => {
      const rows = await database.call<{ outcome: 'ok' | 'party-unknown' }>(
        'create_agreement',
        'SELECT api.create_agreement($1, $2) AS outcome',
        [actor, { ...terms, id, text, textHash }],
      );
      return only(rows).outcome;
    },
    names: async (actor, agencies) => {
      const rows = await database.as(actor, (prisma) =>
        prisma.agency.findMany({ where: { id: { in: [...agencies] } }, select: { id: true, name: true } }),
      );
      return new Map(rows.map(({ id, name }) => [id, name]));
    },
    versions: agreementVersions(database),
    keys: async (actor) => {
      type Found = { keys: Awaited<ReturnType<AgreementStore['keys']>> };
      return only(await database.call<Found>('keys_of_agency', 'SELECT api.keys_of_agency($1) AS keys', [actor])).keys;
    },
    undrafted: async (most) => {
      type Found = { list: Awaited<ReturnType<AgreementStore['undrafted']>> };
      const text = 'SELECT api.undrafted_agreements($1) AS list';
      return only(await database.call<Found>('undrafted_agreements', text, [most])).list;
    },
    draftFirst: async (id, { terms, text, textHash }) => {
      const call = 'SELECT api.draft_first_version($1, $2, $3, $4) AS done';
      return only(await database.call<{ done: boolean }>('draft_first_version', call, [id, terms, text, textHash]))
        .done;
    },
  };
}

/** Within a transaction that may close. */
export function agreementTransaction(tx: Caller): AgreementTransaction {
  const one = async <T>(name: string, text: string, values: unknown[]): Promise<T> =>
    only(await tx.call<{ found: T }>(name, text, values)).found;
  return {
    changeAgreement: (actor, id, change) =>
      one('change_agreement', 'SELECT api.change_agreement($1, $2, $3) AS found', [actor, id, change]),
    signAgreement: (actor, id, number, signature) =>
      one('sign_agreement', 'SELECT api.sign_agreement($1, $2, $3, $4) AS found', [actor, id, number, signature]),
    amendAgreement: (actor, amendment) =>
      one('amend_agreement', 'SELECT api.amend_agreement($1, $2) AS found', [actor, amendment]),
    withdrawAmendment: (actor, id) =>
      one('withdraw_amendment', 'SELECT api.withdraw_amendment($1, $2) AS found', [actor, id]),
    tryAmendment: (actor, id) => one('try_amendment', 'SELECT api.try_amendment($1, $2) AS found', [actor, id]),
    lockPersonsOfAgreement: (id) =>
      one('lock_persons_of_agreement', 'SELECT api.lock_persons_of_agreement($1) AS found', [id]),
    disclosuresAmong: (reader, ids, most) =>
      one('disclosures_among', 'SELECT api.disclosures_among($1, $2, $3) AS found', [reader, ids, most]),
  };
}
