/** Codes follow from an id and a key of the exchange: the same again for who has the key, nothing for who has not. */
import { readLinkCode } from '../../src/domain/link-code.ts';
import { linkCodeKey } from '../../src/persistence/link-code-key.ts';
import { t } from '../support/t.ts';

const ID = '01980000-0000-7000-8000-000000000060';
const OTHER = '01980000-0000-7000-8000-000000000061';
const key = linkCodeKey(Buffer.alloc(32, 1));
const another = linkCodeKey(Buffer.alloc(32, 2));

t.test('the code of an id is always the same, and another one for every id and key', async (t) => {
  const code = key.codeOf(ID);
  t.equal(readLinkCode(code), code);
  t.equal(linkCodeKey(Buffer.alloc(32, 1)).codeOf(ID), code);
  t.equal(new Set([code, key.codeOf(OTHER), another.codeOf(ID)]).size, 3);
});

t.test('what is kept of a code does not tell it, and is not how it was made', async (t) => {
  const hash = key.hashOf(key.codeOf(ID));
  t.equal(hash.length, 32);
  t.notSame(hash, another.hashOf(key.codeOf(ID)), 'keyed');
  t.notSame(hash, key.hashOf(ID));
  t.same(hash, key.hashOf(key.codeOf(ID)));
});
