/** A message as it goes to an address: a CloudEvent, signed after Standard Webhooks. */
import { isIP } from 'node:net';
import { formatInstant } from '../contract/common.ts';
import type { Attempted, SigningKeys, WebhookMessage, WebhookPost } from '../usecases/ports.ts';
import { type AddressRules, urlFault } from './webhook-address.ts';
import { createWebhookSender, type SendFailure, type SendOutcome } from './webhook-sender.ts';
import { publicKeyText, secretText, signedHeaders } from './webhook-signature.ts';

const MOST_CONNECTIONS = 1_000;
/** CloudEvents, HTTP protocol binding 1.0.2, section 3.2. */
const MEDIA_TYPE = 'application/cloudevents+json; charset=utf-8';

export interface OpenWebhookPost extends WebhookPost {
  close(): Promise<void>;
}

/** @param source what callers reach the exchange by; the CloudEvent's `source`. */
export function webhookPost(source: string, options: { rules: AddressRules; timeoutMs: number }): OpenWebhookPost {
  // Each webhook has a few connections of its own (lanes.ts): at one host there may be those of many agencies, and none of them is to wait
  // for another's.
  const sender = createWebhookSender({ ...options, maxConnectionsPerOrigin: MOST_CONNECTIONS });
  const { rules } = options;
  return {
    secretText,
    publicKeyText,
    fault: (url) => urlFault(url, rules),
    send: async (url, message, keys: readonly SigningKeys[]) => {
      const now = Date.now();
      const body = JSON.stringify(bodyOf(source, message, now));
      const headers = signedHeaders({ id: message.id, timestampSeconds: Math.floor(now / 1000), body }, keys);
      return attemptedOf(url, await sender.send(url, body, { ...headers, 'content-type': MEDIA_TYPE }));
    },
    close: () => sender.close(),
  };
}

/** The same members as `listEvents` has them; what is no event of the feed has no number. */
const bodyOf = (source: string, { id, type, subject, data, at, sequence }: WebhookMessage, now: number) => ({
  specversion: '1.0',
  id,
  source,
  type,
  subject,
  time: formatInstant(at ?? now),
  datacontenttype: 'application/json',
  ...(sequence === undefined ? {} : { sequence: String(sequence), sequencetype: 'Integer' }),
  data,
});

function attemptedOf(url: string, sent: SendOutcome): Attempted {
  const durationMs = Math.round(sent.durationMs);
  const outcome = sent.outcome === 'FAILED' ? saidOf(url, sent.code) : sent.outcome;
  return { outcome, httpStatus: sent.status, durationMs };
}

/** A name not found and one that leads inside are told as one: a name of the caller's own may stand for any name of an intranet. */
function saidOf(url: string, code: SendFailure): SendFailure {
  const isName = isIP(new URL(url).hostname.replace(/^\[|\]$/g, '')) === 0;
  return code === 'ADDRESS_REFUSED' && isName ? 'NAME' : code;
}
