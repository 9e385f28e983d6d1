/**
 * npm run bench -- --deliveries [--quick] [--only steady,dead,backlog,idle]: how fast events reach webhooks. A hundred agencies with a webhook
 * each, their receivers in another process. Writes bench/DELIVERIES.md.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { idOf } from './filling/plan.ts';
import { fillWebhooks, WEBHOOKS, writeEvents } from './filling/webhooks.ts';
import { cpuOf, cpuOfServer } from './measure/processes.ts';
import type { Arrived } from './measure/receiver.ts';
import type { SteadilyDone, Steady } from './measure/steady.ts';
import { type Backlog, type Delays, type Idle, reportOf, type SteadyResult } from './report/deliveries.ts';
import { MASTER_KEY, startSystem } from './system.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' } },
});
const wanted = (part: string): boolean => values.only === undefined || values.only.split(',').includes(part);
const PERSONS = 2_000;
const PER_SECOND = 100;
const SECONDS = values.quick ? 10 : 30;
const TURNS = values.quick ? 2 : 3;
const TURN_SECONDS = values.quick ? 8 : 15;
/** WEBHOOK_TIMEOUT_MS, and a little more: by then nothing hangs any more. */
const HANGS_MS = 16_000;
const MANY = values.quick ? 6_000 : 30_000;
/** So many events are told to each agency before they are measured: connections and plans are made. */
const WARM_UP = 5;
/** Whose receivers are out of order, where some are. */
const TROUBLED = { refuses: 97, hangs: 98, slow: 99 } as const;
/** Looks without anything new: longer than the first rest after a failure. */
const PATIENCE = 200;
const REFUSES = 'http://127.0.0.1:9';

const child = (script: string): ChildProcess => fork(fileURLToPath(new URL(script, import.meta.url)), { execArgv: [] });
const answerOf = async <T>(process: ChildProcess, message: unknown): Promise<T> => {
  const answered = once(process, 'message');
  process.send(message as object);
  const [answer] = await answered;
  if (answer?.failed !== undefined) throw new Error(answer.failed);
  return answer as T;
};

const system = await startSystem({
  more: { WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8' },
});
const receiver = child('./measure/receiver.ts');
try {
  const { owner } = system;
  const [port] = await once(receiver, 'message');
  const origin = `http://127.0.0.1:${port}`;
  await system.fill({ first: 0, end: PERSONS });
  await fillWebhooks(owner, MASTER_KEY, `${origin}/good`);

  const take = async (): Promise<number[]> => (await answerOf<Arrived>(receiver, 'take')).delays;
  /** Until the receiver has so many, or none has come for a while. */
  const takeAll = async (many: number): Promise<number[]> => {
    const all: number[] = [];
    for (let quiet = 0; all.length < many && quiet < PATIENCE; await sleep(50)) {
      const some = await take();
      quiet = some.length === 0 ? quiet + 1 : 0;
      all.push(...some);
    }
    return all;
  };
  const cpu = (): [number, number] => [cpuOf(system.service), cpuOfServer(system.postgres)];
  const setUrl = (index: number, url: string): Promise<unknown> =>
    owner.query('UPDATE webhook SET url = $2 WHERE id = $1', [idOf('webhook', index), url]);
  /** As if nothing had ever been told. */
  const forget = async (): Promise<void> => {
    await sleep(500);
    await owner.query('DELETE FROM webhook_message');
    await owner.query(
      `UPDATE webhook w SET failures = 0, rests_until = NULL, position = (SELECT last FROM event_feed f WHERE f.agency_id = w.agency_id)`,
    );
    await take();
  };
  /** A row now and then, at that rate in all, by turns for each agency. */
  const tell = async (seconds: number): Promise<number> => {
    const began = performance.now();
    let told = 0;
    while (told < seconds * PER_SECOND) {
      const due = Math.min(seconds * PER_SECOND, ((performance.now() - began) / 1_000) * PER_SECOND);
      for (; told < due; told++) await writeEvents(owner, told % WEBHOOKS, (told % WEBHOOKS) + 1, 1);
      await sleep(2);
    }
    return told;
  };

  await writeEvents(owner, 0, WEBHOOKS, WARM_UP);
  await takeAll(WEBHOOKS * WARM_UP);

  let steady: SteadyResult | null = null;
  if (wanted('steady')) {
    const loader = child('./measure/steady.ts');
    const job = { origin: system.serviceUrl, perSecond: PER_SECOND, persons: PERSONS, tokens: await system.tokens() };
    await answerOf<SteadilyDone>(loader, { ...job, seconds: 4, seed: 1 } satisfies Steady);
    await sleep(500);
    await take();
    const before = cpu();
    const forwarded = await answerOf<SteadilyDone>(loader, { ...job, seconds: SECONDS, seed: 2 } satisfies Steady);
    const after = cpu();
    loader.disconnect();
    const forwardings = delaysOf(await takeAll(forwarded.done));
    await forget();
    const told = await tell(SECONDS);
    const rows = delaysOf(await takeAll(told));
    steady = {
      forwarded,
      forwardings,
      rows,
      serviceCpu: (after[0] - before[0]) / SECONDS / 1e6,
      postgresCpu: (after[1] - before[1]) / SECONDS / 1e6,
    };
    console.log(JSON.stringify(steady));
  }

  const dead: { none: number[]; some: number[] } = { none: [], some: [] };
  if (wanted('dead')) {
    for (let turn = 0; turn < TURNS; turn++) {
      for (const which of ['none', 'some'] as const) {
        await forget();
        const isSome = which === 'some';
        await setUrl(TROUBLED.refuses, isSome ? REFUSES : `${origin}/good/r`);
        await setUrl(TROUBLED.hangs, isSome ? `${origin}/hangs` : `${origin}/good/h`);
        await setUrl(TROUBLED.slow, isSome ? `${origin}/slow` : `${origin}/good/s`);
        const told = await tell(TURN_SECONDS);
        // Of every hundred events three are for those in trouble.
        dead[which].push(...(await takeAll(isSome ? told - Math.floor(told / WEBHOOKS) * 3 : told)));
        if (isSome) await sleep(HANGS_MS);
      }
    }
    for (const index of Object.values(TROUBLED)) await setUrl(index, `${origin}/good/${index}`);
    console.log(JSON.stringify({ none: delaysOf(dead.none), some: delaysOf(dead.some) }));
  }

  const backlogs: Backlog[] = [];
  if (wanted('backlog')) {
    for (const webhooks of [WEBHOOKS, 1]) {
      await forget();
      await owner.query('CHECKPOINT');
      const began = performance.now();
      const before = cpu();
      await writeEvents(owner, 0, webhooks, MANY / webhooks);
      const came = (await takeAll(MANY)).length;
      const seconds = (performance.now() - began) / 1_000;
      const after = cpu();
      const { rows: failures } = await owner.query(
        "SELECT outcome, count(*)::int FROM webhook_attempt WHERE outcome <> 'DELIVERED' AND at > now() - make_interval(secs => $1) GROUP BY 1",
        [seconds],
      );
      if (failures.length > 0) console.log('failed attempts:', JSON.stringify(failures));
      const one: Backlog = {
        webhooks,
        came,
        seconds,
        serviceCpu: (after[0] - before[0]) / came,
        postgresCpu: (after[1] - before[1]) / came,
      };
      backlogs.push(one);
      console.log(JSON.stringify(one));
    }
  }

  let idle: Idle | null = null;
  if (wanted('idle')) {
    await forget();
    await sleep(1_000);
    const before = cpu();
    await sleep(SECONDS * 1_000);
    const after = cpu();
    await owner.query("UPDATE webhook SET status = 'DISABLED', disabled_why = 'OWN'");
    const began = performance.now();
    await writeEvents(owner, 0, WEBHOOKS, MANY / WEBHOOKS);
    const written = performance.now();
    const left = async () => (await owner.query('SELECT 1 FROM event WHERE sequence IS NULL LIMIT 1')).rowCount;
    while ((await left()) !== 0) await sleep(10);
    idle = {
      serviceShare: (after[0] - before[0]) / (SECONDS * 1e6),
      postgresShare: (after[1] - before[1]) / (SECONDS * 1e6),
      numbered: MANY / ((performance.now() - written) / 1_000),
      writing: MANY / ((written - began) / 1_000),
    };
    console.log(JSON.stringify(idle));
  }

  if (steady !== null && idle !== null && backlogs.length > 0) {
    const text = await reportOf(owner, {
      steady,
      none: delaysOf(dead.none),
      some: delaysOf(dead.some),
      backlogs,
      idle,
      seconds: { steady: SECONDS, turns: TURNS, turn: TURN_SECONDS },
    });
    await writeFile(new URL('./DELIVERIES.md', import.meta.url), text);
  }
} finally {
  receiver.disconnect();
  await system.stop();
}

function delaysOf(delays: readonly number[]): Delays {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { came: sorted.length, p50: at(0.5), p90: at(0.9), p99: at(0.99), most: sorted.at(-1) ?? 0 };
}
