/** The keys clients prove themselves by: only their public halves ever come here. */
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';

/**
 * What a client may sign its assertions with. HL7 SMART Backend Services asks for ES384 (and RS384); RSA only with PSS
 * padding, since PKCS #1 v1.5 should no longer be used (RFC 8725 §3.2, BSI TR-02102-1). `Ed25519` is the newer name of
 * `EdDSA` for the same keys (RFC 9864).
 */
export const ASSERTION_ALGORITHMS = ['ES384', 'EdDSA', 'Ed25519', 'PS256'] as const;

/** BSI TR-02102-1 asks for 3000 bits since 2024. */
export const MINIMUM_RSA_BITS = 3000;
/** Enough to roll keys over; a limit on what one assertion can make us try. */
export const MAXIMUM_KEYS = 10;

/** RFC 7518 §6: what no public key has. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k', 'priv'];
/** What is handed on of a key; certificates and addresses (`x5u`, `jku`) stay behind, nobody should ever follow them. */
const PUBLIC_MEMBERS = ['kty', 'crv', 'x', 'y', 'n', 'e', 'kid', 'alg', 'use'] as const;

/**
 * Why these keys cannot be registered for a client, in a sentence that names the key by its place (never its content);
 * null: they can.
 */
export function clientKeysFault(jwks: { keys: JsonWebKey[] }): string | null {
  if (!Array.isArray(jwks?.keys) || jwks.keys.length === 0) return 'A key set with at least one public key is needed.';
  if (jwks.keys.length > MAXIMUM_KEYS) return `At most ${MAXIMUM_KEYS} keys can be registered for a client.`;
  for (const [index, key] of jwks.keys.entries()) {
    const fault = publicKeyFault(key);
    if (fault !== null) return `Key ${index + 1} ${fault}.`;
  }
  return null;
}

/**
 * RFC 7518 §6: base64url, but for the name of the curve. Node skips what is none and what belongs to another kind of key; it
 * would be kept nevertheless, and the database takes neither U+0000 nor half a character.
 */
const CODED_MEMBERS = ['crv', 'x', 'y', 'n', 'e'] as const;
/** RSA with 16384 bits has 2731. */
const CODED = /^[A-Za-z0-9_-]{1,2731}$/;
const isCoded = (value: unknown): boolean => value === undefined || (typeof value === 'string' && CODED.test(value));

/** The same keys without any member that is not needed to verify a signature. */
export function essentialMembers(jwks: { keys: JsonWebKey[] }): { keys: JsonWebKey[] } {
  return { keys: jwks.keys.map((key) => Object.fromEntries(membersOf(key))) };
}

function membersOf(key: JsonWebKey): [string, unknown][] {
  return PUBLIC_MEMBERS.filter((name) => key[name] !== undefined).map((name) => [name, key[name]]);
}

function publicKeyFault(key: JsonWebKey): string | null {
  if (typeof key !== 'object' || key === null) return 'is not a JSON Web Key';
  if (PRIVATE_MEMBERS.some((name) => Object.hasOwn(key, name))) {
    return 'carries private members: send the public half only, and replace this key, for it is no longer secret';
  }
  if (key.use !== undefined && key.use !== 'sig') return 'is not meant for signatures';
  const parsed = CODED_MEMBERS.every((name) => isCoded(key[name])) ? parse(key) : null;
  if (parsed === null) return 'cannot be read';
  const algorithms = algorithmsOf(parsed);
  if (algorithms === null) return 'is neither P-384, Ed25519 nor RSA';
  if (key.alg !== undefined && !algorithms.includes(key.alg as string)) return `is not for ${algorithms.join(' or ')}`;
  return weaknessOf(parsed);
}

function parse(key: JsonWebKey): KeyObject | null {
  try {
    return createPublicKey({ key, format: 'jwk' });
  } catch {
    return null;
  }
}

function algorithmsOf(key: KeyObject): string[] | null {
  if (key.asymmetricKeyType === 'ed25519') return ['EdDSA', 'Ed25519'];
  if (key.asymmetricKeyType === 'rsa') return ['PS256'];
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'secp384r1') return ['ES384'];
  return null;
}

function weaknessOf(key: KeyObject): string | null {
  if (key.asymmetricKeyType !== 'rsa') return null;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MINIMUM_RSA_BITS) return `is too short: RSA needs at least ${MINIMUM_RSA_BITS} bits`;
  if (publicExponent < 65537n) return 'has a weak exponent: use 65537';
  return null;
}
