/** R2, R3, R4 and R6 for every person concerned; R1, R2, R4 and R6 for every category of a DOKUMENT. And the order of reasons. */
import type { Category } from '../../../src/domain/catalogue.ts';
import { type Facts, REASONS, type ReleaseFact, type StatementFact } from '../../../src/domain/facts.ts';
import {
  AGENCIES,
  agency,
  day,
  entry,
  given,
  NOW,
  refused,
  release,
  stopEverything,
  withdrawn,
  withdrawnRelease,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { answerTo, table, world } from './asking.ts';

t.test('every person concerned has to agree', (t) => {
  const family = (...statements: StatementFact[]) =>
    world({ statements }, { entries: [entry({ concerns: ['ben', 'anna', 'carla'] })] });
  const anna = given({ id: 's1' });
  const ben = given({ id: 's2', person: 'ben' });
  const carla = given({ id: 's3', person: 'carla' });
  table(t, [
    ['all did', family(anna, ben, carla), 'PERMIT'],
    ['the person alone', family(anna), ['NO_CONSENT']],
    ['all but the person', family(ben, carla), ['NO_CONSENT']],
    ['one said no', family(anna, ben, carla, refused({ person: 'carla' })), ['REFUSED']],
    ['one stopped everything', family(anna, ben, carla, stopEverything({ person: 'ben' })), ['WITHDRAWN']],
    [
      'one did so at the instant at which another said yes',
      family(anna, ben, given({ id: 's3', person: 'carla', statedAt: day(-5) }), withdrawn({ person: 'ben' })),
      ['WITHDRAWN'],
    ],
    [
      'each lacks something else',
      family(
        given({ ...anna, validUntil: NOW }),
        given({ ...ben, statedBy: 'GUARDIAN' }),
        refused({ person: 'carla' }),
      ),
      ['REFUSED', 'EXPIRED', 'CAPACITY'],
    ],
    [
      'a child by its guardian, the others by themselves',
      family(anna, given({ id: 's2', person: 'ben', statedBy: 'GUARDIAN', ageBand: 'UNDER_15' }), carla),
      'PERMIT',
    ],
    [
      'one person’s no does not lift by another person’s yes',
      family(anna, ben, carla, refused({ person: 'ben' }), given({ id: 's4', person: 'carla', statedAt: day(-1) })),
      ['REFUSED'],
    ],
    ['somebody not concerned said no', family(anna, ben, carla, stopEverything({ person: 'dora' })), 'PERMIT'],
  ]);
  t.end();
});

t.test('a DOKUMENT needs consent for DOKUMENT and for each category it is filed under', (t) => {
  const filedUnder: Category[] = ['STAMMDATEN', 'GESUNDHEIT'];
  const document = (...statements: StatementFact[]) =>
    world({ statements }, { entries: [entry({ category: 'DOKUMENT', filedUnder })] });
  const all: Category[] = ['DOKUMENT', 'STAMMDATEN', 'GESUNDHEIT'];
  const yes = given({ categories: all });
  table(t, [
    ['one yes to all', document(yes), 'PERMIT'],
    [
      'a yes to each',
      document(...all.map((category, index) => given({ id: `s${index}`, categories: [category] }))),
      'PERMIT',
    ],
    ['no yes to DOKUMENT', document(given({ categories: ['STAMMDATEN', 'GESUNDHEIT'] })), ['NO_CONSENT']],
    ['a yes to DOKUMENT alone', document(given({ categories: ['DOKUMENT'] })), ['NO_CONSENT']],
    ['no yes to one of the others', document(given({ categories: ['DOKUMENT', 'STAMMDATEN'] })), ['NO_CONSENT']],
    ['a no to DOKUMENT', document(yes, refused({ categories: ['DOKUMENT'] })), ['REFUSED']],
    ['a no to what it is filed under', document(yes, withdrawn({ categories: ['GESUNDHEIT'] })), ['WITHDRAWN']],
    ['a no to something else', document(yes, withdrawn({ categories: ['KONTAKT'] })), 'PERMIT'],
    [
      'said aloud, while GESUNDHEIT wants it written',
      document(given({ categories: all, form: 'ORAL' })),
      ['FORM_INSUFFICIENT'],
    ],
    [
      'aloud to DOKUMENT and STAMMDATEN, in writing to GESUNDHEIT',
      document(
        given({ categories: ['DOKUMENT', 'STAMMDATEN'], form: 'ORAL' }),
        given({ id: 's2', categories: ['GESUNDHEIT'] }),
      ),
      'PERMIT',
    ],
    [
      'each category fails in its way',
      document(given({ categories: ['DOKUMENT'], validUntil: NOW }), refused({ categories: ['STAMMDATEN'] })),
      ['REFUSED', 'NO_CONSENT', 'EXPIRED'],
    ],
  ]);
  t.end();
});

t.test('and a release for each of them, once it is secret', (t) => {
  const all: Category[] = ['DOKUMENT', 'STAMMDATEN', 'BERATUNGSNOTIZ'];
  const document = (...releases: ReleaseFact[]) =>
    world(
      { statements: [given({ categories: all })], releases },
      { entries: [entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN', 'BERATUNGSNOTIZ'], secrecy: true })] },
    );
  table(t, [
    ['one for all', document(release({ categories: all })), 'PERMIT'],
    [
      'one for each',
      document(...all.map((category, index) => release({ id: `f${index}`, categories: [category] }))),
      'PERMIT',
    ],
    [
      'none for DOKUMENT',
      document(release({ categories: ['STAMMDATEN', 'BERATUNGSNOTIZ'] })),
      ['SECRECY_RELEASE_MISSING'],
    ],
    [
      'none for BERATUNGSNOTIZ',
      document(release({ categories: ['DOKUMENT', 'STAMMDATEN'] })),
      ['SECRECY_RELEASE_MISSING'],
    ],
    [
      'none for STAMMDATEN',
      document(release({ categories: ['DOKUMENT', 'BERATUNGSNOTIZ'] })),
      ['SECRECY_RELEASE_MISSING'],
    ],
    [
      'one of them withdrawn',
      document(release({ categories: all }), withdrawnRelease({ categories: ['STAMMDATEN'] })),
      ['SECRECY_RELEASE_MISSING'],
    ],
  ]);
  t.end();
});

t.test('all reasons are told, in the order of the page', (t) => {
  const everything: Partial<Facts> = {
    agreements: [],
    agencies: AGENCIES.map((one) => agency({ id: one.id, publicBody: true })),
    statements: [
      given({ id: 's1', validUntil: NOW, statedBy: 'GUARDIAN', form: 'ORAL', categories: ['GESUNDHEIT'] }),
      refused({ person: 'ben', categories: null }),
      withdrawn({ id: 'n2', person: 'ben', categories: null }),
      given({ id: 's2', person: 'dora', validFrom: day(1), categories: ['GESUNDHEIT'] }),
    ],
  };
  const one = entry({
    category: 'GESUNDHEIT',
    concerns: ['dora', 'carla', 'ben', 'anna'],
    secrecy: true,
    guardFrom: NOW,
  });
  const direct = answerTo(world(everything, { entries: [one] }));
  t.strictSame(
    direct,
    REASONS.filter((reason) => reason !== 'UNREADABLE' && !reason.startsWith('ONWARD')),
  );
  const onward = answerTo(
    world(
      {
        ...everything,
        statements: [
          ...everything.statements!,
          refused({ id: 'n3', discloser: 'jmd', categories: null }),
          withdrawn({ id: 'n4', discloser: 'jmd', categories: null }),
        ],
      },
      { discloser: 'jmd', entries: [one] },
    ),
  );
  t.strictSame(onward, [
    'AGREEMENT',
    'REFUSED',
    'WITHDRAWN',
    'ONWARD_NOT_COVERED',
    'ONWARD_NOT_HELD',
    'RESIDENCE_GUARD',
  ]);
  t.end();
});
