/** Keyed hashes of keys, requests and views: HMAC-SHA-256 (RFC 2104), each under a name of its own. */
import { createHmac, createSecretKey } from 'node:crypto';
import type { Fingerprints } from '../usecases/ports.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const sorted = (_name: string, value: unknown): unknown =>
  isObject(value) ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1))) : value;

/** @param secret 32 bytes, the same for every instance of the exchange. */
export function createFingerprints(secret: Buffer): Fingerprints {
  const key = createSecretKey(secret);
  const hmac = (name: string, text: string) => createHmac('sha256', key).update(`${name}\0${text}`);
  return {
    key: (scope, text) => hmac(`key:${scope}`, text).digest(),
    request: (content) => hmac('request', JSON.stringify(content, sorted)).digest(),
    view: (reader, view) => hmac(`view:${reader}`, view).digest('base64url'),
  };
}
