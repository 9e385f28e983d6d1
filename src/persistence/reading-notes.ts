/**
 * Readings of what had been read before are noted together: while one statement waits for the disk, those that come meanwhile
 * gather for the next one. Each reading is answered when its own note is durable, and not before.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Instant } from '../domain/facts.ts';
import { type Actor, AgencySuspended, type ForwardingHeader, StoreUnavailable } from '../usecases/ports.ts';
import type { Caller } from './database.ts';
import { only } from './read-json.ts';

/** forwarding: null when entries were read by themselves. */
export interface ReadingNote {
  actor: Actor;
  forwarding: string | null;
  subject: Record<string, unknown>;
  at: Instant;
}

/** How the forwarding stands; `first`: something has to be marked, and nothing was noted. */
export type Noted = Pick<ForwardingHeader, 'status' | 'version' | 'changedAt'> | 'first';
export type NoteReading = (reading: ReadingNote) => Promise<Noted>;

type NotedJson = Exclude<Noted, 'first'> | { first: true } | { suspended: true };

interface Waiting {
  reading: ReadingNote;
  resolve(noted: Noted): void;
  reject(reason: unknown): void;
}

const MOST_AT_ONCE = 100;
/** Longer than a statement may take; afterwards its connection is taken for dead, and the next ones take another. */
const ANSWERED_WITHIN_MS = 12_000;

export function readingNotes(database: Caller, answeredWithinMs = ANSWERED_WITHIN_MS): NoteReading {
  let waiting: Waiting[] = [];
  let isWriting = false;
  // What is written for many belongs to the request of none of them: it is traced and logged outside of all.
  const outside = AsyncLocalStorage.snapshot();

  async function write(batch: readonly Waiting[]): Promise<void> {
    const text = 'SELECT api.note_readings($1) AS noted';
    try {
      const values = [JSON.stringify(batch.map(({ reading }) => reading))];
      const call = database.call<{ noted: NotedJson[] }>('note_readings', text, values);
      const { noted } = only(await within(answeredWithinMs, call));
      batch.forEach(({ resolve, reject }, place) => {
        const one = noted[place]!;
        if ('suspended' in one) reject(new AgencySuspended());
        else resolve('first' in one ? 'first' : one);
      });
    } catch (error) {
      // Nobody answers for what is wrong with another's.
      if (batch.length > 1 && !(error instanceof StoreUnavailable)) for (const one of batch) await write([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async function writeAll(): Promise<void> {
    isWriting = true;
    try {
      while (waiting.length > 0) {
        const batch = waiting.slice(0, MOST_AT_ONCE);
        waiting = waiting.slice(MOST_AT_ONCE);
        await write(batch);
      }
    } finally {
      isWriting = false;
    }
  }

  return (reading) =>
    new Promise((resolve, reject) => {
      waiting.push({ reading, resolve, reject });
      if (!isWriting) void outside(writeAll);
    });
}

/** The same; throws StoreUnavailable when it takes longer. What it comes to then is of no interest. */
function within<T>(ms: number, call: Promise<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const timer = setTimeout(() => reject(new StoreUnavailable('silent')), ms);
  call.then(resolve, reject).finally(() => clearTimeout(timer));
  return promise;
}
