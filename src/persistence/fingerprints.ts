/** Keyed hashes of keys, requests and views: HMAC-SHA-256 (RFC 2104), each under a name of its own. */
import { createHmac, createSecretKey } from 'node:crypto';
import type { Fingerprints } from '../usecases/ports.ts';

/** JSON with the members of each object in the order of their names; what JSON does not know is left out, as JSON.stringify does. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  const members = value as Record<string, unknown>;
  const named = Object.keys(members).filter((name) => members[name] !== undefined);
  return `{${named
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(members[name])}`)
    .join()}}`;
}

/** @param secret 32 bytes, the same for every instance of the exchange. */
export function createFingerprints(secret: Buffer): Fingerprints {
  const key = createSecretKey(secret);
  const hmac = (name: string, text: string) => createHmac('sha256', key).update(`${name}\0${text}`);
  return {
    key: (scope, text) => hmac(`key:${scope}`, text).digest(),
    request: (content) => hmac('request', canonical(content)).digest(),
    view: (reader, view) => hmac(`view:${reader}`, view).digest('base64url'),
  };
}
