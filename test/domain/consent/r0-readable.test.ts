/** R0: an entry that cannot be read withholds itself; a question or fact that cannot be read withholds everything. */
import { decide } from '../../../src/domain/consent.ts';
import type { EntryMeta, Facts, Question } from '../../../src/domain/facts.ts';
import {
  AGENCIES,
  agency,
  agreement,
  day,
  entry,
  facts,
  given,
  NOW,
  question,
  refused,
  release,
  row,
  withdrawn,
  withdrawnRelease,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { answerIn, type Row, table, tellDecision, world } from './asking.ts';

const UNREADABLE: Row[2] = ['UNREADABLE'];
/** Tests of malformed input need values that the types forbid. */
const malformed = (change: Record<string, unknown>) => change as never;
const without = <T extends object>(fact: T, name: keyof T): T => {
  const { [name]: _gone, ...rest } = fact;
  return rest as T;
};

t.test('an entry that is not well-formed withholds itself', (t) => {
  const asking = (one: EntryMeta) =>
    world(
      {
        statements: [given({ categories: ['STAMMDATEN', 'DOKUMENT'] })],
        releases: [release({ categories: ['STAMMDATEN', 'DOKUMENT', 'BERATUNGSNOTIZ'] })],
      },
      { entries: [one] },
    );
  table(t, [
    ['nothing wrong', asking(entry()), 'PERMIT'],
    ['a category nobody knows', asking(entry(malformed({ category: 'HOBBY' }))), UNREADABLE],
    [
      'a category named like a property of every object',
      asking(entry(malformed({ category: 'constructor' }))),
      UNREADABLE,
    ],
    ['no origin', asking(without(entry(), 'origin')), UNREADABLE],
    ['origin null', asking(entry(malformed({ origin: null }))), UNREADABLE],
    [
      'an origin that is not among the agencies',
      world({ statements: [given()], agencies: [agency({ id: 'jobcenter' })] }),
      UNREADABLE,
    ],
    [
      'a discloser and recipient that are not needed among the agencies',
      world({ statements: [given()], agencies: [agency({ id: 'mbe' })] }),
      'PERMIT',
    ],
    ['concerns nobody', asking(entry({ concerns: [] })), UNREADABLE],
    ['concerns somebody, but not the person', asking(entry({ concerns: ['ben'] })), UNREADABLE],
    ['concerns absent', asking(without(entry(), 'concerns')), UNREADABLE],
    ['concerns written as one name', asking(entry(malformed({ concerns: 'anna' }))), UNREADABLE],
    ['concerns the person twice', asking(entry({ concerns: ['anna', 'anna'] })), 'PERMIT'],
    ['secrecy absent', asking(without(entry(), 'secrecy')), UNREADABLE],
    ['secrecy null', asking(entry(malformed({ secrecy: null }))), UNREADABLE],
    ['guardFrom absent where null is meant', asking(without(entry(), 'guardFrom')), UNREADABLE],
    ['guardFrom not an instant', asking(entry(malformed({ guardFrom: '2026-01-01' }))), UNREADABLE],
    ['guardFrom NaN', asking(entry({ guardFrom: Number.NaN })), UNREADABLE],
    ['filedUnder absent where null is meant', asking(without(entry(), 'filedUnder')), UNREADABLE],
    ['filed under something without being a DOKUMENT', asking(entry({ filedUnder: ['STAMMDATEN'] })), UNREADABLE],
    [
      'a DOKUMENT filed under STAMMDATEN',
      asking(entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN'] })),
      'PERMIT',
    ],
    ['a DOKUMENT filed nowhere', asking(entry({ category: 'DOKUMENT', filedUnder: [] })), UNREADABLE],
    ['a DOKUMENT with filedUnder null', asking(entry({ category: 'DOKUMENT', filedUnder: null })), UNREADABLE],
    [
      'a DOKUMENT filed under the unknown',
      asking(entry({ category: 'DOKUMENT', filedUnder: malformed(['HOBBY'] as never) })),
      UNREADABLE,
    ],
    ['a BERATUNGSNOTIZ without the secrecy mark', asking(entry({ category: 'BERATUNGSNOTIZ' })), UNREADABLE],
    [
      'a BERATUNGSNOTIZ with it goes on to the other rules',
      asking(entry({ category: 'BERATUNGSNOTIZ', secrecy: true })),
      ['NO_CONSENT'],
    ],
    [
      'a DOKUMENT filed under BERATUNGSNOTIZ without the mark',
      asking(entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN', 'BERATUNGSNOTIZ'] })),
      UNREADABLE,
    ],
    [
      'the same with the mark goes on to the other rules',
      asking(entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN', 'BERATUNGSNOTIZ'], secrecy: true })),
      ['NO_CONSENT'],
    ],
  ]);
  t.end();
});

t.test('its own unreadability is all that is told, and no other entry suffers', (t) => {
  const entries = [entry({ id: 'e2', category: 'KONTAKT', concerns: [], guardFrom: day(-1) }), entry()];
  const decision = decide(question({ entries }), facts({ statements: [given()] }));
  t.strictSame(
    tellDecision(decision),
    'e2 (KONTAKT) WITHHOLD UNREADABLE; e1 PERMIT by {"agreements":["k1"],"statements":["s1"],"releases":[],"row":null}; may go; missing core: none',
  );
  t.end();
});

t.test('a question that cannot be read', (t) => {
  const asking = (change: Partial<Question>) =>
    world({ statements: [given(), given({ id: 's2', recipient: 'mbe' })] }, change);
  table(t, [
    ['discloser and recipient are one', asking({ discloser: 'jobcenter' }), UNREADABLE],
    ['no person', asking({ person: undefined }), UNREADABLE],
    ['no discloser', asking({ discloser: malformed(null as never) }), UNREADABLE],
    ['no recipient', asking({ recipient: undefined }), UNREADABLE],
    ['a purpose nobody knows', asking({ purpose: 'NEUGIER' as never }), UNREADABLE],
    ['a purpose named like a property of every object', asking({ purpose: 'toString' as never }), UNREADABLE],
    ['at absent', asking({ at: undefined }), UNREADABLE],
    ['at NaN', asking({ at: Number.NaN }), UNREADABLE],
    ['at between two milliseconds', asking({ at: NOW + 0.5 }), UNREADABLE],
    ['at as text', asking({ at: '2026-06-15' as never }), UNREADABLE],
    ['strict absent', asking({ strict: undefined }), UNREADABLE],
    ['strict in words', asking({ strict: 'yes' as never }), UNREADABLE],
    ['one entry id with two contents', asking({ entries: [entry(), entry({ guardFrom: day(9) })] }), UNREADABLE],
    [
      'one entry id with two contents, one of them not well-formed',
      asking({ entries: [entry(), entry({ concerns: [] })] }),
      UNREADABLE,
    ],
    ['one entry asked twice in the same words', asking({ entries: [entry(), entry()] }), 'PERMIT'],
    [
      'one entry asked twice, its sets told in another order',
      asking({ person: 'anna', entries: [entry({ concerns: ['anna', 'anna'] }), entry()] }),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('a fact that cannot be read withholds every entry, whomever it is about', (t) => {
  const yes = given();
  const beside = (change: Partial<Facts>) => world({ statements: [yes], ...change });
  const another = (change: Record<string, unknown>) =>
    beside({ statements: [yes, given({ id: 's2', person: 'ben', ...change } as never)] });
  const anotherNo = (change: Record<string, unknown>) =>
    beside({ statements: [yes, refused({ person: 'ben', ...change } as never)] });
  table(t, [
    ['a list absent', world(malformed({ statements: [yes], rows: undefined })), UNREADABLE],
    [
      'an agency without publicBody',
      beside({ agencies: [...AGENCIES, without(agency({ id: 'x' }), 'publicBody')] }),
      UNREADABLE,
    ],
    [
      'an agency with suspendedAt absent',
      beside({ agencies: [...AGENCIES, without(agency({ id: 'x' }), 'suspendedAt')] }),
      UNREADABLE,
    ],
    [
      'an agreement with until absent',
      beside({ agreements: [agreement(), without(agreement({ id: 'k2' }), 'until')] }),
      UNREADABLE,
    ],
    [
      'an agreement with a party that lacks leftAt',
      beside({
        agreements: [agreement(), agreement({ id: 'k2', parties: [malformed({ agency: 'mbe', signedAt: null })] })],
      }),
      UNREADABLE,
    ],
    [
      'an agreement for a purpose nobody knows',
      beside({ agreements: [agreement(), agreement({ id: 'k2', purposes: ['NEUGIER' as never] })] }),
      UNREADABLE,
    ],
    [
      'an agreement for no purpose',
      beside({ agreements: [agreement(), agreement({ id: 'k2', purposes: [] })] }),
      UNREADABLE,
    ],
    [
      'an agreement about no category',
      beside({ agreements: [agreement(), agreement({ id: 'k2', categories: [] })] }),
      UNREADABLE,
    ],
    ['a statement of no known decision', another({ decision: 'PERHAPS' }), UNREADABLE],
    ['a statement that is null', beside({ statements: [yes, malformed(null as never)] }), UNREADABLE],
    ['a yes with validUntil absent', another({ validUntil: undefined }), UNREADABLE],
    ['a yes with evidenceRef absent where null is meant', another({ evidenceRef: undefined }), UNREADABLE],
    ['a yes that leaves out the recipient', another({ recipient: null }), UNREADABLE],
    ['a yes that leaves out the purpose', another({ purpose: null }), UNREADABLE],
    ['a yes about all categories', another({ categories: null }), UNREADABLE],
    ['a yes about no category', another({ categories: [] }), UNREADABLE],
    ['a yes about a category nobody knows', another({ categories: ['HOBBY'] }), UNREADABLE],
    ['a yes whose text hash is none', another({ textHash: 'abc' }), UNREADABLE],
    ['a yes in a form nobody knows', another({ form: 'NODDED' }), UNREADABLE],
    ['a yes stated by a neighbour', another({ statedBy: 'NEIGHBOUR' }), UNREADABLE],
    ['a no about no category', anotherNo({ categories: [] }), UNREADABLE],
    ['a no with categories absent where null is meant', anotherNo({ categories: undefined }), UNREADABLE],
    [
      'a no that leaves out everything is a sound one',
      anotherNo({ discloser: null, recipient: null, purpose: null, categories: null }),
      'PERMIT',
    ],
    ['a no without recordedAt', anotherNo({ recordedAt: undefined }), UNREADABLE],
    ['a no recorded at infinity', anotherNo({ recordedAt: Number.POSITIVE_INFINITY }), UNREADABLE],
    [
      'a release that is refused',
      beside({ releases: [withdrawnRelease(malformed({ decision: 'REFUSED' }))] }),
      UNREADABLE,
    ],
    ['a release about no category', beside({ releases: [release({ categories: [] })] }), UNREADABLE],
    ['a row without goodUntil', beside({ rows: [without(row(), 'goodUntil')] }), UNREADABLE],
    ['a row with closed absent where null is meant', beside({ rows: [without(row(), 'closed')] }), UNREADABLE],
    ['a row that relies on nothing at all', beside({ rows: [without(row(), 'reliedOn')] }), UNREADABLE],
    [
      'a row that relies on a row that has no id',
      beside({ rows: [row({ reliedOn: { ...row().reliedOn, row: '' } })] }),
      UNREADABLE,
    ],
    ['a release by a neighbour', beside({ releases: [release(malformed({ statedBy: 'NEIGHBOUR' }))] }), UNREADABLE],
    ['a row for a purpose nobody knows', beside({ rows: [row(malformed({ purpose: 'NEUGIER' }))] }), UNREADABLE],
    [
      'a malformed statement recorded 1 ms after the question does not count',
      another({ recordedAt: NOW + 1, validUntil: undefined }),
      'PERMIT',
    ],
    [
      'a malformed release recorded 1 ms after the question does not count',
      beside({ releases: [release({ recordedAt: NOW + 1, categories: [] })] }),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('one id with two contents', (t) => {
  const yes = given();
  const beside = (change: Partial<Facts>) => world({ statements: [yes], ...change });
  table(t, [
    ['two agencies', beside({ agencies: [...AGENCIES, agency({ id: 'schule', publicBody: false })] }), UNREADABLE],
    ['two agreements', beside({ agreements: [agreement(), agreement({ until: day(90) })] }), UNREADABLE],
    ['two statements', beside({ statements: [yes, given({ validUntil: day(31) })] }), UNREADABLE],
    ['a yes and a no', beside({ statements: [yes, withdrawn({ id: 's1', person: 'ben' })] }), UNREADABLE],
    ['two releases', beside({ releases: [release(), release({ form: 'ORAL' })] }), UNREADABLE],
    ['two rows', beside({ rows: [row(), row({ closed: day(-1) })] }), UNREADABLE],
    [
      'a member that says nothing is another content than one that says null',
      beside({ rows: [row(malformed({ note: undefined })), row(malformed({ note: null }))] }),
      UNREADABLE,
    ],
    [
      'two rows that rely on different facts',
      beside({ rows: [row(), row({ reliedOn: { ...row().reliedOn, releases: ['f1'] } })] }),
      UNREADABLE,
    ],
    [
      'the second recorded only 1 ms after the question',
      beside({ statements: [yes, given({ recordedAt: NOW + 1 })] }),
      'PERMIT',
    ],
    ['the same statement twice', beside({ statements: [yes, given()] }), 'PERMIT'],
    [
      'the same categories in another order, one repeated',
      beside({
        statements: [
          given({ categories: ['STAMMDATEN', 'KONTAKT'] }),
          given({ categories: ['KONTAKT', 'STAMMDATEN', 'KONTAKT'] }),
        ],
      }),
      'PERMIT',
    ],
    [
      'the same parties in another order',
      beside({ agreements: [agreement(), agreement({ parties: agreement().parties.toReversed() })] }),
      'PERMIT',
    ],
    ['a statement and a release with one id', beside({ releases: [release({ id: 's1' })] }), 'PERMIT'],
  ]);
  t.end();
});

t.test('an entry that is no object is withheld, and the check throws nothing', (t) => {
  for (const nothing of [null, undefined, 'e1', 7]) {
    const decision = decide(question({ entries: [nothing as never, entry()] }), facts({ statements: [given()] }));
    t.equal(decision.refused, true);
    t.equal(decision.entries.length, 2);
    for (const one of decision.entries) t.match(one, { outcome: 'WITHHOLD', reasons: UNREADABLE }, String(nothing));
  }
  t.end();
});

t.test('entries that are no list are none, and nothing goes', (t) => {
  for (const entries of [null, undefined, 'e1', { 0: entry(), length: 1 }]) {
    const decision = decide(question(malformed({ entries } as never)), facts({ statements: [given()] }));
    t.strictSame(tellDecision(decision), 'refused; missing core: STAMMDATEN', String(entries));
  }
  t.end();
});

t.test('every entry is told the same, and nothing else', (t) => {
  const entries = [
    entry({ guardFrom: day(-1) }),
    entry({ id: 'e2', category: 'KONTAKT' }),
    entry({ id: 'e3', origin: 'jobcenter' }),
  ];
  const decision = decide(
    question({ entries }),
    facts({ statements: [given({ validUntil: day(400) })], agreements: [] }),
  );
  t.strictSame(
    tellDecision(decision),
    'e1 (STAMMDATEN) WITHHOLD UNREADABLE; e2 (KONTAKT) WITHHOLD UNREADABLE; refused; missing core: STAMMDATEN',
  );
  t.end();
});

t.test('whatever stands where facts should stand, the check answers and nothing goes', (t) => {
  for (const nonsense of [
    undefined,
    null,
    7,
    'facts',
    [],
    {},
    { statements: [given()] },
    { ...facts(), agencies: {} },
    { ...facts(), rows: [null] },
  ]) {
    t.strictSame(answerIn(decide(question(), nonsense as never)), UNREADABLE, JSON.stringify(nonsense) ?? 'undefined');
  }
  t.end();
});
