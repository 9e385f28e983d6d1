/** What ended before an agency knew the person, or was said no to, is not told to it when it gets a handle later. */
import { link } from '../operations/links.ts';
import {
  type Admitted,
  admit,
  agree,
  ask,
  justAfter,
  NOTHING,
  openCase,
  sayYes,
  sendCase,
} from '../operations/world.ts';
import { type Door, throughBothDoors } from '../support/both-doors.ts';
import { no, proposalOf, yes } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

const exchange = await startExchange({ PREVIEWS_PER_MINUTE: '1000' });
t.teardown(() => exchange.close());

const DAY = 86_400_000;

/** Two agencies with an agreement, and a client of the first that agreed to be named to the second, which does not know it. */
async function strangers(door: Door): Promise<{ knowing: Admitted; other: Admitted; clientId: string }> {
  const [knowing, other] = [await admit(exchange, door), await admit(exchange, door)];
  await agree([knowing, other]);
  const { clientId } = await openCase(knowing.system);
  await sayYes(knowing.system, clientId, { recipient: other.id, categories: ['STAMMDATEN'] });
  return { knowing, other, clientId };
}

/** What the agency was told of requests and proposals. */
const told = async ({ id }: Admitted): Promise<string[]> =>
  (
    await exchange.sql(
      `SELECT type FROM event WHERE agency_id = $1 AND (type LIKE 'request.%' OR type LIKE 'proposal.%') ORDER BY at, id`,
      [id],
    )
  ).map((event) => event.type);

const REQUEST_ENDS: Record<string, (one: Admitted, clientId: string, requestId: string) => Promise<unknown>> = {
  'by its asker': ({ system }, _clientId, requestId) =>
    system.done('withdrawRequest', { params: { requestId }, body: { expectedVersion: 1 } }),
  'by a no': ({ system }, clientId) => system.done('recordStatement', { params: { clientId }, body: no() }),
  'by time': (_one, _clientId, requestId) =>
    exchange.sql(
      `UPDATE laufzettel_request SET created_at = created_at - interval '20 days', ends_at = ends_at - interval '15 days' WHERE id = $1`,
      [requestId],
    ),
};

await throughBothDoors(
  t,
  exchange,
  'a request that ended before the asked agency knew the client',
  async (t, _as, door) => {
    for (const [how, end] of Object.entries(REQUEST_ENDS)) {
      const { knowing, other, clientId } = await strangers(door);
      const { id } = await ask(knowing.system, clientId, other.id);
      await end(knowing, clientId, id);
      await link(knowing, clientId, other);
      const get = (requestId: string) => other.system.refused('getRequest', { params: { requestId } });
      t.equal((await get(id)).bytes, (await get(NOTHING)).bytes, how);
      t.same((await other.system.done('listRequests')).items, [], how);
      t.same(await told(other), [], how);
    }
    const { knowing, other, clientId } = await strangers(door);
    const { id } = await ask(knowing.system, clientId, other.id);
    await link(knowing, clientId, other);
    await REQUEST_ENDS['by its asker']!(knowing, clientId, id);
    t.match(await other.system.done('getRequest', { params: { requestId: id } }), { status: 'WITHDRAWN' });
    t.same(await told(other), ['request.received', 'request.withdrawn'], 'what it was told of it goes on to see');
  },
);

/** A no, and whether it keeps a proposal for BERATUNG from a giver who gets a handle later. */
const NOES: [scope: (knowing: string, other: string) => Record<string, unknown>, keeps: boolean][] = [
  [() => ({ purpose: 'BERATUNG' }), true],
  [(knowing, other) => ({ discloser: knowing, recipient: other, categories: ['STAMMDATEN'] }), true],
  [() => ({ purpose: 'SCHULE' }), false],
  [() => ({ categories: ['KONTAKT'] }), false],
  [(knowing, other) => ({ discloser: other, recipient: knowing }), false],
];

const PROPOSAL_ENDS: Record<string, (one: Admitted, clientId: string, proposalId: string) => Promise<unknown>> = {
  'withdrawn by its proposer': ({ system }, _clientId, proposalId) =>
    system.done('withdrawProposal', { params: { proposalId } }),
  'stopped with everything': ({ system }, clientId) =>
    system.done('recordStatement', { params: { clientId }, body: no() }),
};

await throughBothDoors(t, exchange, 'a proposal that ended before its giver knew the client', async (t, _as, door) => {
  const propose = async ({ knowing, other, clientId }: Awaited<ReturnType<typeof strangers>>): Promise<string> => {
    const about = { type: 'STATEMENT', discloser: other.id, recipient: knowing.id, categories: ['STAMMDATEN'] };
    return (await knowing.system.done('proposeConsent', { params: { clientId }, body: proposalOf(about) })).id;
  };
  for (const [how, end] of Object.entries(PROPOSAL_ENDS)) {
    const all = await strangers(door);
    const { knowing, other, clientId } = all;
    const id = await propose(all);
    await end(knowing, clientId, id);
    const before = await knowing.system.done('getProposal', { params: { proposalId: id } });
    await link(knowing, clientId, other);
    const get = (proposalId: string) => other.system.refused('getProposal', { params: { proposalId } });
    t.equal((await get(id)).bytes, (await get(NOTHING)).bytes, how);
    t.same((await other.system.done('listProposals')).items, [], how);
    t.same(await told(other), [], how);
    t.same(
      await knowing.system.done('getProposal', { params: { proposalId: id } }),
      before,
      'its proposer cannot tell',
    );
  }
  for (const [scope, keeps] of NOES) {
    const one = await strangers(door);
    await propose(one);
    const body = no(scope(one.knowing.id, one.other.id));
    await one.knowing.system.done('recordStatement', { params: { clientId: one.clientId }, body });
    await link(one.knowing, one.clientId, one.other);
    t.same(await told(one.other), keeps ? [] : ['proposal.received'], JSON.stringify(body));
  }
  const all = await strangers(door);
  const id = await propose(all);
  await link(all.knowing, all.clientId, all.other);
  await all.knowing.system.done('withdrawProposal', { params: { proposalId: id } });
  t.match(await all.other.system.done('getProposal', { params: { proposalId: id } }), { status: 'WITHDRAWN' });
  t.same(await told(all.other), ['proposal.received', 'proposal.withdrawn'], 'what it was told of it goes on to see');
});

await throughBothDoors(
  t,
  exchange,
  'a youth’s no that a link brings ends a request, whatever a guardian said since',
  async (t, _as, door) => {
    const youth = { ageBand: 'FROM_15_TO_17' };
    for (const [statedBy, status] of [
      ['GUARDIAN', 'WITHDRAWN'],
      ['PERSON', 'OPEN'],
    ] as const) {
      const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
      await agree([one, other]);
      const [{ clientId }, theirs] = [await openCase(one.system), await openCase(other.system)];
      const said = await other.system.done('recordStatement', {
        params: { clientId: theirs.clientId },
        body: no({ ...youth, statedBy: 'PERSON' }),
      });
      const body = { statedBy, statedAt: justAfter(said), recipient: other.id, categories: ['STAMMDATEN'], ...youth };
      const adultFrom = new Date(Date.now() + 500 * DAY).toISOString().slice(0, 10);
      await one.system.done('recordStatement', {
        params: { clientId },
        body: yes({ ...body, capacityConfirmed: true, adultFrom }),
      });
      const { id } = await ask(one.system, clientId, other.id);
      await link(one, clientId, other, theirs.clientId);
      t.match(await one.system.done('getRequest', { params: { requestId: id } }), { status }, statedBy);
      t.same(await told(other), status === 'OPEN' ? ['request.received'] : [], statedBy);
    }
  },
);

await throughBothDoors(
  t,
  exchange,
  'an erased client is asked about no more, by neither side',
  async (t, _as, door) => {
    const erase = ({ system }: Admitted, clientId: string) =>
      system.done('eraseClient', { params: { clientId }, body: { confirm: true } });
    const [one, other] = [await admit(exchange, door), await admit(exchange, door)];
    await agree([one, other]);
    const sent = await sendCase(one.system, other.id);
    const { clientId } = await other.system.done('getForwarding', { params: { forwardingId: sent.forwardingId } });

    const first = await ask(one.system, sent.clientId, other.id);
    await erase(other, clientId);
    t.match(await one.system.done('getRequest', { params: { requestId: first.id } }), { status: 'OPEN' });
    const second = await ask(one.system, sent.clientId, other.id);
    t.same(await told(other), ['request.received'], 'who has erased the client is asked about it no more');
    t.same((await other.system.done('listRequests')).items, []);
    t.equal(
      (await other.system.refused('getRequest', { params: { requestId: second.id } })).bytes,
      (await other.system.refused('getRequest', { params: { requestId: NOTHING } })).bytes,
    );

    const third = await sendCase(one.system, other.id);
    const { id } = await ask(one.system, third.clientId, other.id);
    await erase(one, third.clientId);
    t.match(await other.system.done('getRequest', { params: { requestId: id } }), { status: 'WITHDRAWN', version: 2 });
    t.same(await told(other), ['request.received', 'request.received', 'request.withdrawn']);
  },
);
