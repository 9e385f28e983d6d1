/** R5: who passes an entry on holds it by a live disclosure row, and so did everybody before, back to the origin. */
import type { DisclosureRowFact, EntryMeta, Facts } from '../../../src/domain/facts.ts';
import {
  agreement,
  day,
  entry,
  given,
  NOW,
  party,
  refused,
  release,
  row,
  withdrawn,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { type Row, table, world } from './asking.ts';

const NOT_HELD: Row[2] = ['ONWARD_NOT_HELD'];
/** mbe wrote it, jmd got it from mbe and passes it on to jobcenter. */
const toJmd = given({ id: 's2', recipient: 'jmd' });
const onward = (change: Partial<Facts>, one: Partial<EntryMeta> = {}) =>
  world({ statements: [given(), toJmd], rows: [row()], ...change }, { discloser: 'jmd', entries: [entry(one)] });
const holding = (...rows: DisclosureRowFact[]) => onward({ rows });

t.test('the discloser holds the entry by a live row', (t) => {
  table(t, [
    ['it does', holding(row()), 'PERMIT'],
    ['no row', holding(), NOT_HELD],
    ['a row of another entry', holding(row({ entry: 'e2' })), NOT_HELD],
    ['a row to another agency', holding(row({ to: 'schule' })), NOT_HELD],
    ['a row for another purpose', holding(row({ purpose: 'TERMIN' })), NOT_HELD],
    [
      'a row for another purpose, to which everybody agreed as well',
      onward({
        agreements: [agreement({ purposes: ['BERATUNG', 'TERMIN'] })],
        statements: [given(), toJmd, given({ id: 's3', recipient: 'jmd', purpose: 'TERMIN' })],
        rows: [row({ purpose: 'TERMIN' })],
      }),
      NOT_HELD,
    ],
    ['opened = at', holding(row({ opened: NOW })), 'PERMIT'],
    ['opened 1 ms after', holding(row({ opened: NOW + 1 })), NOT_HELD],
    ['goodUntil = at', holding(row({ goodUntil: NOW })), NOT_HELD],
    ['goodUntil 1 ms after', holding(row({ goodUntil: NOW + 1 })), 'PERMIT'],
    ['closed', holding(row({ closed: day(-1) })), NOT_HELD],
    ['closed at the instant of the question', holding(row({ closed: NOW })), NOT_HELD],
    ['closed at an instant that lies ahead: closed all the same', holding(row({ closed: day(1) })), NOT_HELD],
    ['a closed one and a live one', holding(row({ closed: day(-1) }), row({ id: 'r2' })), 'PERMIT'],
    ['from itself to itself', holding(row({ from: 'jmd', to: 'jmd' })), NOT_HELD],
    ['who wrote it needs no row', world({ statements: [given()] }), 'PERMIT'],
  ]);
  t.end();
});

t.test('a row is live only while its own disclosure would be permitted', (t) => {
  const amid = (change: Partial<Facts>, one: Partial<EntryMeta> = {}) => onward(change, one);
  table(t, [
    ['its consent was withdrawn', amid({ statements: [given(), toJmd, withdrawn({ recipient: 'jmd' })] }), NOT_HELD],
    [
      'its consent has ended',
      amid({ statements: [given(), given({ id: 's2', recipient: 'jmd', validUntil: NOW })] }),
      NOT_HELD,
    ],
    [
      'its consent is for another category',
      amid({ statements: [given(), given({ id: 's2', recipient: 'jmd', categories: ['KONTAKT'] })] }),
      NOT_HELD,
    ],
    [
      'its agreement has ended',
      amid({
        agreements: [
          agreement({ parties: [party('mbe'), party('jmd', {}), party('jobcenter')], until: NOW }),
          agreement({ id: 'k2', parties: [party('mbe'), party('jobcenter')] }),
          agreement({ id: 'k3', parties: [party('jmd'), party('jobcenter')] }),
        ],
      }),
      NOT_HELD,
    ],
    ['the release for it is missing', amid({ releases: [release()] }, { secrecy: true }), NOT_HELD],
    [
      'the releases for both are there',
      amid({ releases: [release(), release({ id: 'f2', recipient: 'jmd' })] }, { secrecy: true }),
      'PERMIT',
    ],
    [
      'the guard begins, and the holder is a public body',
      world(
        {
          statements: [given({ recipient: 'jmd' }), given({ id: 's2', recipient: 'schule' })],
          rows: [row({ to: 'schule' })],
        },
        { discloser: 'schule', recipient: 'jmd', entries: [entry({ guardFrom: NOW })] },
      ),
      NOT_HELD,
    ],
    [
      'the row was decided by other facts than those that hold now',
      amid({ rows: [row({ reliedOn: { agreements: ['k9'], statements: ['s9'], releases: [], row: null } })] }),
      'PERMIT',
    ],
  ]);
  t.end();
});

t.test('the chain is followed back to the origin', (t) => {
  /** mbe → jmd → schule → jobcenter, everything permitted but for one change. */
  const statements = [given(), toJmd, given({ id: 's3', recipient: 'schule' })];
  const first = row();
  const second = row({ id: 'r2', from: 'jmd', to: 'schule' });
  const chain = (change: Partial<Facts>, one: Partial<EntryMeta> = {}) =>
    world({ statements, rows: [first, second], ...change }, { discloser: 'schule', entries: [entry(one)] });
  const rows = (...some: DisclosureRowFact[]) => chain({ rows: some });
  const all = [agreement()];
  const pair = (id: string, ...names: string[]) => agreement({ id, parties: names.map((name) => party(name)) });
  table(t, [
    ['unbroken', chain({}), 'PERMIT'],
    ['the first link is missing', rows(second), NOT_HELD],
    ['the second link is missing', rows(first), NOT_HELD],
    ['the first is closed', rows(row({ closed: day(-1) }), second), NOT_HELD],
    ['the first has ended', rows(row({ goodUntil: NOW }), second), NOT_HELD],
    ['the first is for another purpose', rows(row({ purpose: 'TERMIN' }), second), NOT_HELD],
    ['the first is of another entry', rows(row({ entry: 'e2' }), second), NOT_HELD],
    ['the first opens later', rows(row({ opened: NOW + 1 }), second), NOT_HELD],
    ['the second is closed', rows(first, row({ ...second, closed: day(-1) })), NOT_HELD],
    [
      'the consent to the first recipient was withdrawn',
      chain({ statements: [...statements, withdrawn({ recipient: 'jmd' })] }),
      NOT_HELD,
    ],
    [
      'the consent to the second recipient has ended',
      chain({ statements: [given(), toJmd, given({ id: 's3', recipient: 'schule', validUntil: NOW })] }),
      NOT_HELD,
    ],
    [
      'the person said no about the second hop only',
      chain({ statements: [...statements, refused({ discloser: 'jmd', recipient: 'schule' })] }),
      NOT_HELD,
    ],
    [
      'the person said no about the last hop only',
      chain({ statements: [...statements, refused({ discloser: 'schule' })] }),
      ['REFUSED'],
    ],
    [
      'no agreement on the first hop',
      chain({
        agreements: [
          pair('k2', 'jmd', 'schule'),
          pair('k3', 'mbe', 'schule'),
          pair('k4', 'mbe', 'jobcenter', 'schule'),
        ],
      }),
      NOT_HELD,
    ],
    [
      'no agreement on the second hop',
      chain({
        agreements: [pair('k1', 'mbe', 'jmd'), pair('k3', 'mbe', 'schule'), pair('k4', 'mbe', 'jobcenter', 'schule')],
      }),
      NOT_HELD,
    ],
    [
      'an agreement for each pair',
      chain({
        agreements: [
          pair('k1', 'mbe', 'jmd'),
          pair('k2', 'jmd', 'schule'),
          pair('k3', 'mbe', 'schule'),
          pair('k4', 'mbe', 'jobcenter', 'schule'),
        ],
      }),
      'PERMIT',
    ],
    [
      'a public body in the chain, and the guard begins',
      chain({}, { guardFrom: NOW }),
      ['ONWARD_NOT_HELD', 'RESIDENCE_GUARD'],
    ],
    ['two ways back, one of them broken', rows(row({ closed: day(-1) }), row({ id: 'r3' }), second), 'PERMIT'],
    ['the first row came straight from the origin', rows(row({ id: 'r4', to: 'schule' })), 'PERMIT'],
    ['a circle that never reaches the origin', rows(second, row({ id: 'r5', from: 'schule', to: 'jmd' })), NOT_HELD],
    ['a circle beside the way back', rows(first, second, row({ id: 'r5', from: 'schule', to: 'jmd' })), 'PERMIT'],
    ['a row back to its writer leads nowhere', rows(row({ id: 'r6', from: 'schule', to: 'mbe' }), second), NOT_HELD],
    [
      'who never got it cannot have passed it on',
      chain({ agreements: all, rows: [row({ from: 'amt', to: 'schule' })] }),
      NOT_HELD,
    ],
  ]);
  t.end();
});
