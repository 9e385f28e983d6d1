/** What is right for each type of a personal field, and that no sentence about a wrong value repeats it. */
import {
  base64Length,
  isDay,
  normalised,
  type StringShape,
  stringKeywords,
  stringProblem,
} from '../../src/domain/fields.ts';
import { t } from '../support/t.ts';

const NAME: StringShape = { type: 'name', max: 10 };
const TEXT: StringShape = { type: 'text', max: 10 };
const LINES: StringShape = { type: 'longText', max: 10 };
const FILE: StringShape = { type: 'fileName', max: 20 };
const BYTES: StringShape = { type: 'base64', maxBytes: 3, sizeIn: 'groesse', sha256In: 'sha256' };
const of = (type: 'date' | 'instant' | 'language' | 'email' | 'phone' | 'postcode' | 'sha256'): StringShape => ({
  type,
});

/** null: it is right. */
const VALUES: [shape: StringShape, what: string, value: string, problem: RegExp | null][] = [
  [NAME, 'a name', 'Müller', null],
  [NAME, 'as long as it may be, counted in code points', '😀'.repeat(10), null],
  [NAME, 'one code point too long', '😀'.repeat(11), /^has more than 10 characters$/],
  [NAME, 'far too long', 'x'.repeat(1_000), /^has more than 10 characters$/],
  [NAME, 'half a surrogate pair', 'M\ud800', /well-formed/],
  [NAME, 'two lines', 'M\nN', /line breaks or other control characters$/],
  [NAME, 'a line separator', 'M\u2028N', /line breaks/],
  [NAME, 'nothing that shows', ' \u200b', /blank/],
  [TEXT, 'a line', 'was war', null],
  [TEXT, 'a bell', 'x\u0007', /control characters/],
  [LINES, 'lines', 'a\r\n\tb', null],
  [LINES, 'a null byte', 'a\0', /control characters other than line breaks and tabs$/],
  [LINES, 'a noncharacter', 'a\uffff', /control characters other/],
  [{ type: 'text', max: 100 }, 'as many marks as any script needs', `a${'\u0301'.repeat(30)}`, null],
  [{ type: 'text', max: 100 }, 'one mark more', `a${'\u0301'.repeat(31)}`, /combining marks/],
  [FILE, 'a file name', 'brief.pdf', null],
  [FILE, 'a path', '../brief.pdf', /plain file name/],
  [FILE, 'a hidden file', '.brief', /plain file name/],
  [FILE, 'one that turns round', 'brief\u202efdp.exe', /plain file name/],
  [FILE, 'two lines of one', 'a\nb', /line breaks/],
  [of('date'), 'a leap day', '2024-02-29', null],
  [of('date'), 'a leap day of a century', '2000-02-29', null],
  [of('date'), 'no leap day', '2100-02-29', /calendar/],
  [of('date'), 'a month that is none', '2026-13-01', /calendar/],
  [of('date'), 'day nought', '2026-01-00', /calendar/],
  [of('date'), 'before the years we work with', '1899-12-31', /1900 to 2199$/],
  [of('date'), 'after them', '2200-01-01', /calendar/],
  [of('date'), 'as Germans write it', '02.11.1990', /calendar/],
  [of('instant'), 'an instant', '2026-11-02T09:30:00.000Z', null],
  [of('instant'), 'without milliseconds', '2026-11-02T09:30:00Z', /milliseconds/],
  [of('instant'), 'of a day that is none', '2026-11-31T09:30:00.000Z', /instant/],
  [of('language'), 'a language', 'tr', null],
  [of('language'), 'with a region', 'pt-BR', null],
  [of('language'), 'in words', 'Türkisch', /BCP 47/],
  [of('language'), 'well spelled and still none', 'de-a', /BCP 47/],
  [of('language'), 'longer than any', `de-${'abcdefgh-'.repeat(4)}a`, /BCP 47/],
  [of('email'), 'a mailbox', 'a.b+c@example.org', null],
  [of('email'), 'with a display name', 'A <a@example.org>', /e-mail/],
  [of('email'), 'with too long a local part', `${'a'.repeat(65)}@example.org`, /e-mail/],
  [
    of('email'),
    'too long',
    `a@${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(63)}.example.org`,
    /254/,
  ],
  [of('phone'), 'a number', '+49 (0)4101 123-45', null],
  [of('phone'), 'letters', '040 CALL', /phone/],
  [of('phone'), 'four digits', '1-2-3-4', /5 to 15 digits/],
  [of('phone'), 'sixteen digits', '1234567890123456', /5 to 15 digits/],
  [of('phone'), 'longer than anybody writes it', `12345${' '.repeat(26)}`, /phone/],
  [of('postcode'), 'a postcode', '25421', null],
  [of('postcode'), 'a short one', '2542', /postcode/],
  [of('sha256'), 'a hash', 'c0ffee'.padEnd(64, '0'), null],
  [of('sha256'), 'in capitals', 'C0FFEE'.padEnd(64, '0'), /lower case/],
  [BYTES, 'three bytes', 'YWJj', null],
  [BYTES, 'four bytes', 'YWJjZA==', /more than 3 bytes/],
  [BYTES, 'without padding', 'YQ', /padded base64/],
  [BYTES, 'for URLs', 'a-_b', /padded base64/],
];

t.test('a value of a type is right, or the sentence about it says the rule and never the value', async (t) => {
  for (const [shape, what, value, expected] of VALUES) {
    const said = stringProblem(shape, value);
    if (expected === null) t.equal(said, null, `${shape.type}: ${what}`);
    else t.match(said, expected, `${shape.type}: ${what}`);
    t.notOk(said?.includes(value), `${shape.type}: ${what}: not repeated`);
  }
});

t.test('days are told by the calendar, whatever else is written', async (t) => {
  t.equal(isDay('2026-11-02'), true);
  t.equal(isDay('2026-11-02T00:00:00Z'), false);
});

t.test('text is kept in NFC; what is refused anyway, and what is no text, stays as it was sent', async (t) => {
  const spelled = 'Mu\u0308ller';
  t.equal(normalised(NAME, spelled), 'Müller');
  t.equal(normalised({ type: 'name', max: 3 }, spelled), spelled, 'too long');
  const piled = `u${'\u0308'.repeat(31)}`;
  t.equal(normalised({ type: 'name', max: 100 }, piled), piled, 'too many marks');
  t.equal(normalised(of('email'), spelled), spelled, 'not text');
});

t.test('the keywords of JSON Schema say no more than the rule: every right value fits them', async (t) => {
  for (const [shape, what, value, expected] of VALUES) {
    if (expected !== null) continue;
    const { pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = stringKeywords(shape);
    const length = [...value].length;
    t.ok(Number(minLength) <= length && length <= Number(maxLength), `${shape.type}: ${what}: its length`);
    t.match(value, new RegExp(String(pattern ?? ''), 'u'), `${shape.type}: ${what}: its pattern`);
  }
});

t.test('what some bytes take as base64', async (t) => {
  for (const bytes of [0, 1, 2, 3, 4, 524_288]) {
    t.equal(base64Length(bytes), Buffer.alloc(bytes).toString('base64').length, String(bytes));
  }
});
