/** What an instance knows of agencies and agreements: of the same moment as the facts beside it, and fetched once for many. */
import { type Caller, openDatabase } from '../../src/persistence/database.ts';
import { KnownNetwork } from '../../src/persistence/network.ts';
import { ChangedMeanwhile } from '../../src/usecases/ports.ts';
import { AGENCY, startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

t.test('agencies and agreements among those that are involved', async (t) => {
  const exchange = await startExchange();
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 5 });
  t.teardown(async () => {
    await database.close();
    await exchange.close();
  });
  let fetched = 0;
  const counting: Caller = {
    call: (name, text, values) => {
      if (name === 'network') fetched++;
      return database.call(name, text, values);
    },
  };
  const known = new KnownNetwork(counting);
  const state = async () => ({ network: (await exchange.sql('SELECT state FROM network_state'))[0].state as string });
  const change = (many: number) =>
    exchange.sql('UPDATE agency SET version = $1 WHERE id = $2', [many, AGENCY.arge]).then(() => many);
  const versionOf = async () => {
    const { network } = await known.with(state);
    return network!.among([AGENCY.arge]).versions.agencies[AGENCY.arge];
  };

  await t.test('the agreements that two of them share, and no stranger', async (t) => {
    const { network } = await known.with(state);
    const nobody = '01980000-0000-7000-8000-0000000000ff';
    const { agencies, agreements, versions } = network!.among([AGENCY.arge, AGENCY.arge, AGENCY.caritas, nobody]);
    t.same(agencies.map((one) => one.id).sort(), [AGENCY.arge, AGENCY.caritas].sort());
    const shared = await exchange.sql(
      `SELECT agreement_id AS id FROM agreement_party WHERE agency_id = ANY ($1) GROUP BY 1 HAVING count(*) = 2 ORDER BY 1`,
      [[AGENCY.arge, AGENCY.caritas]],
    );
    t.ok(shared.length > 0);
    t.same(
      agreements.map((one) => ({ id: one.id })).sort((one, other) => (one.id < other.id ? -1 : 1)),
      shared,
    );
    t.same(
      Object.keys(versions.agreements).sort(),
      shared.map((one) => one.id),
    );
    t.same(network!.among([AGENCY.arge]).agreements, [], 'none by oneself');
  });

  await t.test('is fetched again after a change, once for all who find it changed', async (t) => {
    await versionOf();
    const before = fetched;
    t.same([await versionOf(), await versionOf(), fetched], [1, 1, before], 'nor is it fetched without one');
    await change(7);
    t.same(
      await Promise.all(Array.from({ length: 20 }, versionOf)),
      Array.from({ length: 20 }, () => 7),
    );
    t.equal(fetched, before + 1);
  });

  await t.test('of the moment of the facts, whatever comes between', async (t) => {
    let many = 100;
    let asked = 0;
    // A change comes after the network was known, and before the facts are read.
    const { answer, network } = await known.with(async () => {
      if (asked++ < 3) await change(many++);
      return state();
    });
    t.equal(network!.state, answer.network);
    t.equal(network!.among([AGENCY.arge]).versions.agencies[AGENCY.arge], many - 1);
    const restless = known.with(async () => {
      await change(many++);
      return state();
    });
    t.ok((await restless.catch((error: unknown) => error)) instanceof ChangedMeanwhile, 'and not for ever');
    t.equal(await versionOf(), many - 1);
  });

  await t.test('an answer about nothing needs none, and a failure to fetch it is everybody’s who waits', async (t) => {
    t.same(await known.with(async () => null), { answer: null, network: null });
    t.same(await known.with(async () => ({})), { answer: {}, network: null });
    let isAway = true;
    const failing = new KnownNetwork({
      call: (name, text, values) => (isAway ? Promise.reject(new Error('away')) : database.call(name, text, values)),
    });
    const outcomes = await Promise.allSettled([failing.with(state), failing.with(state)]);
    t.ok(outcomes.every((one) => one.status === 'rejected'));
    isAway = false;
    t.ok((await failing.with(state)).network, 'and is tried again');
  });
});
