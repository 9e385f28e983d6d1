/** What a PERMIT names: for each need by itself, of several facts that serve, the one with the smallest id. */
import type { Test } from 'tap';
import type { Category } from '../../../src/domain/catalogue.ts';
import { decide } from '../../../src/domain/consent.ts';
import type { ReliedOn } from '../../../src/domain/facts.ts';
import { agreement, day, entry, given, NOW, party, refused, release, row } from '../../support/consent-world.ts';
import { oracleDecide } from '../../support/oracle.ts';
import { t } from '../../support/t.ts';
import { world } from './asking.ts';

type Row = [name: string, asked: ReturnType<typeof world>, expected: Partial<ReliedOn>];

function names(t: Test, rows: Row[]): void {
  for (const [name, { question, facts }, expected] of rows) {
    const whole = { agreements: ['k1'], statements: ['s1'], releases: [], row: null, ...expected };
    for (const [who, answer] of Object.entries({ decide, oracle: oracleDecide })) {
      const [one] = answer(question, facts).entries;
      t.strictSame(one?.outcome === 'PERMIT' ? one.reliedOn : one, whole, `${name} (${who})`);
    }
  }
  t.end();
}

t.test('the smallest id of those that serve', (t) => {
  const said = (...statements: Parameters<typeof given>[0][]) =>
    world({ statements: statements.map((one) => given(one)) });
  names(t, [
    ['one', said({}), {}],
    ['two stated at one instant', said({ id: 's2' }, { id: 's1' }), {}],
    ['by text order: s10 before s2', said({ id: 's2' }, { id: 's10' }), { statements: ['s10'] }],
    ['by text order: capitals first', said({ id: 'a' }, { id: 'B' }), { statements: ['B'] }],
    [
      'of those tied, only what fulfils all: capacity',
      said({ id: 's1', statedBy: 'GUARDIAN' }, { id: 's2' }),
      { statements: ['s2'] },
    ],
    [
      'of those tied, only what fulfils all: not ended',
      said({ id: 's1', validUntil: NOW }, { id: 's2' }),
      { statements: ['s2'] },
    ],
    [
      'the newer, though its id is greater',
      said({ id: 's1' }, { id: 's2', statedAt: day(-1) }),
      { statements: ['s2'] },
    ],
    [
      'not the newer that begins later',
      said({ id: 's2' }, { id: 's1', statedAt: day(-1), validFrom: day(1) }),
      { statements: ['s2'] },
    ],
    [
      'of agreements',
      world({ statements: [given()], agreements: [agreement({ id: 'k2' }), agreement({ id: 'k10' })] }),
      { agreements: ['k10'] },
    ],
    [
      'of agreements that hold',
      world({ statements: [given()], agreements: [agreement({ id: 'k1', until: NOW }), agreement({ id: 'k2' })] }),
      { agreements: ['k2'] },
    ],
    [
      'each once, whoever needs it',
      world(
        { statements: [given(), given({ id: 's0', person: 'ben' })] },
        { entries: [entry({ concerns: ['ben', 'anna', 'anna'] })] },
      ),
      { statements: ['s0', 's1'] },
    ],
  ]);
});

t.test('no fact that only lifts a no, and no no', (t) => {
  const youth = { ageBand: 'FROM_15_TO_17', statedAt: day(-2) } as const;
  names(t, [
    [
      'a yes after a no',
      world({ statements: [given({ id: 's0' }), refused(), given({ id: 's1', statedAt: day(-1) })] }),
      {},
    ],
    [
      'the youth lifts, the guardian counts',
      world({
        statements: [
          refused({ ageBand: 'FROM_15_TO_17' }),
          given({ ...youth, id: 's0', statedAt: day(-3), form: 'ORAL' }),
          given({ ...youth, id: 's1', statedBy: 'GUARDIAN' }),
        ],
      }),
      {},
    ],
  ]);
});

t.test('for each category of a DOKUMENT by itself', (t) => {
  const asked = {
    entries: [entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN', 'GESUNDHEIT'], secrecy: true })],
  } as const;
  const all: Category[] = ['DOKUMENT', 'STAMMDATEN', 'GESUNDHEIT'];
  const each = <T>(build: (change: { id: string; categories: Category[] }) => T, letter: string) =>
    all.map((category, index) => build({ id: `${letter}${index}`, categories: [category] }));
  const question = { ...asked, entries: [...asked.entries] };
  names(t, [
    [
      'one for all',
      world({ statements: [given({ categories: all })], releases: [release({ categories: all })] }, question),
      { releases: ['f1'] },
    ],
    [
      'one for each',
      world({ agreements: each(agreement, 'k'), statements: each(given, 's'), releases: each(release, 'f') }, question),
      { agreements: ['k0', 'k1', 'k2'], statements: ['s0', 's1', 's2'], releases: ['f0', 'f1', 'f2'] },
    ],
    [
      'a smaller id serves some of them',
      world(
        {
          statements: [given({ id: 's2', categories: all }), given({ id: 's1', categories: ['STAMMDATEN'] })],
          releases: [release({ id: 'f1', categories: ['GESUNDHEIT'] }), release({ id: 'f2', categories: all })],
        },
        question,
      ),
      { statements: ['s1', 's2'], releases: ['f1', 'f2'] },
    ],
  ]);
});

t.test('for each person by itself', (t) => {
  const asked = { entries: [entry({ concerns: ['anna', 'ben'], secrecy: true })] };
  names(t, [
    [
      'statements and releases',
      world(
        {
          statements: [given({ id: 's2' }), given({ id: 's3' }), given({ id: 's1', person: 'ben' })],
          releases: [
            release({ id: 'f2' }),
            release({ id: 'f1', person: 'ben' }),
            release({ id: 'f0', person: 'carla' }),
          ],
        },
        asked,
      ),
      { statements: ['s1', 's2'], releases: ['f1', 'f2'] },
    ],
    ['no release that is not needed', world({ statements: [given()], releases: [release()] }), {}],
    [
      'not the oral one of two releases',
      world(
        {
          statements: [given(), given({ id: 's0', person: 'ben' })],
          releases: [release({ id: 'f1', form: 'ORAL' }), release({ id: 'f2' }), release({ id: 'f3', person: 'ben' })],
        },
        asked,
      ),
      { statements: ['s0', 's1'], releases: ['f2', 'f3'] },
    ],
  ]);
});

t.test('passing on: the agreements of both pairs, the origin’s consent, the discloser’s own row', (t) => {
  const statements = [given(), given({ id: 's2', recipient: 'jmd' }), given({ id: 's3', recipient: 'schule' })];
  const pair = (id: string, ...parties: string[]) => agreement({ id, parties: parties.map((name) => party(name)) });
  const asked = { discloser: 'jmd' };
  const yesToOwn = given({ id: 's0', discloser: 'jmd', statedAt: day(-1) });
  names(t, [
    ['one agreement of all', world({ statements, rows: [row()] }, asked), { row: 'r1' }],
    [
      'one for each pair; that of the first hop is not named',
      world(
        {
          statements,
          rows: [row()],
          agreements: [pair('k3', 'mbe', 'jmd'), pair('k2', 'jmd', 'jobcenter'), pair('k1', 'mbe', 'jobcenter')],
        },
        asked,
      ),
      { agreements: ['k1', 'k2'], row: 'r1' },
    ],
    [
      'the smallest for each pair by itself',
      world(
        { statements, rows: [row()], agreements: [agreement({ id: 'k5' }), pair('k4', 'mbe', 'jobcenter')] },
        asked,
      ),
      { agreements: ['k4', 'k5'], row: 'r1' },
    ],
    [
      'of two rows the smaller',
      world({ statements, rows: [row({ id: 'r2' }), row({ id: 'r10' })] }, asked),
      { row: 'r10' },
    ],
    [
      'a row from itself to itself is none',
      world({ statements, rows: [row(), row({ id: 'r0', from: 'jmd' })] }, asked),
      { row: 'r1' },
    ],
    [
      'of two rows the live one',
      world({ statements, rows: [row({ id: 'r2' }), row({ id: 'r1', closed: day(-1) })] }, asked),
      { row: 'r2' },
    ],
    [
      'of a chain the last row only',
      world({ statements, rows: [row(), row({ id: 'r2', from: 'jmd', to: 'schule' })] }, { discloser: 'schule' }),
      { row: 'r2' },
    ],
    [
      'of two ways back the smaller own row, whatever lies behind it',
      world(
        {
          statements,
          rows: [row({ id: 'r0' }), row({ id: 'r2', from: 'jmd', to: 'schule' }), row({ id: 'r3', to: 'schule' })],
        },
        { discloser: 'schule' },
      ),
      { row: 'r2' },
    ],
    [
      'a yes that lifts a no about the discloser is not named',
      world({ statements: [...statements, refused({ discloser: 'jmd' }), yesToOwn], rows: [row()] }, asked),
      { row: 'r1' },
    ],
    [
      'a yes about the discloser is not named without a no either',
      world({ statements: [...statements, yesToOwn], rows: [row()] }, asked),
      { row: 'r1' },
    ],
    [
      'the release is the origin’s to the recipient',
      world(
        { statements, rows: [row()], releases: [release({ id: 'f0', recipient: 'jmd' }), release()] },
        { ...asked, entries: [entry({ secrecy: true })] },
      ),
      { releases: ['f1'], row: 'r1' },
    ],
    [
      'who wrote it names no row, though it got it back',
      world({ statements, rows: [row(), row({ id: 'r0', from: 'jmd', to: 'mbe' })] }),
      {},
    ],
  ]);
});
