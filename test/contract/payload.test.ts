import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { z } from 'zod';
import { inventPerson } from '../../src/cli/demo/persons.ts';
import {
  catalogueView,
  entryBodySchema,
  fieldErrors,
  PAYLOAD_SCHEMAS,
  parsePayload,
} from '../../src/contract/payload.ts';
import {
  CATALOGUE,
  CATEGORIES,
  type Category,
  MAX_DOCUMENT_BYTES,
  type PayloadOf,
} from '../../src/domain/catalogue.ts';
import { t } from '../support/t.ts';

const examples = inventPerson(7);
const exampleOf = (category: Category): object => examples[category.toLowerCase() as Lowercase<Category>];

const document = (content: Uint8Array): PayloadOf<'DOKUMENT'> => ({
  typ: 'SCHREIBEN',
  dateiname: 'brief.pdf',
  sha256: createHash('sha256').update(content).digest('hex'),
  groesse: content.length,
  inhalt: Buffer.from(content).toString('base64'),
});
const small = document(Buffer.from('Guten Tag'));
const note = (text: string) => ({ text });

const accepted: [Category, string, object][] = [
  ['STAMMDATEN', 'one name only', { familienname: 'Örnekoğlu' }],
  ['STAMMDATEN', 'names in any script', { familienname: 'مثال', vorname: 'Ірина' }],
  ['STAMMDATEN', 'a name of 120 characters beyond the basic plane', { familienname: '𐐀'.repeat(120) }],
  ['STAMMDATEN', 'a leap day', { familienname: 'Muster', geburtsdatum: '2024-02-29' }],
  ['KONTAKT', 'an address with a town only', { anschrift: { ort: 'Wedel' } }],
  ['KONTAKT', 'a phone number as people write it', { telefon: '(040) 66969 / 12-3' }],
  ['SPRACHE', 'a language with a region', { erstsprache: 'pt-BR' }],
  ['SPRACHE', 'false is something to say', { dolmetschbedarf: false }],
  ['AUFENTHALT', 'no title', { antragLaeuft: true }],
  ['LEISTUNG', 'one day', { leistungsart: 'WOHNGELD', bewilligungVon: '2026-11-02', bewilligungBis: '2026-11-02' }],
  ['FOERDERPLAN', 'thirty measures', { massnahmen: Array.from({ length: 30 }, () => ({ was: 'Kurs' })) }],
  ['BERATUNGSNOTIZ', 'line breaks and tabs', note('Erste Zeile\r\n\tzweite')],
  ['BERATUNGSNOTIZ', 'joiners that Persian needs', note('می‌خواهم')],
  ['BERATUNGSNOTIZ', '10,000 characters', note('ä'.repeat(10_000))],
  ['DOKUMENT', 'content that fits', small],
  ['DOKUMENT', '512 KiB', document(Buffer.alloc(MAX_DOCUMENT_BYTES, 7))],
  ['TERMIN', 'an instant', { beginn: '2026-11-02T09:30:00.000Z' }],
];

const refused: [Category, string, unknown, pointer: string, detail: RegExp][] = [
  ['STAMMDATEN', 'no family name', { vorname: 'Ayşe' }, '/familienname', /is required/],
  ['STAMMDATEN', 'null', { familienname: 'M', vorname: null }, '/vorname', /is null/],
  ['STAMMDATEN', 'another type', { familienname: 4711 }, '/familienname', /not a string/],
  ['STAMMDATEN', 'an empty name', { familienname: '' }, '/familienname', /blank/],
  ['STAMMDATEN', 'a blank name', { familienname: ' \u00a0 ' }, '/familienname', /blank/],
  ['STAMMDATEN', 'an invisible name', { familienname: '\u200b\u200d' }, '/familienname', /blank/],
  ['STAMMDATEN', 'a long name', { familienname: 'M'.repeat(121) }, '/familienname', /more than 120/],
  ['STAMMDATEN', 'a null byte', { familienname: 'M\0' }, '/familienname', /control characters/],
  ['STAMMDATEN', 'a line break', { familienname: 'M\nN' }, '/familienname', /line breaks/],
  ['STAMMDATEN', 'a line separator', { familienname: 'M\u2028N' }, '/familienname', /line breaks/],
  ['STAMMDATEN', 'a lone surrogate', { familienname: 'M\ud800' }, '/familienname', /well-formed/],
  ['STAMMDATEN', 'a noncharacter', { familienname: 'M\uffff' }, '/familienname', /control/],
  ['STAMMDATEN', 'piled marks', { familienname: `M${'\u0301'.repeat(31)}` }, '/familienname', /combining marks/],
  [
    'STAMMDATEN',
    'a day that does not exist',
    { familienname: 'M', geburtsdatum: '2026-02-30' },
    '/geburtsdatum',
    /calendar/,
  ],
  ['STAMMDATEN', '29 February of 1900', { familienname: 'M', geburtsdatum: '1900-02-29' }, '/geburtsdatum', /calendar/],
  ['STAMMDATEN', 'a German date', { familienname: 'M', geburtsdatum: '02.11.1990' }, '/geburtsdatum', /calendar/],
  ['STAMMDATEN', 'a year out of range', { familienname: 'M', geburtsdatum: '0001-01-01' }, '/geburtsdatum', /1900/],
  [
    'STAMMDATEN',
    'an unknown field',
    { familienname: 'M', religion: 'x' },
    '',
    /not known here; known are familienname/,
  ],
  ['STAMMDATEN', 'a field of another category', { familienname: 'M', aufenthaltstitel: 'OHNE' }, '', /not known here/],
  ['STAMMDATEN', 'a prototype', JSON.parse('{"familienname":"M","__proto__":{"a":1}}'), '', /not known here/],
  ['STAMMDATEN', 'a list', [], '', /not an object/],
  ['STAMMDATEN', 'nothing', undefined, '', /is required/],
  ['KONTAKT', 'nothing in it', {}, '', /needs one of anschrift/],
  ['KONTAKT', 'an address without a town', { anschrift: { plz: '25421' } }, '/anschrift/ort', /required/],
  ['KONTAKT', 'a short postcode', { anschrift: { ort: 'Wedel', plz: '2288' } }, '/anschrift/plz', /five digits/],
  ['KONTAKT', 'a phone number with letters', { telefon: '040 CALL' }, '/telefon', /phone/],
  ['KONTAKT', 'a phone number that is too long', { telefon: '1234567890123456' }, '/telefon', /phone/],
  ['KONTAKT', 'a mailbox with a display name', { email: 'A <a@example.org>' }, '/email', /e-mail/],
  ['KONTAKT', 'a mailbox without a domain', { email: 'a@' }, '/email', /e-mail/],
  ['SPRACHE', 'a language in words', { erstsprache: 'Türkisch' }, '/erstsprache', /BCP 47/],
  ['SPRACHE', 'a malformed tag', { erstsprache: 'de-a' }, '/erstsprache', /BCP 47/],
  ['SPRACHE', 'a level that does not exist', { deutschNiveau: 'B3' }, '/deutschNiveau', /none of ALPHA/],
  ['SPRACHE', 'a boolean in words', { dolmetschbedarf: 'ja' }, '/dolmetschbedarf', /true or false/],
  ['LEISTUNG', 'an amount', { leistungsart: 'WOHNGELD', betrag: 300 }, '', /not known here/],
  [
    'LEISTUNG',
    'the end before the begin',
    { leistungsart: 'WOHNGELD', bewilligungVon: '2026-11-02', bewilligungBis: '2026-11-01' },
    '/bewilligungBis',
    /before bewilligungVon/,
  ],
  ['FOERDERPLAN', 'an empty list', { ziele: [] }, '/ziele', /empty/],
  ['FOERDERPLAN', 'a list that is too long', { ziele: Array(11).fill('Z') }, '/ziele', /more than 10/],
  ['FOERDERPLAN', 'a bad step', { massnahmen: [{ was: 'Kurs' }, { wer: 'Träger' }] }, '/massnahmen/1/was', /required/],
  ['FOERDERPLAN', 'an empty time frame', { zeitrahmen: {} }, '/zeitrahmen', /needs one of/],
  [
    'FOERDERPLAN',
    'a time frame the wrong way round',
    { zeitrahmen: { von: '2027-01-01', bis: '2026-01-01' } },
    '/zeitrahmen/bis',
    /before von/,
  ],
  [
    'SPRACHKURS',
    'half a lesson',
    { kursart: 'LANDESKURS', unterrichtseinheiten: 0.5 },
    '/unterrichtseinheiten',
    /whole number/,
  ],
  [
    'SPRACHKURS',
    'too many lessons',
    { kursart: 'LANDESKURS', unterrichtseinheiten: 2_001 },
    '/unterrichtseinheiten',
    /whole number/,
  ],
  [
    'TERMIN',
    'a missed appointment',
    { beginn: '2026-11-02T09:30:00.000Z', status: 'NICHT_ERSCHIENEN' },
    '/status',
    /none of/,
  ],
  ['TERMIN', 'another zone', { beginn: '2026-11-02T09:30:00.000+01:00' }, '/beginn', /UTC/],
  ['TERMIN', 'no milliseconds', { beginn: '2026-11-02T09:30:00Z' }, '/beginn', /milliseconds/],
  ['TERMIN', 'an hour that does not exist', { beginn: '2026-11-02T24:30:00.000Z' }, '/beginn', /instant/],
  ['TERMIN', 'a day that does not exist', { beginn: '2026-11-31T09:30:00.000Z' }, '/beginn', /instant/],
  ['GESUNDHEIT', 'a diagnosis', { leistungseinschraenkung: ['F43.1'] }, '/leistungseinschraenkung/0', /none of/],
  ['BERATUNGSNOTIZ', 'a bell', note('\u0007 Klingel'), '/text', /control/],
  ['BERATUNGSNOTIZ', '10,001 characters', note('ä'.repeat(10_001)), '/text', /more than 10000/],
  ['DOKUMENT', 'another size', { ...small, groesse: 8 }, '/groesse', /number of bytes in inhalt/],
  ['DOKUMENT', 'another hash', { ...small, sha256: '0'.repeat(64) }, '/sha256', /SHA-256 of inhalt/],
  ['DOKUMENT', 'a hash in capitals', { ...small, sha256: small.sha256.toUpperCase() }, '/sha256', /lower case/],
  ['DOKUMENT', 'base64 without padding', { ...small, inhalt: 'YQ' }, '/inhalt', /padded/],
  ['DOKUMENT', 'base64url', { ...small, inhalt: 'a-_b' }, '/inhalt', /base64/],
  ['DOKUMENT', 'bits that nobody needs', { ...small, inhalt: 'YR==' }, '/inhalt', /canonical/],
  [
    'DOKUMENT',
    'one byte too many',
    document(Buffer.alloc(MAX_DOCUMENT_BYTES + 1)),
    '/inhalt',
    /more than 524288 bytes/,
  ],
  ['DOKUMENT', 'no content', { ...small, inhalt: '' }, '/inhalt', /base64/],
  ['DOKUMENT', 'a path', { ...small, dateiname: '../brief.pdf' }, '/dateiname', /plain file name/],
  [
    'DOKUMENT',
    'a name that turns round',
    { ...small, dateiname: 'brief\u202efdp.exe' },
    '/dateiname',
    /plain file name/,
  ],
];

for (const category of CATEGORIES) {
  t.test(`an invented ${category} is accepted as it is`, async (t) => {
    t.same(parsePayload(category, exampleOf(category)), { ok: true, payload: exampleOf(category) });
  });
  t.test(`${category} refuses nothing at all, what is empty, and a field it does not know`, async (t) => {
    for (const value of [null, undefined, 'text', 1, [], {}, { ...exampleOf(category), extra: 1 }]) {
      t.equal(parsePayload(category, value).ok, false);
    }
  });
}

for (const [category, what, value] of accepted) {
  t.test(`${category} accepts ${what}`, async (t) => {
    t.same(parsePayload(category, value), { ok: true, payload: value });
  });
}

for (const [category, what, value, pointer, detail] of refused) {
  t.test(`${category} refuses ${what}`, async (t) => {
    const result = parsePayload(category, value);
    if (result.ok) return t.fail('was accepted');
    t.ok(
      result.errors.some((error) => error.pointer === pointer && detail.test(error.detail)),
      JSON.stringify(result.errors),
    );
  });
}

t.test('text is kept in NFC', async (t) => {
  t.same(parsePayload('STAMMDATEN', { familienname: 'Mu\u0308ller' }), {
    ok: true,
    payload: { familienname: 'Müller' },
  });
});

t.test('piles of combining marks take no time', async (t) => {
  const started = performance.now();
  parsePayload('BERATUNGSNOTIZ', note('\u0301'.repeat(250_000) + '\u0323'.repeat(250_000)));
  parsePayload('BERATUNGSNOTIZ', note('\u0301'.repeat(5_000) + '\u0323'.repeat(5_000)));
  t.ok(performance.now() - started < 1_000);
});

t.test('a hundred thousand wrong items give few errors', async (t) => {
  const result = parsePayload('FOERDERPLAN', { massnahmen: Array(100_000).fill(1) });
  t.ok(!result.ok && result.errors.length <= 100);
});

/** Objects that look like payloads, with hostile values under known and unknown names. */
const fieldNames = [...new Set(CATEGORIES.flatMap((category) => Object.keys(CATALOGUE[category].fields)))];
const marker = fc.stringMatching(/^[a-z0-9]{12}$/).map((text) => `zz-${text}-zz`);
const almostPayload = (leaf: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.dictionary(
    fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...fieldNames) }, { weight: 1, arbitrary: marker }),
    fc.oneof(
      leaf,
      fc.array(leaf, { maxLength: 4 }),
      fc.dictionary(fc.constantFrom('was', 'ort', 'von', 'zz-key'), leaf),
    ),
    { maxKeys: 8 },
  );

t.test('whatever comes in, an answer comes out', async () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...CATEGORIES),
      fc.oneof(
        fc.anything(),
        almostPayload(fc.anything()),
        fc.json().map((text) => JSON.parse(text)),
      ),
      (category, value) => {
        const result = parsePayload(category, value);
        if (!result.ok && result.errors.length === 0) throw new Error('refused without a reason');
      },
    ),
    { numRuns: 2_000 },
  );
});

t.test('no error repeats anything that was sent', async () => {
  fc.assert(
    fc.property(fc.constantFrom(...CATEGORIES), almostPayload(marker), marker, (category, value, secret) => {
      for (const sent of [value, { ...exampleOf(category), [secret]: secret }]) {
        const parsed = parsePayload(category, sent);
        const body = entryBodySchema.safeParse({
          category,
          payload: sent,
          concerns: [secret],
          guardFrom: secret,
          [secret]: 1,
        });
        const told = JSON.stringify([
          parsed.ok ? [] : parsed.errors,
          body.success ? [] : [body.error.message, ...fieldErrors(body.error)],
        ]);
        if (told.includes('zz-')) throw new Error('an error repeats what was sent');
      }
    }),
    { numRuns: 1_000 },
  );
});

t.test('an entry body takes its marks, and refuses what is not its own', async (t) => {
  const id = '019a4c1e-7b1a-7c3e-9f00-000000000001';
  const parses = (body: unknown): boolean => entryBodySchema.safeParse(body).success;
  const speech = { category: 'SPRACHE', payload: { erstsprache: 'tr' } };
  const file = { category: 'DOKUMENT', payload: small, filedUnder: ['ZEUGNIS'] };
  t.ok(parses(speech));
  t.ok(parses({ ...speech, secrecy: true, guardFrom: '2026-11-02T09:30:00.000Z', filedUnder: null, concerns: [id] }));
  t.ok(parses({ ...speech, guardFrom: null }));
  t.notOk(parses({ ...speech, category: 'KONTAKT' }), 'a payload of another category');
  t.notOk(parses({ ...speech, category: 'SANKTION' }), 'an unknown category');
  t.notOk(parses({ ...speech, origin: id }), 'an unknown member');
  t.notOk(parses({ ...speech, filedUnder: ['SCHULE'] }), 'filed, but no document');
  t.notOk(parses({ ...speech, guardFrom: '2026-11-02' }), 'a day for an instant');
  t.notOk(parses({ ...speech, concerns: [] }), 'about nobody');
  t.notOk(parses({ ...speech, concerns: Array(21).fill(id) }), 'about a crowd');
  t.notOk(parses(file), 'filed under what is no category');
  t.notOk(parses({ ...file, filedUnder: undefined }), 'a document that is not filed');
  t.notOk(parses({ ...file, filedUnder: ['DOKUMENT'] }), 'filed under itself');
  t.ok(parses({ ...file, filedUnder: ['QUALIFIKATION', 'AUFENTHALT'] }));
});

/** Every schema inside a JSON Schema, with its pointer. */
function* schemasIn(schema: Record<string, unknown>, pointer = ''): Generator<[string, Record<string, unknown>]> {
  yield [pointer, schema];
  const { properties = {}, items, oneOf = [], anyOf = [] } = schema as Record<string, object>;
  for (const [name, inner] of Object.entries({ ...properties, ...oneOf, ...anyOf, ...(items && { items }) })) {
    yield* schemasIn(inner as Record<string, unknown>, `${pointer}/${name}`);
  }
}

t.test('the entry body has a JSON Schema with titles and meanings, without holes', async (t) => {
  const schema = z.toJSONSchema(entryBodySchema, { io: 'input' }) as Record<string, unknown>;
  t.match(schema, { title: 'EntryBody', description: /One piece of personal data/ });
  const variants = schema.oneOf as { title: string; description: string; properties: Record<string, object> }[];
  t.equal(variants.length, CATEGORIES.length);
  for (const variant of variants) {
    t.match(variant, {
      title: /^[A-Z][a-z]+Entry$/,
      description: /\.$/,
      properties: { payload: { title: /Payload$/ } },
    });
  }
  for (const [pointer, inner] of schemasIn(schema)) {
    t.ok('type' in inner || 'oneOf' in inner || 'anyOf' in inner, `${pointer} says what it is`);
    if (inner.type === 'object') t.equal(inner.additionalProperties, false, `${pointer} is closed`);
    if (inner.type === 'array') t.ok(inner.maxItems, `${pointer} is bounded`);
    if (inner.type === 'string') {
      const isBounded = ['maxLength', 'enum', 'const', 'format', 'pattern'].some((keyword) => keyword in inner);
      t.ok(isBounded, `${pointer} is bounded`);
    }
  }
});

t.test('the catalogue view shows every category with marks, kinds and the schema of its payload', async (t) => {
  const { categories } = catalogueView();
  t.same(
    categories.map(({ category }) => category),
    CATEGORIES,
  );
  const of = (category: Category) => categories.find((view) => view.category === category);
  t.match(of('BERATUNGSNOTIZ'), { alwaysSecret: true, usuallySecret: false, article9: false, coreOf: [] });
  t.match(of('LEBENSLAGE'), { alwaysSecret: false, usuallySecret: true, article9: true });
  t.match(of('AUFENTHALT'), { residenceGuard: true });
  t.match(of('FAMILIE'), { concernsOthers: true });
  t.match(of('FOERDERPLAN'), { jointDocument: true, coreOf: ['FOERDERPLAN'] });
  t.match(of('STAMMDATEN'), { payload: { type: 'object', required: ['familienname'], additionalProperties: false } });
  t.match(of('KONTAKT'), { payload: { minProperties: 1 } });
  t.same(JSON.parse(JSON.stringify(categories)), categories, 'it is plain JSON');
});

t.test('there is a schema for every category and for nothing else', async (t) => {
  t.same(Object.keys(PAYLOAD_SCHEMAS), CATEGORIES);
});
