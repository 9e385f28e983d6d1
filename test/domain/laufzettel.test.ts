import t from 'tap';
import {
  allowedActions,
  ENDED,
  FORWARDING_ACTIONS,
  FORWARDING_STATUSES,
  type ForwardingRole,
  TRANSITIONS,
  transition,
} from '../../src/domain/laufzettel.ts';

const ROLES: ForwardingRole[] = ['SENDER', 'RECIPIENT', 'EXCHANGE'];

/** Every step that the domain page allows and that exists so far; every other pair is a no. */
const STEPS: Record<string, string> = {
  'SENT, DELIVER by EXCHANGE': 'DELIVERED',
  'DELIVERED, ACCEPT by RECIPIENT': 'ACCEPTED',
  'SENT, REJECT by RECIPIENT': 'REJECTED',
  'DELIVERED, REJECT by RECIPIENT': 'REJECTED',
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
