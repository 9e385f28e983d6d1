/** Requests that may come again: what is kept of them, and the tags of what a reader sees. */
import type { Instant } from '../../domain/facts.ts';
import type { Actor } from './ground.ts';

/** What a request brought about, by ids and codes: the first thing that it noted in the audit. */
export interface Effect {
  action: string;
  outcome: string;
  subject: Readonly<Record<string, unknown>>;
  at: Instant;
}

/** What there is of a key. new: nothing yet. replay: the same request had that effect. mismatch: another request had one. */
export type Earlier = { state: 'new' } | ({ state: 'replay'; attempt: string } & Effect) | { state: 'mismatch' };

export interface RetryStore {
  lookUp(actor: Actor, key: Buffer, request: Buffer): Promise<Earlier>;
  /** Forgets keys older than a day, at most so many; gives how many. */
  sweep(most: number): Promise<number>;
}

/** Keyed hashes: without the exchange's key nothing can be told from them, nor guessed and compared. */
export interface Fingerprints {
  key(scope: string, key: string): Buffer;
  /** Of anything that is JSON; the order of members carries no meaning. */
  request(content: unknown): Buffer;
  /** Of what one reader sees, as text; another reader's of the same view differs. */
  view(reader: string, view: string): string;
}
