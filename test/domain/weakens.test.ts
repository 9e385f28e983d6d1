import type { Category } from '../../src/domain/catalogue.ts';
import type { GivenRelease, GivenStatement, NoStatement } from '../../src/domain/facts.ts';
import { weakens } from '../../src/domain/weakens.ts';
import { ADULT_FROM, day, facts, given, NOW, release, withdrawn } from '../support/consent-world.ts';
import { t } from '../support/t.ts';

interface Case {
  name: string;
  before: (GivenStatement | NoStatement)[];
  yes: Partial<GivenStatement>;
  weaker: Category[];
}

const OLD = given({ id: 'old', statedAt: day(-20), validFrom: day(-20), validUntil: day(30) });
const HEALTH: Category[] = ['GESUNDHEIT'];
const OLD_HEALTH = given({ ...OLD, categories: HEALTH });

const CASES: Case[] = [
  { name: 'the first yes', before: [], yes: {}, weaker: [] },
  { name: 'a later end', before: [OLD], yes: { validUntil: day(60) }, weaker: [] },
  { name: 'the same end', before: [OLD], yes: { validUntil: day(30) }, weaker: [] },
  { name: 'an end a millisecond earlier', before: [OLD], yes: { validUntil: day(30) - 1 }, weaker: ['STAMMDATEN'] },
  {
    name: 'an earlier end of one that begins later',
    before: [OLD],
    yes: { validFrom: day(5), validUntil: day(10) },
    weaker: ['STAMMDATEN'],
  },
  {
    name: 'a period that begins when the old one has ended',
    before: [OLD],
    yes: { validFrom: day(30), validUntil: day(60) },
    weaker: [],
  },
  {
    name: 'a period that is over already',
    before: [OLD],
    yes: { validFrom: day(-9), validUntil: day(-1) },
    weaker: ['STAMMDATEN'],
  },
  {
    name: 'stated before the old one, so it is not the last word',
    before: [OLD],
    yes: { statedAt: day(-25), validFrom: day(-25), validUntil: day(1) },
    weaker: [],
  },
  {
    name: 'stated at the same moment as the old one, so both serve',
    before: [OLD],
    yes: { statedAt: day(-20), validFrom: day(-20), validUntil: day(1) },
    weaker: [],
  },
  { name: 'the spoken form where none is needed', before: [OLD], yes: { form: 'ORAL' }, weaker: [] },
  {
    name: 'the spoken form for a special category',
    before: [OLD_HEALTH],
    yes: { categories: HEALTH, form: 'ORAL', validUntil: day(60) },
    weaker: HEALTH,
  },
  {
    name: 'a text that does not name special categories',
    before: [OLD_HEALTH],
    yes: { categories: HEALTH, explicitSpecialCategories: false, validUntil: day(60) },
    weaker: HEALTH,
  },
  {
    name: 'somebody who cannot speak for the client',
    before: [OLD],
    yes: { ageBand: 'UNDER_15', statedBy: 'PERSON', adultFrom: ADULT_FROM, validUntil: day(60) },
    weaker: ['STAMMDATEN'],
  },
  {
    name: 'several categories, of which one was permitted longer',
    before: [OLD, given({ ...OLD, id: 'other', categories: ['KONTAKT'], validUntil: day(90) })],
    yes: { categories: ['STAMMDATEN', 'KONTAKT'], validUntil: day(60) },
    weaker: ['KONTAKT'],
  },
  {
    name: 'after a no nothing was permitted that could be withheld',
    before: [OLD, withdrawn({ recordedAt: day(-15) })],
    yes: { statedAt: day(-1), validFrom: day(-1), validUntil: day(1) },
    weaker: [],
  },
  {
    name: 'another purpose',
    before: [OLD],
    yes: { purpose: 'SCHULE', validUntil: day(1) },
    weaker: [],
  },
  { name: 'another recipient', before: [OLD], yes: { recipient: 'jmd', validUntil: day(1) }, weaker: [] },
];

t.test('a yes is weaker where consent would end earlier than without it', async (t) => {
  for (const { name, before, yes, weaker } of CASES) {
    const statedAt = yes.statedAt ?? day(-1);
    const next = given({ id: 'new', statedAt, recordedAt: NOW, validFrom: day(-1), ...yes });
    const known = facts({ statements: before });
    const answer = weakens(next, known, { ...known, statements: [...before, next] }, NOW);
    t.same(answer, weaker, name);
  }
});

t.test('a release is compared with releases', async (t) => {
  const old = release({ id: 'old', statedAt: day(-20), validFrom: day(-20), validUntil: day(30) });
  const known = facts({ releases: [old], statements: [given({ validUntil: day(90) })] });
  const against = (change: Partial<GivenRelease>) => {
    const next = release({ id: 'new', statedAt: day(-1), validFrom: day(-1), recordedAt: NOW, ...change });
    return weakens(next, known, { ...known, releases: [old, next] }, NOW);
  };
  t.same(against({ validUntil: day(29) }), ['STAMMDATEN']);
  t.same(against({ validUntil: day(60) }), []);
  t.same(against({ validUntil: day(60), form: 'ORAL' }), ['STAMMDATEN'], 'a release is in text');
});
