/** What webhooks sign with, sealed under a key of the exchange; and the codes that prove who reads an address. */
import { createSecretKey, hash, randomBytes } from 'node:crypto';
import type { SigningKeys, WebhookKeys } from '../usecases/ports.ts';
import { decrypt, encrypt } from './seal.ts';

const KEY_BYTES = 32;
const CODE_BYTES = 16;

/** @param secret the exchange's key `webhook`, 32 bytes. */
export function webhookKeys(secret: Buffer): WebhookKeys {
  const key = createSecretKey(secret);
  const context = (webhookId: string): string => `webhook:${webhookId}`;
  return {
    make: () => ({ hmac: randomBytes(KEY_BYTES), seed: randomBytes(KEY_BYTES) }),
    seal: (webhookId, { hmac, seed }: SigningKeys) => encrypt(key, context(webhookId), Buffer.concat([hmac, seed])),
    open: (webhookId, sealed) => {
      const plain = decrypt(key, context(webhookId), sealed);
      return { hmac: plain.subarray(0, KEY_BYTES), seed: plain.subarray(KEY_BYTES) };
    },
    makeCode: () => randomBytes(CODE_BYTES).toString('base64url'),
    hashOfCode: (code) => Buffer.from(hash('sha256', code, 'hex'), 'hex'),
  };
}
