/** A tick of the clock: what has ended first, then reminders until none is left; what fails is tried again by the next. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startClocks } from '../../src/delivery/clocks.ts';
import type { Reminder } from '../../src/domain/reminder.ts';
import type { Deps } from '../../src/usecases/ports.ts';
import { t } from '../support/t.ts';

const due = { kind: 'OVERDUE', id: 'f1', told: 0, dueDate: '2027-01-04', land: null } as unknown as Reminder;

/** Dependencies that note what they are asked for. */
function noting(batches: number[], failing: { times: number } = { times: 0 }) {
  const asked: string[] = [];
  const counted: string[] = [];
  const note = (name: string) => asked.push(name);
  const deps = {
    closing: {
      run: async () => {
        note('close');
        if (failing.times-- > 0) throw new Error('no database');
        return 0;
      },
    },
    requests: {
      expire: async () => {
        note('expire');
        return 0;
      },
    },
    reminders: {
      settle: async () => {
        note('remind');
        const taken = batches.shift() ?? 0;
        return { taken, told: Array.from({ length: taken }, () => due) };
      },
    },
    closures: { tellUnacknowledged: async () => 0 },
    proposals: { tellLapsed: async () => 0 },
    agreements: { undrafted: async () => [] },
    conferences: { tend: async () => 0 },
    consentTexts: { forget: async () => 0 },
    rounds: { due: async () => ({ at: 0, due: [] }), forget: async () => {} },
    retries: {
      sweep: async () => {
        note('forget');
        return 0;
      },
    },
    watch: { reminded: (kind: string) => counted.push(kind) },
    holidaysOf: () => new Set(),
  } as unknown as Deps;
  const lines: Record<string, unknown>[] = [];
  const log = {
    info: (fields: object) => lines.push({ ...fields }),
    error: (fields: object) => lines.push({ ...fields }),
  };
  return { deps, asked, counted, lines, log };
}

async function untilRun(deps: Deps, log: ReturnType<typeof noting>['log']): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const clocks = startClocks(deps, log, resolve, 1);
  // Its timer alone keeps no process alive.
  const alive = setInterval(() => {}, 1_000);
  await promise;
  clearInterval(alive);
  await clocks.stop();
}

t.test('a tick closes what has ended, then reminds until nothing is left, and counts what it told', async (t) => {
  const { deps, asked, counted, lines, log } = noting([200, 3]);
  await untilRun(deps, log);
  t.same(asked.slice(0, 6), ['close', 'expire', 'remind', 'remind', 'remind', 'forget']);
  t.equal(counted.length, 203);
  t.same([...new Set(counted)], ['OVERDUE']);
  t.same(
    lines.filter((line) => line.code === 'reminders-told').map((line) => line.told),
    [200, 3],
  );
});

t.test(
  'a part of a tick that fails is told and keeps nothing else from being done, and the next one does what it left',
  async (t) => {
    const { deps, asked, lines, log } = noting([1], { times: 1 });
    await untilRun(deps, log);
    t.same(asked.slice(0, 6), ['close', 'expire', 'remind', 'remind', 'forget', 'close']);
    t.match(lines, [
      { code: 'clock-failed', step: 'close what has ended' },
      { code: 'reminders-told', told: 1 },
    ]);
  },
);

t.test('a clock that is stopped begins no other round', async (t) => {
  const { deps, asked, log } = noting(Array.from({ length: 100 }, () => 1));
  const { promise, resolve } = Promise.withResolvers<void>();
  const { settle } = deps.reminders;
  deps.reminders.settle = async (...given) => {
    resolve();
    await sleep(5);
    return settle(...given);
  };
  const clocks = startClocks(deps, log, () => {}, 1);
  const alive = setInterval(() => {}, 1_000);
  await promise;
  clearInterval(alive);
  await clocks.stop();
  t.equal(asked.filter((one) => one === 'remind').length, 1);
});
