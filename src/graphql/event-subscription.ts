/** The subscription `events`: the operation `listEvents`, by the same function and with the same checks, again and again. */
import type { GraphQLSchema } from 'graphql';
import { OPERATIONS } from '../contract/operations.ts';
import { Answered, type Handlers, runOperation, unwatched, type WatchOperation } from '../contract/run.ts';
import type { Caller } from '../domain/permission.ts';
import { isProblem, type Problem } from '../domain/problem.ts';
import type { EventNews } from '../usecases/ports.ts';
import { type EventsPage, followEvents } from './follow-events.ts';
import type { SubscriptionContext } from './subscriptions.ts';

const LIST_EVENTS = OPERATIONS.find(({ id }) => id === 'listEvents')!;

export interface EventSource {
  handlers: Handlers;
  watch?: WatchOperation;
  news: EventNews;
}

/** Throws when schema.graphql has no such field. */
export function addEventSubscription(schema: GraphQLSchema, { handlers, watch = unwatched, news }: EventSource): void {
  const field = schema.getSubscriptionType()?.getFields().events;
  if (field === undefined) throw new Error('schema.graphql has no subscription events');
  field.subscribe = (_root, { after }: { after?: string | null }, { caller }: SubscriptionContext) =>
    followEvents({
      agency: caller.agency,
      after: after ?? undefined,
      news,
      read: async (query) => {
        const run = () => runOperation(LIST_EVENTS, handlers.listEvents, caller, { query });
        return (await watch('graphql', LIST_EVENTS, run)).output as EventsPage | Problem;
      },
    });
}

/**
 * Number of the last event that the caller's agency was told, whatever the scopes: each subscription asks for those. The admin is
 * told nothing, and never suspended.
 */
export async function lastTold({ handlers }: EventSource, caller: Caller): Promise<number | Problem> {
  if (caller.agency === null) return 0;
  const query = { after: '0', limit: 1, wait: 0 };
  const answer = await handlers.listEvents(caller, { params: {}, query, body: undefined });
  const output = (answer instanceof Answered ? answer.output : answer) as { last: string } | Problem;
  return isProblem(output) ? output : Number(output.last);
}
