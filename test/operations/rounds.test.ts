/** The round: what each side of a pair is told when the agreement says so, and what it is not. */
import { type System, sign, throughADoor } from '../support/both-doors.ts';
import { startExchange } from '../support/exchange.ts';
import { publishDueRounds, roundsJob } from '../support/rounds-job.ts';
import { t } from '../support/t.ts';
import { type Admitted, admit, agree, count, forward, NOTHING, openCase, sayYes, stopClock } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

/** Mondays at 08:00 in Berlin. */
const WEEKLY = { turnus: 'FREQ=WEEKLY;BYDAY=MO', from: '2026-12-01' };
const FIRST = '2026-12-07T07:00:00.000Z';
const SECOND = '2026-12-14T07:00:00.000Z';

const at = (moment: string): Promise<unknown> => stopClock(exchange, moment);
const publishAt = async (moment: string): Promise<number> => {
  await at(moment);
  return publishDueRounds(exchange);
};

interface Round {
  id: string;
  at: string;
  windowFrom: string;
  partner: string;
  counts: Record<string, number>;
  sections: { section: string; count: number; items: Record<string, unknown>[] }[];
}

async function latest(by: System, query: Record<string, unknown> = {}): Promise<Round> {
  const { items } = await by.done('listRounds', { query });
  return by.done('getRound', { params: { roundId: items[0].id } });
}
/** Which forwardings stand where; sections without any left out. */
const standing = ({ sections }: Round): Record<string, unknown[]> =>
  Object.fromEntries(
    sections
      .filter(({ items }) => items.length > 0)
      .map(({ section, items }) => [section, items.map((one) => one.forwardingId)]),
  );

async function step(
  by: System,
  id: 'acceptForwarding' | 'progressForwarding' | 'rejectForwarding',
  forwardingId: string,
  more = {},
) {
  const { version } = await by.done('getForwarding', { params: { forwardingId } });
  await by.done(id, { params: { forwardingId }, body: { expectedVersion: version, ...more } });
}

/** A case that went with the client's consent; all of it in the time of these stories. */
async function send(
  by: System,
  recipient: string,
  { validUntil = '2027-06-01', ...slip }: { validUntil?: string; dueDate?: string } = {},
) {
  const sent = await openCase(by, ['STAMMDATEN'], slip);
  const [statedAt, validFrom] = ['2026-11-20', '2026-11-20'];
  await sayYes(by, sent.clientId, { recipient, categories: ['STAMMDATEN'], statedAt, validFrom, validUntil });
  const outcome = await forward(by, sent, recipient);
  if (!outcome.ok) throw new Error(outcome.bytes);
  return { ...sent, forwardingId: outcome.value.forwarding.id as string };
}

/** Two agencies with a weekly round, on the day that the agreement begins. */
async function weekly(door: System['door'], more: object = {}): Promise<[Admitted, Admitted]> {
  await at('2026-12-01T09:00:00.000Z');
  const pair: [Admitted, Admitted] = [await admit(exchange, door), await admit(exchange, door)];
  await agree(pair, { ...WEEKLY, ...more });
  return pair;
}

await throughADoor(t, exchange, 'a forwarding goes from section to section, for either side', async (t, _as, door) => {
  const [one, other] = await weekly(door);
  const { forwardingId, clientId, laufzettelId } = await send(one.system, other.id);
  await publishAt(FIRST);
  const sent = await latest(one.system);
  t.match(sent, { at: FIRST, windowFrom: '2026-11-30T23:00:00.000Z', partner: other.id, reader: one.id });
  t.same(standing(sent), { NEW: [forwardingId] }, 'sent, and not collected yet');
  t.match(sent.sections[0]!.items[0], {
    direction: 'SENT',
    clientId,
    laufzettelId,
    status: 'SENT',
    at: '2026-12-01T09:00:00.000Z',
  });
  const got = await latest(other.system);
  t.same([got.partner, standing(got)], [one.id, { NEW: [forwardingId] }]);
  t.match(got.sections[0]!.items[0], { direction: 'RECEIVED', status: 'SENT' });
  t.not(got.sections[0]!.items[0]!.clientId, clientId, 'by its own handle');

  await at('2026-12-08T10:00:00.000Z');
  await step(other.system, 'acceptForwarding', forwardingId);
  await publishAt(SECOND);
  for (const { system } of [one, other]) {
    const second = await latest(system);
    t.equal(second.windowFrom, FIRST);
    t.same(standing(second), { CHANGED: [forwardingId], UNANSWERED: [forwardingId] });
    t.equal(second.sections[2]!.items[0]!.at, '2026-12-08T10:00:00.000Z', 'since it was accepted');
  }

  await publishAt('2026-12-21T07:00:00.000Z');
  t.same(standing(await latest(one.system)), { UNANSWERED: [forwardingId] }, 'nothing has changed');

  // 28 days after 8 December: 5 January is the last of them.
  await publishAt('2027-01-11T07:00:00.000Z');
  const late = await latest(other.system);
  t.same(standing(late), { UNANSWERED: [forwardingId], OVERDUE: [forwardingId] });
  t.equal(late.sections[3]!.items[0]!.at, '2027-01-05T23:00:00.000Z', 'since the day after in Berlin');
  t.same(late.counts, { new: 0, changed: 0, unanswered: 1, overdue: 1, ended: 0, consentEnding: 0, planReview: 0 });
});

await throughADoor(
  t,
  exchange,
  'what has ended stands in one round, and what nobody has collected in each',
  async (t, _as, door) => {
    const [one, other] = await weekly(door);
    const rejected = await send(one.system, other.id);
    const left = await send(one.system, other.id);
    await step(other.system, 'rejectForwarding', rejected.forwardingId, { code: 'NO_CAPACITY' });
    await publishAt(FIRST);
    const first = standing(await latest(other.system));
    t.same(first.ENDED, [rejected.forwardingId]);
    t.same(new Set(first.NEW), new Set([rejected.forwardingId, left.forwardingId]));
    await publishAt(SECOND);
    t.same(standing(await latest(other.system)), { UNANSWERED: [left.forwardingId] });
    // 14 days after 1 December it has expired, written down or not.
    await publishAt('2026-12-21T07:00:00.000Z');
    const third = await latest(one.system);
    t.same(standing(third), { ENDED: [left.forwardingId] });
    t.match(third.sections[4]!.items[0], { status: 'EXPIRED', at: '2026-12-15T09:00:00.000Z' });
    await publishAt('2026-12-28T07:00:00.000Z');
    t.same(standing(await latest(one.system)), {}, 'and then no more');
  },
);

await throughADoor(
  t,
  exchange,
  'a due date that has passed makes it overdue, accepted or not',
  async (t, _as, door) => {
    const [one, other] = await weekly(door);
    const due = async (dueDate: string) => (await send(one.system, other.id, { dueDate })).forwardingId;
    const [passed, today] = [await due('2026-12-06'), await due('2026-12-07')];
    await publishAt(FIRST);
    const round = await latest(other.system);
    t.same(standing(round).OVERDUE, [passed], `${today} is due today`);
    t.match(round.sections[3]!.items[0], { dueDate: '2026-12-06', at: '2026-12-06T23:00:00.000Z' });
  },
);

await throughADoor(
  t,
  exchange,
  'a consent that ends within 30 days is told until it is renewed or closed',
  async (t, _as, door) => {
    const [one, other] = await weekly(door);
    const until = async (validUntil: string) => {
      const sent = await send(one.system, other.id, { validUntil });
      await step(other.system, 'acceptForwarding', sent.forwardingId);
      return sent;
    };
    const soon = await until('2027-01-05');
    const withdrawn = await until('2027-01-06');
    const later = await until('2027-01-07');
    await publishAt(FIRST);
    const round = await latest(other.system);
    t.same(
      standing(round).CONSENT_ENDING,
      [soon.forwardingId, withdrawn.forwardingId],
      `${later.forwardingId} ends later`,
    );
    t.equal(round.sections[5]!.items[0]!.at, '2027-01-04T23:00:00.000Z');
    t.ok(round.sections[5]!.items[0]!.disclosureId);
    t.same(standing(await latest(one.system)).CONSENT_ENDING, [soon.forwardingId, withdrawn.forwardingId]);

    await other.system.done('recordStatement', {
      params: { clientId: round.sections[5]!.items[1]!.clientId },
      body: { decision: 'WITHDRAWN', statedAt: FIRST, statedBy: 'PERSON', ageBand: 'ADULT' },
    });
    await sayYes(one.system, soon.clientId, {
      recipient: other.id,
      categories: ['STAMMDATEN'],
      statedAt: FIRST,
      validFrom: FIRST,
      validUntil: '2027-06-01',
    });
    for (const { system } of [one, other]) {
      const again = await latest(system);
      t.equal(again.counts.consentEnding, 0, 'one is gone, the other goes on');
      t.same(standing(again).CONSENT_ENDING, undefined);
    }
  },
);

await throughADoor(
  t,
  exchange,
  'an empty round is published too, and each reader is told of its own',
  async (t, _as, door) => {
    const [one, other] = await weekly(door);
    const last = (await one.system.done('listEvents', { query: { limit: 1 } })).last;
    t.ok((await publishAt(FIRST)) >= 2);
    const round = await latest(one.system);
    t.same(round.counts, { new: 0, changed: 0, unanswered: 0, overdue: 0, ended: 0, consentEnding: 0, planReview: 0 });
    const toldAfter = async (after: string): Promise<{ type: string }[]> => {
      const { events, next } = await one.system.done('listEvents', { query: { after, wait: 10 } });
      const rounds = events.filter(({ type }: { type: string }) => type.startsWith('round.'));
      return rounds.length > 0 ? rounds : toldAfter(next);
    };
    const told = await toldAfter(last);
    t.match(told, [{ type: 'round.published', subject: round.id, data: { roundId: round.id } }]);
    t.same(
      await other.system.refused('getRound', { params: { roundId: round.id } }).then(({ code }) => code),
      'not-found',
    );
    t.equal((await one.system.refused('getRound', { params: { roundId: NOTHING } })).code, 'not-found');
  },
);

await throughADoor(t, exchange, 'history is paged and narrowed', async (t, _as, door) => {
  await at('2026-12-01T09:00:00.000Z');
  const three = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)] as const;
  const agreementId = await agree(three, WEEKLY);
  await publishAt(FIRST);
  await publishAt(SECOND);
  const [one, second] = three;
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, unknown> = { limit: 1, agreementId, ...(cursor === null ? {} : { cursor }) };
    const page = await one.system.done('listRounds', { query });
    seen.push(...page.items.map((round: Round) => round.at));
    cursor = page.nextCursor;
  } while (cursor !== null);
  t.same(seen, [SECOND, SECOND, FIRST, FIRST], 'two partners, the newest first');
  const about = await one.system.done('listRounds', { query: { partner: second.id } });
  t.same(
    about.items.map((round: Round) => [round.partner, round.at]),
    [
      [second.id, SECOND],
      [second.id, FIRST],
    ],
  );
  t.same((await one.system.done('listRounds', { query: { agreementId: NOTHING } })).items, []);
});

await throughADoor(t, exchange, 'what was missed is made up once, and nothing is left out', async (t, _as, door) => {
  const [one, other] = await weekly(door);
  await publishAt(FIRST);
  await at('2026-12-09T10:00:00.000Z');
  const { forwardingId } = await send(one.system, other.id);
  // Nobody was there on the 14th, 21st and 28th.
  await publishAt('2026-12-30T10:00:00.000Z');
  const { items } = await one.system.done('listRounds', {});
  t.same(
    items.map((round: Round) => round.at),
    ['2026-12-28T07:00:00.000Z', FIRST],
  );
  t.equal(items[0].windowFrom, FIRST);
  t.equal(items[0].counts.new, 1);
  await publishDueRounds(exchange);
  t.equal((await one.system.done('listRounds', {})).items.length, 2, 'once');
  await publishAt('2027-01-04T07:00:00.000Z');
  t.same(standing(await latest(one.system)), {}, `${forwardingId} has expired in the round before`);
});

await throughADoor(
  t,
  exchange,
  'there is a round of those who have signed, from when they have',
  async (t, _as, door) => {
    await at('2026-12-01T09:00:00.000Z');
    const [one, other, late] = [await admit(exchange, door), await admit(exchange, door), await admit(exchange, door)];
    const agreementId = (
      await one.system.done('createAgreement', {
        body: {
          title: 'Zu dritt',
          parties: [one.id, other.id, late.id],
          purposes: ['BERATUNG'],
          categories: ['STAMMDATEN'],
          ...WEEKLY,
        },
      })
    ).id;
    const signs = (by: Admitted) => sign(by.system, agreementId);
    await signs(one);
    await publishAt(FIRST);
    t.same((await one.system.done('listRounds', {})).items, [], 'one alone has nobody');
    await signs(other);
    await publishAt(SECOND);
    t.equal((await one.system.done('listRounds', {})).items.length, 1);
    await at('2026-12-15T09:00:00.000Z');
    await signs(late);
    await publishDueRounds(exchange);
    t.same((await late.system.done('listRounds', {})).items, [], 'none of what was before');
    await at('2026-12-16T09:00:00.000Z');
    const params = { agreementId };
    await one.system.done('terminateAgreement', { params, body: { confirm: true } });
    await publishAt('2026-12-28T09:00:00.000Z');
    t.same((await late.system.done('listRounds', {})).items, [], 'none of what has ended');
    t.equal(
      await count(exchange, 'round_schedule', 'agreement_id = $1 AND next_at IS NULL', [agreementId]),
      1,
      'and none to come',
    );
  },
);

await throughADoor(t, exchange, 'a rhythm that is none is refused with what to write', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const draft = (turnus: string, more: object = {}) =>
    one.system.refused('createAgreement', {
      body: {
        title: 'Turnus',
        parties: [one.id, other.id],
        purposes: ['BERATUNG'],
        categories: ['STAMMDATEN'],
        from: '2027-01-01',
        turnus,
        ...more,
      },
    });
  for (const [turnus, says] of [
    ['jeden zweiten Dienstag', /FREQ=MONTHLY;BYDAY=2TU/],
    ['FREQ=HOURLY', /at most once a day/],
    ['FREQ=DAILY;BYHOUR=8,16', /several rounds a day/],
    ['FREQ=DAILY;BYSECOND=1', /is not used here/],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', /no round/],
    ['FREQ=WEEKLY;UNTIL=20261231', /no round/],
  ] as const) {
    const refused = await draft(turnus);
    t.match(
      refused,
      { status: 422, code: 'rule-broken', extra: { errors: [{ pointer: '/turnus', detail: says }] } },
      turnus,
    );
  }
  const short = await draft('FREQ=MONTHLY;BYDAY=2TU', { until: '2027-01-12' });
  t.match(short.extra.errors, [{ pointer: '/turnus', detail: /before the agreement ends/ }]);
});

t.test('two instances at once publish each round once', async (t) => {
  await at('2026-12-01T09:00:00.000Z');
  const parties = [];
  for (let many = 0; many < 4; many += 1) parties.push(await admit(exchange, 'REST'));
  const agreementId = await agree(parties, WEEKLY);
  await at(FIRST);
  const jobs = [roundsJob(exchange), roundsJob(exchange), roundsJob(exchange)];
  t.teardown(() => Promise.all(jobs.map((job) => job.close())));
  const published = await Promise.all(jobs.map((job) => job.tick()));
  t.equal(
    published.reduce((sum, many) => sum + many, 0),
    12,
    `${published}: each about each other`,
  );
  const of = (moment: string) => count(exchange, 'round', 'agreement_id = $1 AND moment = $2', [agreementId, moment]);
  t.equal(await of(FIRST), 12);
  // One that dies halfway leaves the rest to the next.
  await at(SECOND);
  const [{ at: done }] = await exchange.sql(
    'SELECT internal.ms(done_until) AS at FROM round_schedule WHERE agreement_id = $1',
    [agreementId],
  );
  await exchange.sql('SELECT api.publish_rounds($1, $2, $3)', [agreementId, done, Date.parse(SECOND)]);
  t.equal(await of(SECOND), 3, 'those of one party');
  await Promise.all(jobs.map((job) => job.tick()));
  t.equal(await of(SECOND), 12);
  t.equal(
    await count(exchange, 'event', `type = 'round.published' AND subject ->> 'agreementId' = $1`, [agreementId]),
    24,
    'and each is told once',
  );
});
