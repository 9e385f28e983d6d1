/** What waits for an agency: everything that it has to do something about, and nothing that it has done. */
import { type System, sign, throughADoor } from '../support/both-doors.ts';
import { no, proposalOf } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { pair, plan, step as stepOf } from './conferring.ts';
import { type Admitted, admit, agree, ask, forward, openCase, sayYes, sendCase } from './world.ts';

const exchange = await startExchange();
t.teardown(() => exchange.close());

const waiting = async (by: System): Promise<{ type: string; id: string; since: string }[]> =>
  (await by.done('listWaiting')).items;
const typesOf = async (by: System): Promise<string[]> => (await waiting(by)).map(({ type }) => type);

const step = async (by: System, forwardingId: string, id: 'acceptForwarding' | 'progressForwarding') => {
  const { version } = await by.done('getForwarding', { params: { forwardingId } });
  await by.done(id, { params: { forwardingId }, body: { expectedVersion: version } });
};

await throughADoor(t, exchange, 'each thing waits until it is done', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  const [third, fourth] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([third, fourth]);
  const theirs = await sendCase(third.system, fourth.id);
  const othersHaveTheirOwn = async (when: string) => {
    t.same(await typesOf(third.system), [], `${when}: nothing for an agency without a part in it`);
    const found = (await waiting(fourth.system)).map(({ type, id }) => ({ type, id }));
    t.same(found, [{ type: 'FORWARDING', id: theirs.forwardingId }], `${when}: what is another's own, and no more`);
  };
  const draft = await one.system.done('createAgreement', {
    body: {
      title: 'Kooperationsvereinbarung',
      parties: [one.id, other.id],
      purposes: ['BERATUNG'],
      categories: ['STAMMDATEN'],
      from: '2026-01-01',
    },
  });
  t.match(await waiting(other.system), [{ type: 'AGREEMENT', id: draft.id, clientId: null }]);
  await othersHaveTheirOwn('drafted');
  await agree([one, other]);
  await sign(other.system, draft.id);
  t.same(await typesOf(other.system), [], 'signed');
  t.same(await typesOf(one.system), ['AGREEMENT'], 'by its drafter not yet');
  await sign(one.system, draft.id);

  const { forwardingId, clientId } = await sendCase(one.system, other.id);
  const read = await other.system.done('getForwarding', { params: { forwardingId } });
  t.match(await waiting(other.system), [
    { type: 'FORWARDING', id: forwardingId, clientId: read.clientId, since: read.sentAt, urgency: 'NORMAL' },
  ]);
  await othersHaveTheirOwn('sent');
  await step(other.system, forwardingId, 'acceptForwarding');
  await step(other.system, forwardingId, 'progressForwarding');
  t.same(await typesOf(other.system), ['FORWARDING']);
  const { version } = await other.system.done('getForwarding', { params: { forwardingId } });
  await other.system.done('answerForwarding', { params: { forwardingId }, body: { expectedVersion: version } });
  t.same(await typesOf(other.system), [], 'answered, it no longer waits for the recipient');
  t.match(await waiting(one.system), [{ type: 'ANSWERED', id: forwardingId, clientId }]);
  await othersHaveTheirOwn('answered');

  const request = await ask(one.system, clientId, other.id);
  const body = proposalOf({ type: 'STATEMENT', discloser: other.id, recipient: one.id, categories: ['STAMMDATEN'] });
  const proposal = await one.system.done('proposeConsent', { params: { clientId }, body });
  t.match(await waiting(other.system), [
    { type: 'REQUEST', id: request.id, clientId: read.clientId },
    { type: 'PROPOSAL', id: proposal.id, clientId: read.clientId },
  ]);
  await othersHaveTheirOwn('asked and proposed');
  await other.system.done('declineRequest', {
    params: { requestId: request.id },
    body: { expectedVersion: 1, code: 'OTHER' },
  });
  await other.system.done('declineProposal', { params: { proposalId: proposal.id } });
  t.same(await typesOf(other.system), []);

  await one.system.done('recordStatement', { params: { clientId }, body: no() });
  const [owed] = await waiting(other.system);
  t.match(owed, { type: 'OWED_ANSWER', clientId: read.clientId });
  await othersHaveTheirOwn('owed');
  await other.system.done('answerClosure', { params: { disclosureId: owed!.id }, body: { answer: 'ERASED' } });
  t.same(await typesOf(other.system), []);
});

await throughADoor(t, exchange, 'an invitation waits until it is answered', async (t, _as, door) => {
  const { one, other } = await pair(exchange, door);
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  // In Germany it is the next day then.
  const invited = await plan(exchange, one.system, other.id, { beginsAt: `${day(20)}T23:30:00.000Z` });
  const expected = { type: 'CONFERENCE', id: invited.id, clientId: null, urgency: null };
  t.match(await waiting(other.system), [{ ...expected, since: invited.createdAt, dueDate: day(21) }]);
  t.same(await waiting(one.system), [], 'not for who convened it');
  await stepOf(other.system, 'acceptConference', invited.id);
  t.same(await waiting(other.system), []);
  const body = { expectedVersion: 2, beginsAt: `${day(30)}T09:00:00.000Z`, place: 'ONLINE' };
  const moved = await one.system.done('moveConference', { params: { conferenceId: invited.id }, body });
  t.match(await waiting(other.system), [{ ...expected, since: moved.changedAt, dueDate: day(30) }], 'moved');
  await stepOf(other.system, 'declineConference', invited.id);
  t.same(await waiting(other.system), []);
  const withdrawn = await plan(exchange, one.system, other.id);
  t.match(await waiting(other.system), [{ type: 'CONFERENCE', id: withdrawn.id }]);
  await stepOf(one.system, 'cancelConference', withdrawn.id);
  t.same(await waiting(other.system), []);
});

await throughADoor(t, exchange, 'pages go on where they ended, what waits longest first', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const sent: string[] = [];
  for (let many = 0; many < 5; many++) sent.push((await sendCase(one.system, other.id)).forwardingId);
  const seen: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await other.system.done('listWaiting', { query: { limit: 2, ...(cursor && { cursor }) } });
    seen.push(...page.items.map(({ id }: { id: string }) => id));
    cursor = page.nextCursor;
  }
  t.same(seen, sent);
  const { nextCursor } = await other.system.done('listWaiting', { query: { limit: 2 } });
  t.match(await other.system.refused('listInbox', { query: { cursor: nextCursor } }), { code: 'bad-request' });
  t.match(await one.system.refused('listWaiting', { query: { cursor: nextCursor } }), { code: 'bad-request' });
});

await throughADoor(t, exchange, 'who knows nobody is asked and proposed to in vain', async (t, _as, door) => {
  const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one, other]);
  const { clientId } = await openCase(one.system);
  await sayYes(one.system, clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  await ask(one.system, clientId, other.id);
  const body = proposalOf({ type: 'STATEMENT', discloser: other.id, recipient: one.id, categories: ['STAMMDATEN'] });
  await one.system.done('proposeConsent', { params: { clientId }, body });
  t.same(await typesOf(other.system), []);
});

await throughADoor(t, exchange, 'what nobody accepts in time waits no longer', async (t, _as, door) => {
  const [one, other]: Admitted[] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([one!, other!]);
  const sent = await openCase(one!.system);
  await sayYes(one!.system, sent.clientId, { recipient: other!.id, categories: ['STAMMDATEN'] });
  await forward(one!.system, sent, other!.id);
  t.same(await typesOf(other!.system), ['FORWARDING']);
  await exchange.sql(`UPDATE forwarding SET expires_at = api.clock_now() - interval '1 ms' WHERE laufzettel_id = $1`, [
    sent.laufzettelId,
  ]);
  t.same(await typesOf(other!.system), [], 'without any job having run');
});
