/** R2 to R4 and R6 in passing on: what the discloser is told, and what the person said about the discloser itself. */
import type { EntryMeta, Facts, StatementFact } from '../../../src/domain/facts.ts';
import {
  day,
  entry,
  given,
  NOW,
  refused,
  release,
  row,
  stopEverything,
  withdrawn,
} from '../../support/consent-world.ts';
import { t } from '../../support/t.ts';
import { type Row, table, world } from './asking.ts';

const NOT_COVERED: Row[2] = ['ONWARD_NOT_COVERED'];
/** mbe wrote it, jmd got it from mbe and passes it on to jobcenter. */
const toJmd = given({ id: 's2', recipient: 'jmd' });
const onward = (change: Partial<Facts>, one: Partial<EntryMeta> = {}) =>
  world({ statements: [given(), toJmd], rows: [row()], ...change }, { discloser: 'jmd', entries: [entry(one)] });
const said = (...statements: StatementFact[]) => onward({ statements: [toJmd, ...statements] });

t.test('whatever fails about the origin’s scope is told as ONWARD_NOT_COVERED', (t) => {
  table(t, [
    ['nobody said anything about origin and recipient', said(), NOT_COVERED],
    ['only a yes to the discloser’s own passing on', said(given({ discloser: 'jmd' })), NOT_COVERED],
    ['refused', said(given(), refused()), NOT_COVERED],
    ['withdrawn', said(given(), withdrawn()), NOT_COVERED],
    ['not yet valid', said(given({ validFrom: NOW + 1 })), NOT_COVERED],
    ['expired', said(given({ validUntil: NOW })), NOT_COVERED],
    ['without capacity', said(given({ statedBy: 'GUARDIAN' })), NOT_COVERED],
    [
      'without the form',
      onward(
        {
          statements: [
            given({ categories: ['GESUNDHEIT'], form: 'ORAL' }),
            given({ ...toJmd, categories: ['GESUNDHEIT'] }),
          ],
        },
        { category: 'GESUNDHEIT' },
      ),
      NOT_COVERED,
    ],
    ['without the release', onward({ releases: [release({ recipient: 'jmd' })] }, { secrecy: true }), NOT_COVERED],
    [
      'several of them',
      onward(
        {
          statements: [toJmd, given({ statedBy: 'GUARDIAN', validUntil: NOW })],
          releases: [release({ recipient: 'jmd' })],
        },
        { secrecy: true },
      ),
      NOT_COVERED,
    ],
    [
      'but not what fails about agreement, row and guard',
      onward({ statements: [], agreements: [], rows: [] }, { guardFrom: NOW }),
      ['AGREEMENT', 'ONWARD_NOT_COVERED', 'ONWARD_NOT_HELD', 'RESIDENCE_GUARD'],
    ],
  ]);
  t.end();
});

t.test('where the person said no about the discloser’s own passing on', (t) => {
  const no = refused({ discloser: 'jmd' });
  const own = (change: object = {}) => given({ id: 's3', discloser: 'jmd', statedAt: day(-1), ...change });
  table(t, [
    ['that no is told', said(given(), no), ['REFUSED']],
    ['withdrawn', said(given(), withdrawn({ discloser: 'jmd' })), ['WITHDRAWN']],
    ['the latest', said(given(), no, withdrawn({ id: 'n2', discloser: 'jmd', recordedAt: day(-4) })), ['WITHDRAWN']],
    ['both if tied', said(given(), no, withdrawn({ id: 'n2', discloser: 'jmd' })), ['REFUSED', 'WITHDRAWN']],
    [
      'a no that leaves out the discloser speaks of both',
      said(given(), withdrawn({ discloser: null })),
      ['WITHDRAWN', 'ONWARD_NOT_COVERED'],
    ],
    [
      'stop everything kills the row too',
      said(given(), stopEverything()),
      ['WITHDRAWN', 'ONWARD_NOT_COVERED', 'ONWARD_NOT_HELD'],
    ],
    ['a yes of that scope after it lifts it', said(given(), no, own()), 'PERMIT'],
    [
      'at the instant at which the no was recorded it does not',
      said(given(), no, own({ statedAt: day(-5) })),
      ['REFUSED'],
    ],
    ['even one that has ended', said(given(), no, own({ validUntil: NOW })), 'PERMIT'],
    ['even one that begins later', said(given(), no, own({ validFrom: day(1) })), 'PERMIT'],
    ['even one without capacity', said(given(), no, own({ statedBy: 'GUARDIAN' })), 'PERMIT'],
    [
      'but a guardian alone does not lift a youth’s',
      said(
        given(),
        refused({ discloser: 'jmd', ageBand: 'FROM_15_TO_17' }),
        own({ statedBy: 'GUARDIAN', ageBand: 'FROM_15_TO_17' }),
      ),
      ['REFUSED'],
    ],
    ['a newer yes about the origin’s scope does not lift it', said(given({ statedAt: day(-1) }), no), ['REFUSED']],
    ['a yes about another category does not', said(given(), no, own({ categories: ['KONTAKT'] })), ['REFUSED']],
    [
      'a no about another recipient does not matter',
      said(given(), refused({ discloser: 'jmd', recipient: 'schule' })),
      'PERMIT',
    ],
    ['a no about another purpose does not', said(given(), refused({ discloser: 'jmd', purpose: 'TERMIN' })), 'PERMIT'],
    ['a no of another person does not', said(given(), refused({ discloser: 'jmd', person: 'ben' })), 'PERMIT'],
    [
      'a no of another person concerned does',
      onward(
        {
          statements: [
            given(),
            toJmd,
            given({ id: 's4', person: 'ben' }),
            given({ ...toJmd, id: 's5', person: 'ben' }),
            refused({ discloser: 'jmd', person: 'ben' }),
          ],
        },
        { concerns: ['anna', 'ben'] },
      ),
      ['REFUSED'],
    ],
    ['both reasons, in order', said(no), ['REFUSED', 'ONWARD_NOT_COVERED']],
  ]);
  t.end();
});
