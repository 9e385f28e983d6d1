/**
 * Whether an agency has signed a text with a key of its own: a compact JWS (RFC 7515), by a key that one of its systems has registered
 * for signing in. What comes back is all that anybody needs to check it again.
 */
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { type SignatureFault, signatureFault } from '../domain/agreement-signature.ts';
import { ASSERTION_ALGORITHMS } from './client-keys.ts';

interface Checked {
  jws: string;
  kid: string;
  jwk: Readonly<Record<string, string>>;
  thumbprint: string;
}

const ALGORITHMS: readonly string[] = ASSERTION_ALGORITHMS;
/** Base64url without padding (RFC 7515 section 2); the payload is empty where it is detached (appendix F). */
const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]+$/;

export async function checkAgreementSignature(
  jws: string,
  text: string,
  keys: readonly Readonly<Record<string, string>>[],
): Promise<Checked | SignatureFault> {
  const header = headerOf(jws);
  if (header === null) return signatureFault('not-jws');
  if (header.crit !== undefined) return signatureFault('critical-header');
  if (!ALGORITHMS.includes(header.alg)) return signatureFault('algorithm');
  const named = keys.filter((key) => key.kid === header.kid);
  if (named.length === 0) return signatureFault('key-unknown');
  const [protectedPart, sentPayload, signature] = jws.split('.') as [string, string, string];
  const payload = Buffer.from(text, 'utf8').toString('base64url');
  if (sentPayload !== '' && sentPayload !== payload) return signatureFault('other-text');
  const whole = `${protectedPart}.${payload}.${signature}`;
  // Two systems may have given their keys the same name.
  for (const jwk of named) {
    if (await isBy(whole, jwk, header.alg)) {
      return { jws: whole, kid: header.kid, jwk, thumbprint: await calculateJwkThumbprint(jwk as JWK) };
    }
  }
  return signatureFault('not-by-key');
}

function headerOf(jws: string): { alg: string; kid: string; crit?: unknown } | null {
  if (!COMPACT.test(jws)) return null;
  try {
    const { alg, kid, crit } = decodeProtectedHeader(jws);
    return typeof alg === 'string' && typeof kid === 'string'
      ? { alg, kid, ...(crit === undefined ? {} : { crit }) }
      : null;
  } catch {
    return null;
  }
}

/** The header's alg has to be one of this kind of key. `EdDSA` and `Ed25519` are two names of one (RFC 9864). */
async function isBy(
  jws: string,
  { alg: _registered, use: _use, ...jwk }: Readonly<Record<string, string>>,
  alg: string,
) {
  try {
    await compactVerify(jws, await importJWK(jwk as JWK, alg), { algorithms: [alg] });
    return true;
  } catch {
    return false;
  }
}
