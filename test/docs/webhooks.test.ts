/** docs/webhooks.md, and the example that it shows to integrators, against what is really sent. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { comesFromExchange } from '../../docs/integrate/verify-webhook.ts';
import { newSigningKeys, publicKeyText, secretText, signedHeaders } from '../../src/delivery/webhook-signature.ts';
import { ATTEMPT_OUTCOMES, DISABLED_WHY } from '../../src/domain/webhook.ts';
import { t } from '../support/t.ts';

const keys = newSigningKeys(randomBytes);
const others = newSigningKeys(randomBytes);
const message = { id: 'evt_1', timestampSeconds: 1_800_000_000, body: '{"größe":"ß"}' };
const body = Buffer.from(message.body);
const now = message.timestampSeconds + 10;

t.test(
  'the example knows what we sign, by the secret and by the public key, also while keys are changed',
  async (t) => {
    for (const live of [[keys], [keys, others], [others, keys]]) {
      const headers = signedHeaders(message, live);
      t.ok(comesFromExchange(headers, body, secretText(keys), now));
      t.ok(comesFromExchange(headers, body, publicKeyText(keys), now));
    }
  },
);

t.test('the example refuses everything else', async (t) => {
  const headers = signedHeaders(message, [keys]);
  for (const key of [secretText(keys), publicKeyText(keys)]) {
    t.notOk(comesFromExchange(headers, Buffer.from('{}'), key, now), 'another body');
    t.notOk(comesFromExchange({ ...headers, 'webhook-id': 'evt_2' }, body, key, now), 'another id');
    t.notOk(comesFromExchange({ ...headers, 'webhook-timestamp': '1800000001' }, body, key, now), 'another time');
    t.notOk(comesFromExchange(headers, body, key, now + 300), 'one that was recorded');
    t.notOk(comesFromExchange(headers, body, key, now - 600), 'one from the future');
    t.notOk(comesFromExchange({ ...headers, 'webhook-timestamp': 'now' }, body, key, now), 'a time that is none');
    t.notOk(comesFromExchange({ ...headers, 'webhook-signature': 'v1, v1a, v2,a' }, body, key, now), 'no signature');
    t.notOk(comesFromExchange({}, body, key, now), 'no headers');
  }
  for (const key of [secretText(others), publicKeyText(others)]) {
    t.notOk(comesFromExchange(headers, body, key, now), 'a key of somebody else');
  }
});

t.test(
  'every outcome and every reason stands on the page, and nothing else; a failure is one that is sent',
  async (t) => {
    const page = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code);
    t.same([...new Set(rows)].sort(), [...new Set([...ATTEMPT_OUTCOMES, ...DISABLED_WHY])].sort());
    const sources = ['webhook-sender.ts', 'webhook-connector.ts'].map((name) =>
      readFileSync(new URL(`../../src/delivery/${name}`, import.meta.url), 'utf8'),
    );
    const inTypes = sources.flatMap(
      (source) => source.match(/(?<=export type (SendFailure|ConnectCode) = ).*(?=;)/g) ?? [],
    );
    const failures = inTypes.flatMap((union) => union.match(/(?<=')[A-Z_]+(?=')/g) ?? []);
    t.same([...failures, 'DELIVERED', 'GONE'].sort(), [...ATTEMPT_OUTCOMES].sort());
  },
);
