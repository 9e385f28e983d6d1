/** What an agency is told of. */
import * as view from '../contract/views.ts';
import { listEvents } from '../usecases/list-events.ts';
import { type Context, type Runs, shown } from './kit.ts';

interface Query {
  after: string;
  limit: number;
  wait: number;
}

export const eventHandlers = ({ deps, publicUrl }: Context) =>
  ({
    listEvents: {
      wait: async (actor, { query }, until) => {
        const { after, limit, wait } = query as unknown as Query;
        const waitMs = Math.min(wait * 1000, until - Date.now());
        const page = await listEvents(deps, actor, { after: Number(after), limit, waitMs });
        return shown(page, ({ events, next, last }) => ({
          events: events.map(view.viewEvent(publicUrl)),
          next: String(next),
          last: String(last),
        }));
      },
    },
  }) satisfies Runs;
