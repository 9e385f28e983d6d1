import type { ClosureStore, OwedAnswer } from '../usecases/ports.ts';
import type { Database } from './database.ts';
import { only } from './read-json.ts';

export function closureStore(database: Database): ClosureStore {
  return {
    owed: async (actor, position, most) => {
      const text = 'SELECT api.list_owed_answers($1, $2, $3, $4) AS list';
      const values = [actor.agency, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: OwedAnswer[] }>('list_owed_answers', text, values)).list;
    },
    answer: async (actor, disclosureId, { answer, statute }, follows) => {
      const text = 'SELECT api.answer_closure($1, $2, $3, $4, $5) AS found';
      type Found = Awaited<ReturnType<ClosureStore['answer']>>;
      const values = [actor, disclosureId, answer, statute, follows];
      return only(await database.call<{ found: Found }>('answer_closure', text, values)).found;
    },
  };
}
