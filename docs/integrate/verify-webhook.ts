/**
 * Whether a webhook comes from the exchange, with nothing but node:crypto. The library `standardwebhooks` does the same for
 * the secret, in a dozen languages.
 */
import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';

const TOLERANCE_SECONDS = 5 * 60;

/**
 * @param headers with names in lower case, as Node and Fastify have them.
 * @param body the bytes as they arrived. JSON that was parsed and written again is another text.
 * @param key `whsec_…`, which is yours alone, or `whpk_…`, which anybody may know. Never one from the request.
 */
export function comesFromExchange(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Uint8Array,
  key: string,
  nowSeconds = Date.now() / 1000,
): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures } = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') return false;
  // A message that somebody recorded is not taken for a new one. `NaN` is not within anything.
  if (!(Math.abs(nowSeconds - Number(timestamp)) <= TOLERANCE_SECONDS)) return false;
  const content = Buffer.concat([Buffer.from(`${id}.${timestamp}.`), body]);
  const [kind, text = ''] = key.split('_');
  const bytes = Buffer.from(text, 'base64');
  const version = kind === 'whpk' ? 'v1a' : 'v1';
  // While keys are changed there is a signature for the new one and one for the former: either will do.
  return signatures
    .split(' ')
    .filter((signature) => signature.startsWith(`${version},`))
    .map((signature) => Buffer.from(signature.slice(version.length + 1), 'base64'))
    .some((signature) =>
      kind === 'whpk' ? isByKey(content, bytes, signature) : isBySecret(content, bytes, signature),
    );
}

function isBySecret(content: Buffer, secret: Buffer, signature: Buffer): boolean {
  const expected = createHmac('sha256', secret).update(content).digest();
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

function isByKey(content: Buffer, publicKey: Buffer, signature: Buffer): boolean {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
  return verify(null, content, createPublicKey({ key: jwk, format: 'jwk' }), signature);
}
