import {
  allowedActions,
  ENDED,
  expiryOf,
  FORWARDING_ACTIONS,
  FORWARDING_STATUSES,
  type ForwardingRole,
  TRANSITIONS,
  transition,
} from '../../src/domain/laufzettel.ts';
import { t } from '../support/t.ts';

const ROLES: ForwardingRole[] = ['SENDER', 'RECIPIENT', 'EXCHANGE'];

/** Every step that the domain page allows; every other pair is a no. */
const STEPS: Record<string, string> = {
  'SENT, DELIVER by EXCHANGE': 'DELIVERED',
  'DELIVERED, ACCEPT by RECIPIENT': 'ACCEPTED',
  'SENT, REJECT by RECIPIENT': 'REJECTED',
  'DELIVERED, REJECT by RECIPIENT': 'REJECTED',
  'SENT, RECALL by SENDER': 'RECALLED',
  'DELIVERED, RECALL by SENDER': 'RECALLED',
  'SENT, EXPIRE by EXCHANGE': 'EXPIRED',
  'DELIVERED, EXPIRE by EXCHANGE': 'EXPIRED',
  'ACCEPTED, PROGRESS by RECIPIENT': 'IN_PROGRESS',
  'ON_HOLD, PROGRESS by RECIPIENT': 'IN_PROGRESS',
  'IN_PROGRESS, HOLD by RECIPIENT': 'ON_HOLD',
  'IN_PROGRESS, ANSWER by RECIPIENT': 'ANSWERED',
  'ON_HOLD, ANSWER by RECIPIENT': 'ANSWERED',
  'ANSWERED, CLOSE by RECIPIENT': 'CLOSED',
  'ANSWERED, CLOSE by SENDER': 'CLOSED',
  'SENT, SETTLE by EXCHANGE': 'CLOSED',
  'DELIVERED, SETTLE by EXCHANGE': 'CLOSED',
  'ACCEPTED, SETTLE by EXCHANGE': 'CLOSED',
  'IN_PROGRESS, SETTLE by EXCHANGE': 'CLOSED',
  'ON_HOLD, SETTLE by EXCHANGE': 'CLOSED',
  'ANSWERED, SETTLE by EXCHANGE': 'CLOSED',
  'SENT, BLOCK by EXCHANGE': 'BLOCKED',
  'DELIVERED, BLOCK by EXCHANGE': 'BLOCKED',
  'ACCEPTED, BLOCK by EXCHANGE': 'BLOCKED',
  'IN_PROGRESS, BLOCK by EXCHANGE': 'BLOCKED',
  'ON_HOLD, BLOCK by EXCHANGE': 'BLOCKED',
  'ANSWERED, BLOCK by EXCHANGE': 'BLOCKED',
};

t.test('each status, action and role has the answer of the table', async (t) => {
  const rows = FORWARDING_STATUSES.flatMap((status) =>
    FORWARDING_ACTIONS.flatMap((action) => ROLES.map((role) => ({ status, action, role }))),
  );
  for (const { status, action, role } of rows) {
    const row = `${status}, ${action} by ${role}`;
    t.equal(transition(status, action, role), STEPS[row] ?? null, row);
  }
  const known = rows.map(({ status, action, role }) => `${status}, ${action} by ${role}`);
  t.same(
    Object.keys(STEPS).filter((row) => !known.includes(row)),
    [],
    'each expected step is one of the rows',
  );
});

t.test('the actions that are told as possible are those that are', async (t) => {
  for (const status of FORWARDING_STATUSES) {
    for (const role of ROLES) {
      const possible = FORWARDING_ACTIONS.filter((action) => transition(status, action, role) !== null);
      t.same(allowedActions(status, role).sort(), possible.sort(), `${status} for ${role}`);
    }
  }
});

t.test('nothing leads out of a status that has ended, nor out of BLOCKED', async (t) => {
  for (const { from, action } of TRANSITIONS) {
    t.same(
      from.filter((status) => ENDED.includes(status) || status === 'BLOCKED'),
      [],
      action,
    );
  }
});

t.test('no step is told twice with two outcomes', async (t) => {
  const told = TRANSITIONS.flatMap(({ action, by, from }) => from.map((status) => `${status}, ${action} by ${by}`));
  t.equal(new Set(told).size, told.length);
});

t.test('a forwarding expires 14 days later at the same time of day in Berlin, whatever the clocks did', async (t) => {
  const rows: [sent: string, expires: string, why: string][] = [
    ['2026-11-02T08:15:30.123Z', '2026-11-16T08:15:30.123Z', 'within winter'],
    ['2026-12-25T23:30:00.000Z', '2027-01-08T23:30:00.000Z', 'over the year'],
    ['2026-03-20T08:00:00.000Z', '2026-04-03T07:00:00.000Z', 'over the change to summer time'],
    ['2026-10-20T07:00:00.000Z', '2026-11-03T08:00:00.000Z', 'over the change to winter time'],
    ['2026-10-11T00:30:00.000Z', '2026-10-25T00:30:00.000Z', 'into the hour that comes twice: the first of both'],
    ['2026-03-15T01:30:00.000Z', '2026-03-29T01:30:00.000Z', 'into the hour that does not come'],
    ['2028-02-15T12:00:00.000Z', '2028-02-29T12:00:00.000Z', 'in a leap year'],
  ];
  for (const [sent, expires, why] of rows) {
    t.equal(new Date(expiryOf(Date.parse(sent), [14])).toISOString(), expires, why);
  }
});

t.test('of several agreements the one that leaves the least time says when, and no holiday lengthens it', async (t) => {
  const sentAt = Date.parse('2026-12-11T09:00:00Z');
  t.equal(new Date(expiryOf(sentAt, [30, 14, 14, 21])).toISOString(), '2026-12-25T09:00:00.000Z');
});
