import type {
  ClosureRecord,
  ClosureStore,
  OwedAnswer,
  Unacknowledged,
  UnacknowledgedRecipient,
} from '../usecases/ports.ts';
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
    ofClient: async (actor, clientId, position, most) => {
      const text = 'SELECT api.list_closures($1, $2, $3, $4, $5) AS list';
      const values = [actor.agency, clientId, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: ClosureRecord[] | null }>('list_closures', text, values)).list;
    },
    unacknowledged: async (actor, position, most) => {
      const text = 'SELECT api.list_unacknowledged($1, $2, $3, $4) AS list';
      const values = [actor.agency, position?.at ?? null, position?.id ?? null, most];
      return only(await database.call<{ list: Unacknowledged[] }>('list_unacknowledged', text, values)).list;
    },
    unacknowledgedRecipients: async (actor, position, most) => {
      const text = 'SELECT api.list_unacknowledged_recipients($1, $2, $3, $4) AS list';
      const values = [actor, position?.at ?? null, position?.id ?? null, most];
      type Found = { list: UnacknowledgedRecipient[] };
      return only(await database.call<Found>('list_unacknowledged_recipients', text, values)).list;
    },
    tellUnacknowledged: async (most) => {
      const text = 'SELECT api.tell_unacknowledged($1) AS many';
      return only(await database.call<{ many: number }>('tell_unacknowledged', text, [most])).many;
    },
  };
}
