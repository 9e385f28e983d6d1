/** Kills: so many, each at a random moment of the work, and a random one of what there is to kill. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../support/random.ts';
import type { CrashDatabase } from './database.ts';
import type { Instance } from './instance.ts';
import type { Traffic } from './partner.ts';

const LOOK_EVERY_MS = 5;
const SOON_MS = 400;
/** How long a database stays away. */
const AWAY_MS = 500;

export interface Target {
  instances: readonly Instance[];
  database: CrashDatabase;
  databaseIsUp(isUp: boolean): void;
  /** Tokens are got anew then. */
  onRestart(): void;
}

export interface KillPlan {
  kills: number;
  databaseKills: number;
  forwardings: number;
}

export interface Killed {
  kills: number;
  databaseKills: number;
  /** Requests that were under way at the kills, together. */
  under: number;
}

/** Each when so many forwardings have been acknowledged as chance says, and a moment later. */
export function momentsOf({ kills, databaseKills, forwardings }: KillPlan, random: Random) {
  const moments = Array.from({ length: kills }, (_none, place) => ({
    after: Math.floor(((place + random.next()) / kills) * forwardings * 0.97),
    hitsDatabase: false,
  }));
  const order = moments.map((moment) => ({ moment, by: random.next() })).sort((a, b) => a.by - b.by);
  for (const { moment } of order.slice(0, databaseKills)) moment.hitsDatabase = true;
  return moments;
}

export async function killAtRandom(
  plan: KillPlan,
  target: Target,
  { random, traffic, forwarded }: { random: Random; traffic: Traffic; forwarded(): number },
): Promise<Killed> {
  const killed: Killed = { kills: 0, databaseKills: 0, under: 0 };
  for (const { after, hitsDatabase } of momentsOf(plan, random)) {
    while (forwarded() < after) await sleep(LOOK_EVERY_MS);
    await sleep(random.below(SOON_MS));
    killed.under += traffic.open;
    killed.kills += 1;
    if (hitsDatabase) {
      killed.databaseKills += 1;
      await killDatabase(target, random);
    } else await random.pick(target.instances).kill();
    target.onRestart();
  }
  return killed;
}

async function killDatabase({ database, databaseIsUp }: Target, random: Random): Promise<void> {
  databaseIsUp(false);
  await database.kill();
  await sleep(random.below(AWAY_MS));
  await database.restart();
  databaseIsUp(true);
}
