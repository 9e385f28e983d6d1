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

/** What this instance hears of new events, of whichever instance they come. */
export interface EventNews {
  /**
   * Waits until the agency may have an event after that number, or the time is over, or the service stops; at once when the
   * time is none. False: too many wait for this agency already.
   */
  wait(agency: AgencyId, after: number, ms: number): Promise<boolean>;
}
