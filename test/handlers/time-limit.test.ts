import { setTimeout as sleep } from 'node:timers/promises';
import { inTime, TookTooLong } from '../../src/handlers/time-limit.ts';
import { t } from '../support/t.ts';

t.test('an operation in time answers, and fails, as it is', async (t) => {
  const limit = { handlerTimeoutMs: 5_000, onLateFailure: () => t.fail('nothing was late') };
  t.equal(await inTime(async () => 'done', limit)(), 'done');
  const failure = new Error('at once');
  await t.rejects(inTime(async () => Promise.reject(failure), limit)(), failure);
});

t.test('a late one is given up, and what it throws afterwards is told', async (t) => {
  const late: unknown[] = [];
  const failure = new Error('too late');
  const run = async (): Promise<never> => {
    await sleep(50);
    throw failure;
  };
  const limited = inTime(run, { handlerTimeoutMs: 10, onLateFailure: (error) => late.push(error) });
  t.ok((await limited().catch((error: unknown) => error)) instanceof TookTooLong);
  t.same(late, []);
  await sleep(100);
  t.equal(late[0], failure);
});
