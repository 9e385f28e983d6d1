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

/** new: the key is this attempt's. replay: the same request had that effect. */
export type Claim =
  | { state: 'new' }
  | ({ state: 'replay' } & Effect)
  /** The same request is being worked on by another attempt. */
  | { state: 'in-flight' }
  /** The key was used for another request. */
  | { state: 'mismatch' };

export interface RetryStore {
  claim(actor: Actor, key: Buffer, request: Buffer, attempt: string): Promise<Claim>;
  /** Gives the key back, unless the attempt had an effect. */
  release(actor: Actor, key: Buffer, attempt: string): Promise<void>;
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
