/** What a proposer may infer from what becomes of its proposal: nothing about whether the giver knows the person. */
import type { Test } from 'tap';
import type { OperationId } from '../../src/contract/operations.ts';
import { NOTHING, stopClock } from '../operations/world.ts';
import { DOORS, systemAt } from '../support/both-doors.ts';
import { proposalOf } from '../support/consent-bodies.ts';
import { AGENCY, type Answer, type Exchange, type PartnerSystem, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { nothingBroke, soon, startRace } from './race-world.ts';
import { expecting, forward, MASTER, newClient, newSlip, partners, read, sayYes } from './scenes.ts';
import { normalise } from './transcript.ts';

const DAY = 86_400_000;

const propose = async (by: PartnerSystem, client: string, more: Record<string, unknown> = {}): Promise<string> => {
  const about = { type: 'STATEMENT', discloser: AGENCY.arge, recipient: AGENCY.diakonie, categories: ['KONTAKT'] };
  return expecting(201, await by.post(`/v1/clients/${client}/proposals`, proposalOf({ ...about, ...more }))).body.id;
};

/** Lets a handle stand for the person of another one, as a link does. */
const unite = (exchange: Exchange, handle: string, withHandle: string): Promise<unknown> =>
  exchange.sql('UPDATE client SET person_id = (SELECT person_id FROM client WHERE id = $2) WHERE id = $1', [
    handle,
    withHandle,
  ]);

interface Way {
  knows: boolean;
  act?: 'confirm' | 'decline';
}

const WAYS: Record<string, Way> = {
  'knows the person': { knows: true },
  'has declined': { knows: true, act: 'decline' },
  'has confirmed': { knows: true, act: 'confirm' },
};

/** Everything that the proposer can ask about its proposals: as made, withdrawn, and when time has passed. */
async function seenByProposer(t: Test, { knows, act }: Way): Promise<string> {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const client = await newClient(caritas);
  const theirs = await newClient(arge);
  if (knows) await unite(exchange, theirs, client);
  const made = [await propose(caritas, client), await propose(caritas, client), await propose(caritas, client)];
  if (act) for (const id of made) expecting(200, await arge.post(`/v1/proposals/${id}/${act}`));

  const told: string[] = [];
  const tell = (name: string, { status, headers, text }: Answer) => {
    const shown = Array.from(headers).filter(([header]) => !['date', 'request-id', 'ratelimit'].includes(header));
    told.push(name, String(status), ...shown.map((header) => header.join(': ')), text);
  };
  const look = async () => {
    for (const direction of ['SENT', 'RECEIVED']) {
      const path = `/v1/proposals?direction=${direction}`;
      tell(path, await caritas.get(path));
      const first = await caritas.get(`${path}&limit=1`);
      tell(path, first);
      if (first.body.nextCursor) tell(path, await caritas.get(`${path}&limit=1&cursor=${first.body.nextCursor}`));
    }
    for (const list of ['statements', 'releases', 'disclosures']) {
      const path = `/v1/clients/${client}/${list}`;
      tell(path, await caritas.get(path));
    }
    const graphql = systemAt('GraphQL', exchange.url, caritas.token);
    for (const proposalId of made) {
      tell('proposal', await caritas.get(`/v1/proposals/${proposalId}`));
      told.push(JSON.stringify(await graphql.call('getProposal', { params: { proposalId } })));
      for (const step of ['confirm', 'decline']) tell(step, await caritas.post(`/v1/proposals/${proposalId}/${step}`));
    }
  };
  await look();
  tell('withdraw', await caritas.post(`/v1/proposals/${made[0]}/withdraw`));
  tell('withdraw again', await caritas.post(`/v1/proposals/${made[0]}/withdraw`));
  await look();
  await exchange.advanceClock(29 * DAY);
  await look();
  tell('withdraw what has lapsed', await caritas.post(`/v1/proposals/${made[1]}/withdraw`));
  const events = 'SELECT type, subject FROM event WHERE agency_id = ANY ($1) ORDER BY at, id';
  told.push(JSON.stringify(await exchange.sql(events, [[AGENCY.caritas, AGENCY.diakonie]])));
  return normalise(told.join('\n'));
}

t.test('to its proposer every proposal looks the same, whatever the giver', async (t) => {
  const alone = await seenByProposer(t, { knows: false });
  t.match(alone, /"status":"PROPOSED"/);
  t.match(alone, /"status":"WITHDRAWN"/);
  t.match(alone, /"status":"LAPSED"/);
  for (const [name, other] of Object.entries(WAYS)) {
    await t.test(`that ${name}`, async (t) => t.equal(await seenByProposer(t, other), alone));
  }
});

t.test('only who is the recipient of the yes learns that it was confirmed', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const [client, theirs] = [await newClient(caritas), await newClient(arge)];
  await unite(exchange, theirs, client);
  const rows = [
    [AGENCY.caritas, 'confirm', 'CONFIRMED'],
    [AGENCY.caritas, 'decline', 'PROPOSED'],
    [AGENCY.diakonie, 'confirm', 'PROPOSED'],
  ] as const;
  for (const [recipient, act, shown] of rows) {
    const id = await propose(caritas, client, { recipient });
    expecting(200, await arge.post(`/v1/proposals/${id}/${act}`));
    t.match((await caritas.get(`/v1/proposals/${id}`)).body, { status: shown, statementId: null });
    const events = 'SELECT type FROM event WHERE agency_id = $1 AND subject = $2';
    const told = await exchange.sql(events, [AGENCY.caritas, { proposalId: id }]);
    t.same(told, shown === 'CONFIRMED' ? [{ type: 'proposal.confirmed' }] : []);
    if (shown === 'PROPOSED') {
      t.match((await caritas.post(`/v1/proposals/${id}/withdraw`)).body, { status: 'WITHDRAWN' });
      const decided = act === 'confirm' ? 'CONFIRMED' : 'DECLINED';
      t.match((await arge.get(`/v1/proposals/${id}`)).body, { status: decided }, 'which changes nothing for the giver');
    }
  }
});

t.test('who has no handle on the person has no proposal; with the handle it comes', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  const client = await newClient(caritas);
  const id = await propose(caritas, client, { recipient: AGENCY.caritas });
  const events = async () =>
    (await exchange.sql(`SELECT type, subject FROM event WHERE agency_id = $1 ORDER BY at, id`, [AGENCY.arge])).filter(
      (event) => event.type.startsWith('proposal.'),
    );
  for (const door of DOORS) {
    const system = systemAt(door, exchange.url, arge.token);
    t.same((await system.done('listProposals')).items, []);
    for (const operation of [
      'getProposal',
      'confirmProposal',
      'declineProposal',
      'withdrawProposal',
    ] as OperationId[]) {
      const hidden = await system.refused(operation, { params: { proposalId: id } });
      t.equal(hidden.bytes, (await system.refused(operation, { params: { proposalId: NOTHING } })).bytes, operation);
    }
  }
  t.same(await events(), []);

  await sayYes(caritas, client, 'arge', ['STAMMDATEN']);
  const { id: slip } = await newSlip(caritas, client, [MASTER]);
  const hop = await forward(caritas, slip, 'arge');
  const received = { type: 'proposal.received', subject: { proposalId: id } };
  t.same(await events(), [received], 'a forwarding brought the handle, and the handle the proposal');
  const { clientId } = await read(arge, hop);
  t.match((await arge.get('/v1/proposals')).body, { items: [{ id, clientId, status: 'PROPOSED' }] });
  await read(arge, await forward(caritas, slip, 'arge'));
  t.same(await events(), [received], 'once');

  const later = await newClient(arge);
  const other = await propose(caritas, await newClient(caritas));
  await exchange.sql(
    'UPDATE client SET person_id = (SELECT c.person_id FROM client c JOIN consent_proposal p ON p.client_id = c.id WHERE p.id = $2) WHERE id = $1',
    [later, other],
  );
  t.same((await events()).slice(1), [{ type: 'proposal.received', subject: { proposalId: other } }], 'or a link does');
  await exchange.sql('UPDATE client_key SET wrapped = NULL, destroyed_at = api.clock_now() WHERE client_id = $1', [
    later,
  ]);
  t.equal((await arge.get(`/v1/proposals/${other}`)).status, 404, 'a handle whose key is destroyed shows none');
});

t.test('a proposal lapses at its millisecond, without a job', async (t) => {
  const exchange = await startExchange();
  t.teardown(() => exchange.close());
  const { arge, caritas } = await partners(exchange, 'arge', 'caritas');
  // Summer time begins in between.
  await stopClock(exchange, '2028-03-15T11:00:00.000Z');
  const client = await newClient(caritas);
  await unite(exchange, await newClient(arge), client);
  const times = { statedAt: '2028-03-14', validFrom: '2028-03-14', validUntil: '2028-09-01' };
  const ids = [await propose(caritas, client, times), await propose(caritas, client, times)];
  const statuses = async (id: string) => [
    (await arge.get(`/v1/proposals/${id}`)).body.status,
    (await caritas.get(`/v1/proposals/${id}`)).body.status,
  ];
  t.equal((await caritas.get(`/v1/proposals/${ids[0]}`)).body.lapsesAt, '2028-04-12T10:00:00.000Z');
  await stopClock(exchange, '2028-04-12T09:59:59.999Z');
  t.same(await statuses(ids[0]!), ['PROPOSED', 'PROPOSED']);
  t.equal((await arge.post(`/v1/proposals/${ids[0]}/confirm`)).status, 200, 'the last millisecond is soon enough');
  await stopClock(exchange, '2028-04-12T10:00:00.000Z');
  t.same(await statuses(ids[0]!), ['CONFIRMED', 'LAPSED']);
  t.same(await statuses(ids[1]!), ['LAPSED', 'LAPSED']);
  for (const [by, step] of [
    [arge, 'confirm'],
    [arge, 'decline'],
    [caritas, 'withdraw'],
  ] as const) {
    const late = await by.post(`/v1/proposals/${ids[1]}/${step}`);
    t.match(late.body, { code: 'transition-illegal', currentStatus: 'LAPSED', allowed: [] }, step);
  }
});

t.test('twenty confirmations at once record one statement', async (t) => {
  const race = await startRace(t);
  const { exchange, instances } = race;
  const caritas = await instances[0]('caritas');
  const giver = [await instances[0]('arge'), await instances[1]('arge')];
  const client = await newClient(caritas);
  await unite(exchange, await newClient(giver[0]!), client);
  const recorded = async (id: string) =>
    (await exchange.sql('SELECT id FROM statement WHERE proposal_id = $1', [id])).length;

  const id = await propose(caritas, client);
  const all = Array.from({ length: 20 }, (_, index) => giver[index % 2]!.post(`/v1/proposals/${id}/confirm`));
  const answers = await Promise.all(all);
  t.equal(answers.filter((answer) => answer.status === 200).length, 1);
  t.same(
    new Set(answers.map((answer) => answer.body.code ?? answer.body.status)),
    new Set(['CONFIRMED', 'transition-illegal']),
  );
  t.equal(await recorded(id), 1);

  for (let round = 0; round < 20; round++) {
    const proposal = await propose(caritas, client, { recipient: AGENCY.caritas });
    const [confirmed, declined, withdrawn] = await Promise.all([
      soon(6).then(() => giver[0]!.post(`/v1/proposals/${proposal}/confirm`)),
      soon(6).then(() => giver[1]!.post(`/v1/proposals/${proposal}/decline`)),
      soon(6).then(() => caritas.post(`/v1/proposals/${proposal}/withdraw`)),
    ]);
    t.ok(
      [200, 409].includes(confirmed.status) && [200, 409].includes(declined.status),
      `${confirmed.text} ${declined.text}`,
    );
    t.ok([confirmed, declined].filter((answer) => answer.status === 200).length <= 1, 'the giver decides once');
    t.notOk(
      confirmed.status === 200 && withdrawn.status === 200,
      'what was confirmed to its recipient is not withdrawn',
    );
    t.equal(await recorded(proposal), confirmed.status === 200 ? 1 : 0);
  }
  await nothingBroke(t, race);
});
