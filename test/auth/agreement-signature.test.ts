/** A signature under an agreement counts only by a key of one's own, over that very text. */
import { CompactSign, compactVerify, FlattenedSign, importJWK, type JWK, SignJWT } from 'jose';
import { checkAgreementSignature } from '../../src/auth/agreement-signature.ts';
import { type ClientKeyAlgorithm, generateClientKey, signText } from '../../src/auth/client-credentials.ts';
import { t } from '../support/t.ts';

const TEXT = 'Kooperationsvereinbarung – Fassung 1\n';
const own = await generateClientKey();
const others = await generateClientKey();
const keys = own.jwks.keys as unknown as Record<string, string>[];

/** As signText does, with another header or other bytes. */
const signed = async (header: Record<string, unknown>, text = TEXT, key: JWK = own.key) =>
  new CompactSign(Buffer.from(text, 'utf8'))
    .setProtectedHeader({ alg: key.alg!, kid: key.kid!, ...header } as { alg: string })
    .sign(await importJWK(key));

t.test('by each kind of key that signs in, and by either name of EdDSA', async (t) => {
  for (const alg of ['ES384', 'EdDSA', 'PS256'] as ClientKeyAlgorithm[]) {
    const { key, jwks } = await generateClientKey(alg);
    const registered = jwks.keys as unknown as Record<string, string>[];
    const checked = await checkAgreementSignature(await signText(TEXT, key), TEXT, registered);
    t.match(checked, { kid: key.kid, jwk: registered[0], thumbprint: key.kid }, alg);
    if (alg !== 'EdDSA') continue;
    t.match(await checkAgreementSignature(await signed({ alg: 'Ed25519' }, TEXT, key), TEXT, registered), {
      kid: key.kid,
    });
  }
});

t.test('what is kept verifies by plain jose, attached or sent detached', async (t) => {
  const whole = await signText(TEXT, own.key);
  const { protected: header, signature } = await new FlattenedSign(Buffer.from(TEXT))
    .setProtectedHeader({ alg: 'ES384', kid: own.key.kid! })
    .sign(await importJWK(own.key));
  for (const jws of [whole, `${header}..${signature}`]) {
    const checked = await checkAgreementSignature(jws, TEXT, keys);
    if ('fault' in checked) throw new Error(checked.fault);
    const { payload } = await compactVerify(checked.jws, await importJWK(checked.jwk as JWK, 'ES384'));
    t.equal(Buffer.from(payload).toString(), TEXT);
  }
});

t.test('two keys of one name: that which made it counts', async (t) => {
  const namesake = { ...others.jwks.keys[0], kid: own.key.kid! } as unknown as Record<string, string>;
  t.match(await checkAgreementSignature(await signText(TEXT, own.key), TEXT, [namesake, ...keys]), { jwk: keys[0] });
});

t.test('what does not count, and why', async (t) => {
  const good = await signText(TEXT, own.key);
  const [header, payload, signature] = good.split('.') as [string, string, string];
  const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const rows: [why: string, jws: string, fault: string][] = [
    ['nothing', '', 'not-jws'],
    ['no JWS', 'unterschrieben', 'not-jws'],
    ['two parts', `${header}.${payload}`, 'not-jws'],
    ['five parts, as an encrypted one', `${good}.x.x`, 'not-jws'],
    ['a header that is no JSON', `eA.${payload}.${signature}`, 'not-jws'],
    ['a header that is no object', `${encoded(1)}.${payload}.${signature}`, 'not-jws'],
    ['no kid', await signed({ kid: undefined }), 'not-jws'],
    ['padding', `${header}.${payload}=.${signature}`, 'not-jws'],
    [
      'a critical header',
      `${encoded({ alg: 'ES384', kid: own.key.kid, crit: ['b64'], b64: false })}..x`,
      'critical-header',
    ],
    ['alg none', `${encoded({ alg: 'none', kid: own.key.kid })}.${payload}.x`, 'algorithm'],
    [
      'a shared secret',
      await new SignJWT({}).setProtectedHeader({ alg: 'HS256', kid: own.key.kid! }).sign(Buffer.alloc(32, 1)),
      'algorithm',
    ],
    ['another agency’s key', await signText(TEXT, others.key), 'key-unknown'],
    [
      'another key under a name of one’s own',
      await signed({}, TEXT, { ...others.key, kid: own.key.kid! }),
      'not-by-key',
    ],
    ['another text', await signText(`${TEXT} `, own.key), 'other-text'],
    ['the text with another line end', await signText(TEXT.replace('\n', '\r\n'), own.key), 'other-text'],
    ['the signature over another text, detached', (await signText('x', own.key)).replace(/\..*\./, '..'), 'not-by-key'],
    [
      'the right text over another signature',
      `${header}.${payload}.${(await signText('x', own.key)).split('.')[2]}`,
      'not-by-key',
    ],
    [
      'the alg of another kind of key',
      `${encoded({ alg: 'EdDSA', kid: own.key.kid })}.${payload}.${signature}`,
      'not-by-key',
    ],
    ['a key in the header', await signed({ jwk: others.jwks.keys[0], kid: 'x' }, TEXT, others.key), 'key-unknown'],
  ];
  for (const [why, jws, fault] of rows) t.same(await checkAgreementSignature(jws, TEXT, keys), { fault }, why);
  t.same(await checkAgreementSignature(good, TEXT, []), { fault: 'key-unknown' }, 'nobody has a key');
});
