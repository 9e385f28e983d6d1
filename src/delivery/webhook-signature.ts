/**
 * What a receiver knows a webhook of ours by: Standard Webhooks 1.0.0, both of its signatures. `v1` is HMAC-SHA-256 by a
 * shared secret, `v1a` Ed25519, for those who would rather hold nothing that could sign.
 */
import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import type { SigningKeys } from '../usecases/ports.ts';

const KEY_BYTES = 32;
/** A PKCS #8 private key of Ed25519 is this and the seed (RFC 8410, 7). */
const PKCS8_BEFORE_SEED = Buffer.from('302e020100300506032b657004220420', 'hex');

export function newSigningKeys(random: (bytes: number) => Buffer): SigningKeys {
  return { hmac: random(KEY_BYTES), seed: random(KEY_BYTES) };
}

/** `whsec_…`: what the receiver checks `v1` with. Whoever has it can sign as we do, so it is shown once. */
export function secretText(keys: SigningKeys): string {
  return `whsec_${checked(keys.hmac).toString('base64')}`;
}

/** `whpk_…`: what the receiver checks `v1a` with. Anybody may see it. */
export function publicKeyText(keys: SigningKeys): string {
  const { x } = createPublicKey(privateKey(keys)).export({ format: 'jwk' });
  return `whpk_${Buffer.from(x!, 'base64url').toString('base64')}`;
}

/**
 * The headers of one attempt. While keys are changed there are two of them, the new ones first: a receiver that has either
 * is content.
 * @param message the body exactly as it is sent; `id` is the same in every attempt, the timestamp is the attempt's own.
 */
export function signedHeaders(
  message: { id: string; timestampSeconds: number; body: string },
  keys: readonly SigningKeys[],
): Record<string, string> {
  const { id, timestampSeconds, body } = message;
  // A full stop in the id would let parts of the signed content be read in two ways.
  if (!/^[!-\-/-~]+$/.test(id))
    throw new RangeError('the id of a webhook message is visible ASCII without a full stop');
  if (!Number.isSafeInteger(timestampSeconds)) throw new RangeError('the timestamp of a message is in whole seconds');
  if (keys.length === 0) throw new RangeError('a webhook message is signed by at least one pair of keys');
  const content = Buffer.from(`${id}.${timestampSeconds}.${body}`);
  const signatures = keys.flatMap((pair) => [
    `v1,${createHmac('sha256', checked(pair.hmac)).update(content).digest('base64')}`,
    `v1a,${sign(null, content, privateKey(pair)).toString('base64')}`,
  ]);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}

function privateKey(keys: SigningKeys): KeyObject {
  const der = Buffer.concat([PKCS8_BEFORE_SEED, checked(keys.seed)]);
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
}

/** A key that is too short would sign just as well, so it is noticed here. */
function checked(key: Buffer): Buffer {
  if (key.length !== KEY_BYTES) throw new RangeError(`a key of a webhook has ${KEY_BYTES} bytes`);
  return key;
}
