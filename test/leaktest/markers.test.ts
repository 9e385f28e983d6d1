/** The search of the canary run finds a marker however it is disguised, and nothing else. */
import { t } from '../support/t.ts';
import { markerSource, markersIn, maybeIn, writeMarker } from './markers.ts';

const marker = { kind: 'e', owner: 41, number: 123_456 } as const;
const word = writeMarker(marker);

t.test('a marker is found as it stands and in every disguise', async (t) => {
  const percent = [...word].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join('');
  const escaped = [...word].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join('');
  const rows: [string, string][] = [
    ['as it stands', word],
    ['in capitals', word.toUpperCase()],
    ['within other letters', `xx${word}yy`],
    ['in JSON', JSON.stringify({ familienname: `"${word}"` })],
    ['percent-encoded', percent],
    ['in JSON escapes', escaped],
    ['in hexadecimal', Buffer.from(`ab${word}c`).toString('hex')],
    ['as a bytea of a COPY', `\\x${Buffer.from(word).toString('hex').toUpperCase()}`],
    ...['', 'x', 'xy'].map((before): [string, string] => [
      `in base64, ${before.length} bytes in`,
      Buffer.from(`${before}${word} and more`).toString('base64'),
    ]),
    ['in base64url within a token', `eyJh.${Buffer.from(`{"a":"${word}"}`).toString('base64url')}.x`],
  ];
  for (const [name, text] of rows) t.same(markersIn(`before ${text} after`), [marker], name);
});

t.test('each of several is told, and nothing that is none', async (t) => {
  const next = markerSource();
  const words = [next('e', 1), next('f', 2), next('p', 3)];
  t.same(
    markersIn(words.join(' ')).map((one) => one.kind),
    ['e', 'f', 'p'],
  );
  t.equal(new Set(words).size, 3);
  t.same(markersIn('01980000-0000-7000-8000-000000000001 zqxw qxwv eHd2 7a7178'), []);
});

t.test('bytes are looked through for each beginning that a search begins with', async (t) => {
  for (const text of [word, Buffer.from(word).toString('hex'), Buffer.from(`x${word}`).toString('base64')]) {
    t.ok(maybeIn(Buffer.from(`\0\0${text}\0`)), text);
  }
  t.notOk(maybeIn(Buffer.from('nothing of it')));
});
