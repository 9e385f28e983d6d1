/**
 * Wall 4: payloads, evidence and file references are AES-256-GCM ciphertext under one data key per client handle, each key
 * wrapped by a master key that is not in the database (NIST SP 800-38D; 96-bit random nonces, 128-bit tags).
 *
 * Every ciphertext is bound to what it belongs to, as additional authenticated data: one that is moved does not open.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { OperatorError } from '../domain/operator-error.ts';
import type { Position, Sealed, Vault } from '../usecases/ports.ts';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Bytes of a fingerprint that say which master key wrapped a key. */
const FINGERPRINT_BYTES = 8;
/** Unwrapped data keys held in memory; an unwrapping costs a few microseconds. */
const CACHED_KEYS = 10_000;

/** Random bytes are drawn for many nonces at once: a call costs more than the bytes. */
const NONCES_DRAWN = 256;
let drawn = Buffer.alloc(0);
let used = 0;
function nextNonce(): Buffer {
  if (used === drawn.length) {
    drawn = randomBytes(NONCE_BYTES * NONCES_DRAWN);
    used = 0;
  }
  used += NONCE_BYTES;
  return drawn.subarray(used - NONCE_BYTES, used);
}

/** nonce, tag, ciphertext */
function encrypt(key: KeyObject, context: string, plain: Buffer): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Throws when the key, the context or a single bit is another. */
function decrypt(key: KeyObject, context: string, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
}

/** Wraps keys under the master key. */
export class MasterKey {
  readonly #key: KeyObject;
  readonly #fingerprint: Buffer;

  /** @param bytes 32 bytes. */
  constructor(bytes: Buffer) {
    if (bytes.length !== KEY_BYTES) throw new Error('the master key must have 32 bytes');
    this.#key = createSecretKey(bytes);
    this.#fingerprint = createHash('sha256')
      .update('laufzettel master key')
      .update(bytes)
      .digest()
      .subarray(0, FINGERPRINT_BYTES);
  }

  wrap(name: string, secret: Buffer): Buffer {
    return Buffer.concat([this.#fingerprint, encrypt(this.#key, `key:${name}`, secret)]);
  }

  unwrap(name: string, wrapped: Buffer): Buffer {
    if (!wrapped.subarray(0, FINGERPRINT_BYTES).equals(this.#fingerprint)) {
      throw new OperatorError(
        'master-key-other',
        'The master key is another one than this database was set up with; set MASTER_KEY to that one, or restore the key file.',
      );
    }
    return decrypt(this.#key, `key:${name}`, wrapped.subarray(FINGERPRINT_BYTES));
  }
}

/**
 * @param secrets the exchange's own keys, 32 bytes each: `blindIndex` finds file references, `cursor` seals cursors.
 */
export function createVault(master: MasterKey, secrets: { blindIndex: Buffer; cursor: Buffer }): Vault {
  const dataKeys = new LRUCache<string, KeyObject>({ max: CACHED_KEYS });
  const cursorKey = createSecretKey(secrets.cursor);

  function dataKey(clientId: string, wrapped: Buffer): KeyObject {
    // By its wrapping too: a key that was destroyed and made anew, or a row that was moved, is never served from memory.
    const name = `${clientId}:${wrapped.toString('base64')}`;
    let key = dataKeys.get(name);
    if (key === undefined) {
      key = createSecretKey(master.unwrap(`client:${clientId}`, wrapped));
      dataKeys.set(name, key);
    }
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
