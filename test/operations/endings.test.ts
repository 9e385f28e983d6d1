/** What agencies are told of 30 days before it ends, and of the answers that they still owe. */
import { type Door, throughADoor } from '../support/both-doors.ts';
import { yes } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { disclosuresOf, handle, reminderJob, type SentCase, send, toldTo } from './reminders.ts';
import { type Admitted, admit, agree, forward, sayYes, stopClock } from './world.ts';

const exchange = await startExchange();
const job = reminderJob(exchange);
t.teardown(() => Promise.all([job.close(), exchange.close()]));

async function tickAt(at: string): Promise<number> {
  await stopClock(exchange, at);
  return job.tick();
}
async function several<Many extends number>(door: Door, many: Many, terms: object = {}): Promise<Admitted[]> {
  const all: Admitted[] = [];
  while (all.length < many) all.push(await admit(exchange, door));
  await agree(all, terms);
  return all;
}
const told = async (by: Admitted, type: string, ...subjects: string[]): Promise<string[]> =>
  (await toldTo(exchange, by.system, [type], subjects)).map(({ subject, time }) => `${subject} ${time}`);

const NO = { decision: 'WITHDRAWN', statedBy: 'PERSON', ageBand: 'ADULT' };
const CONSENT = { statedAt: '2026-12-31', validUntil: '2027-06-30T12:00:00+02:00' };
const START = '2027-01-04T10:00:00+01:00';
/** 30 days before. */
const BEFORE = '2027-05-31T10:00:00.000Z';
const renewal = { statedAt: '2027-02-01', validFrom: '2027-06-30T12:00:00+02:00', validUntil: '2027-12-31' };

await throughADoor(
  t,
  exchange,
  'who holds a consent is told 30 days before it ends, unless it is renewed or withdrawn',
  async (t, _as, door) => {
    await stopClock(exchange, START);
    const [one, other] = (await several(door, 2)) as [Admitted, Admitted];
    const ending = await send(one, other, CONSENT);
    const [renewed, gap, withdrawn, erased] = [
      await send(one, other, CONSENT),
      await send(one, other, CONSENT),
      await send(one, other, CONSENT),
      await send(one, other, CONSENT),
    ];
    await stopClock(exchange, '2027-02-02T10:00:00+01:00');
    const more = { recipient: other.id, categories: ['STAMMDATEN'] };
    const { id: newer } = await sayYes(one.system, renewed.clientId, { ...more, ...renewal });
    await sayYes(one.system, gap.clientId, { ...more, ...renewal, validFrom: '2027-07-02' });
    const params = { clientId: withdrawn.clientId };
    await one.system.done('recordStatement', { params, body: { ...NO, statedAt: '2027-02-02' } });
    await one.system.done('eraseClient', { params: { clientId: erased.clientId }, body: { confirm: true } });
    const all = [ending, renewed, gap, withdrawn, erased].map((sent) => sent.statementId);

    await tickAt('2027-05-31T11:59:59.999+02:00');
    t.same(await told(one, 'consent.ending', ...all, newer), []);
    await tickAt('2027-05-31T12:00:00+02:00');
    const expected = [`${ending.statementId} ${BEFORE}`, `${gap.statementId} ${BEFORE}`];
    t.same((await told(one, 'consent.ending', ...all)).sort(), expected.sort());
    const [event] = await toldTo(exchange, one.system, ['consent.ending'], [ending.statementId]);
    t.same(event!.data, { statementId: ending.statementId, clientId: ending.clientId }, 'by ids, of its own');
    t.same(await told(other, 'consent.ending', ...all), [], 'a yes is its discloser’s to know');
    await tickAt('2027-06-02T12:00:00+02:00');
    t.same((await told(one, 'consent.ending', ...all)).sort(), expected, 'once');
    await tickAt('2027-12-02T12:00:00+01:00');
    t.match(await told(one, 'consent.ending', newer), [newer], 'the one that renewed it has its own time');
  },
);

await throughADoor(
  t,
  exchange,
  'a consent that has ten days left when it is recorded is told at once',
  async (t, _as, door) => {
    await stopClock(exchange, START);
    const [one, other] = (await several(door, 2)) as [Admitted, Admitted];
    const { statementId } = await send(one, other, { ...CONSENT, validUntil: '2027-01-14' });
    await job.tick();
    t.match(await told(one, 'consent.ending', statementId), [statementId]);
    const { statementId: short } = await send(one, other, { ...CONSENT, validUntil: '2027-01-14' });
    await tickAt('2027-01-15T10:00:00+01:00');
    t.same(await told(one, 'consent.ending', short), [], 'but not when it has ended before anybody looked');
  },
);

await throughADoor(t, exchange, 'who holds a release is told before it ends', async (t, _as, door) => {
  await stopClock(exchange, START);
  const [one, other] = (await several(door, 2)) as [Admitted, Admitted];
  const { id: clientId } = await one.system.done('createClient', { body: {} });
  const { purpose: _none, ...body } = yes({ ...CONSENT, validFrom: '2026-12-31' });
  const record = async (more: object): Promise<string> =>
    (await one.system.done('recordRelease', { params: { clientId }, body: { ...body, recipient: other.id, ...more } }))
      .id;
  const ending = await record({ categories: ['GESUNDHEIT'] });
  const taken = await record({ categories: ['SPRACHE'] });
  const no = { ...NO, categories: ['SPRACHE'], recipient: other.id, statedAt: '2027-01-04' };
  await one.system.done('recordRelease', { params: { clientId }, body: no });
  await tickAt('2027-05-31T12:00:00+02:00');
  t.same(await told(one, 'release.ending', ending, taken), [`${ending} ${BEFORE}`]);
  const [event] = await toldTo(exchange, one.system, ['release.ending'], [ending]);
  t.same(event!.data, { releaseId: ending, clientId });
  t.same(await told(other, 'release.ending', ending), []);
});

await throughADoor(
  t,
  exchange,
  'both sides are told before a disclosure ends that was accepted',
  async (t, _as, door) => {
    await stopClock(exchange, START);
    const [one, other] = (await several(door, 2, { daysToAccept: 300 })) as [Admitted, Admitted];
    const accepted = await send(one, other, CONSENT);
    const waiting = await send(one, other, CONSENT);
    await handle(other.system, accepted.forwardingId, 'accept');
    await handle(other.system, waiting.forwardingId);
    const ids = {
      ...(await disclosuresOf(exchange, accepted.forwardingId)),
      ...(await disclosuresOf(exchange, waiting.forwardingId)),
    };
    const [its, not] = [ids[accepted.entryIds[0]!]!, ids[waiting.entryIds[0]!]!];

    await tickAt('2027-05-31T11:59:59.999+02:00');
    t.same(await told(one, 'disclosure.ending', its, not), []);
    await tickAt('2027-05-31T12:00:00+02:00');
    for (const side of [one, other]) t.same(await told(side, 'disclosure.ending', its, not), [`${its} ${BEFORE}`]);
    const [event] = await toldTo(exchange, other.system, ['disclosure.ending'], [its]);
    const { forwardingId, laufzettelId, entryIds } = accepted;
    t.same(event!.data, { disclosureId: its, entryId: entryIds[0], forwardingId, laufzettelId });

    await stopClock(exchange, '2027-06-10T12:00:00+02:00');
    await handle(other.system, waiting.forwardingId, 'accept');
    await job.tick();
    t.match(await told(other, 'disclosure.ending', not), [not], 'what is accepted within the 30 days is told then');

    const more = { recipient: other.id, categories: ['STAMMDATEN'], ...renewal, validFrom: '2027-06-10' };
    await sayYes(one.system, accepted.clientId, { ...more, statedAt: '2027-06-10' });
    t.equal(await job.tick(), 0, 'renewed');
    await tickAt('2027-12-02T12:00:00+01:00');
    t.match(await told(other, 'disclosure.ending', its), [its, its], 'the new end is told when it comes near');
  },
);

await throughADoor(t, exchange, 'of what was passed on nobody is told that its end is near', async (t, _as, door) => {
  await stopClock(exchange, START);
  const [one, other, third] = (await several(door, 3)) as [Admitted, Admitted, Admitted];
  const first = await send(one, other, CONSENT);
  await handle(other.system, first.forwardingId);
  await sayYes(one.system, first.clientId, {
    recipient: third.id,
    categories: ['STAMMDATEN'],
    ...CONSENT,
    validFrom: '2026-12-31',
  });
  const outcome = await forward(other.system, first, third.id);
  if (!outcome.ok) throw new Error(outcome.bytes);
  const onward = outcome.value.forwarding.id;
  await handle(third.system, onward, 'accept');
  const { [first.entryIds[0]!]: passedOn } = await disclosuresOf(exchange, onward);
  t.equal(await tickAt('2027-01-10T10:00:00+01:00'), 1, 'a reminder of the first hop alone');
  t.same(
    await told(third, 'disclosure.ending', passedOn!),
    [],
    'which nobody has accepted: that is no end to be told of',
  );
  await handle(other.system, first.forwardingId, 'accept');
  await job.tick();
  t.same(await told(third, 'disclosure.ending', passedOn!), []);
  await tickAt('2027-05-31T12:00:00+02:00');
  t.same(await told(third, 'disclosure.ending', passedOn!), [], 'it follows from what was said about others too');
  t.same(await told(other, 'disclosure.ending', passedOn!), [], 'it follows from what was said to the author');
});

await throughADoor(
  t,
  exchange,
  'a correction in what was accepted already is told before it ends',
  async (t, _as, door) => {
    await stopClock(exchange, START);
    const [one, other] = (await several(door, 2)) as [Admitted, Admitted];
    const { forwardingId, entryIds } = await send(one, other, { ...CONSENT, categories: ['STAMMDATEN', 'SPRACHE'] });
    await handle(other.system, forwardingId, 'accept');
    const params = { entryId: entryIds[0]! };
    const entry = await one.system.done('correctEntry', {
      params,
      body: { payload: { familienname: 'Neu', vorname: 'Eva' } },
    });
    const ids = await disclosuresOf(exchange, forwardingId);
    await tickAt('2027-05-31T12:00:00+02:00');
    const [old, corrected, untouched] = [ids[entryIds[0]!]!, ids[entry.id]!, ids[entryIds[1]!]!];
    t.same(
      (await told(other, 'disclosure.ending', old, corrected, untouched)).sort(),
      [`${corrected} ${BEFORE}`, `${untouched} ${BEFORE}`].sort(),
    );
  },
);

await throughADoor(
  t,
  exchange,
  'each party is told before an agreement ends that was not terminated',
  async (t, _as, door) => {
    await stopClock(exchange, START);
    const until = '2027-06-30T12:00:00+02:00';
    const [one, other] = (await several(door, 2)) as [Admitted, Admitted];
    const [ending, terminated, open] = [
      await agree([one, other], { until }),
      await agree([one, other], { until }),
      await agree([one, other]),
    ];
    await other.system.done('terminateAgreement', { params: { agreementId: terminated }, body: { confirm: true } });
    await tickAt('2027-05-31T11:59:59.999+02:00');
    t.same(await told(one, 'agreement.ending', ending), []);
    await tickAt('2027-05-31T12:00:00+02:00');
    for (const side of [one, other]) {
      t.same(await told(side, 'agreement.ending', ending, terminated, open), [`${ending} ${BEFORE}`]);
    }
  },
);

async function owing(from: Admitted, to: Admitted): Promise<SentCase & { disclosureId: string }> {
  const sent = await send(from, to, CONSENT);
  await handle(to.system, sent.forwardingId, 'accept');
  const params = { clientId: sent.clientId };
  await from.system.done('recordStatement', { params, body: { ...NO, statedAt: START } });
  return { ...sent, disclosureId: (await disclosuresOf(exchange, sent.forwardingId))[sent.entryIds[0]!]! };
}

await throughADoor(
  t,
  exchange,
  'who owes an answer is reminded on the day, then every week, four times in all',
  async (t, _as, door) => {
    await stopClock(exchange, START);
    const [one, other] = (await several(door, 2, { daysToAcknowledge: 5 })) as [Admitted, Admitted];
    const [owed, answered, later] = [await owing(one, other), await owing(one, other), await owing(one, other)];
    const unread = await send(one, other, CONSENT);
    await one.system.done('recordStatement', {
      params: { clientId: unread.clientId },
      body: { ...NO, statedAt: START },
    });
    const ids = [owed, answered, later].map((each) => each.disclosureId);
    ids.push(...Object.values(await disclosuresOf(exchange, unread.forwardingId)));
    const answer = (disclosureId: string) =>
      other.system.done('answerClosure', { params: { disclosureId }, body: { answer: 'ERASED' } });
    await answer(answered.disclosureId);

    t.equal(await tickAt('2027-01-11T07:59:59.999+01:00'), 0, 'five days end on a Saturday');
    await tickAt('2027-01-11T08:00:00+01:00');
    const times = async (id: string): Promise<string[]> =>
      (await toldTo(exchange, other.system, ['disclosure.answer-due'], [id])).map(({ time }) => time);
    t.same(await times(owed.disclosureId), ['2027-01-11T07:00:00.000Z']);
    t.same(await times(later.disclosureId), ['2027-01-11T07:00:00.000Z']);
    await answer(later.disclosureId);
    for (const day of ['12', '18', '25']) await tickAt(`2027-01-${day}T08:00:00+01:00`);
    for (const day of ['01', '08', '15', '22']) await tickAt(`2027-02-${day}T08:00:00+01:00`);
    const mondays = ['2027-01-11', '2027-01-18', '2027-01-25', '2027-02-01'];
    t.same(
      await times(owed.disclosureId),
      mondays.map((day) => `${day}T07:00:00.000Z`),
    );
    t.equal((await times(later.disclosureId)).length, 1, 'not again when it has answered');
    t.same(await toldTo(exchange, other.system, ['disclosure.answer-due'], [ids[1]!, ids[3]!]), []);
    t.same(await toldTo(exchange, one.system, ['disclosure.answer-due'], ids), [], 'its giver owes nothing');
  },
);

await throughADoor(
  t,
  exchange,
  'what nobody accepts expires by the shortest term that the two have agreed on for the purpose, whatever goes',
  async (t, _as, door) => {
    await stopClock(exchange, '2026-12-11T10:00:00+01:00');
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([one, other], { categories: ['STAMMDATEN'], daysToAccept: 30 });
    await agree([one, other], { categories: ['SPRACHE'], daysToAccept: 14 });
    await agree([one, other], { categories: ['KONTAKT'], purposes: ['SCHULE'], daysToAccept: 2 });
    const sending = { ...CONSENT, statedAt: '2026-12-10' };
    const [alone, both] = [
      await send(one, other, sending),
      await send(one, other, { ...sending, categories: ['STAMMDATEN', 'SPRACHE'] }),
    ];
    const ends = async ({ forwardingId }: SentCase): Promise<string[]> =>
      (await one.system.done('getForwarding', { params: { forwardingId } })).disclosed.map(
        (each: { goodUntil: string }) => each.goodUntil,
      );
    t.same(await ends(alone), ['2026-12-25T09:00:00.000Z']);
    t.same(await ends(both), ['2026-12-25T09:00:00.000Z', '2026-12-25T09:00:00.000Z'], 'holidays do not lengthen it');
    const body = { recipient: other.id };
    const preview = await one.system.done('previewForwarding', { params: { laufzettelId: both.laufzettelId }, body });
    t.same(
      preview.permitted.map((each: { goodUntil: string }) => each.goodUntil),
      await ends(both),
      'as a preview says',
    );
    const status = async ({ forwardingId }: SentCase): Promise<string> =>
      (await other.system.done('getForwarding', { params: { forwardingId } })).status;
    await stopClock(exchange, '2026-12-25T10:00:00+01:00');
    t.same([await status(both), await status(alone)], ['EXPIRED', 'EXPIRED']);
  },
);
