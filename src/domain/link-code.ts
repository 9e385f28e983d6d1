/**
 * The code by which a person links two agencies' handles: sixteen characters of Crockford's base32 in groups of four, as one
 * reads it out, types it, or scans it. 80 bits: nobody guesses one.
 */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CHARACTERS = 16;
const BITS_EACH = 5n;

/** Bytes that a code is made of. */
export const LINK_CODE_BYTES = 10;

/** @param bytes LINK_CODE_BYTES of them. */
export function writeLinkCode(bytes: Uint8Array): string {
  let number = 0n;
  for (const byte of bytes) number = (number << 8n) | BigInt(byte);
  const characters = Array.from({ length: CHARACTERS }, (_, position) => {
    const shift = BigInt(CHARACTERS - 1 - position) * BITS_EACH;
    return ALPHABET[Number((number >> shift) & 31n)]!;
  });
  return characters.join('').replaceAll(/.{4}(?!$)/g, '$&-');
}

/** The code as it was written, however it was typed: lower case, spaces, O for 0, I or L for 1. Null: no code at all. */
export function readLinkCode(typed: string): string | null {
  const characters = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (characters.length !== CHARACTERS || ![...characters].every((one) => ALPHABET.includes(one))) return null;
  return characters.replaceAll(/.{4}(?!$)/g, '$&-');
}
