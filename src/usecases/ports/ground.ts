/** Who acts, and what stores, keys and lists have in common. */
import type { AgencyId, Instant } from '../../domain/facts.ts';

export { StoreUnavailable } from '../../domain/store-unavailable.ts';

/** Who acts, for the audit: an agency's system (agency null: the admin of the exchange), and its caseworker if named. */
export interface Actor {
  agency: AgencyId | null;
  system: string;
  caseworker: string | null;
  /** For a request with an Idempotency-Key: what it notes first is kept as the effect of that key. */
  request?: NamedRequest;
}

/** key, content: keyed hashes, in hexadecimal digits. attempt: a UUID, of this one time that it is worked on. */
export interface NamedRequest {
  key: string;
  content: string;
  attempt: string;
}

/** A position in a list ordered by instant and id. */
export interface Position {
  at: Instant;
  id: string;
}

/** Thrown by every store when the actor's agency is suspended, or is none of this exchange. */
export class AgencySuspended extends Error {}
/** Thrown when another attempt has had an effect with the key of this one, or is about to; nothing of this one stands. */
export class TakenOver extends Error {}
/** Thrown when what an answer stood upon has changed while it was made; the use case starts over. */
export class ChangedMeanwhile extends Error {}

export type NewId = () => string;

/** Ciphertext of one text or payload, with the wrapped key that opens it. */
export interface Sealed {
  clientId: string;
  wrapped: Buffer;
  sealed: Buffer;
}

/** Seals and opens what is kept encrypted: one data key per client handle, wrapped by the master key (wall 4). */
export interface Vault {
  newWrappedKey(clientId: string): Buffer;
  seal(key: { clientId: string; wrapped: Buffer }, context: string, value: unknown): Buffer;
  open(sealed: Sealed, context: string): unknown;
  /** A keyed hash by which a file reference is found without being shown. */
  blindIndex(agency: AgencyId, fileReference: string): Buffer;
  /** An opaque cursor, bound to the caller and the list. */
  sealCursor(caller: string, list: string, position: Position): string;
  /** null: not a cursor of that caller for that list. */
  openCursor(caller: string, list: string, cursor: string): Position | null;
}

/** The contexts that ciphertexts are bound to; one moved elsewhere does not open. */
export const sealedAs = {
  payload: (entryId: string, category: string): string => `entry:${entryId}:${category}`,
  evidence: (statedId: string): string => `evidence:${statedId}`,
  fileReference: (clientId: string): string => `file-reference:${clientId}`,
  consentText: (textId: string): string => `consent-text:${textId}`,
};
