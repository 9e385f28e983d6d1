/** goodUntil: the first instant after the question at which the same question about this entry would be withheld. */
import type { Test } from 'tap';
import type { Category } from '../../../src/domain/catalogue.ts';
import { decide, goodUntil } from '../../../src/domain/consent.ts';
import type { EntryMeta, GivenStatement, Question, StatementFact } from '../../../src/domain/facts.ts';
import {
  AGENCIES,
  agency,
  agreement,
  day,
  entry,
  given,
  party,
  release,
  row,
  type World,
  withdrawn,
} from '../../support/consent-world.ts';
import { oracleGoodUntil } from '../../support/oracle.ts';
import { t } from '../../support/t.ts';
import { permits, world } from './asking.ts';

type Row = [name: string, asked: World, expected: number];

/** Besides the instant itself: permitted now and 1 ms before it, withheld at it. */
function ends(t: Test, rows: Row[]): void {
  for (const [name, { question, facts }, expected] of rows) {
    const one = question.entries[0]!;
    const permittedAt = (at: number) => permits({ question: { ...question, at }, facts });
    t.strictSame(
      [
        goodUntil(question, one, facts),
        oracleGoodUntil(question, one, facts),
        permits({ question, facts }),
        permittedAt(expected - 1),
        permittedAt(expected),
      ],
      [expected, expected, true, true, false],
      name,
    );
  }
}

const until = (days: number, change: Partial<GivenStatement> = {}) => given({ validUntil: day(days), ...change });
const said = (...statements: StatementFact[]) => world({ statements });
const next = (change: Partial<GivenStatement>) => given({ id: 's2', statedAt: day(-1), ...change });

t.test('consent ends', (t) => {
  ends(t, [
    ['by itself', said(until(30)), day(30)],
    ['1 ms from now', said(given({ validUntil: day(0) + 1 })), day(0) + 1],
    ['and is renewed without a gap', said(until(10), next({ validFrom: day(10), validUntil: day(40) })), day(40)],
    ['and is renewed with an overlap', said(until(10), next({ validFrom: day(5), validUntil: day(40) })), day(40)],
    ['and is renewed too late', said(until(10), next({ validFrom: day(10) + 1, validUntil: day(40) })), day(10)],
    [
      'and the one that was stated before it does not carry on',
      said(until(10), given({ id: 's2', statedAt: day(-20), validUntil: day(40) })),
      day(10),
    ],
    [
      'earlier, for a newer yes replaces it by an earlier end',
      said(until(30), next({ validFrom: day(3), validUntil: day(5) })),
      day(5),
    ],
    [
      'earlier, for a weaker newer yes begins',
      said(until(30), next({ validFrom: day(3), statedBy: 'GUARDIAN' })),
      day(3),
    ],
    ['later, for of two at one instant one runs longer', said(until(10), until(20, { id: 's2' })), day(20)],
    [
      'though a newer yes about something else begins',
      said(until(30), next({ validFrom: day(3), statedBy: 'GUARDIAN', categories: ['KONTAKT'] })),
      day(30),
    ],
    ['though there was a no once', said(withdrawn({ recordedAt: day(-20) }), until(30)), day(30)],
    [
      'and an older one begins later, which does not replace it',
      said(until(30), given({ id: 's2', statedAt: day(-20), validFrom: day(3), statedBy: 'GUARDIAN' })),
      day(30),
    ],
  ]);
  t.end();
});

t.test('the agreement ends', (t) => {
  const under = (...agreements: ReturnType<typeof agreement>[]) => world({ agreements, statements: [given()] });
  const parties = (change: Parameters<typeof party>[1]) => [party('mbe', change), party('jobcenter')];
  ends(t, [
    ['until', under(agreement({ until: day(4) })), day(4)],
    ['terminated', under(agreement({ until: day(9), terminatedAt: day(4) })), day(4)],
    ['a party leaves', under(agreement({ parties: parties({ leftAt: day(4) }) })), day(4)],
    [
      'another agreement carries on',
      under(agreement({ until: day(4) }), agreement({ id: 'k2', from: day(4) })),
      day(30),
    ],
    [
      'another agreement carries on too late',
      under(agreement({ until: day(4) }), agreement({ id: 'k2', from: day(5) })),
      day(4),
    ],
    [
      'another agreement is signed in time',
      under(agreement({ until: day(4) }), agreement({ id: 'k2', parties: parties({ signedAt: day(4) }) })),
      day(30),
    ],
    ['after the consent', under(agreement({ until: day(44) })), day(30)],
    [
      'an agency will be suspended',
      world({
        statements: [given()],
        agencies: AGENCIES.map((one) => (one.id === 'jobcenter' ? agency({ id: one.id, suspendedAt: day(4) }) : one)),
      }),
      day(4),
    ],
    [
      'an agency without a part in it will be suspended',
      world({
        statements: [given()],
        agencies: AGENCIES.map((one) => (one.id === 'jmd' ? agency({ id: one.id, suspendedAt: day(4) }) : one)),
      }),
      day(30),
    ],
  ]);
  t.end();
});

t.test('the release ends, or the guard begins', (t) => {
  const secret = (change: Parameters<typeof release>[0], ...more: ReturnType<typeof release>[]) =>
    world({ statements: [given()], releases: [release(change), ...more] }, { entries: [entry({ secrecy: true })] });
  const guarded = (guardFrom: EntryMeta['guardFrom'], change: Partial<Question> = {}) =>
    world(
      { statements: [given(), given({ id: 's2', recipient: 'jmd' })] },
      { ...change, entries: [entry({ guardFrom })] },
    );
  ends(t, [
    ['the release', secret({ validUntil: day(4) }), day(4)],
    [
      'the release, and is renewed',
      secret({ validUntil: day(4) }, release({ id: 'f2', statedAt: day(-1), validFrom: day(4), validUntil: day(8) })),
      day(8),
    ],
    [
      'the release, replaced by an oral one',
      secret({}, release({ id: 'f2', statedAt: day(-1), validFrom: day(4), form: 'ORAL' })),
      day(4),
    ],
    [
      'a release that is not needed',
      world({ statements: [given()], releases: [release({ validUntil: day(4) })] }),
      day(30),
    ],
    ['the guard, for a public body', guarded(day(4)), day(4)],
    ['the guard, for a private one', guarded(day(4), { recipient: 'jmd' }), day(30)],
    ['the guard, after the consent', guarded(day(44)), day(30)],
  ]);
  t.end();
});

t.test('the first of all that is needed', (t) => {
  const both = { entries: [entry({ concerns: ['anna', 'ben'] })] };
  const all: Category[] = ['DOKUMENT', 'STAMMDATEN'];
  const document = { entries: [entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN'] })] };
  ends(t, [
    [
      'the consent of the other person',
      world({ statements: [until(30), until(7, { id: 's2', person: 'ben' })] }, both),
      day(7),
    ],
    [
      'the consent to what a DOKUMENT is filed under',
      world(
        { statements: [until(30, { categories: ['DOKUMENT'] }), until(7, { id: 's2', categories: ['STAMMDATEN'] })] },
        document,
      ),
      day(7),
    ],
    [
      'the agreement about what a DOKUMENT is filed under',
      world(
        {
          agreements: [agreement({ categories: ['DOKUMENT'] }), agreement({ id: 'k2', until: day(6) })],
          statements: [until(30, { categories: all })],
        },
        document,
      ),
      day(6),
    ],
  ]);
  t.end();
});

t.test('passing on ends with the row, and the row with what it hangs on', (t) => {
  const chain = (
    change: { rows?: ReturnType<typeof row>[]; statements?: GivenStatement[] },
    question: Partial<Question> = { discloser: 'schule' },
  ) =>
    world(
      {
        statements: [
          until(40),
          until(40, { id: 's2', recipient: 'jmd' }),
          until(40, { id: 's3', recipient: 'schule' }),
        ],
        rows: [row(), row({ id: 'r2', from: 'jmd', to: 'schule' })],
        ...change,
      },
      question,
    );
  const second = row({ id: 'r2', from: 'jmd', to: 'schule' });
  ends(t, [
    ['its own row', chain({ rows: [row({ goodUntil: day(9) })] }, { discloser: 'jmd' }), day(9)],
    ['the last row of a chain', chain({ rows: [row(), row({ ...second, goodUntil: day(8) })] }), day(8)],
    ['the first row of a chain', chain({ rows: [row({ goodUntil: day(7) }), second] }), day(7)],
    [
      'another row carries on',
      chain({ rows: [row({ goodUntil: day(7) }), row({ id: 'r3', goodUntil: day(11) }), second] }),
      day(11),
    ],
    [
      'the consent to the first recipient',
      chain({
        statements: [until(40), until(6, { id: 's2', recipient: 'jmd' }), until(40, { id: 's3', recipient: 'schule' })],
      }),
      day(6),
    ],
    [
      'the consent to the last recipient',
      chain({
        statements: [until(5), until(40, { id: 's2', recipient: 'jmd' }), until(40, { id: 's3', recipient: 'schule' })],
      }),
      day(5),
    ],
  ]);
  t.end();
});

t.test('what is not permitted ends when the question is asked, unless something lies ahead that could end it', (t) => {
  const { question, facts } = said(until(30));
  const one = question.entries[0]!;
  const unreadable = { ...facts, statements: [until(400)] };
  t.equal(goodUntil(question, one, unreadable), question.at, 'facts that cannot be read');
  t.equal(goodUntil(question, null as never, facts), question.at, 'an entry that is none');
  t.equal(goodUntil({ ...question, recipient: question.discloser }, one, facts), question.at, 'nor the question');
  t.equal(goodUntil(question, one, { ...facts, statements: [] }), question.at, 'nobody has said anything');
  t.end();
});

t.test('it does not depend on what else is asked, on strict or on the kind', (t) => {
  const { question, facts } = said(until(30), next({ categories: ['KONTAKT'], validUntil: day(2) }));
  const asked: Question = {
    ...question,
    strict: true,
    kind: 'SPRACHKURS',
    entries: [entry({ id: 'e2', category: 'KONTAKT' }), entry()],
  };
  t.equal(goodUntil(asked, entry(), facts), day(30));
  t.equal(decide(asked, facts).refused, true);
  t.end();
});
