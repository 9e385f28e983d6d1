/**
 * What the clients of a race saw: one record for each call, with when it was sent and when its answer came, by the one
 * monotonic clock of the process that drives them. Ids and codes only, so that a history can be printed.
 */

/** Where an agency stands on the way of a slip: A wrote it, and it goes A → B → C → D. E has only heard of the person. */
export type Place = 'A' | 'B' | 'C' | 'D' | 'E';
export const PLACES: readonly Place[] = ['A', 'B', 'C', 'D', 'E'];

/** What has ended once a call has been answered, by `docs/consent.md` alone. */
export interface Ended {
  /** Who reads nothing of it any more. */
  readers: readonly Place[];
  /** Of these entries; null: whatever is told of the person, also what is written later. */
  entries: readonly string[] | null;
  /** By this forwarding alone; null: on every way. */
  hop: string | null;
  /** Who can pass nothing on any more. */
  senders: readonly Place[];
}

export interface Call {
  /** Also the pseudonym of its caseworker, by which the audit names it. */
  id: string;
  /** Whom it is about. */
  story: string;
  by: Place | 'admin';
  instance: 0 | 1;
  door: 'REST' | 'GraphQL';
  act: 'read' | 'forward' | 'step' | 'end' | 'other';
  /** Which call it is, in words. */
  what: string;
  /** Milliseconds. */
  sentAt: number;
  answeredAt: number;
  /** HTTP's, or that of the problem in a GraphQL answer; 0: the client hung up before it came. */
  status: number;
  /** Of a problem. */
  code: string | null;
  /** Entries whose content the answer held. */
  shows: readonly string[];
  /** The forwarding that it made, read or moved. */
  hop: string | null;
  /** A step: the version that it expected. */
  expectedVersion: number | null;
  /** Calls that repeat one another by an Idempotency-Key have this in common. */
  key: string | null;
  /** It was answered by what an earlier one of the same key had done. */
  replayed: boolean;
  /** A reading: whether the audit had it when the answer was there; null: was not looked at. */
  auditedAtOnce: boolean | null;
  /** When it succeeded. */
  ended: Ended | null;
}

export interface Violation {
  rule: string;
  says: string;
  /** Calls that show it. */
  calls: readonly string[];
}

export const succeeded = (call: Call): boolean => call.status >= 200 && call.status < 300;

/** A history as lines, in the order in which the calls were sent. */
export function printed(calls: readonly Call[], marked: ReadonlySet<string>): string {
  const zero = Math.min(...calls.map((call) => call.sentAt));
  return calls
    .toSorted((one, other) => one.sentAt - other.sentAt)
    .map((call) => {
      const time = `${(call.sentAt - zero).toFixed(1)}–${(call.answeredAt - zero).toFixed(1)} ms`;
      const answer =
        call.status === 0 ? 'hung up' : `${call.status} ${call.code ?? ''}${call.replayed ? '(again)' : ''}`;
      const hop = call.hop === null ? '' : ` hop ${call.hop}`;
      const shows = call.shows.length === 0 ? '' : ` shows ${call.shows.join(' ')}`;
      return `${marked.has(call.id) ? '>' : ' '} ${time} ${call.id} ${call.by} at ${call.instance} by ${call.door}: ${call.what} → ${answer}${hop}${shows}`;
    })
    .join('\n');
}
