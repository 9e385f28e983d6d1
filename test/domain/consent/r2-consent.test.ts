/** R2: what the person said last is what holds. */
import type { GivenStatement, StatementFact } from '../../../src/domain/facts.ts';
import { day, entry, given, NOW, refused, stopEverything, withdrawn } from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { table, world } from './asking.ts';

const said = (...statements: StatementFact[]) => world({ statements });

t.test('a yes has to name this very scope', (t) => {
  table(t, [
    ['nobody said anything', said(), ['NO_CONSENT']],
    ['all four', said(given()), 'PERMIT'],
    ['more categories', said(given({ categories: ['KONTAKT', 'STAMMDATEN'] })), 'PERMIT'],
    ['another category', said(given({ categories: ['KONTAKT'] })), ['NO_CONSENT']],
    ['another person', said(given({ person: 'ben' })), ['NO_CONSENT']],
    ['another discloser', said(given({ discloser: 'jmd' })), ['NO_CONSENT']],
    ['another recipient', said(given({ recipient: 'jmd' })), ['NO_CONSENT']],
    ['another purpose', said(given({ purpose: 'TERMIN' })), ['NO_CONSENT']],
    ['the other direction', said(given({ discloser: 'jobcenter', recipient: 'mbe' })), ['NO_CONSENT']],
  ]);
  t.end();
});

t.test('it runs at the instant of the question', (t) => {
  table(t, [
    ['validFrom = at', said(given({ validFrom: NOW })), 'PERMIT'],
    ['validFrom 1 ms after', said(given({ validFrom: NOW + 1 })), ['NOT_YET_VALID']],
    ['validUntil = at', said(given({ validUntil: NOW })), ['EXPIRED']],
    ['validUntil 1 ms after', said(given({ validUntil: NOW + 1 })), 'PERMIT'],
    ['stated and recorded at the instant of the question', said(given({ statedAt: NOW })), 'PERMIT'],
    [
      'one ended, the next begins later',
      said(given({ validUntil: day(-1) }), given({ id: 's2', statedAt: day(-1), validFrom: day(1) })),
      ['EXPIRED'],
    ],
    [
      'two that begin later',
      said(given({ validFrom: day(1) }), given({ id: 's2', validFrom: day(2) })),
      ['NOT_YET_VALID'],
    ],
  ]);
  t.end();
});

t.test('a no beats every yes before it', (t) => {
  const after = (recordedAt: number, yes: Partial<GivenStatement>) => said(refused({ recordedAt }), given(yes));
  table(t, [
    ['refused, and nothing else', said(refused()), ['REFUSED']],
    ['withdrawn, and nothing else', said(withdrawn()), ['WITHDRAWN']],
    ['a yes, then a refusal', said(given(), refused()), ['REFUSED']],
    ['a yes, then a withdrawal', said(given(), withdrawn()), ['WITHDRAWN']],
    [
      'a yes, then a no recorded at the instant of the question',
      said(given(), withdrawn({ recordedAt: NOW })),
      ['WITHDRAWN'],
    ],
    ['a yes, then a no recorded 1 ms after the question', said(given(), withdrawn({ recordedAt: NOW + 1 })), 'PERMIT'],
    ['a yes stated 1 ms after the no was recorded', after(day(-5), { statedAt: day(-5) + 1 }), 'PERMIT'],
    ['a yes stated at the instant at which the no was recorded', after(day(-5), { statedAt: day(-5) }), ['REFUSED']],
    ['a yes stated 1 ms before the no was recorded', after(day(-5), { statedAt: day(-5) - 1 }), ['REFUSED']],
    [
      'a yes stated before the no was recorded, though recorded after it',
      after(day(-5), { statedAt: day(-6), recordedAt: day(-4) }),
      ['REFUSED'],
    ],
    [
      'a no stated long before the yes, but recorded after it',
      said(given({ statedAt: day(-10) }), refused({ statedAt: day(-20), recordedAt: day(-5) })),
      ['REFUSED'],
    ],
    [
      'a no stated after the yes and recorded at once',
      said(given(), refused({ statedAt: day(-5), recordedAt: day(-5) })),
      ['REFUSED'],
    ],
    ['yes, no, yes', said(given(), refused(), given({ id: 's2', statedAt: day(-1) })), 'PERMIT'],
    [
      'no, yes, no',
      said(refused({ recordedAt: day(-9) }), given({ statedAt: day(-7) }), withdrawn({ id: 'n2' })),
      ['WITHDRAWN'],
    ],
    ['a no beats also the yes that begins later', said(given({ validFrom: day(1) }), withdrawn()), ['WITHDRAWN']],
    ['a no beats also the yes that has ended', said(given({ validUntil: day(-6) }), withdrawn()), ['WITHDRAWN']],
    [
      'a yes after the no that begins later',
      said(withdrawn(), given({ statedAt: day(-1), validFrom: day(1) })),
      ['NOT_YET_VALID'],
    ],
    [
      'a yes after the no that has ended',
      said(withdrawn(), given({ statedAt: day(-4), validUntil: day(-1) })),
      ['EXPIRED'],
    ],
    [
      'the one before the no runs, the one after begins later',
      said(given(), withdrawn(), given({ id: 's2', statedAt: day(-1), validFrom: day(1) })),
      ['NOT_YET_VALID'],
    ],
  ]);
  t.end();
});

t.test('of several nos the latest by recordedAt is told', (t) => {
  table(t, [
    ['refused, then withdrawn', said(refused({ recordedAt: day(-6) }), withdrawn({ id: 'n2' })), ['WITHDRAWN']],
    ['withdrawn, then refused', said(withdrawn({ recordedAt: day(-6) }), refused({ id: 'n2' })), ['REFUSED']],
    ['both at one instant', said(withdrawn(), refused({ id: 'n2' })), ['REFUSED', 'WITHDRAWN']],
    ['two refusals at one instant', said(refused(), refused({ id: 'n2' })), ['REFUSED']],
    [
      'by recordedAt, not by statedAt',
      said(refused({ statedAt: day(-9), recordedAt: day(-4) }), withdrawn({ id: 'n2', recordedAt: day(-5) })),
      ['REFUSED'],
    ],
    [
      '1 ms apart',
      said(refused({ recordedAt: day(-5) + 1 }), withdrawn({ id: 'n2', recordedAt: day(-5) })),
      ['REFUSED'],
    ],
    [
      'the latest of this scope, not of another',
      said(refused(), withdrawn({ id: 'n2', recordedAt: day(-1), categories: ['KONTAKT'] })),
      ['REFUSED'],
    ],
    [
      'a yes between two nos counts for nothing',
      said(
        refused({ recordedAt: day(-6) }),
        given({ statedAt: day(-5) }),
        withdrawn({ id: 'n2', recordedAt: day(-4) }),
      ),
      ['WITHDRAWN'],
    ],
  ]);
  t.end();
});

t.test('what a no leaves out means every one', (t) => {
  const no = (change: Parameters<typeof withdrawn>[0]) => said(given(), withdrawn(change));
  table(t, [
    ['everything left out: stop everything', said(given(), stopEverything()), ['WITHDRAWN']],
    ['only the discloser named', said(given(), stopEverything({ discloser: 'mbe' })), ['WITHDRAWN']],
    ['only the recipient named', said(given(), stopEverything({ recipient: 'jobcenter' })), ['WITHDRAWN']],
    ['only the purpose named', said(given(), stopEverything({ purpose: 'BERATUNG' })), ['WITHDRAWN']],
    ['only the category named', said(given(), stopEverything({ categories: ['STAMMDATEN'] })), ['WITHDRAWN']],
    ['the discloser left out', no({ discloser: null }), ['WITHDRAWN']],
    ['the recipient left out', no({ recipient: null }), ['WITHDRAWN']],
    ['the purpose left out', no({ purpose: null }), ['WITHDRAWN']],
    ['the categories left out', no({ categories: null }), ['WITHDRAWN']],
    ['several categories', no({ categories: ['KONTAKT', 'STAMMDATEN'] }), ['WITHDRAWN']],
    ['about another discloser', said(given(), stopEverything({ discloser: 'jmd' })), 'PERMIT'],
    ['about another recipient', said(given(), stopEverything({ recipient: 'jmd' })), 'PERMIT'],
    ['about another purpose', said(given(), stopEverything({ purpose: 'TERMIN' })), 'PERMIT'],
    ['about another category', said(given(), stopEverything({ categories: ['KONTAKT'] })), 'PERMIT'],
    ['by another person', said(given(), stopEverything({ person: 'ben' })), 'PERMIT'],
    ['and a yes after it is a new yes', said(stopEverything(), given({ statedAt: day(-1) })), 'PERMIT'],
  ]);
  t.end();
});

t.test('a newer yes replaces an older one from the day it begins', (t) => {
  const older = given({ id: 's1', statedAt: day(-10) });
  const newer = (change: Partial<GivenStatement>) => given({ id: 's2', statedAt: day(-2), ...change });
  table(t, [
    ['and runs', said(older, newer({})), 'PERMIT'],
    ['and has ended, though the older would run', said(older, newer({ validUntil: day(-1) })), ['EXPIRED']],
    ['and ends at the instant of the question', said(older, newer({ validUntil: NOW })), ['EXPIRED']],
    [
      'and begins at the instant of the question, without capacity',
      said(older, newer({ validFrom: NOW, statedBy: 'GUARDIAN' })),
      ['CAPACITY'],
    ],
    [
      'and begins 1 ms later: the older runs on',
      said(older, newer({ validFrom: NOW + 1, statedBy: 'GUARDIAN' })),
      'PERMIT',
    ],
    ['and is weaker', said(older, newer({ ageBand: 'FROM_15_TO_17', capacityConfirmed: false })), ['CAPACITY']],
    ['and heals a weaker one', said(given({ statedBy: 'GUARDIAN' }), newer({})), 'PERMIT'],
    [
      'by statedAt, not by recordedAt',
      said(given({ statedAt: day(-10), recordedAt: day(-1), statedBy: 'GUARDIAN' }), newer({ recordedAt: day(-2) })),
      'PERMIT',
    ],
    [
      'by statedAt, not by validFrom',
      said(given({ statedAt: day(-10), validFrom: day(-1) }), newer({ validFrom: day(-2), statedBy: 'GUARDIAN' })),
      ['CAPACITY'],
    ],
    ['for its categories only', said(older, newer({ categories: ['KONTAKT'], statedBy: 'GUARDIAN' })), 'PERMIT'],
  ]);
  t.end();
});

t.test('of two yeses stated at one instant', (t) => {
  const one = (change: Partial<GivenStatement>) => given({ id: 's1', ...change });
  const other = (change: Partial<GivenStatement>) => given({ id: 's2', ...change });
  const health = (...statements: GivenStatement[]) =>
    world(
      { statements: statements.map((each): GivenStatement => ({ ...each, categories: ['GESUNDHEIT'] })) },
      { entries: [entry({ category: 'GESUNDHEIT' })] },
    );
  table(t, [
    ['one runs and one has ended', said(one({}), other({ validUntil: day(-1) })), 'PERMIT'],
    ['both have ended', said(one({ validUntil: NOW }), other({ validUntil: day(-1) })), ['EXPIRED']],
    ['one has capacity and one has not', said(one({ statedBy: 'GUARDIAN' }), other({})), 'PERMIT'],
    [
      'one runs without capacity, one has ended with it: none fulfils all',
      said(one({ statedBy: 'GUARDIAN' }), other({ validUntil: NOW })),
      ['EXPIRED', 'CAPACITY'],
    ],
    [
      'one lacks the form, one the capacity: none fulfils all',
      health(one({ form: 'ORAL' }), other({ statedBy: 'GUARDIAN' })),
      ['CAPACITY', 'FORM_INSUFFICIENT'],
    ],
    ['one begins later', said(one({}), other({ validFrom: day(1), statedBy: 'GUARDIAN' })), 'PERMIT'],
    ['and a no at that instant', said(one({}), other({}), refused({ recordedAt: day(-10) })), ['REFUSED']],
  ]);
  t.end();
});
