import type { RoundItem, RoundRecord, RoundStore } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import { bytes, only } from './read-json.ts';

type ItemJson = RoundItem & { sealedFileReference: string | null; wrapped: string | null };

const opened = (base64: string | null): Buffer | null => (base64 === null ? null : bytes(base64));

export const roundStore = (database: Database): RoundStore => ({
  due: async (most) => {
    const text = 'SELECT api.due_rhythms($1) AS found';
    type Found = Awaited<ReturnType<RoundStore['due']>>;
    return only(await database.call<{ found: Found }>('due_rhythms', text, [most])).found;
  },
  publish: async (agreement, doneUntil, moment) => {
    const text = 'SELECT api.publish_rounds($1, $2, $3) AS many';
    return only(await database.call<{ many: number }>('publish_rounds', text, [agreement, doneUntil, moment])).many;
  },
  follow: async (agreement, doneUntil, done, next) => {
    await database.call('follow_rhythm', 'SELECT api.follow_rhythm($1, $2, $3, $4)', [
      agreement,
      doneUntil,
      done,
      next,
    ]);
  },
  forget: async (most) => {
    const text = 'SELECT api.forget_rounds($1) AS many';
    return only(await database.call<{ many: number }>('forget_rounds', text, [most])).many;
  },
  list: async (actor, filter, position, most) => {
    const text = 'SELECT api.list_rounds($1, $2, $3, $4, $5) AS list';
    const values = [actor.agency, filter, position?.at ?? null, position?.id ?? null, most];
    return only(await database.call<{ list: RoundRecord[] }>('list_rounds', text, values)).list;
  },
  get: async (actor, id, most) => {
    const text = 'SELECT api.get_round($1, $2, $3) AS found';
    type Found = { found: { round: RoundRecord; items: ItemJson[] } | null };
    const { found } = only(await database.call<Found>('get_round', text, [actor.agency, id, most]));
    if (found === null) return null;
    const items = found.items.map(({ sealedFileReference, wrapped, ...item }) => ({
      ...item,
      sealedFileReference: opened(sealedFileReference),
      wrapped: opened(wrapped),
    }));
    return { round: found.round, items };
  },
});
