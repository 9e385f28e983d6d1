import type { ClientRecord, ClientStore, DisclosureRecord, OpenMatters } from '../usecases/ports.ts';
import { after, inOrderOfCreation } from './agency-store.ts';
import type { Database } from './database.ts';
import { bytes, only } from './read-json.ts';

interface ClientRow {
  id: string;
  fileReferenceSealed: Uint8Array | null;
  createdAt: Date;
  key: { wrapped: Uint8Array | null } | null;
}

type OpenClientJson = OpenMatters &
  Pick<ClientRecord, 'id' | 'createdAt'> & { sealedFileReference: string | null; wrapped: string | null };

const record = (row: ClientRow): ClientRecord => ({
  id: row.id,
  sealedFileReference: row.fileReferenceSealed && Buffer.from(row.fileReferenceSealed),
  wrapped: row.key?.wrapped ? Buffer.from(row.key.wrapped) : null,
  createdAt: row.createdAt.getTime(),
});

const include = { key: { select: { wrapped: true } } };

export function clientStore(database: Database): ClientStore {
  return {
    list: async (actor, position, most) => {
      const rows = await database.as(actor, (prisma) =>
        prisma.client.findMany({ where: after(position), orderBy: inOrderOfCreation, take: most, include }),
      );
      return rows.map(record);
    },
    listOpen: async (actor, position, most) => {
      const text = 'SELECT api.list_open_clients($1, $2, $3, $4) AS list';
      const values = [actor.agency, position?.at ?? null, position?.id ?? null, most];
      const { list } = only(await database.call<{ list: OpenClientJson[] }>('list_open_clients', text, values));
      return list.map(({ sealedFileReference, wrapped, ...client }) => ({
        ...client,
        sealedFileReference: sealedFileReference === null ? null : bytes(sealedFileReference),
        wrapped: wrapped === null ? null : bytes(wrapped),
      }));
    },
    get: async (actor, id) => {
      const row = await database.as(actor, (prisma) => prisma.client.findUnique({ where: { id }, include }));
      return row && record(row);
    },
    handles: async (actor, persons) => {
      const text = 'SELECT api.own_handles($1, $2) AS handles';
      type Found = { handles: Awaited<ReturnType<ClientStore['handles']>> };
      return only(await database.call<Found>('own_handles', text, [actor.agency, persons])).handles;
    },
    find: async (actor, index) => {
      const where = { fileReferenceIndex: new Uint8Array(index) };
      const row = await database.as(actor, (prisma) => prisma.client.findFirst({ where, include }));
      return row && record(row);
    },
    create: async (actor, client) => {
      const text = 'SELECT api.create_client($1, $2, $3, $4, $5) AS outcome';
      const values = [actor, { id: client.id }, client.sealedFileReference, client.index, client.wrapped];
      return only(await database.call<{ outcome: 'ok' | 'conflict' }>('create_client', text, values)).outcome;
    },
    key: async (actor, id) => {
      const text = 'SELECT wrapped, at::float8 AS at FROM api.own_client($1, $2)';
      const [row] = await database.call<{ wrapped: Buffer | null; at: number }>('own_client', text, [actor.agency, id]);
      return row === undefined || row.wrapped === null ? null : { wrapped: row.wrapped, at: row.at };
    },
    keptKeys: async (ids) => {
      const text = 'SELECT api.kept_keys($1) AS kept';
      return only(await database.call<{ kept: string[] }>('kept_keys', text, [ids])).kept;
    },
    disclosures: async (actor, id, position, most) => {
      const text = 'SELECT api.list_disclosures($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, id, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: DisclosureRecord[] | null }>('list_disclosures', text, values)).list;
    },
  };
}
