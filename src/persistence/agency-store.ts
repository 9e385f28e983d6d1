import type { AgencyRecord, AgencyStore, Position } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import type { Agency } from './prisma/client.ts';
import { only } from './read-json.ts';

const record = (row: Agency): AgencyRecord => ({
  ...row,
  suspendedAt: row.suspendedAt?.getTime() ?? null,
  createdAt: row.createdAt.getTime(),
});

/** Keyset condition for lists in order of creation. */
export const after = (position: Position | null) =>
  position === null
    ? {}
    : {
        OR: [
          { createdAt: { gt: new Date(position.at) } },
          { createdAt: new Date(position.at), id: { gt: position.id } },
        ],
      };
export const inOrderOfCreation = [{ createdAt: 'asc' as const }, { id: 'asc' as const }];

export function agencyStore(database: Database): AgencyStore {
  return {
    list: async (actor, position, most) => {
      const rows = await database.as(actor, (prisma) =>
        prisma.agency.findMany({ where: after(position), orderBy: inOrderOfCreation, take: most }),
      );
      return rows.map(record);
    },
    get: async (actor, id) => {
      const row = await database.as(actor, (prisma) => prisma.agency.findUnique({ where: { id } }));
      return row && record(row);
    },
    create: async (actor, agency) => {
      await database.call('create_agency', 'SELECT api.create_agency($1, $2)', [actor, agency]);
    },
    registerSystem: async (actor, system) => {
      const text = 'SELECT api.register_system($1, $2) AS found';
      type Found = Awaited<ReturnType<AgencyStore['registerSystem']>>;
      return only(await database.call<{ found: Found }>('register_system', text, [actor, system])).found;
    },
  };
}
