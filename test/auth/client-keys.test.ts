import { generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { clientKeysFault, essentialMembers } from '../../src/auth/client-keys.ts';
import { t } from '../support/t.ts';

const rsa = (modulusLength: number, publicExponent = 65537) =>
  generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey.export({ format: 'jwk' });
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const p384 = ec('P-384');
const good = p384.publicKey.export({ format: 'jwk' });
const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });

t.test('a key for a client → why not', async (t) => {
  const rows: [name: string, key: JsonWebKey, fault: RegExp | null][] = [
    ['P-384', good, null],
    ['P-384 with what keygen adds', { ...good, alg: 'ES384', use: 'sig', kid: 'a' }, null],
    ['Ed25519', ed, null],
    ['Ed25519 by its newer name', { ...ed, alg: 'Ed25519' }, null],
    ['RSA with 3072 bits', rsa(3072), null],
    ['RSA with 2048 bits', rsa(2048), /too short/],
    ['RSA with exponent 3', rsa(3072, 3), /exponent/],
    ['RSA for RS256', { ...rsa(3072), alg: 'RS256' }, /not for PS256|is not for/],
    ['P-256', ec('P-256').publicKey.export({ format: 'jwk' }), /neither/],
    ['X25519', generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }), /neither/],
    ['a private key', p384.privateKey.export({ format: 'jwk' }), /private/],
    ['a private member alone', { ...good, d: 'AA' }, /private/],
    ['a shared secret', { kty: 'oct', k: 'AAAA' }, /private/],
    ['a point off the curve', { ...good, y: good.x }, /cannot be read/],
    ['half a key', { kty: 'EC', crv: 'P-384' }, /cannot be read/],
    ['for encryption', { ...good, use: 'enc' }, /signatures/],
    ['a coordinate with U+0000', { ...good, x: `${good.x}\0` }, /cannot be read/],
    ['half a character in a member that P-384 has not', { ...good, e: '\ud83d' }, /cannot be read/],
    ['a member that is no text', { ...good, n: [] as unknown as string }, /cannot be read/],
    ['an algorithm that is no text', { ...good, alg: ['ES384'] as unknown as string }, /is not for/],
    ['not a key', null as unknown as JsonWebKey, /not a JSON Web Key/],
  ];
  for (const [name, key, fault] of rows) {
    const answer = clientKeysFault({ keys: [good, key] });
    if (fault === null) t.equal(answer, null, name);
    else t.match(answer, fault, name);
    if (answer) t.match(answer, /^Key 2 /, name);
  }
});

t.test('some keys, and not too many', async (t) => {
  t.match(clientKeysFault({ keys: [] }), /at least one/);
  t.match(clientKeysFault(null as unknown as { keys: JsonWebKey[] }), /at least one/);
  t.match(clientKeysFault({ keys: Array.from({ length: 11 }, () => good) }), /At most 10/);
});

t.test('addresses and certificates stay behind', async (t) => {
  const keys = [{ ...good, x5u: 'https://evil.test', x5c: ['AA'], key_ops: ['verify'], kid: 'a' }];
  t.same(essentialMembers({ keys }).keys, [{ ...good, kid: 'a' }]);
});
