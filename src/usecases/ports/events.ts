/** What an agency is told. */
import type { EventIdName, EventType } from '../../domain/event.ts';
import type { AgencyId, Instant } from '../../domain/facts.ts';

export interface EventRecord {
  /** Its number among those of its agency, from 1 on, without gaps. */
  sequence: number;
  id: string;
  type: EventType;
  at: Instant;
  data: Partial<Record<EventIdName, string>>;
}

export interface EventStore {
  /** Those after that number, at most so many, in order; and the number of the last one that there is, 0: none. */
  list(agency: AgencyId, after: number, most: number): Promise<{ events: EventRecord[]; last: number }>;
}

export interface NewsWait {
  after: number;
  /** At most so long; not at all when it is not positive. */
  ms: number;
  /** From `mark`, taken before it was looked whether there is an event after that number. */
  mark: number;
  /** Ends it early, for whoever has gone. */
  signal?: AbortSignal;
  /** Its place is counted where it came from: a socket, of which there are few. */
  isCounted?: boolean;
}

/** What this instance hears of new events, of whichever instance they come. */
export interface EventNews {
  /** Another one each time after which news may have been missed. */
  mark(): number;
  /**
   * Waits until the agency may have an event after that number, or the time is over. `full`: too many wait for this agency
   * already. `over`: the service stops, and nothing is heard any more.
   */
  wait(agency: AgencyId, wait: NewsWait): Promise<'look' | 'full' | 'over'>;
}
