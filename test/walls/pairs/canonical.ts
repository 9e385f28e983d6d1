/**
 * What an agency was told, so that two exchanges can be compared byte by byte: ids, tags and codes by the order in which they
 * appear, cursors by their length. Times stay as they are, for the clock of the exchange stands where the test puts it.
 */
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Names the same thing the same way, whoever made it. */
function named(prefix: string): (one: string) => string {
  const known = new Map<string, string>();
  return (one) => {
    if (!known.has(one)) known.set(one, `${prefix}${known.size + 1}`);
    return known.get(one)!;
  };
}

export function canonical(told: readonly string[]): string[] {
  const [id, tag, hash] = [named('ID'), named('TAG'), named('HASH')];
  return told.map((one) =>
    one
      .replaceAll(/urn:uuid:[0-9a-f-]{36}/g, 'urn:uuid:REQUEST')
      .replaceAll(/"(nextCursor|cursor)":"([^"]+)"/g, (_, name, cursor) => `"${name}":"CURSOR of ${cursor.length}"`)
      // A keyed hash, and each exchange has a key of its own; so have the codes that a person carries.
      .replaceAll(/(?<=")[\w-]{43}(?=\\?")/g, (one) => tag(one))
      // A text to sign holds its own id.
      .replaceAll(/(?<="textHash":")[0-9a-f]{64}/g, (one) => hash(one))
      .replaceAll(/"code":"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}"/g, '"code":"CODE"')
      .replaceAll(/"qrSvg":"(?:[^"\\]|\\.)*"/g, '"qrSvg":"SVG"')
      // An SVG of another code is of another length.
      .replaceAll(/content-length: \d+(?=[\s\S]*"qrSvg")/g, 'content-length: -')
      // Each exchange has keys of its own, and what is signed names its ids.
      .replaceAll(/"(jws|textHash|x|y)":"([^"]+)"/g, (_, name, value) => `"${name}":"${value.length} signs"`)
      // Each exchange has a port of its own.
      .replaceAll(/"source":"[^"]+"/g, '"source":"HERE"')
      .replaceAll(UUID, (one) => id(one)),
  );
}

/** The first thing that was told differently, with what was asked; null when all is the same. */
export function firstDifference(left: readonly string[], right: readonly string[]): string | null {
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    if (left[index] === right[index]) continue;
    const [one = '(nothing)', other = '(nothing)'] = [left[index], right[index]];
    let at = 0;
    while (at < one.length && one[at] === other[at]) at++;
    const around = (text: string) => text.slice(Math.max(0, at - 200), at + 300);
    return `${one.split('\n', 2)[0]}\n  one world:   …${around(one)}…\n  the other:   …${around(other)}…`;
  }
  return null;
}
