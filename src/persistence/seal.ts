/** AES-256-GCM (NIST SP 800-38D) with random 96-bit nonces and 128-bit tags; all that is sealed here is sealed by it. */
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
export const KEY_BYTES = 32;

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

/** Gives nonce, tag, ciphertext. context: what it belongs to, authenticated and not stored. */
export function encrypt(key: KeyObject, context: string, plain: Buffer): Buffer {
  const nonce = nextNonce();
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(context));
  const body = cipher.update(plain);
  cipher.final();
  return Buffer.concat([nonce, cipher.getAuthTag(), body]);
}

/** Throws when the key, the context or a single bit is another. */
export function decrypt(key: KeyObject, context: string, sealed: Buffer): Buffer {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(tag);
  const plain = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
  // Throws when the tag is not that of what was opened; a stream cipher has no bytes left.
  decipher.final();
  return plain;
}
