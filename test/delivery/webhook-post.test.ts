/** What is told of an attempt. */
import { webhookPost } from '../../src/delivery/webhook-post.ts';
import { t } from '../support/t.ts';

const message = { id: 'one', type: 'webhook.test', subject: 'one', data: {} };
const keys = [{ hmac: Buffer.alloc(32, 1), seed: Buffer.alloc(32, 2) }];

t.test('a name that leads inside and one that is not found are told alike', async (t) => {
  const post = webhookPost('https://exchange.example', { rules: { allowed: [] }, timeoutMs: 5_000 });
  t.teardown(() => post.close());
  for (const url of ['https://localhost/', 'https://no-such-name.invalid/']) {
    t.match(await post.send(url, message, keys), { outcome: 'NAME', httpStatus: null }, url);
  }
  t.match(
    await post.send('https://127.0.0.1/', message, keys),
    { outcome: 'ADDRESS_REFUSED' },
    'an address is told as it is',
  );
  t.match(await post.send('https://[::1]/', message, keys), { outcome: 'ADDRESS_REFUSED' });
});
