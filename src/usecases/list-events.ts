/** What an agency was told after a number; where there is nothing new, once it comes, or a while later. */
import { problem } from '../domain/problem.ts';
import { type Answer, agencyOf } from './answer.ts';
import type { Actor, Deps, EventRecord } from './ports.ts';

export interface EventQuery {
  after: number;
  limit: number;
  /** Milliseconds to wait for the first one; none when not positive. */
  waitMs: number;
}

export interface EventPage {
  events: EventRecord[];
  /** What to ask after next. */
  next: number;
  /** The number of the last event that there is; 0: none. */
  last: number;
}

export async function listEvents(
  deps: Deps,
  actor: Actor,
  { after, limit, waitMs }: EventQuery,
): Promise<Answer<EventPage>> {
  const agency = agencyOf(actor);
  const mark = deps.news.mark();
  let page = await deps.events.list(agency, after, limit);
  // A database that was restored has told less than its readers have heard; waiting would never end.
  if (after > page.last) {
    return problem(
      'bad-request',
      `Your last event is ${page.last}. If you have seen more, the exchange was restored: read from there.`,
      {
        errors: [{ pointer: '/query/after', detail: 'lies after the last event' }],
        extra: { last: String(page.last) },
      },
    );
  }
  if (page.events.length === 0 && waitMs > 0) {
    if ((await deps.news.wait(agency, { after, ms: waitMs, mark })) === 'full') {
      return problem(
        'rate-limited',
        'Too many requests of your agency wait for events already; one that waits is enough.',
        {
          extra: { retryAfterSeconds: 5 },
        },
      );
    }
    page = await deps.events.list(agency, after, limit);
  }
  return { ...page, next: page.events.at(-1)?.sequence ?? after };
}
