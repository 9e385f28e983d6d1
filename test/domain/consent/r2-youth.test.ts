/** R2: a guardian alone does not lift a youth's no. */
import type { NoStatement, StatementFact } from '../../../src/domain/facts.ts';
import { day, given, NOW, refused, stopEverything, withdrawn } from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { table, world } from './asking.ts';

const said = (...statements: StatementFact[]) => world({ statements });
const youth = { ageBand: 'FROM_15_TO_17' } as const;
const no = (change: Partial<NoStatement> = {}) => withdrawn({ ...youth, recordedAt: day(-5), ...change });
const byGuardian = (change = {}) => given({ ...youth, id: 's1', statedBy: 'GUARDIAN', statedAt: day(-2), ...change });
const byYouth = (change = {}) => given({ ...youth, id: 's2', statedBy: 'PERSON', statedAt: day(-3), ...change });

t.test('after the no of a youth', (t) => {
  table(t, [
    ['the guardian says yes', said(no(), byGuardian()), ['WITHDRAWN']],
    [
      'the guardian says yes twice',
      said(no(), byGuardian(), byGuardian({ id: 's3', statedAt: day(-1) })),
      ['WITHDRAWN'],
    ],
    ['the guardian says yes, after a refusal', said(refused({ ...youth }), byGuardian()), ['REFUSED']],
    ['the youth says yes', said(no(), byYouth()), 'PERMIT'],
    ['both do, the guardian last', said(no(), byYouth(), byGuardian()), 'PERMIT'],
    ['both do, the youth last', said(no(), byYouth({ statedAt: day(-1) }), byGuardian()), 'PERMIT'],
    [
      'the youth says yes without being found capable, then the guardian',
      said(no(), byYouth({ capacityConfirmed: false }), byGuardian()),
      'PERMIT',
    ],
    ['the youth says yes aloud, then the guardian', said(no(), byYouth({ form: 'ORAL' }), byGuardian()), 'PERMIT'],
    [
      'the yes of the youth has ended, that of the guardian runs',
      said(no(), byYouth({ validUntil: day(-1) }), byGuardian()),
      'PERMIT',
    ],
    [
      'the yes of the youth begins later, that of the guardian runs',
      said(no(), byYouth({ validFrom: day(1) }), byGuardian()),
      'PERMIT',
    ],
    [
      'the same, and the youth spoke last',
      said(no(), byGuardian(), byYouth({ statedAt: NOW, validFrom: day(1) })),
      'PERMIT',
    ],
    ['the person, an adult by now, says yes', said(no(), given({ statedAt: day(-3) })), 'PERMIT'],
    [
      'the legal representative says yes',
      said(no(), given({ statedAt: day(-3), statedBy: 'LEGAL_REPRESENTATIVE' })),
      ['WITHDRAWN'],
    ],
    [
      'the same, after the person, of age by then, said no once more',
      said(
        no({ recordedAt: day(-9) }),
        withdrawn({ id: 'n2', recordedAt: day(-5) }),
        given({ statedAt: day(-3), statedBy: 'LEGAL_REPRESENTATIVE' }),
      ),
      ['WITHDRAWN'],
    ],
    [
      'the youth, being too young by the record, says yes, then the guardian',
      said(no(), byYouth({ ageBand: 'UNDER_15' }), byGuardian()),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('the yes of the youth that lifts it', (t) => {
  const lifting = (change: object) => said(no(), byYouth({ validUntil: day(-1), ...change }), byGuardian());
  table(t, [
    ['is stated 1 ms after the no was recorded', lifting({ statedAt: day(-5) + 1 }), 'PERMIT'],
    ['is not stated at the instant at which the no was recorded', lifting({ statedAt: day(-5) }), ['WITHDRAWN']],
    ['is not stated before the no', lifting({ statedAt: day(-6) }), ['WITHDRAWN']],
    ['is recorded by the question', lifting({ recordedAt: NOW }), 'PERMIT'],
    ['is not recorded after the question', lifting({ recordedAt: NOW + 1 }), ['WITHDRAWN']],
    ['is about this category', lifting({ categories: ['KONTAKT'] }), ['WITHDRAWN']],
    ['is about this recipient', lifting({ recipient: 'schule' }), ['WITHDRAWN']],
    ['is about this purpose', lifting({ purpose: 'TERMIN' }), ['WITHDRAWN']],
    ['is about this discloser', lifting({ discloser: 'jmd' }), ['WITHDRAWN']],
    ['is this person’s', lifting({ person: 'ben' }), ['WITHDRAWN']],
  ]);
  t.end();
});

t.test('it has to follow every no of the youth', (t) => {
  table(t, [
    [
      'one before, one after',
      said(
        no({ recordedAt: day(-6) }),
        byYouth({ statedAt: day(-5) }),
        no({ id: 'n2', recordedAt: day(-4) }),
        byGuardian(),
      ),
      ['WITHDRAWN'],
    ],
    [
      'both before',
      said(no({ recordedAt: day(-6) }), no({ id: 'n2', recordedAt: day(-4) }), byYouth(), byGuardian()),
      'PERMIT',
    ],
    ['the no left everything out', said(stopEverything({ ...youth }), byGuardian()), ['WITHDRAWN']],
    [
      'the guardian said no after the yes of the youth, and then yes',
      said(
        no(),
        byYouth(),
        withdrawn({ id: 'n2', statedBy: 'GUARDIAN', ...youth, recordedAt: day(-2) - 1 }),
        byGuardian(),
      ),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('only the no of a youth, by itself, is so strong', (t) => {
  table(t, [
    ['the guardian said no for the youth', said(no({ statedBy: 'GUARDIAN' }), byGuardian()), 'PERMIT'],
    ['the no of a child', said(no({ ageBand: 'UNDER_15' }), byGuardian({ ageBand: 'UNDER_15' })), 'PERMIT'],
    [
      'the no of an adult, then the representative',
      said(no({ ageBand: 'ADULT' }), given({ statedBy: 'LEGAL_REPRESENTATIVE', statedAt: day(-2) })),
      'PERMIT',
    ],
    ['the no of a youth about something else', said(no({ categories: ['KONTAKT'] }), byGuardian()), 'PERMIT'],
    ['the no of another youth', said(no({ person: 'ben' }), byGuardian()), 'PERMIT'],
    ['no no at all', said(byGuardian()), 'PERMIT'],
    [
      'the yes of the guardian came before the no of the youth',
      said(byGuardian({ statedAt: day(-6) }), no()),
      ['WITHDRAWN'],
    ],
  ]);
  t.end();
});
