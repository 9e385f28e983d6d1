/** From accepted to closed: each side takes its own steps, from the version that it saw, and is told of the other's. */
import type { OperationId } from '../../src/contract/operations.ts';
import { type As, type System, throughADoor } from '../support/both-doors.ts';
import { no } from '../support/consent-bodies.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { count, forward, NOTHING, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const STEPS = {
  ACCEPT: 'acceptForwarding',
  REJECT: 'rejectForwarding',
  RECALL: 'recallForwarding',
  PROGRESS: 'progressForwarding',
  HOLD: 'holdForwarding',
  ANSWER: 'answerForwarding',
  CLOSE: 'closeForwarding',
} as const satisfies Record<string, OperationId>;
type Action = keyof typeof STEPS;

const take = (action: Action, by: System, forwardingId: string, expectedVersion: number) =>
  by.call(STEPS[action], {
    params: { forwardingId },
    body: { expectedVersion, ...(action === 'REJECT' ? { code: 'NO_CAPACITY' } : {}) },
  });
const read = (by: System, forwardingId: string) => by.done('getForwarding', { params: { forwardingId } });

interface Sent {
  arge: System;
  caritas: System;
  clientId: string;
  forwardingId: string;
}

/** Sent by the ARGE and read by the Caritas, which then took these steps; its version is 2 and one more for each. */
async function delivered(as: As, ...steps: Action[]): Promise<Sent & { version: number }> {
  const [arge, caritas] = [await as('arge'), await as('caritas')];
  const { forwardingId, clientId } = await sendCase(arge, AGENCY.caritas);
  await read(caritas, forwardingId);
  let version = 2;
  for (const step of steps) {
    const outcome = await take(step, caritas, forwardingId, version);
    if (!outcome.ok) throw new Error(outcome.bytes);
    version += 1;
  }
  return { arge, caritas, clientId, forwardingId, version };
}

const told = async (agency: string, forwardingId: string): Promise<string[]> => {
  const text = `SELECT type FROM event WHERE agency_id = $1 AND subject ->> 'forwardingId' = $2 ORDER BY at, id`;
  return (await exchange.sql(text, [agency, forwardingId])).map((event) => event.type);
};

await throughADoor(t, exchange, 'it is worked on, held, answered and closed', async (t, as) => {
  const { arge, caritas, forwardingId } = await delivered(as);
  const way: [Action, System, string][] = [
    ['ACCEPT', caritas, 'ACCEPTED'],
    ['PROGRESS', caritas, 'IN_PROGRESS'],
    ['HOLD', caritas, 'ON_HOLD'],
    ['PROGRESS', caritas, 'IN_PROGRESS'],
    ['ANSWER', caritas, 'ANSWERED'],
    ['CLOSE', arge, 'CLOSED'],
  ];
  let version = 2;
  for (const [action, by, status] of way) {
    const stale = await take(action, by, forwardingId, version - 1);
    t.match(stale, { code: 'version-stale', status: 412, extra: { currentVersion: version } }, `${action}, too late`);
    const outcome = await take(action, by, forwardingId, version);
    version += 1;
    const seen = action === 'ANSWER' && outcome.ok ? outcome.value.forwarding : outcome.ok && outcome.value;
    t.match(seen, { id: forwardingId, status, version, answers: null }, action);
    t.match(await read(caritas, forwardingId), { status, version, entries: [{}] }, 'what it carried stays readable');
    t.match(await read(arge, forwardingId), { status, version });
  }
  t.same(await told(AGENCY.arge, forwardingId), [
    'forwarding.delivered',
    'forwarding.accepted',
    'forwarding.in_progress',
    'forwarding.on_hold',
    'forwarding.in_progress',
    'forwarding.answered',
  ]);
  t.same(await told(AGENCY.caritas, forwardingId), ['forwarding.received', 'forwarding.closed']);
  const audited = "action = 'forwarding.step' AND subject = jsonb_build_object('forwarding', $1::text)";
  t.equal(await count(exchange, 'audit', audited, [forwardingId]), way.length);
});

await throughADoor(
  t,
  exchange,
  'an answer without entries says so, and its recipient may close it too',
  async (t, as) => {
    const { caritas, forwardingId, version } = await delivered(as, 'ACCEPT', 'PROGRESS', 'HOLD');
    const answered = await take('ANSWER', caritas, forwardingId, version);
    t.match(answered, { ok: true, value: { answer: null, withheld: [], forwarding: { status: 'ANSWERED' } } });
    t.match(await take('CLOSE', caritas, forwardingId, version + 1), { ok: true, value: { status: 'CLOSED' } });
  },
);

await throughADoor(t, exchange, 'what is not its turn is answered with what is', async (t, as) => {
  const LEFT: Record<string, Action[]> = {
    DELIVERED: ['ACCEPT', 'REJECT'],
    ACCEPTED: ['PROGRESS'],
    IN_PROGRESS: ['HOLD', 'ANSWER'],
    ON_HOLD: ['PROGRESS', 'ANSWER'],
    ANSWERED: ['CLOSE'],
    CLOSED: [],
  };
  const ways: [string, Action[]][] = [
    ['DELIVERED', []],
    ['ACCEPTED', ['ACCEPT']],
    ['IN_PROGRESS', ['ACCEPT', 'PROGRESS']],
    ['ON_HOLD', ['ACCEPT', 'PROGRESS', 'HOLD']],
    ['ANSWERED', ['ACCEPT', 'PROGRESS', 'ANSWER']],
    ['CLOSED', ['ACCEPT', 'PROGRESS', 'ANSWER', 'CLOSE']],
  ];
  for (const [status, way] of ways) {
    const { arge, caritas, forwardingId, version } = await delivered(as, ...way);
    const ofSender = status === 'DELIVERED' ? ['RECALL'] : status === 'ANSWERED' ? ['CLOSE'] : [];
    for (const [by, allowed] of [
      [caritas, LEFT[status]!],
      [arge, ofSender],
    ] as const) {
      for (const action of Object.keys(STEPS) as Action[]) {
        if (allowed.includes(action)) continue;
        const refused = await take(action, by, forwardingId, version);
        t.match(refused, { code: 'transition-illegal', status: 409, extra: { currentStatus: status } }, action);
        t.same(refused.ok || [...refused.extra.allowed].sort(), [...allowed].sort(), `${action} from ${status}`);
      }
    }
    t.match(await read(caritas, forwardingId), { status, version }, 'nothing has changed');
  }
});

await throughADoor(t, exchange, 'with its last disclosure every step ends', async (t, as) => {
  for (const way of [[], ['ACCEPT'], ['ACCEPT', 'PROGRESS'], ['ACCEPT', 'PROGRESS', 'ANSWER']] as Action[][]) {
    const { arge, caritas, clientId, forwardingId, version } = await delivered(as, ...way);
    await arge.done('recordStatement', { params: { clientId }, body: no() });
    for (const action of Object.keys(STEPS) as Action[]) {
      for (const by of [arge, caritas]) {
        const refused = await take(action, by, forwardingId, version + 1);
        t.match(refused, { code: 'transition-illegal', extra: { currentStatus: 'BLOCKED' } }, action);
        t.same(refused.ok || refused.extra.allowed, []);
      }
    }
  }
  const closed = await delivered(as, 'ACCEPT', 'PROGRESS', 'ANSWER', 'CLOSE');
  await closed.arge.done('recordStatement', { params: { clientId: closed.clientId }, body: no() });
  t.match(await read(closed.caritas, closed.forwardingId), { status: 'CLOSED', entries: [], closedEntries: [{}] });
});

await throughADoor(t, exchange, 'what nobody has accepted its sender may recall', async (t, as) => {
  for (const isRead of [true, false]) {
    const [arge, caritas] = [await as('arge'), await as('caritas')];
    const sent = await sendCase(arge, AGENCY.caritas, ['STAMMDATEN', 'SPRACHE']);
    const { forwardingId } = sent;
    if (isRead) await read(caritas, forwardingId);
    const version = isRead ? 2 : 1;
    const recalled = await take('RECALL', arge, forwardingId, version);
    t.match(recalled, { ok: true, value: { status: 'RECALLED', version: version + 1, rejectCode: null } });
    const left = await read(caritas, forwardingId);
    t.match(left, { status: 'RECALLED', version: version + 1 });
    t.same(left.entries, []);
    const known = left.closedEntries.map((entry: { entryId: string }) => entry.entryId);
    t.same(known, isRead ? sent.entryIds : [], 'what was never read vanishes');
    for (const entryId of sent.entryIds) {
      t.equal((await caritas.refused('getEntry', { params: { entryId } })).code, 'not-found');
    }
    t.match(await take('ACCEPT', caritas, forwardingId, version + 1), { extra: { currentStatus: 'RECALLED' } });
    const events = await told(AGENCY.caritas, forwardingId);
    const closings = isRead ? ['disclosure.closed', 'disclosure.closed'] : [];
    t.same(events.sort(), [...closings, 'forwarding.recalled', 'forwarding.received'].sort());
    t.match(await forward(arge, sent, AGENCY.caritas), { ok: true }, 'it may be sent again');
  }
});

await throughADoor(t, exchange, 'what was accepted is recalled no more', async (t, as) => {
  const { arge, caritas, forwardingId, version } = await delivered(as, 'ACCEPT');
  t.match(await take('RECALL', arge, forwardingId, version), { code: 'transition-illegal', status: 409 });
  t.match(await read(caritas, forwardingId), { status: 'ACCEPTED', entries: [{}] });
});

await throughADoor(t, exchange, 'of many steps at once one is taken', async (t, as) => {
  const rows: [Action[], Action[]][] = [
    [[], ['ACCEPT', 'RECALL', 'REJECT']],
    [
      ['ACCEPT', 'PROGRESS'],
      ['HOLD', 'ANSWER'],
    ],
    [['ACCEPT', 'PROGRESS', 'ANSWER'], ['CLOSE']],
  ];
  for (const [way, actions] of rows) {
    const { arge, caritas, forwardingId, version } = await delivered(as, ...way);
    const twenty = Array.from({ length: 20 }, (_, index) => actions[index % actions.length]!);
    const outcomes = await Promise.all(
      twenty.map((action) => take(action, action === 'RECALL' ? arge : caritas, forwardingId, version)),
    );
    t.equal(outcomes.filter((one) => one.ok).length, 1, actions.join());
    for (const other of outcomes.filter((one) => !one.ok)) {
      t.match(other, { code: 'version-stale', extra: { currentVersion: version + 1 } });
    }
    t.match(await read(caritas, forwardingId), { version: version + 1 });
  }
});

await throughADoor(t, exchange, 'a third agency takes no step, also when it wrote what is in it', async (t, as) => {
  const [caritas, arge, tgsh] = [await as('caritas'), await as('arge'), await as('tgsh')];
  const one = await openCase(caritas);
  await sayYes(caritas, one.clientId, { recipient: AGENCY.arge, categories: ['STAMMDATEN'] });
  await forward(caritas, one, AGENCY.arge);
  await sayYes(caritas, one.clientId, { recipient: AGENCY.tgsh, categories: ['STAMMDATEN'] });
  const second = await forward(arge, one, AGENCY.tgsh);
  const forwardingId = second.ok && second.value.forwarding.id;
  await read(tgsh, forwardingId);
  for (const action of Object.keys(STEPS) as Action[]) {
    const [foreign, unknown] = [await take(action, caritas, forwardingId, 2), await take(action, caritas, NOTHING, 2)];
    t.match(foreign, { ok: false, code: 'not-found', status: 404 }, action);
    t.equal(!foreign.ok && foreign.bytes, !unknown.ok && unknown.bytes);
  }
});
