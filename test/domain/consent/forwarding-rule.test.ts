/** The rule for a whole forwarding: when it is refused, and which core categories are missing. */
import type { Category } from '../../../src/domain/catalogue.ts';
import { decide } from '../../../src/domain/consent.ts';
import type { EntryMeta, Question } from '../../../src/domain/facts.ts';
import { agreement, entry, facts, given, question, release, row } from '../../support/consent-world.ts';
import { oracleDecide } from '../../support/oracle.ts';
import { t } from '../../support/t.ts';

const CONSENTED: Category[] = [
  'STAMMDATEN',
  'LEISTUNG',
  'SPRACHE',
  'TERMIN',
  'FOERDERPLAN',
  'BERUFSWEGEPLANUNG',
  'DOKUMENT',
];
const known = facts({
  agreements: [agreement({ categories: [...CONSENTED, 'KONTAKT', 'SPRACHKURS'] })],
  statements: [given({ categories: CONSENTED })],
  releases: [release({ categories: CONSENTED })],
});
/** An entry with its category for a name. KONTAKT and SPRACHKURS are withheld here, everything else permitted. */
const of = (category: Category, change: Partial<EntryMeta> = {}) => entry({ id: category, category, ...change });
const filedUnder = (...categories: Category[]) => of('DOKUMENT', { filedUnder: categories });
const ofRecipient = (category: Category, change: Partial<EntryMeta> = {}) =>
  of(category, { id: `own ${category}`, origin: 'jobcenter', ...change });

type Outcome = 'goes' | 'refused' | { missing: Category[] };
type Row = [name: string, asked: Partial<Question>, expected: Outcome];

const rows: Row[] = [
  ['nothing was asked', { entries: [] }, { missing: ['STAMMDATEN'] }],
  ['the core is permitted', { entries: [of('STAMMDATEN')] }, 'goes'],
  ['the core and something withheld', { entries: [of('STAMMDATEN'), of('KONTAKT')] }, 'goes'],
  ['strict, and something withheld', { strict: true, entries: [of('STAMMDATEN'), of('KONTAKT')] }, 'refused'],
  [
    'strict, and something unreadable',
    { strict: true, entries: [of('STAMMDATEN'), of('TERMIN', { concerns: [] })] },
    'refused',
  ],
  ['strict, and nothing withheld', { strict: true, entries: [of('STAMMDATEN'), of('TERMIN')] }, 'goes'],
  [
    'strict, and an entry of the recipient that would be withheld',
    { strict: true, entries: [of('STAMMDATEN'), ofRecipient('KONTAKT')] },
    'goes',
  ],
  [
    'strict, and an unreadable entry of the recipient',
    { strict: true, entries: [of('STAMMDATEN'), ofRecipient('KONTAKT', { concerns: [] })] },
    'goes',
  ],
  ['the core was not asked for', { entries: [of('TERMIN')] }, { missing: ['STAMMDATEN'] }],
  [
    'the core is withheld',
    { kind: 'BERATUNGSANFRAGE', entries: [of('STAMMDATEN'), of('KONTAKT')] },
    { missing: ['KONTAKT'] },
  ],
  [
    'one entry of the core is withheld, another permitted',
    { entries: [of('STAMMDATEN', { id: 'a', secrecy: true, concerns: ['anna', 'ben'] }), of('STAMMDATEN')] },
    'goes',
  ],
  [
    'the core is unreadable',
    { entries: [of('STAMMDATEN', { concerns: [] }), of('TERMIN')] },
    { missing: ['STAMMDATEN'] },
  ],
  [
    'two core categories, none met: told in the order of the catalogue',
    { kind: 'SPRACHKURS', entries: [of('TERMIN')] },
    { missing: ['SPRACHE', 'SPRACHKURS'] },
  ],
  [
    'two core categories, one met',
    { kind: 'SPRACHKURS', entries: [of('SPRACHE'), of('SPRACHKURS')] },
    { missing: ['SPRACHKURS'] },
  ],
  [
    'two core categories, both met',
    { kind: 'LEISTUNGSMITTEILUNG', entries: [of('LEISTUNG'), of('STAMMDATEN')] },
    'goes',
  ],
  ['a DOKUMENT filed under the core', { entries: [filedUnder('STAMMDATEN')] }, 'goes'],
  [
    'a DOKUMENT filed under both core categories',
    { kind: 'LEISTUNGSMITTEILUNG', entries: [filedUnder('LEISTUNG', 'STAMMDATEN')] },
    'goes',
  ],
  [
    'a DOKUMENT filed under the core and withheld for something else',
    { entries: [filedUnder('STAMMDATEN', 'KONTAKT'), of('TERMIN')] },
    { missing: ['STAMMDATEN'] },
  ],
  ['a DOKUMENT filed elsewhere', { entries: [filedUnder('TERMIN')] }, { missing: ['STAMMDATEN'] }],
  [
    'the core was written by the recipient, and something goes',
    { entries: [ofRecipient('STAMMDATEN'), of('TERMIN')] },
    'goes',
  ],
  [
    'a DOKUMENT filed under the core was written by the recipient, and something goes',
    { entries: [ofRecipient('DOKUMENT', { filedUnder: ['STAMMDATEN'] }), of('TERMIN')] },
    'goes',
  ],
  ['the core was written by the recipient, and nothing goes', { entries: [ofRecipient('STAMMDATEN')] }, 'refused'],
  [
    'the core was written by the recipient, and all else is withheld',
    { entries: [ofRecipient('STAMMDATEN'), of('KONTAKT')] },
    'refused',
  ],
  [
    'the core was written by the recipient, but unreadably',
    { entries: [ofRecipient('STAMMDATEN', { concerns: ['ben'] }), of('TERMIN')] },
    { missing: ['STAMMDATEN'] },
  ],
  ['a kind nobody knows', { kind: 'POSTKARTE', entries: [of('STAMMDATEN')] }, 'refused'],
  ['a kind named like a property of every object', { kind: 'constructor', entries: [of('STAMMDATEN')] }, 'refused'],
  ['no kind', { kind: '', entries: [of('STAMMDATEN')] }, 'refused'],
  ['an unreadable question', { discloser: 'jobcenter', entries: [of('STAMMDATEN')] }, { missing: ['STAMMDATEN'] }],
  [
    'an unreadable question about what the recipient wrote',
    { purpose: 'NEUGIER' as never, entries: [ofRecipient('STAMMDATEN')] },
    { missing: ['STAMMDATEN'] },
  ],
  ['each core category of a case conference', { kind: 'FALLBESPRECHUNG', entries: [of('STAMMDATEN')] }, 'goes'],
  ['of an appointment', { kind: 'TERMIN', entries: [of('TERMIN')] }, 'goes'],
  ['of an appointment, not asked for', { kind: 'TERMIN', entries: [of('STAMMDATEN')] }, { missing: ['TERMIN'] }],
  ['of a Foerderplan', { kind: 'FOERDERPLAN', entries: [of('FOERDERPLAN')] }, 'goes'],
  [
    'of a Foerderplan, not asked for',
    { kind: 'FOERDERPLAN', entries: [of('BERUFSWEGEPLANUNG')] },
    { missing: ['FOERDERPLAN'] },
  ],
  ['of career planning', { kind: 'BERUFSWEGEPLANUNG', entries: [of('BERUFSWEGEPLANUNG')] }, 'goes'],
  [
    'of career planning, not asked for',
    { kind: 'BERUFSWEGEPLANUNG', entries: [of('FOERDERPLAN')] },
    { missing: ['BERUFSWEGEPLANUNG'] },
  ],
  [
    'of a request for counsel',
    { kind: 'BERATUNGSANFRAGE', entries: [of('STAMMDATEN'), ofRecipient('KONTAKT')] },
    'goes',
  ],
];

t.test('a forwarding', (t) => {
  for (const [name, asked, expected] of rows) {
    for (const [who, answer] of Object.entries({ decide, oracle: oracleDecide })) {
      const { refused, missingCore } = answer(question(asked), known);
      const outcome: Outcome = missingCore.length > 0 ? { missing: [...missingCore] } : refused ? 'refused' : 'goes';
      t.strictSame([outcome, refused], [expected, expected !== 'goes'], `${name} (${who})`);
    }
  }
  t.end();
});

t.test('what is told, entry by entry', (t) => {
  const told = (entries: EntryMeta[], change: Partial<Question> = {}) =>
    decide(question({ ...change, entries }), known).entries.map((one) => `${one.entry} ${one.outcome}`);
  t.strictSame(
    told([of('TERMIN'), of('STAMMDATEN'), of('KONTAKT')]),
    ['TERMIN PERMIT', 'STAMMDATEN PERMIT', 'KONTAKT WITHHOLD'],
    'in the order asked',
  );
  t.strictSame(
    told([of('TERMIN'), of('STAMMDATEN'), of('TERMIN')]),
    ['TERMIN PERMIT', 'STAMMDATEN PERMIT'],
    'once, where it was asked first',
  );
  t.strictSame(
    told([ofRecipient('STAMMDATEN'), of('TERMIN')]),
    ['TERMIN PERMIT'],
    'nothing about what the recipient wrote',
  );
  t.strictSame(
    told([of('TERMIN')], { strict: true, kind: 'SPRACHKURS' }),
    ['TERMIN PERMIT'],
    'each for itself, though the whole is refused',
  );
  t.end();
});

t.test('an answer is exactly this', (t) => {
  t.strictSame(decide(question({ entries: [of('STAMMDATEN'), of('KONTAKT')], kind: 'BERATUNGSANFRAGE' }), known), {
    entries: [
      {
        outcome: 'PERMIT',
        entry: 'STAMMDATEN',
        reliedOn: { agreements: ['k1'], statements: ['s1'], releases: [], row: null },
      },
      { outcome: 'WITHHOLD', entry: 'KONTAKT', category: 'KONTAKT', reasons: ['NO_CONSENT'] },
    ],
    refused: true,
    missingCore: ['KONTAKT'],
  });
  t.strictSame(decide(question({ entries: [] }), facts({ rows: [row()] })), {
    entries: [],
    refused: true,
    missingCore: ['STAMMDATEN'],
  });
  t.end();
});
