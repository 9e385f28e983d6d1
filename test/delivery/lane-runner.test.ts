/** When it is looked for webhooks that have something to do, and what is said when that fails. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import { startLaneRunner } from '../../src/delivery/lane-runner.ts';
import { t } from '../support/t.ts';

type Runner = Parameters<typeof startLaneRunner>;

function running(
  t: Test,
  due: (agencies: readonly string[] | null) => Promise<string[]>,
  more: Runner[2] = {},
  take?: () => Promise<null>,
) {
  const lines: string[] = [];
  const say = ({ code }: { code?: string }) => lines.push(code!);
  const deps = {
    webhooks: { due, take: take ?? (async () => null), forgetAttempts: async () => 0 },
    laneLocks: { take: async () => true, release: async () => {} },
  } as unknown as Runner[0];
  const runner = startLaneRunner(deps, { warn: say, error: say }, { lookEveryMs: 5, ...more });
  t.teardown(() => runner.stop());
  return { runner, lines };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await sleep(2);
}

t.test('one look at a time, and the next one is for all that came meanwhile', async (t) => {
  const asked: (readonly string[] | null)[] = [];
  const gate = Promise.withResolvers<void>();
  const { runner } = running(
    t,
    async (agencies) => {
      asked.push(agencies);
      await gate.promise;
      return [];
    },
    { lookEveryMs: 60_000 },
  );
  runner.wake(['a']);
  runner.wake(['b']);
  runner.wake(['c', 'b']);
  t.same(asked, [['a']]);
  gate.resolve();
  await until(() => asked.length === 2);
  t.same(asked, [['a'], ['b', 'c']]);
});

t.test('what fails each time is said once, and again when it was well in between', async (t) => {
  let [looks, isBroken] = [0, true];
  const { lines } = running(t, async () => {
    looks += 1;
    if (isBroken) throw new Error('no database');
    return [];
  });
  await until(() => looks > 5);
  t.same(lines, ['webhooks-failed']);
  isBroken = false;
  const before = looks;
  await until(() => looks > before + 1);
  isBroken = true;
  const after = looks;
  await until(() => looks > after + 2);
  t.same(lines, ['webhooks-failed', 'webhooks-failed']);
});

t.test('one webhook that cannot be served is said once', async (t) => {
  let takes = 0;
  const { lines } = running(
    t,
    async () => ['w'],
    {},
    async () => {
      takes += 1;
      throw new Error('its keys do not open');
    },
  );
  await until(() => takes > 5);
  t.same(lines, ['webhook-failed']);
});

t.test('nobody looks while the database is away', async (t) => {
  let [looks, isConnected] = [0, false];
  running(
    t,
    async () => {
      looks += 1;
      return [];
    },
    { isConnected: () => isConnected },
  );
  await sleep(40);
  t.equal(looks, 0);
  isConnected = true;
  await until(() => looks > 0);
  t.pass('and everybody does once it is back');
});
