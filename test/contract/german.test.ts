/** Every sentence that a caller can get is there in German, and none is there that nobody can get. */
import { GERMAN, inGerman } from '../../src/contract/german.ts';
import { problemDocument } from '../../src/contract/problem-texts.ts';
import { problem } from '../../src/domain/problem.ts';
import { t } from '../support/t.ts';
import { sentencesOfTheSource } from './sentences.ts';

const sentences = sentencesOfTheSource();

t.test('every sentence of the source has a German one', async (t) => {
  t.ok(sentences.size > 150, 'the sentences were found');
  const missing = [...sentences].filter(([english]) => !(english in GERMAN));
  const lines = missing.map(([english, place]) => `  ${JSON.stringify(english)}: '',  // ${place}`);
  t.equal(lines.length, 0, `add these to src/contract/german/:\n${lines.join('\n')}`);
});

t.test('no German sentence is left over', async (t) => {
  const dead = Object.keys(GERMAN).filter((english) => !sentences.has(english));
  t.equal(dead.length, 0, `take these out of src/contract/german/:\n${dead.map((one) => `  ${one}`).join('\n')}`);
});

t.test('each says all that the English one says', async (t) => {
  const numbersIn = (german: string) => [...german.matchAll(/\{(\d)\}/g)].map(([, number]) => Number(number)).sort();
  for (const [english, german] of Object.entries(GERMAN)) {
    const holes = english.split('{}').slice(1);
    t.same(
      numbersIn(german),
      holes.map((_hole, index) => index + 1),
      english,
    );
    t.notMatch(german, /\{\}/, english);
  }
});

t.test('what fills a sentence is translated where it is ours, and kept where it is a code', async (t) => {
  const rows: [string, string][] = [
    ['This needs the scope laufzettel:write.', 'Dafür braucht es den Scope laufzettel:write.'],
    ['This needs one of the scopes a:b, c:d.', 'Dafür braucht es einen der Scopes a:b, c:d.'],
    [
      'There is no such client, or it is not yours to see.',
      'Nicht vorhanden oder nicht für Sie einsehbar: Klientin oder Klient.',
    ],
    ['ACCEPT is not possible from REJECTED.', 'ACCEPT ist von REJECTED aus nicht möglich.'],
    [
      'ACCEPT is not possible from SENT. Read it first.',
      'ACCEPT ist von SENT aus nicht möglich. Lesen Sie sie zuerst.',
    ],
    [
      'Nothing was sent: a LEISTUNGSMITTEILUNG is not sent without STAMMDATEN and LEISTUNG. The entries withheld say why, each with all its reasons.',
      'Es wurde nichts gesendet: LEISTUNGSMITTEILUNG wird nicht ohne STAMMDATEN und LEISTUNG gesendet. Bei jedem zurückgehaltenen Eintrag stehen alle Gründe.',
    ],
    [
      'The keys cannot be registered: Key 2 is not for ES384.',
      'Die Schlüssel lassen sich nicht anmelden: Schlüssel 2 ist nicht für ES384.',
    ],
    ['is not a date YYYY-MM-DD', 'ist keine Tagesangabe JJJJ-MM-TT'],
    [
      'has a member that is not known here; nothing is sent here',
      'hat ein Element, das hier nicht bekannt ist; hier wird nichts gesendet',
    ],
    ['has fewer than 1 items', 'hat weniger als 1 Elemente'],
    ['is none of A, B', 'muss eines hiervon sein: A, B'],
    ['is not a UUID, and has none of the permitted forms', 'ist keine UUID, und hat keine der erlaubten Formen'],
    [
      'Cannot query field "x" on type "Query" (line 1, column 3)',
      'Der Typ "Query" hat kein Feld "x" (Zeile 1, Spalte 3)',
    ],
    ['What nobody has translated.', 'What nobody has translated.'],
  ];
  for (const [english, german] of rows) t.equal(inGerman(english), german);
});

t.test('a document has its sentences in one language', async (t) => {
  const refused = problem('rule-broken', 'This cannot be recorded; nothing was stored. See errors.', {
    errors: [{ pointer: '/validUntil', detail: 'must be later than validFrom' }],
  });
  t.match(problemDocument(refused, 'x', 'de'), {
    title: 'Eine Regel lässt das nicht zu',
    detail: 'Das lässt sich nicht erfassen; es wurde nichts gespeichert. Siehe errors.',
    errors: [{ pointer: '/validUntil', detail: 'muss später als validFrom sein' }],
  });
  t.match(problemDocument(refused, 'x', 'en'), { detail: refused.detail, errors: [...refused.errors!] });
});
