/**
 * Waits until nothing is left to be told: every event is numbered, every reader has it, every webhook has delivered it.
 *
 * The exchange's clock is not moved. What a receiver did not take is tried again after seconds, and when that failed too after
 * minutes; nobody waits for those: as an operator would who has mended the receiver, the run disables the webhook and enables it
 * again, which makes all that waits due at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CrashDatabase } from './database.ts';
import { lastOf } from './feed-reader.ts';
import type { Agency, World } from './world.ts';

const LOOK_EVERY_MS = 250;
/** Longer than the first retry. */
const ENABLED_ANEW_AFTER_MS = 8_000;
const GIVES_UP_AFTER_MS = 120_000;

/** What is still missing when nothing has moved for minutes is left to the reconciliation. Gives how often it enabled anew. */
export async function becomeQuiet(world: World, database: CrashDatabase): Promise<number> {
  for (const { receiver } of world) receiver.recover();
  await allNumbered(database);
  const helped = await Promise.all(world.map(heard));
  return helped.reduce((sum, many) => sum + many, 0);
}

async function allNumbered(database: CrashDatabase): Promise<void> {
  const until = Date.now() + GIVES_UP_AFTER_MS;
  for (; Date.now() < until; await sleep(LOOK_EVERY_MS)) {
    const [row] = await database.rows<{ more: boolean }>(
      'SELECT EXISTS (SELECT FROM event WHERE sequence IS NULL) AS more',
    );
    if (row?.more === false) return;
  }
}

async function heard(agency: Agency): Promise<number> {
  const { partner, reader, webhook } = agency;
  const path = `/v1/webhooks/${webhook.id}`;
  let helped = 0;
  let [before, movedAt, helpedAt] = ['', Date.now(), Date.now()];
  while (Date.now() - movedAt < GIVES_UP_AFTER_MS) {
    const last = await lastOf(partner);
    const { deliveredThrough } = await partner.done({ method: 'GET', path });
    if (reader.cursor() === last && deliveredThrough === last) return helped;
    const now = `${reader.cursor()} ${deliveredThrough} ${last}`;
    if (now !== before) [before, movedAt] = [now, Date.now()];
    if (Date.now() - Math.max(movedAt, helpedAt) > ENABLED_ANEW_AFTER_MS && deliveredThrough !== last) {
      for (const step of ['disable', 'enable']) await partner.send({ method: 'POST', path: `${path}/${step}` });
      helped += 1;
      helpedAt = Date.now();
    }
    await sleep(LOOK_EVERY_MS);
  }
  return helped;
}
