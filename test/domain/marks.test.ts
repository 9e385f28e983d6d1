import fc from 'fast-check';
import { CATEGORIES, type Category, type PayloadOf } from '../../src/domain/catalogue.ts';
import { type Marks, type MarksInput, marksOf } from '../../src/domain/marks.ts';
import { t } from '../support/t.ts';

const AT = Date.parse('2026-11-02T09:30:00.000Z');
const DAY = 86_400_000;

/** Marks depend on the payload of AUFENTHALT only; for the others any object will do here. */
const input = (category: Category, more: Partial<MarksInput> & { payload?: object } = {}): MarksInput => ({
  category,
  payload: {} as PayloadOf<Category>,
  at: AT,
  ...more,
});
const residence = (payload: PayloadOf<'AUFENTHALT'>, guardFrom?: number | null): MarksInput =>
  input('AUFENTHALT', guardFrom === undefined ? { payload } : { payload, guardFrom });

const isMarks = (result: ReturnType<typeof marksOf>): result is Marks => !Array.isArray(result);
const pointers = (result: ReturnType<typeof marksOf>): string[] =>
  isMarks(result) ? [] : result.map(({ pointer }) => pointer);

type Row = [name: string, MarksInput, expected: Partial<Marks> | string[]];
const doc = (filedUnder: string[], more: Partial<MarksInput> = {}): MarksInput =>
  input('DOKUMENT', { filedUnder, ...more });

const rows: Row[] = [
  // secrecy
  ['a note is secret', input('BERATUNGSNOTIZ'), { secrecy: true }],
  ['a note may be called secret', input('BERATUNGSNOTIZ', { secrecy: true }), { secrecy: true }],
  ['a note cannot be called open', input('BERATUNGSNOTIZ', { secrecy: false }), ['/secrecy']],
  ['a support plan is usually secret', input('FOERDERPLAN'), { secrecy: true }],
  ['a support plan can be called open', input('FOERDERPLAN', { secrecy: false }), { secrecy: false }],
  ['circumstances of life are usually secret', input('LEBENSLAGE'), { secrecy: true }],
  ['circumstances of life can be called open', input('LEBENSLAGE', { secrecy: false }), { secrecy: false }],
  ['a benefit is open', input('LEISTUNG'), { secrecy: false }],
  ['a benefit can be called secret', input('LEISTUNG', { secrecy: true }), { secrecy: true }],
  ['a document filed under notes is secret', doc(['LEISTUNG', 'BERATUNGSNOTIZ']), { secrecy: true }],
  ['a document filed under notes cannot be open', doc(['BERATUNGSNOTIZ'], { secrecy: false }), ['/secrecy']],
  ['a document is usually secret when its contents are', doc(['LEBENSLAGE']), { secrecy: true }],
  ['such a document can be called open', doc(['LEBENSLAGE'], { secrecy: false }), { secrecy: false }],
  ['a document with open contents is open', doc(['LEISTUNG']), { secrecy: false }],

  // guardFrom of AUFENTHALT
  ['without a title at once', residence({ aufenthaltstitel: 'OHNE' }), { guardFrom: AT }],
  ['with an unclear one at once', residence({ aufenthaltstitel: 'UNGEKLAERT' }), { guardFrom: AT }],
  ['with none named at once', residence({ antragLaeuft: true }), { guardFrom: AT }],
  [
    'without a title at once, whatever the date',
    residence({ aufenthaltstitel: 'OHNE', gueltigBis: '2030-01-01' }),
    { guardFrom: AT },
  ],
  ['a Duldung without a date at once', residence({ aufenthaltstitel: 'DULDUNG' }), { guardFrom: AT }],
  [
    'a Duldung from the beginning of its last day, winter',
    residence({ aufenthaltstitel: 'DULDUNG', gueltigBis: '2027-01-15' }),
    { guardFrom: Date.parse('2027-01-14T23:00:00.000Z') },
  ],
  [
    'a Duldung from the beginning of its last day, summer',
    residence({ aufenthaltstitel: 'DULDUNG', gueltigBis: '2027-07-15' }),
    { guardFrom: Date.parse('2027-07-14T22:00:00.000Z') },
  ],
  [
    'a Duldung that has run out from then on',
    residence({ aufenthaltstitel: 'DULDUNG', gueltigBis: '2026-10-01' }),
    { guardFrom: Date.parse('2026-09-30T22:00:00.000Z') },
  ],
  [
    'a residence permit never',
    residence({ aufenthaltstitel: 'AUFENTHALTSERLAUBNIS', gueltigBis: '2026-12-01' }),
    { guardFrom: null },
  ],
  ['an asylum procedure never', residence({ aufenthaltstitel: 'GESTATTUNG' }), { guardFrom: null }],
  ['an author may guard earlier', residence({ aufenthaltstitel: 'OHNE' }, AT - DAY), { guardFrom: AT - DAY }],
  ['an author may guard at the same instant', residence({ aufenthaltstitel: 'OHNE' }, AT), { guardFrom: AT }],
  ['an author cannot guard later', residence({ aufenthaltstitel: 'OHNE' }, AT + 1), ['/guardFrom']],
  ['an author cannot lift the guard', residence({ aufenthaltstitel: 'UNGEKLAERT' }, null), ['/guardFrom']],
  ['an author cannot lift it where no title is named', residence({ rechtsgrundlage: '§ 25' }, null), ['/guardFrom']],
  [
    'an author cannot lift that of a Duldung',
    residence({ aufenthaltstitel: 'DULDUNG', gueltigBis: '2027-01-15' }, null),
    ['/guardFrom'],
  ],
  [
    'an author may guard a Duldung at once',
    residence({ aufenthaltstitel: 'DULDUNG', gueltigBis: '2027-01-15' }, AT),
    { guardFrom: AT },
  ],
  ['an author may guard a permit', residence({ aufenthaltstitel: 'AUFENTHALTSERLAUBNIS' }, AT), { guardFrom: AT }],
  [
    'an author may say never where nothing is demanded',
    residence({ aufenthaltstitel: 'VISUM' }, null),
    { guardFrom: null },
  ],

  // guardFrom of the others
  ['others have no guard', input('LEISTUNG'), { guardFrom: null }],
  ['others may be guarded', input('LEISTUNG', { guardFrom: AT + DAY }), { guardFrom: AT + DAY }],
  ['a document filed under AUFENTHALT asks its author', doc(['AUFENTHALT']), ['/guardFrom']],
  ['so does one filed under more', doc(['LEISTUNG', 'AUFENTHALT']), ['/guardFrom']],
  ['its author may say never', doc(['AUFENTHALT'], { guardFrom: null }), { guardFrom: null }],
  ['its author may say when', doc(['AUFENTHALT'], { guardFrom: AT + DAY }), { guardFrom: AT + DAY }],
  ['another document need not say', doc(['LEISTUNG']), { guardFrom: null }],

  // filedUnder
  ['a document is filed', doc(['LEISTUNG', 'SCHULE']), { filedUnder: ['LEISTUNG', 'SCHULE'] }],
  ['a document has to be filed', input('DOKUMENT'), ['/filedUnder']],
  ['null does not file it', input('DOKUMENT', { filedUnder: null }), ['/filedUnder']],
  ['nothing does not file it', doc([]), ['/filedUnder']],
  ['it is not filed under DOKUMENT', doc(['DOKUMENT']), ['/filedUnder']],
  ['it is not filed under what is unknown', doc(['LEISTUNG', 'SONSTIGES']), ['/filedUnder']],
  ['it is not filed twice', doc(['LEISTUNG', 'LEISTUNG']), ['/filedUnder']],
  ['others are not filed', input('LEISTUNG'), { filedUnder: null }],
  ['others may say so', input('LEISTUNG', { filedUnder: null }), { filedUnder: null }],
  ['others cannot be filed', input('LEISTUNG', { filedUnder: ['SCHULE'] }), ['/filedUnder']],
  ['nor under nothing', input('LEISTUNG', { filedUnder: [] }), ['/filedUnder']],
  ['all broken rules are told', doc(['AUFENTHALT', 'BERATUNGSNOTIZ'], { secrecy: false }), ['/secrecy', '/guardFrom']],
];

for (const [name, given, expected] of rows) {
  t.test(name, async (t) => {
    const result = marksOf(given);
    if (Array.isArray(expected)) t.same(pointers(result), expected);
    else t.match(result, expected);
  });
}

const anyInput = fc.record(
  {
    category: fc.constantFrom(...CATEGORIES),
    payload: fc.constantFrom<MarksInput['payload']>(
      { aufenthaltstitel: 'OHNE' },
      { aufenthaltstitel: 'DULDUNG', gueltigBis: '2027-01-15' },
      { aufenthaltstitel: 'VISUM' },
      {},
    ),
    secrecy: fc.boolean(),
    guardFrom: fc.option(fc.integer({ min: AT - 400 * DAY, max: AT + 400 * DAY })),
    filedUnder: fc.option(fc.array(fc.constantFrom<string>(...CATEGORIES), { maxLength: 4 })),
    at: fc.constant(AT),
  },
  { requiredKeys: ['category', 'payload', 'at'] },
);

t.test('what the author says is kept or refused, never changed', async () => {
  fc.assert(
    fc.property(anyInput, (given) => {
      const result = marksOf(given);
      if (!isMarks(result)) return;
      if (given.secrecy !== undefined && result.secrecy !== given.secrecy) throw new Error('secrecy changed');
      if (given.guardFrom !== undefined && result.guardFrom !== given.guardFrom) throw new Error('guardFrom changed');
      if (given.filedUnder && String(result.filedUnder) !== String(given.filedUnder))
        throw new Error('filedUnder changed');
    }),
  );
});

t.test('nobody makes a residence guard later by saying something', async () => {
  fc.assert(
    fc.property(anyInput, (given) => {
      const { guardFrom: _, ...silent } = given;
      const [said, unsaid] = [marksOf(given), marksOf(silent)];
      if (!isMarks(said) || !isMarks(unsaid) || given.category !== 'AUFENTHALT') return;
      if ((said.guardFrom ?? Infinity) > (unsaid.guardFrom ?? Infinity))
        throw new Error('a later guard was let through');
    }),
  );
});
