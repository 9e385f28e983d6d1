/** R6: what was written under professional secrecy needs a release besides the consent. */
import type { EntryMeta, GivenRelease, ReleaseFact } from '../../../src/domain/facts.ts';
import {
  day,
  entry,
  given,
  NOW,
  release,
  stopEverything,
  withdrawn,
  withdrawnRelease,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { type Row, table, world } from './asking.ts';

const MISSING: Row[2] = ['SECRECY_RELEASE_MISSING'];
const secret = (releases: ReleaseFact[], one: Partial<EntryMeta> = {}) =>
  world(
    { statements: [given(), given({ id: 's2', person: 'ben' })], releases },
    { entries: [entry({ secrecy: true, ...one })] },
  );
const released = (change: Partial<GivenRelease>) => secret([release(change)]);
const youth = { ageBand: 'FROM_15_TO_17' } as const;

t.test('a release of this origin, recipient and category', (t) => {
  table(t, [
    ['is there', secret([release()]), 'PERMIT'],
    ['is not', secret([]), MISSING],
    ['is not needed without the secrecy mark', secret([], { secrecy: false }), 'PERMIT'],
    ['even withdrawn it is not needed then', secret([withdrawnRelease()], { secrecy: false }), 'PERMIT'],
    ['of another origin', released({ origin: 'jmd' }), MISSING],
    ['to another recipient', released({ recipient: 'jmd' }), MISSING],
    ['about another category', released({ categories: ['KONTAKT'] }), MISSING],
    ['about more categories', released({ categories: ['KONTAKT', 'STAMMDATEN'] }), 'PERMIT'],
    ['of another person', released({ person: 'ben' }), MISSING],
    [
      'does not replace the consent',
      world({ releases: [release()] }, { entries: [entry({ secrecy: true })] }),
      ['NO_CONSENT'],
    ],
  ]);
  t.end();
});

t.test('it is written or electronic, whole, and runs', (t) => {
  table(t, [
    ['written', released({ form: 'WRITTEN' }), 'PERMIT'],
    ['electronic', released({ form: 'ELECTRONIC' }), 'PERMIT'],
    ['oral', released({ form: 'ORAL' }), MISSING],
    [
      'not explicit about special categories: that is a matter of consent',
      released({ explicitSpecialCategories: false }),
      'PERMIT',
    ],
    ['by a guardian for a child', released({ ageBand: 'UNDER_15', statedBy: 'GUARDIAN' }), 'PERMIT'],
    ['by the child', released({ ageBand: 'UNDER_15' }), MISSING],
    ['by a youth, found capable', released({ ...youth, capacityConfirmed: true }), 'PERMIT'],
    ['by a youth', released({ ...youth, capacityConfirmed: false }), MISSING],
    ['by a legal representative', released({ statedBy: 'LEGAL_REPRESENTATIVE' }), 'PERMIT'],
    ['by a guardian for an adult', released({ statedBy: 'GUARDIAN' }), MISSING],
    ['validFrom = at', released({ validFrom: NOW }), 'PERMIT'],
    ['validFrom 1 ms after', released({ validFrom: NOW + 1 }), MISSING],
    ['validUntil = at', released({ validUntil: NOW }), MISSING],
    ['validUntil 1 ms after', released({ validUntil: NOW + 1 }), 'PERMIT'],
    ['recorded at the instant of the question', released({ recordedAt: NOW }), 'PERMIT'],
    ['recorded 1 ms after', released({ recordedAt: NOW + 1 }), MISSING],
  ]);
  t.end();
});

t.test('the latest word about it holds, as it does for consent', (t) => {
  table(t, [
    ['released, then withdrawn', secret([release(), withdrawnRelease()]), MISSING],
    ['withdrawn, then released', secret([withdrawnRelease(), release({ statedAt: day(-1) })]), 'PERMIT'],
    [
      'released at the instant at which the withdrawal was recorded',
      secret([withdrawnRelease(), release({ statedAt: day(-5) })]),
      MISSING,
    ],
    ['released 1 ms after', secret([withdrawnRelease(), release({ statedAt: day(-5) + 1 })]), 'PERMIT'],
    ['withdrawn at the instant of the question', secret([release(), withdrawnRelease({ recordedAt: NOW })]), MISSING],
    ['withdrawn 1 ms after', secret([release(), withdrawnRelease({ recordedAt: NOW + 1 })]), 'PERMIT'],
    ['withdrawn, whatever the origin', secret([release(), withdrawnRelease({ origin: null })]), MISSING],
    ['withdrawn, whatever the recipient', secret([release(), withdrawnRelease({ recipient: null })]), MISSING],
    ['withdrawn, whatever the category', secret([release(), withdrawnRelease({ categories: null })]), MISSING],
    [
      'withdrawn, whatever it was',
      secret([release(), withdrawnRelease({ origin: null, recipient: null, categories: null })]),
      MISSING,
    ],
    [
      'withdrawn for another origin',
      secret([release(), withdrawnRelease({ origin: 'jmd', recipient: null, categories: null })]),
      'PERMIT',
    ],
    [
      'withdrawn for another recipient',
      secret([release(), withdrawnRelease({ origin: null, recipient: 'jmd', categories: null })]),
      'PERMIT',
    ],
    [
      'withdrawn for another category',
      secret([release(), withdrawnRelease({ origin: null, recipient: null, categories: ['KONTAKT'] })]),
      'PERMIT',
    ],
    ['withdrawn by another person', secret([release(), withdrawnRelease({ person: 'ben' })]), 'PERMIT'],
    [
      'a newer one, oral, replaces the written one',
      secret([release(), release({ id: 'f2', statedAt: day(-1), form: 'ORAL' })]),
      MISSING,
    ],
    [
      'a newer one that has ended replaces the running one',
      secret([release(), release({ id: 'f2', statedAt: day(-3), validUntil: day(-1) })]),
      MISSING,
    ],
    [
      'a newer one that begins later does not cut off the running one',
      secret([release(), release({ id: 'f2', statedAt: day(-1), validFrom: NOW + 1, form: 'ORAL' })]),
      'PERMIT',
    ],
    ['two at one instant, one of them oral', secret([release(), release({ id: 'f2', form: 'ORAL' })]), 'PERMIT'],
    [
      'two at one instant, one oral, one ended',
      secret([release({ validUntil: NOW }), release({ id: 'f2', form: 'ORAL' })]),
      MISSING,
    ],
    [
      'a guardian alone does not lift a youth’s withdrawal',
      secret([withdrawnRelease({ ...youth }), release({ ...youth, statedBy: 'GUARDIAN', statedAt: day(-1) })]),
      MISSING,
    ],
    [
      'nor does a legal representative, though the person, of age by then, said no once more before',
      secret([
        withdrawnRelease({ ...youth, recordedAt: day(-9) }),
        withdrawnRelease({ id: 'w2', recordedAt: day(-5) }),
        release({ statedBy: 'LEGAL_REPRESENTATIVE', statedAt: day(-1) }),
      ]),
      MISSING,
    ],
    ['the youth does', secret([withdrawnRelease({ ...youth }), release({ ...youth, statedAt: day(-1) })]), 'PERMIT'],
    [
      'the youth did, aloud, and then the guardian in writing',
      secret([
        withdrawnRelease({ ...youth }),
        release({ ...youth, form: 'ORAL', statedAt: day(-2) }),
        release({ ...youth, id: 'f2', statedBy: 'GUARDIAN', statedAt: day(-1) }),
      ]),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('consent and release do not speak for each other', (t) => {
  const both = (...statements: Parameters<typeof world>[0]['statements'] & object) =>
    world({ statements, releases: [release()] }, { entries: [entry({ secrecy: true })] });
  table(t, [
    ['the consent is withdrawn, the release stands', both(given(), withdrawn()), ['WITHDRAWN']],
    ['everything is stopped, the release stands', both(given(), stopEverything()), ['WITHDRAWN']],
    ['the release is withdrawn, the consent stands', secret([release(), withdrawnRelease()]), MISSING],
    [
      'a yes to sharing does not lift a withdrawn release',
      world(
        { statements: [given({ statedAt: day(-1) })], releases: [release(), withdrawnRelease()] },
        { entries: [entry({ secrecy: true })] },
      ),
      MISSING,
    ],
    ['neither is there', world({}, { entries: [entry({ secrecy: true })] }), ['NO_CONSENT', 'SECRECY_RELEASE_MISSING']],
  ]);
  t.end();
});

t.test('every person concerned has to release', (t) => {
  const concerns = ['anna', 'ben'];
  table(t, [
    ['both did', secret([release(), release({ id: 'f2', person: 'ben' })], { concerns }), 'PERMIT'],
    ['one did', secret([release()], { concerns }), MISSING],
    ['only the other did', secret([release({ person: 'ben' })], { concerns }), MISSING],
    [
      'one withdrew',
      secret([release(), release({ id: 'f2', person: 'ben' }), withdrawnRelease({ person: 'ben' })], { concerns }),
      MISSING,
    ],
  ]);
  t.end();
});
