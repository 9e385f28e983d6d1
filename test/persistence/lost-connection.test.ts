/** A connection that is lost in the middle of a transaction costs that transaction, and nothing else. */
import { withClient } from '../../src/persistence/connection.ts';
import { openDatabase } from '../../src/persistence/database.ts';
import { startExchange } from '../support/exchange.ts';
import { t } from '../support/t.ts';

t.test('lost between two statements of a transaction, a connection is replaced and the process goes on', async (t) => {
  const exchange = await startExchange();
  const database = openDatabase({ url: exchange.database.serviceUrl, poolSize: 1 });
  t.teardown(async () => {
    await database.close();
    await exchange.close();
  });
  const broken = database.transaction(async (tx) => {
    const [row] = await tx.call<{ pid: number }>('pid', 'SELECT pg_backend_pid() AS pid', []);
    await withClient(process.env.LAUFZETTEL_TEST_POSTGRES!, (superuser) =>
      superuser.query('SELECT pg_terminate_backend($1, 5000)', [row!.pid]),
    );
    // Until this process has heard of it.
    await new Promise((resolve) => setTimeout(resolve, 100));
    await tx.call('pid', 'SELECT pg_backend_pid() AS pid', []);
    return { commit: true, value: null };
  });
  await t.rejects(broken, { message: 'connection-lost' }, 'who asked is told to ask again');
  t.ok(await database.isReady(), 'and the next one gets a connection that works');
});
