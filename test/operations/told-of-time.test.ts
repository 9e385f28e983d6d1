/** What time alone changes for somebody is told once, whoever ticks: here a proposal that lapses. What nobody answers is in `unacknowledged.test.ts`. */
import { closureStore } from '../../src/persistence/closure-store.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { proposalStore } from '../../src/persistence/proposal-store.ts';
import type { Deps } from '../../src/usecases/ports.ts';
import { tellLapsedProposals, tellUnacknowledged } from '../../src/usecases/tell-of-time.ts';
import { throughADoor } from '../support/both-doors.ts';
import { proposalOf } from '../support/consent-bodies.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';
import { admit, agree, sendCase } from './world.ts';

/** As the clock does. */
async function tellAll(deps: Deps): Promise<void> {
  while ((await tellUnacknowledged(deps)) + (await tellLapsedProposals(deps)) > 0);
}

const exchange = await startExchange();
t.teardown(() => exchange.close());

const DAY_MS = 86_400_000;
let ahead = 0;
const databases = [1, 2].map(() => openDatabase({ url: exchange.database.serviceUrl, poolSize: 2 }));
t.teardown(() => Promise.all(databases.map((one) => one.close())));
/** Two instances, at the same time. */
const tick = () =>
  Promise.all(
    databases.map((database) => {
      const deps = { closures: closureStore(database), proposals: proposalStore(database) } as Deps;
      return tellAll(deps);
    }),
  );
const lapsesTold = async (agency: string): Promise<string[]> =>
  (
    await exchange.sql(
      `SELECT subject ->> 'proposalId' AS id FROM event WHERE agency_id = $1 AND type = 'proposal.lapsed' ORDER BY place`,
      [agency],
    )
  ).map((one) => one.id);

await throughADoor(
  t,
  exchange,
  'that a proposal has lapsed is told to whom it is shown as lapsed, and says nothing of what was decided',
  async (t, _as, door) => {
    const [giver, proposer, third] = [
      await admit(exchange, door),
      await admit(exchange, door),
      await admit(exchange, door),
    ];
    await agree([giver, proposer, third]);
    const { forwardingId } = await sendCase(giver.system, proposer.id);
    const { clientId } = await proposer.system.done('getForwarding', { params: { forwardingId } });
    const { id: stranger } = await proposer.system.done('createClient', { body: {} });
    const propose = async (recipient: string, handle = clientId): Promise<string> => {
      const body = proposalOf({ type: 'STATEMENT', discloser: giver.id, recipient, categories: ['SPRACHE'] });
      return (await proposer.system.done('proposeConsent', { params: { clientId: handle }, body })).id;
    };
    const confirm = (proposalId: string) =>
      giver.system.done('confirmProposal', { params: { proposalId }, body: { evidenceRef: 'Ordner 1, Blatt 3' } });
    const undecided = await propose(proposer.id);
    const declined = await propose(proposer.id);
    await giver.system.done('declineProposal', { params: { proposalId: declined } });
    const confirmed = await propose(proposer.id);
    await confirm(confirmed);
    const forAnother = await propose(third.id);
    await confirm(forAnother);
    const withdrawn = await propose(proposer.id);
    await proposer.system.done('withdrawProposal', { params: { proposalId: withdrawn } });
    const unseen = await propose(proposer.id, stranger);

    await tick();
    t.same(await lapsesTold(proposer.id), [], 'there is time');
    ahead += 60 * DAY_MS;
    await exchange.advanceClock(ahead);
    const status = async (proposalId: string) =>
      (await proposer.system.done('getProposal', { params: { proposalId } })).status;
    for (const id of [undecided, declined, forAnother, unseen]) t.equal(await status(id), 'LAPSED');

    // A tick that comes to nothing tells nobody, and the next one does.
    await exchange.sql('BEGIN');
    await exchange.sql('SELECT api.tell_lapsed_proposals(200)');
    await exchange.sql('ROLLBACK');
    t.same(await lapsesTold(giver.id), []);
    await tick();
    await tick();
    const expected = [undecided, declined, forAnother, unseen];
    t.same((await lapsesTold(proposer.id)).sort(), expected.sort(), 'the same, whatever the giver did with it');
    t.same(await lapsesTold(giver.id), [undecided], 'what it had not decided, and was told of');
    t.same(await lapsesTold(third.id), []);
  },
);
