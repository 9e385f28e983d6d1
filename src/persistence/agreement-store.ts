import type { Category, Purpose } from '../domain/catalogue.ts';
import type { AgreementRecord, AgreementStore } from '../usecases/ports.ts';
import { after, inOrderOfCreation } from './agency-store.ts';
import type { Database } from './database.ts';
import type { Agreement, AgreementParty } from './prisma/client.ts';
import { only } from './read-json.ts';

const record = (row: Agreement & { parties: AgreementParty[] }): AgreementRecord => ({
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
  createdAt: row.createdAt.getTime(),
  parties: row.parties.map((party) => ({
    agencyId: party.agencyId,
    signedAt: party.signedAt?.getTime() ?? null,
    leftAt: party.leftAt?.getTime() ?? null,
  })),
});

const include = { parties: { orderBy: { agencyId: 'asc' as const } } };

export function agreementStore(database: Database): AgreementStore {
  return {
    list: async (actor, position, most) => {
      const rows = await database.as(actor, (prisma) =>
        prisma.agreement.findMany({ where: after(position), orderBy: inOrderOfCreation, take: most, include }),
      );
      return rows.map(record);
    },
    get: async (actor, id) => {
      const row = await database.as(actor, (prisma) => prisma.agreement.findUnique({ where: { id }, include }));
      return row && record(row);
    },
    create: async (actor, agreement) => {
      const text = 'SELECT api.create_agreement($1, $2) AS outcome';
      const rows = await database.call<{ outcome: 'ok' | 'party-unknown' }>('create_agreement', text, [
        actor,
        agreement,
      ]);
      return only(rows).outcome;
    },
  };
}
