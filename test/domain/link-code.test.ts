/** Codes as people write, read out and type them. */
import fc from 'fast-check';
import { LINK_CODE_BYTES, readLinkCode, writeLinkCode } from '../../src/domain/link-code.ts';
import { t } from '../support/t.ts';

t.test('a code is sixteen characters that cannot be taken for each other', async (t) => {
  for (const [bytes, code] of [
    [Array(10).fill(0), '0000-0000-0000-0000'],
    [Array(10).fill(255), 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'],
    [[0, 0, 0, 0, 0, 0, 0, 0, 0, 31], '0000-0000-0000-000Z'],
    [[8, 0, 0, 0, 0, 0, 0, 0, 0, 32], '1000-0000-0000-0010'],
    [[0, 68, 50, 20, 199, 66, 84, 182, 53, 207], '0123-4567-89AB-CDEF'],
  ] as [number[], string][]) {
    t.equal(writeLinkCode(Uint8Array.from(bytes)), code);
  }
});

t.test('it is read however it was typed', async (t) => {
  for (const [typed, code] of [
    ['0123-4567-89AB-CDEF', '0123-4567-89AB-CDEF'],
    ['0123456789abcdef', '0123-4567-89AB-CDEF'],
    ['  oi23 4567\t89ab-cdef\n', '0123-4567-89AB-CDEF'],
    ['Ol23--4567 89AB CDEF', '0123-4567-89AB-CDEF'],
    ['U123-4567-89AB-CDEF', null],
    ['0123-4567-89AB-CDE', null],
    ['0123-4567-89AB-CDEF-0', null],
    ['0123-4567-89AB-CDEÉ', null],
    ['', null],
  ] as [string, string | null][]) {
    t.equal(readLinkCode(typed), code, typed);
  }
});

t.test('what was written is read again, and two are never the same', async (t) => {
  const bytes = fc.uint8Array({ minLength: LINK_CODE_BYTES, maxLength: LINK_CODE_BYTES });
  fc.assert(
    fc.property(bytes, bytes, (one, other) => {
      const [first, second] = [writeLinkCode(one), writeLinkCode(other)];
      return readLinkCode(first.toLowerCase()) === first && (first === second) === (one.join() === other.join());
    }),
  );
  t.pass();
});
