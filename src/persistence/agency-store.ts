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
    systems: async (actor, agencyId) => {
      const text = 'SELECT api.list_systems($1, $2) AS list';
      type Found = Awaited<ReturnType<AgencyStore['systems']>>;
      return only(await database.call<{ list: Found }>('list_systems', text, [actor, agencyId])).list;
    },
    changeSystem: async (actor, agencyId, clientId, { change, jwks }) => {
      const text = 'SELECT api.change_system($1, $2, $3, $4, $5) AS found';
      type Found = Awaited<ReturnType<AgencyStore['changeSystem']>>;
      const values = [actor, agencyId, clientId, change, jwks];
      return only(await database.call<{ found: Found }>('change_system', text, values)).found;
    },
    registerSystem: async (actor, system) => {
      const text = 'SELECT api.register_system($1, $2) AS found';
      type Found = Awaited<ReturnType<AgencyStore['registerSystem']>>;
      return only(await database.call<{ found: Found }>('register_system', text, [actor, system])).found;
    },
  };
}
