/** Days, months and birthdays are those of Europe/Berlin, at both doors, to the millisecond, whatever day it is elsewhere. */
import { type System, throughADoor } from '../support/both-doors.ts';
import { TEXT_HASH } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, forward, instant, openCase, stopClock } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const YES = {
  decision: 'GIVEN',
  recipient: AGENCY.caritas,
  purpose: 'BERATUNG',
  categories: ['STAMMDATEN'],
  statedBy: 'PERSON',
  ageBand: 'ADULT',
  form: 'WRITTEN',
  language: 'de',
  textHash: TEXT_HASH,
  evidenceRef: 'Ordner 9',
};
const GUARDIAN = { ageBand: 'FROM_15_TO_17', statedBy: 'GUARDIAN' };

interface Row {
  why: string;
  now: string;
  said: Record<string, unknown>;
  /** What is stored, or where the answer points. */
  gives: Record<string, string> | `/${string}`;
}

/** The last that may be and the first that may not, a millisecond or a day apart. */
const SUMMER_EVENING = '2028-07-10T21:59:59.999Z';
const SUMMER_MIDNIGHT = '2028-07-10T22:00:00.000Z';
const WINTER_EVENING = '2028-01-10T22:59:59.999Z';
const WINTER_MIDNIGHT = '2028-01-10T23:00:00.000Z';
const NOON = '2028-03-15T11:00:00.000Z';
const LATE = '2028-12-01T11:00:00.000Z';

const on = (statedAt: string, validUntil: string, more: object = {}) => ({
  statedAt,
  validFrom: '2027-01-01',
  validUntil,
  ...more,
});

const ROWS: Row[] = [
  {
    why: 'a day is its midnight in Berlin, and so has been stated on the day itself',
    now: NOON,
    said: on('2028-03-15', '2028-09-01'),
    gives: { statedAt: '2028-03-14T23:00:00.000Z', validUntil: '2028-08-31T22:00:00.000Z', recordedAt: NOON },
  },
  {
    why: 'the day of today, a millisecond before midnight',
    now: SUMMER_EVENING,
    said: on('2028-07-10', '2028-09-01'),
    gives: { statedAt: '2028-07-09T22:00:00.000Z' },
  },
  { why: 'not yet the day of tomorrow', now: SUMMER_EVENING, said: on('2028-07-11', '2028-09-01'), gives: '/statedAt' },
  {
    why: 'at midnight it has begun, while Greenwich has yesterday',
    now: SUMMER_MIDNIGHT,
    said: on('2028-07-11', '2028-09-01'),
    gives: { statedAt: SUMMER_MIDNIGHT },
  },
  {
    why: 'in winter an hour later: not yet',
    now: WINTER_EVENING,
    said: on('2028-01-11', '2028-09-01'),
    gives: '/statedAt',
  },
  {
    why: 'in winter an hour later: begun',
    now: WINTER_MIDNIGHT,
    said: on('2028-01-11', '2028-09-01'),
    gives: { statedAt: WINTER_MIDNIGHT },
  },
  {
    why: 'the day on which summer time begins',
    now: LATE,
    said: on('2028-03-26', '2028-12-24', { validFrom: '2028-03-27' }),
    gives: { statedAt: '2028-03-25T23:00:00.000Z', validFrom: '2028-03-26T22:00:00.000Z' },
  },
  {
    why: 'the day on which it ends',
    now: LATE,
    said: on('2028-10-29', '2028-12-24', { validFrom: '2028-10-30' }),
    gives: { statedAt: '2028-10-28T22:00:00.000Z', validFrom: '2028-10-29T23:00:00.000Z' },
  },
  {
    why: 'twelve months from the day on which it ended',
    now: LATE,
    said: on('2028-10-29', '2029-10-29'),
    gives: { validUntil: '2029-10-28T23:00:00.000Z' },
  },
  {
    why: 'and not a millisecond more, though in hours it would be one day less',
    now: LATE,
    said: on('2028-10-29', '2029-10-28T23:00:00.001Z'),
    gives: '/validUntil',
  },
  {
    why: 'twelve months by the wall clock, from summer time into winter time',
    now: NOON,
    said: on('2027-10-30T12:00:00+02:00', '2028-10-30T12:00:00+01:00'),
    gives: { validUntil: '2028-10-30T11:00:00.000Z' },
  },
  {
    why: 'twelve months by the wall clock, and one millisecond',
    now: NOON,
    said: on('2027-10-30T12:00:00+02:00', '2028-10-30T12:00:00.001+01:00'),
    gives: '/validUntil',
  },
  {
    why: 'into the hour that autumn repeats: until the first',
    now: NOON,
    said: on('2027-10-29T02:30:00+02:00', '2028-10-29T02:30:00+02:00'),
    gives: { validUntil: '2028-10-29T00:30:00.000Z' },
  },
  {
    why: 'into the hour that autumn repeats: not until the second',
    now: NOON,
    said: on('2027-10-29T02:30:00+02:00', '2028-10-29T02:30:00+01:00'),
    gives: '/validUntil',
  },
  {
    why: 'from the second of the two it is a year later the same time of day',
    now: LATE,
    said: on('2028-10-29T02:30:00+01:00', '2029-10-29T02:30:00+01:00'),
    gives: { statedAt: '2028-10-29T01:30:00.000Z', validUntil: '2029-10-29T01:30:00.000Z' },
  },
  {
    why: 'into the hour that spring leaves out',
    now: NOON,
    said: on('2027-03-26T02:30:00+01:00', '2028-03-26T03:30:00+02:00'),
    gives: { validUntil: '2028-03-26T01:30:00.000Z' },
  },
  {
    why: 'into the hour that spring leaves out, and one millisecond',
    now: NOON,
    said: on('2027-03-26T02:30:00+01:00', '2028-03-26T03:30:00.001+02:00'),
    gives: '/validUntil',
  },
  {
    why: '29 February becomes 28',
    now: NOON,
    said: on('2028-02-29', '2029-02-28'),
    gives: { validUntil: '2029-02-27T23:00:00.000Z' },
  },
  { why: '29 February does not become 1 March', now: NOON, said: on('2028-02-29', '2029-03-01'), gives: '/validUntil' },
  {
    why: '29 February at its time of day',
    now: NOON,
    said: on('2028-02-29T10:00:00+01:00', '2029-02-28T10:00:00.001+01:00'),
    gives: '/validUntil',
  },
  {
    why: '28 February stays 28 in a leap year',
    now: NOON,
    said: on('2027-02-28', '2028-02-28'),
    gives: { validUntil: '2028-02-27T23:00:00.000Z' },
  },
  { why: '28 February does not become 29', now: NOON, said: on('2027-02-28', '2028-02-29'), gives: '/validUntil' },
  {
    why: 'who comes of age on the day that summer time begins',
    now: NOON,
    said: on('2028-03-01', '2028-03-26', { ...GUARDIAN, adultFrom: '2028-03-26' }),
    gives: { adultFrom: '2028-03-25T23:00:00.000Z', validUntil: '2028-03-25T23:00:00.000Z' },
  },
  {
    why: 'the guardian speaks not a millisecond longer',
    now: NOON,
    said: on('2028-03-01', '2028-03-26T00:00:00.001+01:00', { ...GUARDIAN, adultFrom: '2028-03-26' }),
    gives: '/validUntil',
  },
  {
    why: 'in summer the day of 18 begins at 22:00 of Greenwich',
    now: NOON,
    said: on('2028-03-01', '2028-06-01', { ...GUARDIAN, adultFrom: '2028-06-01' }),
    gives: { adultFrom: '2028-05-31T22:00:00.000Z', validUntil: '2028-05-31T22:00:00.000Z' },
  },
  {
    why: 'an instant is the same in every offset',
    now: NOON,
    said: on('2028-03-15T16:45:00+05:45', '2028-09-01T00:00:00-10:00'),
    gives: { statedAt: NOON, validUntil: '2028-09-01T10:00:00.000Z' },
  },
  { why: 'to the millisecond', now: NOON, said: on('2028-03-15T16:45:00.001+05:45', '2028-09-01'), gives: '/statedAt' },
  {
    why: 'what is finer than a millisecond is cut',
    now: NOON,
    said: on('2028-03-15T11:00:00.000999Z', '2028-09-01T10:00:00.123999Z'),
    gives: { statedAt: NOON, validUntil: '2028-09-01T10:00:00.123Z' },
  },
  {
    why: 'a day of another year by another clock',
    now: '2027-12-31T23:30:00.000Z',
    said: on('2028-01-01', '2028-12-31'),
    gives: { statedAt: '2027-12-31T23:00:00.000Z' },
  },
  {
    why: 'the earliest that may be',
    now: NOON,
    said: on('2028-03-15T09:00:00Z', '2028-09-01', { validFrom: '1900-01-02T00:00:00+14:00' }),
    gives: { validFrom: '1900-01-01T10:00:00.000Z' },
  },
  {
    why: 'it begins with a day, before the instant at which it was stated',
    now: NOON,
    said: on('2028-03-15T09:00:00Z', '2028-03-16', { validFrom: '2028-03-15' }),
    gives: { validFrom: '2028-03-14T23:00:00.000Z', validUntil: '2028-03-15T23:00:00.000Z' },
  },
];

/** Both ways to record it: alone, and as a line of a sheet that has a period of its own. */
async function record(by: System, clientId: string, body: Record<string, unknown>) {
  const alone = await by.call('recordStatement', { params: { clientId }, body });
  const { decision, recipient, purpose, categories, validFrom, validUntil, ...common } = body;
  const line = { type: 'STATEMENT', decision, recipient, purpose, categories, validFrom, validUntil };
  const sheet = { ...common, confirm: true, lines: [line] };
  return { alone, onSheet: await by.call('recordConsentForm', { params: { clientId }, body: sheet }) };
}

await throughADoor(t, exchange, 'each boundary of a calendar is met to the millisecond', async (t, as) => {
  const arge = await as('arge');
  for (const { why, now, said, gives } of ROWS) {
    await stopClock(exchange, now);
    const { id: clientId } = await arge.done('createClient');
    const { alone, onSheet } = await record(arge, clientId, { ...YES, ...said });
    if (typeof gives !== 'string') {
      t.match(alone, { ok: true, value: gives }, why);
      t.match(onSheet, { ok: true, value: { lines: [{ statement: gives }] } }, `${why}, on a sheet`);
      continue;
    }
    t.match(alone, { code: 'rule-broken', extra: { errors: [{ pointer: gives }] } }, why);
    const pointer = gives === '/validUntil' ? '/lines/0/validUntil' : gives;
    t.match(onSheet, { code: 'rule-broken', extra: { errors: [{ pointer }] } }, `${why}, on a sheet`);
    for (const outcome of [alone, onSheet]) t.equal(outcome.ok ? 0 : outcome.extra.errors.length, 1);
    t.equal(await count(exchange, 'statement', 'client_id = $1', [clientId]), 0, 'nothing is stored');
  }
});

await throughADoor(t, exchange, 'what is no day and no instant is 400', async (t, as) => {
  const arge = await as('arge');
  const { id: clientId } = await arge.done('createClient');
  const wrong = [
    '2027-02-29',
    '2028-02-30',
    '2028-13-01',
    '2028-00-10',
    '2028-3-1',
    '01.03.2028',
    '2028-03-01T10:00:00',
    '2028-03-01T24:00:01Z',
    '2028-03-01T23:59:60Z',
    '2028-03-01T10:00:00+2',
    '1899-12-31',
    // In UTC it would lie in the year before, and after.
    '1900-01-01',
    '2199-12-31T23:00:00-14:00',
    '2200-01-01',
    '',
  ];
  for (const statedAt of wrong) {
    const body = { ...YES, ...on(statedAt, '2028-09-01') };
    const { alone, onSheet } = await record(arge, clientId, body);
    for (const outcome of [alone, onSheet]) {
      t.match(outcome, { code: 'bad-request', status: 400, extra: { errors: [{ pointer: '/statedAt' }] } }, statedAt);
    }
  }
  for (const adultFrom of ['2028-02-30', '2028-03-01T00:00:00+01:00']) {
    const { alone } = await record(arge, clientId, {
      ...YES,
      ...on('2028-03-01', '2028-09-01'),
      ...GUARDIAN,
      adultFrom,
    });
    t.match(alone, { code: 'bad-request', extra: { errors: [{ pointer: '/adultFrom' }] } }, adultFrom);
  }
});

/** When a no was said, and when it is stored to have been. */
const NOES: [string, string, string, string][] = [
  ['the day of today stands at its midnight', NOON, '2028-03-15', '2028-03-14T23:00:00.000Z'],
  ['the day of tomorrow is cut to now', NOON, '2028-03-16', NOON],
  ['a millisecond before midnight, too', SUMMER_EVENING, '2028-07-11', SUMMER_EVENING],
  ['at midnight it is today', SUMMER_MIDNIGHT, '2028-07-11', SUMMER_MIDNIGHT],
  ['an instant ahead in another offset', NOON, '2028-03-15T11:00:00.001+00:00', NOON],
  ['an instant now in another offset', NOON, '2028-03-15T01:00:00-10:00', NOON],
  ['the far future', NOON, '2199-12-30', NOON],
  ['long ago', NOON, '1999-12-31', '1999-12-30T23:00:00.000Z'],
];

await throughADoor(t, exchange, 'a no counts at once, whatever day it names', async (t, as) => {
  const arge = await as('arge');
  for (const [why, now, statedAt, stored] of NOES) {
    await stopClock(exchange, now);
    const sent = await openCase(arge);
    const params = { clientId: sent.clientId };
    const times = { statedAt: instant(now, -1), validFrom: instant(now, -1), validUntil: instant(now, 9_000) };
    await arge.done('recordStatement', { params, body: { ...YES, ...times } });
    t.match(await forward(arge, sent, AGENCY.caritas), { ok: true });
    const no = { decision: 'WITHDRAWN', statedAt, statedBy: 'PERSON', ageBand: 'ADULT' };
    t.match(await arge.done('recordStatement', { params, body: no }), { statedAt: stored, recordedAt: now }, why);
    t.match(await forward(arge, sent, AGENCY.caritas), { code: 'consent-missing' }, why);
    const { decision: _decision, statedAt: _statedAt, ...common } = no;
    const sheet = { ...common, statedAt, lines: [{ type: 'STATEMENT', decision: 'REFUSED' }] };
    const onSheet = await arge.done('recordConsentForm', { params, body: sheet });
    t.match(onSheet.lines[0].statement, { statedAt: stored, recordedAt: now }, `${why}, on a sheet`);
  }
});

await throughADoor(t, exchange, 'a yes from one day to another holds from midnight to midnight', async (t, as) => {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  await stopClock(exchange, '2028-07-09T12:00:00.000Z');
  const sent = await openCase(arge);
  const params = { clientId: sent.clientId };
  const times = { statedAt: '2028-07-09', validFrom: '2028-07-10', validUntil: '2028-07-11' };
  await arge.done('recordStatement', { params, body: { ...YES, ...times } });
  const withheld = (reason: string) => ({ code: 'consent-missing', extra: { withheld: [{ reasons: [reason] }] } });
  await stopClock(exchange, '2028-07-09T21:59:59.999Z');
  t.match(await forward(arge, sent, AGENCY.caritas), withheld('NOT_YET_VALID'), 'the last millisecond before');
  await stopClock(exchange, '2028-07-09T22:00:00.000Z');
  const outcome = await forward(arge, sent, AGENCY.caritas);
  t.match(outcome, { ok: true }, 'the first');
  const forwardingId = outcome.ok ? outcome.value.forwarding.id : '';
  const read = () => caritas.done('getForwarding', { params: { forwardingId } });
  await stopClock(exchange, SUMMER_EVENING);
  t.equal((await read()).entries.length, 1, 'the last');
  t.match(await forward(arge, sent, AGENCY.caritas), { ok: true });
  await stopClock(exchange, SUMMER_MIDNIGHT);
  t.match(await read(), { entries: [], closedEntries: [{ closedAt: SUMMER_MIDNIGHT }] }, 'the first after it');
  t.match(await forward(arge, sent, AGENCY.caritas), withheld('EXPIRED'));
});
