/** What one signed sheet says: its lines together. */
import { contradictions, endedByYeses, type LineScope } from '../../src/domain/sheet.ts';
import { t } from '../support/t.ts';

const yes = (more: Partial<LineScope> = {}): LineScope => ({
  type: 'STATEMENT',
  decision: 'GIVEN',
  giver: 'arge',
  recipient: 'caritas',
  purpose: 'BERATUNG',
  categories: ['STAMMDATEN', 'KONTAKT'],
  ...more,
});
const no = (more: Partial<LineScope> = {}): LineScope => ({
  ...yes({ giver: null, recipient: null, purpose: null, categories: null }),
  decision: 'REFUSED',
  ...more,
});

const ROWS: [string, LineScope, boolean][] = [
  ['a no to everything', no(), true],
  ['a withdrawal of everything', no({ decision: 'WITHDRAWN' }), true],
  ['the very same scope', { ...yes(), decision: 'REFUSED' }, true],
  ['one category of it', no({ categories: ['KONTAKT', 'SCHULE'] }), true],
  ['another category', no({ categories: ['SCHULE'] }), false],
  ['the giver', no({ giver: 'arge' }), true],
  ['another giver', no({ giver: 'caritas' }), false],
  ['the recipient', no({ recipient: 'caritas' }), true],
  ['another recipient', no({ recipient: 'tgsh' }), false],
  ['the purpose', no({ purpose: 'BERATUNG' }), true],
  ['another purpose', no({ purpose: 'SCHULE' }), false],
  ['a release taken back', no({ type: 'RELEASE', decision: 'WITHDRAWN' }), false],
  ['another yes', yes(), false],
];

t.test('a sheet does not say no to what it says yes to', async (t) => {
  for (const [what, line, contradicts] of ROWS) {
    t.same(contradictions([yes(), line]), contradicts ? [{ yes: 0, no: 1 }] : [], what);
    t.same(contradictions([line, yes()]), contradicts ? [{ yes: 1, no: 0 }] : [], `${what}, before it`);
  }
  const release = yes({ type: 'RELEASE', purpose: null });
  const taken = no({ type: 'RELEASE', decision: 'WITHDRAWN', categories: ['KONTAKT'] });
  t.same(contradictions([yes(), release, taken, yes()]), [{ yes: 1, no: 2 }], 'of releases, too');
});

t.test('what the noes end anyway is not laid to the yeses', async (t) => {
  const review = (close: string[], move: [string, number][]) => ({
    ended: [],
    close: close.map((id) => ({ id, at: 0, reasons: [] })),
    move: move.map(([id, goodUntil]) => ({ id, goodUntil })),
  });
  const noes = review(['a'], [['m', 5]]);
  const whole = review(
    ['a', 'b'],
    [
      ['m', 5],
      ['n', 7],
    ],
  );
  t.same(endedByYeses(whole, noes), { closed: new Set(['b']), moved: new Set(['n']) });
  t.same(
    endedByYeses(review([], [['m', 4]]), noes),
    { closed: new Set(), moved: new Set(['m']) },
    'an end that moves on',
  );
});
