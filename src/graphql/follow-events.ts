/** The events of one agency, page after page and then as they come, for one subscription. */
import { once } from 'node:events';
import type { EventView } from '../contract/events.ts';
import { isProblem, type Problem } from '../domain/problem.ts';
import type { EventNews } from '../usecases/ports.ts';
import { ProblemError } from './errors.ts';

/** What a reader that is slow holds in memory. */
const PAGE = 100;
/** Then it is looked without any news: what is missed by a mistake is late and not lost. */
const LOOK_AFTER_MS = 30_000;

export interface EventsPage {
  events: readonly EventView[];
  next: string;
}

export interface Following {
  agency: string | null;
  /** As the caller sent it. */
  after: string | undefined;
  /** What `listEvents` answers this caller. */
  read(query: { after: string | undefined; limit: number }): Promise<EventsPage | Problem>;
  news: EventNews;
}

/**
 * Each event as the root value of its answer. The next page is not read before the last of this one is taken. Throws
 * ProblemError. When the service stops it waits for its reader to go, who would take an end for the end of all events.
 */
export function followEvents(following: Following): AsyncGenerator<{ events: EventView }> {
  const gone = new AbortController();
  const events = eventsOf(following, gone.signal);
  return {
    next: () => events.next(),
    // A generator that waits would only hear of it afterwards.
    return: (value) => {
      gone.abort();
      return events.return(value);
    },
    throw: (error) => {
      gone.abort();
      return events.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      gone.abort();
      await events.return(undefined);
    },
  };
}

async function* eventsOf(
  { agency, after, read, news }: Following,
  gone: AbortSignal,
): AsyncGenerator<{ events: EventView }> {
  let seen = after;
  while (!gone.aborted) {
    const mark = news.mark();
    const page = await read({ after: seen, limit: PAGE });
    if (isProblem(page)) throw new ProblemError(page);
    for (const event of page.events) yield { events: event };
    seen = page.next;
    if (page.events.length > 0 || agency === null) continue;
    const wait = { after: Number(seen), ms: LOOK_AFTER_MS, mark, signal: gone, isCounted: true };
    if ((await news.wait(agency, wait)) === 'over' && !gone.aborted) await once(gone, 'abort');
  }
}
