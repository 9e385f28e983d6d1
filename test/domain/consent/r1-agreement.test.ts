/** R1: a Kooperationsvereinbarung that both have signed, for this purpose and category, at this instant. */
import type { AgencyFact, AgreementFact } from '../../../src/domain/facts.ts';
import { AGENCIES, agency, agreement, day, entry, given, NOW, party, row } from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { type Row, table, world } from './asking.ts';

const AGREEMENT: Row[2] = ['AGREEMENT'];
const under = (...agreements: AgreementFact[]) => world({ agreements, statements: [given()] });
const between = (mbe: Parameters<typeof party>[1], jobcenter: Parameters<typeof party>[1] = {}) =>
  under(agreement({ parties: [party('mbe', mbe), party('jobcenter', jobcenter)] }));

t.test('an agreement lists the purpose and the category', (t) => {
  table(t, [
    ['both', under(agreement()), 'PERMIT'],
    ['there is none', under(), AGREEMENT],
    ['another purpose', under(agreement({ purposes: ['TERMIN'] })), AGREEMENT],
    ['another category', under(agreement({ categories: ['KONTAKT'] })), AGREEMENT],
    [
      'one lists the purpose, another the category',
      under(agreement({ categories: ['KONTAKT'] }), agreement({ id: 'k2', purposes: ['TERMIN'] })),
      AGREEMENT,
    ],
    [
      'a sound one beside an unsound one',
      under(agreement({ categories: ['KONTAKT'] }), agreement({ id: 'k2' })),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('it runs at the instant of the question', (t) => {
  table(t, [
    ['from 1 ms before', under(agreement({ from: NOW - 1 })), 'PERMIT'],
    ['from = at', under(agreement({ from: NOW })), 'PERMIT'],
    ['from 1 ms after', under(agreement({ from: NOW + 1 })), AGREEMENT],
    ['until 1 ms before', under(agreement({ until: NOW - 1 })), AGREEMENT],
    ['until = at', under(agreement({ until: NOW })), AGREEMENT],
    ['until 1 ms after', under(agreement({ until: NOW + 1 })), 'PERMIT'],
    ['terminated 1 ms before', under(agreement({ terminatedAt: NOW - 1 })), AGREEMENT],
    ['terminatedAt = at', under(agreement({ terminatedAt: NOW })), AGREEMENT],
    ['terminated 1 ms after', under(agreement({ terminatedAt: NOW + 1 })), 'PERMIT'],
    ['terminated, though it would run on', under(agreement({ terminatedAt: day(-1), until: day(9) })), AGREEMENT],
    [
      'one has ended and the next runs',
      under(agreement({ until: day(-1) }), agreement({ id: 'k2', from: day(-1) })),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('discloser and recipient are parties that have signed and not left', (t) => {
  table(t, [
    ['both', between({}), 'PERMIT'],
    ['the discloser is no party', under(agreement({ parties: [party('jmd'), party('jobcenter')] })), AGREEMENT],
    ['the recipient is no party', under(agreement({ parties: [party('mbe'), party('jmd')] })), AGREEMENT],
    [
      'each is party of an agreement, but not of the same',
      under(
        agreement({ parties: [party('mbe'), party('jmd')] }),
        agreement({ id: 'k2', parties: [party('jmd'), party('jobcenter')] }),
      ),
      AGREEMENT,
    ],
    ['the discloser has not signed', between({ signedAt: null }), AGREEMENT],
    ['the recipient has not signed', between({}, { signedAt: null }), AGREEMENT],
    ['the discloser signs: signedAt = at', between({ signedAt: NOW }), 'PERMIT'],
    ['the discloser signs 1 ms after', between({ signedAt: NOW + 1 }), AGREEMENT],
    ['the recipient signs: signedAt = at', between({}, { signedAt: NOW }), 'PERMIT'],
    ['the recipient signs 1 ms after', between({}, { signedAt: NOW + 1 }), AGREEMENT],
    ['the discloser leaves: leftAt = at', between({ leftAt: NOW }), AGREEMENT],
    ['the discloser leaves 1 ms after', between({ leftAt: NOW + 1 }), 'PERMIT'],
    ['the recipient leaves: leftAt = at', between({}, { leftAt: NOW }), AGREEMENT],
    ['the recipient leaves 1 ms after', between({}, { leftAt: NOW + 1 }), 'PERMIT'],
    [
      'a third party has left',
      under(agreement({ parties: [party('mbe'), party('jobcenter'), party('jmd', { leftAt: day(-1) })] })),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('none of them is suspended', (t) => {
  const amid = (id: string, suspendedAt: number | null) =>
    world({
      statements: [given()],
      agencies: AGENCIES.map((one): AgencyFact => (one.id === id ? agency({ id, suspendedAt }) : one)),
    });
  table(t, [
    ['the discloser, suspendedAt = at', amid('mbe', NOW), AGREEMENT],
    ['the discloser, 1 ms after', amid('mbe', NOW + 1), 'PERMIT'],
    ['the discloser, long ago', amid('mbe', day(-40)), AGREEMENT],
    ['the recipient, suspendedAt = at', amid('jobcenter', NOW), AGREEMENT],
    ['the recipient, 1 ms after', amid('jobcenter', NOW + 1), 'PERMIT'],
    ['an agency that has no part in it', amid('jmd', day(-40)), 'PERMIT'],
    [
      'a recipient that is not among the facts is not suspended',
      world({ statements: [given()], agencies: [agency()] }),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('a DOKUMENT needs it for DOKUMENT and for each category it is filed under', (t) => {
  const filed = (...agreements: AgreementFact[]) =>
    world(
      { agreements, statements: [given({ categories: ['DOKUMENT', 'STAMMDATEN', 'KONTAKT'] })] },
      { entries: [entry({ category: 'DOKUMENT', filedUnder: ['STAMMDATEN', 'KONTAKT'] })] },
    );
  table(t, [
    ['all listed', filed(agreement({ categories: ['DOKUMENT', 'STAMMDATEN', 'KONTAKT'] })), 'PERMIT'],
    ['DOKUMENT not listed', filed(agreement({ categories: ['STAMMDATEN', 'KONTAKT'] })), AGREEMENT],
    ['one of the others not listed', filed(agreement({ categories: ['DOKUMENT', 'STAMMDATEN'] })), AGREEMENT],
    [
      'each listed by an agreement of its own',
      filed(
        agreement({ categories: ['DOKUMENT'] }),
        agreement({ id: 'k2', categories: ['STAMMDATEN'] }),
        agreement({ id: 'k3', categories: ['KONTAKT'] }),
      ),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('passing on, it must hold for origin and recipient too', (t) => {
  const onward = (agreements: AgreementFact[], agencies = AGENCIES) =>
    world(
      { agencies, agreements, statements: [given(), given({ id: 's2', recipient: 'jmd' })], rows: [row()] },
      { discloser: 'jmd' },
    );
  const first = agreement({ id: 'k9', parties: [party('mbe'), party('jmd')] });
  const pair = (id: string, sender: string, change: Partial<AgreementFact> = {}) =>
    agreement({ id, parties: [party(sender), party('jobcenter')], ...change });
  const withSuspended = (id: string, suspendedAt: number) =>
    AGENCIES.map((one) => (one.id === id ? agency({ id, suspendedAt }) : one));
  table(t, [
    ['one agreement of all', onward([agreement()]), 'PERMIT'],
    ['an agreement for each pair', onward([first, pair('k1', 'jmd'), pair('k2', 'mbe')]), 'PERMIT'],
    ['none for origin and recipient', onward([first, pair('k1', 'jmd')]), AGREEMENT],
    ['none for discloser and recipient', onward([first, pair('k2', 'mbe')]), AGREEMENT],
    ['that of the origin has ended', onward([first, pair('k1', 'jmd'), pair('k2', 'mbe', { until: NOW })]), AGREEMENT],
    [
      'that of the origin is for something else',
      onward([first, pair('k1', 'jmd'), pair('k2', 'mbe', { categories: ['KONTAKT'] })]),
      AGREEMENT,
    ],
    [
      'none for origin and discloser: the row is dead',
      onward([pair('k1', 'jmd'), pair('k2', 'mbe')]),
      ['ONWARD_NOT_HELD'],
    ],
    [
      'the origin is suspended, and so its row is dead',
      onward([agreement()], withSuspended('mbe', NOW)),
      ['AGREEMENT', 'ONWARD_NOT_HELD'],
    ],
    ['the origin will be suspended 1 ms after', onward([agreement()], withSuspended('mbe', NOW + 1)), 'PERMIT'],
    [
      'the discloser is suspended, and so its row is dead',
      onward([agreement()], withSuspended('jmd', NOW)),
      ['AGREEMENT', 'ONWARD_NOT_HELD'],
    ],
  ]);
  t.end();
});
