/** Codes made by a key of the exchange from their ids (HMAC, RFC 2104), so that a code is kept nowhere and can be shown again. */
import { createHmac } from 'node:crypto';
import { LINK_CODE_BYTES, writeLinkCode } from '../domain/link-code.ts';
import type { LinkCodeKey } from '../usecases/ports.ts';

/** @param secret 32 bytes. */
export function linkCodeKey(secret: Buffer): LinkCodeKey {
  const hmac = (purpose: string, text: string): Buffer =>
    createHmac('sha256', secret).update(`${purpose}\0${text}`).digest();
  return {
    codeOf: (id) => writeLinkCode(hmac('code', id).subarray(0, LINK_CODE_BYTES)),
    hashOf: (code) => hmac('hash', code),
  };
}
