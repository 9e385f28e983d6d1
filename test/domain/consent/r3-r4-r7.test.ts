/** R3 capacity, R4 form, R7 the residence guard. */
import type { Category } from '../../../src/domain/catalogue.ts';
import type { AgeBand, EntryMeta, GivenStatement, StatedBy } from '../../../src/domain/facts.ts';
import { AGENCIES, agency, day, entry, given, NOW, refused } from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { type Row, table, world } from './asking.ts';

t.test('R3: who may speak for whom', (t) => {
  const saying = (ageBand: AgeBand, statedBy: StatedBy, capacityConfirmed: boolean) =>
    world({ statements: [given({ ageBand, statedBy, capacityConfirmed })] });
  const CAPACITY: Row[2] = ['CAPACITY'];
  table(t, [
    ['under 15: a guardian', saying('UNDER_15', 'GUARDIAN', false), 'PERMIT'],
    ['under 15: the child, found capable', saying('UNDER_15', 'PERSON', true), CAPACITY],
    ['under 15: the child', saying('UNDER_15', 'PERSON', false), CAPACITY],
    ['under 15: a legal representative', saying('UNDER_15', 'LEGAL_REPRESENTATIVE', true), CAPACITY],
    ['15 to 17: a guardian', saying('FROM_15_TO_17', 'GUARDIAN', false), 'PERMIT'],
    ['15 to 17: the youth, found capable', saying('FROM_15_TO_17', 'PERSON', true), 'PERMIT'],
    ['15 to 17: the youth', saying('FROM_15_TO_17', 'PERSON', false), CAPACITY],
    ['15 to 17: a legal representative', saying('FROM_15_TO_17', 'LEGAL_REPRESENTATIVE', true), CAPACITY],
    ['adult: the person', saying('ADULT', 'PERSON', false), 'PERMIT'],
    ['adult: a legal representative', saying('ADULT', 'LEGAL_REPRESENTATIVE', false), 'PERMIT'],
    ['adult: a guardian', saying('ADULT', 'GUARDIAN', true), CAPACITY],
  ]);
  t.end();
});

t.test('R4: Art. 9 categories want it written or electronic, and explicit', (t) => {
  const saying = (category: Category, form: GivenStatement['form'], explicitSpecialCategories: boolean) =>
    world(
      {
        agreements: [{ ...world({}).facts.agreements[0]!, categories: [category] }],
        statements: [given({ categories: [category], form, explicitSpecialCategories })],
      },
      { entries: [entry({ category, secrecy: category === 'BERATUNGSNOTIZ' })] },
    );
  const FORM: Row[2] = ['FORM_INSUFFICIENT'];
  table(t, [
    ['GESUNDHEIT, written and explicit', saying('GESUNDHEIT', 'WRITTEN', true), 'PERMIT'],
    ['GESUNDHEIT, electronic and explicit', saying('GESUNDHEIT', 'ELECTRONIC', true), 'PERMIT'],
    ['GESUNDHEIT, oral and explicit', saying('GESUNDHEIT', 'ORAL', true), FORM],
    ['GESUNDHEIT, written, not explicit', saying('GESUNDHEIT', 'WRITTEN', false), FORM],
    ['GESUNDHEIT, electronic, not explicit', saying('GESUNDHEIT', 'ELECTRONIC', false), FORM],
    ['LEBENSLAGE, electronic and explicit', saying('LEBENSLAGE', 'ELECTRONIC', true), 'PERMIT'],
    ['LEBENSLAGE, oral', saying('LEBENSLAGE', 'ORAL', true), FORM],
    ['LEBENSLAGE, not explicit', saying('LEBENSLAGE', 'WRITTEN', false), FORM],
    ['STAMMDATEN, oral', saying('STAMMDATEN', 'ORAL', false), 'PERMIT'],
    ['LEISTUNG, oral', saying('LEISTUNG', 'ORAL', false), 'PERMIT'],
    ['AUFENTHALT, oral', saying('AUFENTHALT', 'ORAL', false), 'PERMIT'],
  ]);
  t.end();
});

t.test('R3 and R4 are judged on the taken yeses, ended or not, and on no others', (t) => {
  const asked = { entries: [entry({ category: 'GESUNDHEIT' })] };
  const health = (change: Partial<GivenStatement>) => given({ categories: ['GESUNDHEIT'], ...change });
  const weak = { statedBy: 'GUARDIAN', form: 'ORAL' } as const;
  table(t, [
    ['running', world({ statements: [health(weak)] }, asked), ['CAPACITY', 'FORM_INSUFFICIENT']],
    [
      'ended',
      world({ statements: [health({ ...weak, validUntil: NOW })] }, asked),
      ['EXPIRED', 'CAPACITY', 'FORM_INSUFFICIENT'],
    ],
    [
      'not begun: none is taken',
      world({ statements: [health({ ...weak, validFrom: day(1) })] }, asked),
      ['NOT_YET_VALID'],
    ],
    [
      'beaten by a no: none is taken',
      world({ statements: [health(weak), refused({ categories: ['GESUNDHEIT'] })] }, asked),
      ['REFUSED'],
    ],
    [
      'an older one does not matter',
      world({ statements: [health({ ...weak, id: 's2', statedAt: day(-20) }), health({})] }, asked),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('R7: the residence guard', (t) => {
  const guarded = (guardFrom: EntryMeta['guardFrom'], agencies = AGENCIES) =>
    world({ statements: [given()], agencies }, { entries: [entry({ guardFrom })] });
  const recipient = (publicBody: boolean) => [agency(), agency({ id: 'jobcenter', publicBody })];
  const GUARD: Row[2] = ['RESIDENCE_GUARD'];
  table(t, [
    ['never guarded, to a public body', guarded(null, recipient(true)), 'PERMIT'],
    ['guarded for long, to a public body', guarded(day(-9), recipient(true)), GUARD],
    ['guardFrom = at', guarded(NOW, recipient(true)), GUARD],
    ['guardFrom 1 ms after', guarded(NOW + 1, recipient(true)), 'PERMIT'],
    ['guarded, to a body known not to be public', guarded(day(-9), recipient(false)), 'PERMIT'],
    ['guarded, to a recipient that is not among the facts', guarded(day(-9), [agency()]), GUARD],
    ['not guarded, to a recipient that is not among the facts', guarded(null, [agency()]), 'PERMIT'],
    [
      'guarded, from a public body to a private one',
      guarded(day(-9), [agency({ publicBody: true }), agency({ id: 'jobcenter', publicBody: false })]),
      'PERMIT',
    ],
  ]);
  t.end();
});
