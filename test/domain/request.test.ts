import type { Facts, Reason, StatementFact } from '../../src/domain/facts.ts';
import {
  type Asking,
  allowedRequestActions,
  endsOfRequest,
  REQUEST_ACTIONS,
  REQUEST_ROLES,
  REQUEST_STATUSES,
  type RequestStatus,
  reasonsAgainstAsking,
  requestTransition,
} from '../../src/domain/request.ts';
import {
  AGENCIES,
  agency,
  agreement,
  day,
  facts,
  given,
  NOW,
  refused,
  release,
  stopEverything,
  withdrawn,
} from '../support/consent-world.ts';
import { t } from '../support/t.ts';

/** Every step that there is; every other pair is none. */
const STEPS: Record<string, RequestStatus> = {
  'OPEN FULFIL ASKED': 'FULFILLED',
  'OPEN DECLINE ASKED': 'DECLINED',
  'OPEN WITHDRAW ASKER': 'WITHDRAWN',
  'OPEN WITHDRAW EXCHANGE': 'WITHDRAWN',
  'OPEN EXPIRE EXCHANGE': 'EXPIRED',
};

t.test('every status, action and role', async (t) => {
  for (const status of REQUEST_STATUSES) {
    for (const role of REQUEST_ROLES) {
      const allowed = REQUEST_ACTIONS.filter((action) => STEPS[`${status} ${action} ${role}`] !== undefined);
      t.same(allowedRequestActions(status, role), allowed, `${status} ${role}`);
      for (const action of REQUEST_ACTIONS) {
        const pair = `${status} ${action} ${role}`;
        t.equal(requestTransition(status, action, role), STEPS[pair] ?? null, pair);
      }
    }
  }
});

const ASKING: Asking = { asker: 'mbe', asked: 'jobcenter', person: 'anna', purpose: 'BERATUNG', told: false };
const TOLD: Asking = { ...ASKING, told: true };
const said = (...statements: StatementFact[]): Partial<Facts> => ({ statements });
const without = (id: string, change: object): Partial<Facts> => ({
  agencies: [...AGENCIES.filter((one) => one.id !== id), agency({ id, ...change })],
});

const RULES: [why: string, known: Partial<Facts>, against: Reason[], whenTold: Reason[]][] = [
  ['nobody has agreed', {}, ['NO_CONSENT'], []],
  ['the client agreed', said(given()), [], []],
  ['to somebody else', said(given({ recipient: 'jmd' })), ['NO_CONSENT'], []],
  ['the other way round', said(given({ discloser: 'jobcenter', recipient: 'mbe' })), ['NO_CONSENT'], []],
  ['for something else', said(given({ purpose: 'SCHULE' })), ['NO_CONSENT'], []],
  ['about something else', said(given({ categories: ['KONTAKT'] })), ['NO_CONSENT'], []],
  ['not yet', said(given({ validFrom: day(1) })), ['NOT_YET_VALID'], []],
  ['no longer', said(given({ validUntil: NOW })), ['EXPIRED'], []],
  ['somebody who cannot', said(given({ statedBy: 'GUARDIAN' })), ['CAPACITY'], []],
  ['in words alone', said(given({ form: 'ORAL' })), [], []],
  ['the client refused', said(refused()), ['REFUSED'], ['REFUSED']],
  ['and withdrew', said(given(), withdrawn()), ['WITHDRAWN'], ['WITHDRAWN']],
  ['and stopped everything', said(given(), stopEverything()), ['WITHDRAWN'], ['WITHDRAWN']],
  ['a no about another category', said(given(), withdrawn({ categories: ['KONTAKT'] })), [], []],
  ['a yes after a no', said(withdrawn(), given({ statedAt: day(-2) })), [], []],
  ['a release says nothing', { releases: [release()] }, ['NO_CONSENT'], []],
  ['no agreement', { agreements: [], ...said(given()) }, ['AGREEMENT'], ['AGREEMENT']],
  [
    'a terminated one',
    { agreements: [agreement({ terminatedAt: NOW })], ...said(given()) },
    ['AGREEMENT'],
    ['AGREEMENT'],
  ],
  [
    'one without STAMMDATEN',
    { agreements: [agreement({ categories: ['KONTAKT'] })] },
    ['AGREEMENT', 'NO_CONSENT'],
    ['AGREEMENT', 'NO_CONSENT'],
  ],
  [
    'the asked agency is suspended',
    { ...without('jobcenter', { suspendedAt: NOW }), ...said(given()) },
    ['AGREEMENT'],
    ['AGREEMENT'],
  ],
  ['a no about somebody else', said(given(), refused({ person: 'ben' })), [], []],
  ['an unreadable fact', said(given({ validUntil: day(-20) })), ['UNREADABLE'], ['UNREADABLE']],
];
t.test('a request needs what telling who the client is needs', async (t) => {
  for (const [why, known, against, whenTold] of RULES) {
    t.same(reasonsAgainstAsking(ASKING, facts(known), NOW), against, why);
    t.same(reasonsAgainstAsking(TOLD, facts(known), NOW), whenTold, `${why}; it knows already`);
  }
});

t.test('nobody asks itself', async (t) => {
  const known = facts(said(given()));
  t.same(reasonsAgainstAsking({ ...ASKING, asked: 'mbe' }, known, NOW), ['UNREADABLE']);
  t.same(reasonsAgainstAsking({ ...TOLD, asked: 'mbe' }, known, NOW), ['UNREADABLE'], 'not about what it knows either');
});

const berlin = (text: string): number => Date.parse(text);
t.test('a request is open for fourteen days of the calendar, or until what it stands on ends', async (t) => {
  const consent = facts(said(given({ validUntil: day(30) })));
  t.same(endsOfRequest(ASKING, consent, NOW), { expiresAt: day(14), endsAt: day(14) });
  const short = facts(said(given({ validUntil: day(3) })));
  t.same(endsOfRequest(ASKING, short, NOW), { expiresAt: day(14), endsAt: day(3) });
  t.same(endsOfRequest(TOLD, short, NOW), { expiresAt: day(14), endsAt: day(14) }, 'which needs no consent');
  const partly = facts(said(given({ validUntil: day(3) }), refused({ categories: ['KONTAKT'] })));
  t.equal(endsOfRequest(ASKING, partly, NOW).endsAt, day(3), 'a no about something else has no end that matters');
  const renewed = facts(
    said(given({ validUntil: day(3) }), given({ id: 's2', statedAt: day(-1), validFrom: day(2), validUntil: day(9) })),
  );
  t.equal(endsOfRequest(ASKING, renewed, NOW).endsAt, day(9));
  const cooperation = facts({ agreements: [agreement({ until: day(4) })], ...said(given()) });
  t.equal(endsOfRequest(ASKING, cooperation, NOW).endsAt, day(4));
  t.equal(endsOfRequest(TOLD, cooperation, NOW).endsAt, day(4), 'an agreement it needs');
  const autumn = berlin('2026-10-20T10:00:00+02:00');
  t.equal(
    endsOfRequest(TOLD, consent, autumn).expiresAt,
    berlin('2026-11-03T10:00:00+01:00'),
    'at the same time of day',
  );
});
