/** A receiver's view: the public library checks v1, and v1a is checked by the specification's text alone. */
import { createPublicKey, randomBytes, verify } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { newSigningKeys, publicKeyText, secretText, signedHeaders } from '../../src/delivery/webhook-signature.ts';
import { t } from '../support/t.ts';

const nowSeconds = () => Math.floor(Date.now() / 1000);
const aMessage = () => ({ id: 'evt_0198-a', timestampSeconds: nowSeconds(), body: '{"type":"x","größe":"ß €"}' });

/** "The content to be signed is `{msg_id}.{timestamp}.{payload}`"; the header is a space delimited list. */
function isSignedBy(publicKey: string, headers: Record<string, string>, body: string): boolean {
  const raw = Buffer.from(publicKey.replace(/^whpk_/, ''), 'base64');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  const content = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`);
  return headers['webhook-signature']!.split(' ')
    .map((signature) => signature.split(','))
    .filter(([version]) => version === 'v1a')
    .some(([, signature]) => verify(null, content, key, Buffer.from(signature!, 'base64')));
}

t.test('v1 satisfies the library of Standard Webhooks', async (t) => {
  const keys = newSigningKeys(randomBytes);
  const message = aMessage();
  const headers = signedHeaders(message, [keys]);
  t.same(new Webhook(secretText(keys)).verify(message.body, headers), JSON.parse(message.body));
  t.throws(() => new Webhook(secretText(keys)).verify(`${message.body} `, headers), 'another body is not signed');
  t.throws(
    () => new Webhook(secretText(keys)).verify(message.body, { ...headers, 'webhook-id': 'evt_2' }),
    'nor another id',
  );
  t.throws(() => new Webhook(secretText(newSigningKeys(randomBytes))).verify(message.body, headers), 'nor by others');
});

t.test('v1a satisfies whoever has the public key', async (t) => {
  const keys = newSigningKeys(randomBytes);
  const message = aMessage();
  const headers = signedHeaders(message, [keys]);
  t.ok(isSignedBy(publicKeyText(keys), headers, message.body));
  t.notOk(isSignedBy(publicKeyText(keys), headers, `${message.body} `), 'another body is not signed');
  t.notOk(isSignedBy(publicKeyText(keys), { ...headers, 'webhook-timestamp': '1' }, message.body), 'nor another time');
  t.notOk(isSignedBy(publicKeyText(newSigningKeys(randomBytes)), headers, message.body), 'nor by others');
});

t.test('while keys are changed, a receiver with either of them is content', async (t) => {
  const [fresh, former] = [newSigningKeys(randomBytes), newSigningKeys(randomBytes)];
  const message = aMessage();
  const headers = signedHeaders(message, [fresh, former]);
  for (const keys of [fresh, former]) {
    t.ok(new Webhook(secretText(keys)).verify(message.body, headers));
    t.ok(isSignedBy(publicKeyText(keys), headers, message.body));
  }
  t.same(
    headers['webhook-signature']!.split(' '),
    [fresh, former].flatMap((keys) => signedHeaders(message, [keys])['webhook-signature']!.split(' ')),
    'the new ones come first',
  );
});

t.test('the signature in the specification comes out', async (t) => {
  // The signature of the specification's example headers; its key and message stand in the tests of Svix, where the
  // specification has it from.
  const keyPair = Buffer.from(
    '6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==',
    'base64',
  );
  const keys = { hmac: randomBytes(32), seed: keyPair.subarray(0, 32) };
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestampSeconds: 1614265330, body: '{"test": 2432232314}' };
  const headers = signedHeaders(message, [keys]);
  t.equal(publicKeyText(keys), 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=');
  t.equal(
    headers['webhook-signature']!.split(' ')[1],
    'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==',
  );
  t.match(headers, { 'webhook-id': message.id, 'webhook-timestamp': '1614265330' });
});

t.test('keys are 32 bytes each, written as the specification writes them', async (t) => {
  const keys = newSigningKeys(randomBytes);
  t.match(secretText(keys), /^whsec_[A-Za-z0-9+/]{43}=$/);
  t.match(publicKeyText(keys), /^whpk_[A-Za-z0-9+/]{43}=$/);
  t.notSame(keys.hmac, keys.seed);
  t.same(Buffer.from(secretText(keys).slice('whsec_'.length), 'base64'), keys.hmac);
});

t.test('what would be signed wrongly is not signed', async (t) => {
  const keys = newSigningKeys(randomBytes);
  const message = aMessage();
  t.throws(() => signedHeaders({ ...message, id: 'evt.1' }, [keys]), 'a full stop in the id');
  t.throws(() => signedHeaders({ ...message, id: '' }, [keys]), 'no id');
  t.throws(() => signedHeaders({ ...message, id: 'evt_1\n' }, [keys]), 'an id that no header can hold');
  t.throws(() => signedHeaders({ ...message, timestampSeconds: 1.5 }, [keys]), 'a part of a second');
  t.throws(() => signedHeaders(message, []), 'no keys');
  t.throws(() => signedHeaders(message, [{ ...keys, hmac: Buffer.alloc(8) }]), 'a short key');
  t.throws(() => secretText({ ...keys, hmac: Buffer.alloc(0) }), 'an empty key');
  t.throws(() => publicKeyText({ ...keys, seed: Buffer.alloc(64) }), 'a long key');
});
