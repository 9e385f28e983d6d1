/** What an agency was told after a number; where there is nothing new, once it comes, or a while later. */
import { type Problem, problem } from '../domain/problem.ts';
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

export async function listEvents(deps: Deps, actor: Actor, query: EventQuery): Promise<Answer<EventPage>> {
  const { after, limit } = query;
  const agency = agencyOf(actor);
  const until = performance.now() + query.waitMs;
  for (;;) {
    const mark = deps.news.mark();
    const page = await deps.events.list(agency, after, limit);
    // A database that was restored has told less than its readers have heard; waiting would never end.
    if (after > page.last) return isAhead(page.last);
    const ms = until - performance.now();
    if (page.events.length > 0 || ms <= 0) return { ...page, next: page.events.at(-1)?.sequence ?? after };
    const heard = await deps.news.wait(agency, { after, ms, mark });
    if (heard === 'full') return tooManyWait;
    if (heard === 'over') return { ...page, next: after };
  }
}

const isAhead = (last: number): Problem =>
  problem(
    'bad-request',
    `Your last event is ${last}. If you have seen more, the exchange was restored: read from there.`,
    { errors: [{ pointer: '/query/after', detail: 'lies after the last event' }], extra: { last: String(last) } },
  );

const tooManyWait = problem(
  'rate-limited',
  'Too many requests of your agency wait for events already; one that waits is enough.',
  { extra: { retryAfterSeconds: 5 } },
);
