import {
  allowedConferenceActions,
  CONFERENCE_ACTIONS,
  CONFERENCE_ANSWERS,
  CONFERENCE_ROLES,
  CONFERENCE_STATUSES,
  conferenceTransition,
  faultOfTime,
  type HeldRow,
  isHeld,
  mayConfer,
  mayDiscuss,
  remindConferenceAt,
  takesMinutes,
} from '../../src/domain/conference.ts';
import type { DisclosureRowFact, EntryMeta, Facts } from '../../src/domain/facts.ts';
import {
  AGENCIES,
  agency,
  agreement,
  day,
  entry,
  facts,
  given,
  NOW,
  party,
  row,
  withdrawn,
} from '../support/consent-world.ts';
import { t } from '../support/t.ts';

/** Every step that there is, from a status and an answer; every other one is none. `-`: no answer. */
const STEPS: Record<string, string> = {
  'PLANNED - ACCEPT PARTNER': 'PLANNED ACCEPTED',
  'PLANNED DECLINED ACCEPT PARTNER': 'PLANNED ACCEPTED',
  'PLANNED - DECLINE PARTNER': 'PLANNED DECLINED',
  'PLANNED ACCEPTED DECLINE PARTNER': 'PLANNED DECLINED',
  'PLANNED - MOVE CONVENER': 'PLANNED -',
  'PLANNED ACCEPTED MOVE CONVENER': 'PLANNED -',
  'PLANNED DECLINED MOVE CONVENER': 'PLANNED -',
  'PLANNED - CANCEL CONVENER': 'CANCELLED -',
  'PLANNED ACCEPTED CANCEL CONVENER': 'CANCELLED ACCEPTED',
  'PLANNED DECLINED CANCEL CONVENER': 'CANCELLED DECLINED',
  'PLANNED - CANCEL PARTNER': 'CANCELLED -',
  'PLANNED ACCEPTED CANCEL PARTNER': 'CANCELLED ACCEPTED',
  'PLANNED DECLINED CANCEL PARTNER': 'CANCELLED DECLINED',
  'PLANNED ACCEPTED BEGIN CONVENER': 'BEGUN ACCEPTED',
  'PLANNED ACCEPTED BEGIN PARTNER': 'BEGUN ACCEPTED',
  'BEGUN ACCEPTED END CONVENER': 'ENDED ACCEPTED',
  'BEGUN ACCEPTED END PARTNER': 'ENDED ACCEPTED',
  'PLANNED - LAPSE EXCHANGE': 'CANCELLED -',
  'PLANNED ACCEPTED LAPSE EXCHANGE': 'CANCELLED ACCEPTED',
  'PLANNED DECLINED LAPSE EXCHANGE': 'CANCELLED DECLINED',
  'BEGUN ACCEPTED LAPSE EXCHANGE': 'ENDED ACCEPTED',
};

t.test('every status, answer, action and role', async (t) => {
  for (const status of CONFERENCE_STATUSES) {
    for (const answer of [null, ...CONFERENCE_ANSWERS]) {
      // Nobody begins what the partner has not accepted, so nothing else is met there.
      if ((status === 'BEGUN' || status === 'ENDED') && answer !== 'ACCEPTED') continue;
      for (const role of CONFERENCE_ROLES) {
        const named = (action: string) => `${status} ${answer ?? '-'} ${action} ${role}`;
        const allowed = CONFERENCE_ACTIONS.filter((action) => STEPS[named(action)] !== undefined);
        t.same(allowedConferenceActions({ status, answer }, role), allowed, `${status} ${answer} ${role}`);
        for (const action of CONFERENCE_ACTIONS) {
          const next = conferenceTransition({ status, answer }, action, role);
          const told = next === null ? undefined : `${next.status} ${next.answer ?? '-'}`;
          t.equal(told, STEPS[named(action)], named(action));
        }
      }
    }
  }
});

t.test('when a conference may be planned for', async (t) => {
  const hour = 3_600_000;
  for (const [name, beginsAt, endsAt, pointer] of [
    ['in an hour, open', NOW + hour, null, undefined],
    ['in an hour, for 12 hours', NOW + hour, NOW + 13 * hour, undefined],
    ['in a year', day(366), null, undefined],
    ['at this very moment', NOW, null, '/beginsAt'],
    ['a millisecond later than a year ahead', day(366) + 1, null, '/beginsAt'],
    ['ends when it begins', NOW + hour, NOW + hour, '/endsAt'],
    ['a millisecond longer than 12 hours', NOW + hour, NOW + 13 * hour + 1, '/endsAt'],
  ] as const) {
    t.equal(faultOfTime({ beginsAt, endsAt }, NOW)?.pointer, pointer, name);
  }
});

const FOR_CONFERENCES = agreement({ purposes: ['FALLBESPRECHUNG'] });

t.test('who may hold a conference: two parties of an agreement for it, neither suspended', async (t) => {
  const suspending = (id: string, suspendedAt: number): Partial<Facts> => ({
    agencies: [...AGENCIES.filter((one) => one.id !== id), agency({ id, suspendedAt })],
  });
  for (const [name, change, expected] of [
    ['an agreement for it', {}, true],
    ['an agreement for another purpose', { agreements: [agreement()] }, false],
    ['a terminated one', { agreements: [{ ...FOR_CONFERENCES, terminatedAt: NOW }] }, false],
    ['one that ends later', { agreements: [{ ...FOR_CONFERENCES, until: NOW + 1 }] }, true],
    ['one that has ended', { agreements: [{ ...FOR_CONFERENCES, until: NOW }] }, false],
    [
      'one that the partner has left',
      { agreements: [{ ...FOR_CONFERENCES, parties: [party('mbe'), party('jobcenter', { leftAt: NOW })] }] },
      false,
    ],
    [
      'one that the partner has not signed',
      { agreements: [{ ...FOR_CONFERENCES, parties: [party('mbe'), party('jobcenter', { signedAt: null })] }] },
      false,
    ],
    ['the convener is suspended', suspending('mbe', NOW), false],
    ['the partner is', suspending('jobcenter', NOW), false],
    ['a suspension that comes later', suspending('jobcenter', NOW + 1), true],
    ['somebody else is', suspending('jmd', NOW), true],
  ] as const) {
    const known = facts({ agreements: [FOR_CONFERENCES], ...(change as Partial<Facts>) });
    t.equal(mayConfer('mbe', 'jobcenter', NOW, known), expected, name);
    t.equal(mayConfer('jobcenter', 'mbe', NOW, known), expected, `${name}, the other way round`);
  }
});

t.test('a side is reminded at 08:00 of its last working day before', async (t) => {
  const holidays = (land: string | null) => new Set(land === 'BY' ? ['2026-06-04'] : []);
  const at = (text: string): number => Date.parse(text);
  // Monday 8 June 2026, after a weekend; Thursday 4 June is a holiday in Bavaria.
  const monday = at('2026-06-08T10:00:00+02:00');
  const friday = at('2026-06-05T10:00:00+02:00');
  const earlier = at('2026-05-01T10:00:00+02:00');
  t.equal(remindConferenceAt(monday, earlier, null, holidays), at('2026-06-05T08:00:00+02:00'));
  t.equal(remindConferenceAt(friday, earlier, 'SH', holidays), at('2026-06-04T08:00:00+02:00'));
  t.equal(remindConferenceAt(friday, earlier, 'BY', holidays), at('2026-06-03T08:00:00+02:00'));
  t.equal(remindConferenceAt(monday, at('2026-06-05T08:00:00+02:00'), null, holidays), null, 'that moment is over');
});

t.test('minutes are taken while it goes on and for 14 days after', async (t) => {
  const ended = { status: 'ENDED', endedAt: NOW } as const;
  t.equal(takesMinutes({ status: 'PLANNED', endedAt: null }, NOW), false);
  t.equal(takesMinutes({ status: 'CANCELLED', endedAt: null }, NOW), false);
  t.equal(takesMinutes({ status: 'BEGUN', endedAt: null }, NOW), true);
  t.equal(takesMinutes(ended, day(14) - 1), true);
  t.equal(takesMinutes(ended, day(14)), false);
});

const SAID = given({
  recipient: 'jobcenter',
  purpose: 'FALLBESPRECHUNG',
  categories: ['STAMMDATEN', 'DOKUMENT', 'KONTAKT'],
});
const known = (change: Partial<Facts> = {}): Facts =>
  facts({ agreements: [FOR_CONFERENCES], statements: [SAID], ...change });
/** A disclosure from mbe to the Jobcenter for a conference. */
function held(row_: Partial<DisclosureRowFact> = {}, entry_: Partial<EntryMeta> = {}): HeldRow {
  const disclosed = entry(entry_);
  const fact = row({ entry: disclosed.id, to: 'jobcenter', purpose: 'FALLBESPRECHUNG', ...row_ });
  return { row: fact, entry: disclosed, person: 'anna', kind: 'FALLBESPRECHUNG' };
}

t.test('both may discuss what one has disclosed to the other for it, as long as that lives', async (t) => {
  const document = { category: 'DOKUMENT', filedUnder: ['STAMMDATEN'] } as const;
  for (const [name, rows, expected, change] of [
    ['a live disclosure of the core', [held()], true, {}],
    ['nothing disclosed: what each wrote itself is not enough', [], false, {}],
    ['a disclosure of something else', [held({}, { category: 'KONTAKT' })], false, {}],
    ['a document of the core', [held({}, { ...document, filedUnder: [...document.filedUnder] })], true, {}],
    ['a document of something else', [held({}, { category: 'DOKUMENT', filedUnder: ['KONTAKT'] })], false, {}],
    ['a closed one', [held({ closed: day(-1) })], false, {}],
    ['one that time has ended', [held({ goodUntil: NOW })], false, {}],
    ['a closed and a live one', [held({ closed: day(-1) }), held({ id: 'r2' })], true, {}],
    [
      'one for another purpose',
      [held({ purpose: 'BERATUNG' })],
      false,
      {
        agreements: [agreement()],
        statements: [{ ...SAID, purpose: 'BERATUNG' }],
      },
    ],
    ['the client has withdrawn', [held()], false, { statements: [SAID, withdrawn({ purpose: 'FALLBESPRECHUNG' })] }],
    ['the agreement is terminated', [held()], false, { agreements: [{ ...FOR_CONFERENCES, terminatedAt: NOW }] }],
  ] as const) {
    const rows_ = rows as readonly HeldRow[];
    const facts_ = known({ rows: rows_.map((one) => one.row), ...(change as Partial<Facts>) });
    t.equal(mayDiscuss(rows_, facts_, NOW), expected, name);
  }
});

t.test('what its recipient wrote itself is held by no disclosure', async (t) => {
  const own = held({}, { origin: 'jobcenter' });
  t.equal(isHeld(own, known({ rows: [own.row] }), NOW), false);
});
