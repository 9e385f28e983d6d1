/**
 * Wall 4: payloads, evidence and file references are AES-256-GCM ciphertext under one data key per client handle, each key
 * wrapped by a master key that is not in the database (master-key.ts).
 *
 * Every ciphertext is bound to what it belongs to, as additional authenticated data: one that is moved does not open.
 */
import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { OperatorError } from '../domain/operator-error.ts';
import { type Position, type Sealed, StoreUnavailable, type Vault } from '../usecases/ports.ts';
import type { KeyWrapper } from './master-key.ts';
import { decrypt, encrypt, KEY_BYTES } from './seal.ts';

/** Unwrapped data keys held in memory; an unwrapping costs a few microseconds. */
const CACHED_KEYS = 10_000;

/**
 * @param secrets the exchange's own keys, 32 bytes each: `blindIndex` finds file references, `cursor` seals cursors.
 */
export function createVault(master: KeyWrapper, secrets: { blindIndex: Buffer; cursor: Buffer }): Vault {
  const dataKeys = new LRUCache<string, { wrapped: Buffer; key: KeyObject }>({ max: CACHED_KEYS });
  const cursorKey = createSecretKey(secrets.cursor);

  function unwrap(clientId: string, wrapped: Buffer): KeyObject {
    try {
      return createSecretKey(master.unwrap(`client:${clientId}`, wrapped));
    } catch (error) {
      // While the master key is changed an instance may not have the new one yet: its operator's to mend, nobody else's.
      if (error instanceof OperatorError) throw new StoreUnavailable(error.message, { cause: error });
      throw error;
    }
  }

  function dataKey(clientId: string, wrapped: Buffer): KeyObject {
    // One a client, and only for the very bytes it came from: a key that was destroyed and made anew, or a row that was
    // moved, is never served from memory, and a client whose key was wrapped anew takes no second place.
    const known = dataKeys.get(clientId);
    if (known?.wrapped.equals(wrapped)) return known.key;
    const key = unwrap(clientId, wrapped);
    dataKeys.set(clientId, { wrapped, key });
    return key;
  }

  return {
    newWrappedKey: (clientId) => master.wrap(`client:${clientId}`, randomBytes(KEY_BYTES)),
    seal: ({ clientId, wrapped }, context, value) =>
      encrypt(dataKey(clientId, wrapped), context, Buffer.from(JSON.stringify(value))),
    open: ({ clientId, wrapped, sealed }: Sealed, context) =>
      JSON.parse(decrypt(dataKey(clientId, wrapped), context, sealed).toString()),
    blindIndex: (agency, fileReference) =>
      createHmac('sha256', secrets.blindIndex)
        .update(`${agency}\0${fileReference.normalize('NFC')}`)
        .digest(),
    sealCursor: (caller, list, { at, id }) =>
      encrypt(cursorKey, `cursor:${caller}:${list}`, Buffer.from(`${at} ${id}`)).toString('base64url'),
    openCursor(caller, list, cursor): Position | null {
      try {
        const sealed = Buffer.from(cursor, 'base64url');
        // Node skips what is not base64url, so that many texts would be the same cursor.
        if (sealed.toString('base64url') !== cursor) return null;
        const plain = decrypt(cursorKey, `cursor:${caller}:${list}`, sealed).toString();
        const [at, id] = plain.split(' ');
        return { at: Number(at), id: id! };
      } catch {
        return null;
      }
    },
  };
}
