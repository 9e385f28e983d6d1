/** A run: the exchange works, is killed and started again, becomes quiet, and is reconciled with what was acknowledged. */
import { join } from 'node:path';
import { readKeyFile } from '../../src/cli/keys.ts';
import { DEMO_ADMIN_SYSTEM } from '../../src/embedded/demo-agencies.ts';
import { ensureDemoNetwork } from '../../src/embedded/demo-network.ts';
import { MASTER_KEY } from '../support/main.ts';
import { type Random, randomOf } from '../support/random.ts';
import { askAgain, type Book, choosePlan, tellCase } from './case.ts';
import { checkDatabase } from './check-database.ts';
import { checkFeed } from './check-feed.ts';
import { checkReceivers } from './check-receivers.ts';
import { type CrashDatabase, startCrashDatabase } from './database.ts';
import { type Finding, lost } from './findings.ts';
import { type Instance, startInstance } from './instance.ts';
import { type Killed, killAtRandom } from './killer.ts';
import { Partner, type Traffic } from './partner.ts';
import { freePorts } from './ports.ts';
import { becomeQuiet } from './quiet.ts';
import { buildWorld, otherOf, type World } from './world.ts';

/** Of each agency; each has a request under way nearly always. */
const LANES = 3;

export interface CrashOptions {
  kills: number;
  forwardings: number;
  databaseKills: number;
  instances: 1 | 2;
  seed: number;
  onProgress?: (progress: string) => void;
  /** What the processes of the service wrote: errors alone, and of these there are many while the database is down. */
  onLog?: (text: string) => void;
}

export interface CrashReport {
  forwardings: number;
  killed: Killed;
  traffic: Traffic;
  events: number;
  deliveries: number;
  takenTwice: number;
  enabledAnew: number;
  findings: Finding[];
}

export async function crash(options: CrashOptions): Promise<CrashReport> {
  const started: (() => Promise<unknown>)[] = [];
  try {
    const database = await startCrashDatabase();
    started.push(() => database.stop());
    return await runOn(database, options, started);
  } finally {
    for (const stop of started.reverse()) await stop().catch(() => {});
  }
}

async function runOn(
  database: CrashDatabase,
  options: CrashOptions,
  started: (() => Promise<unknown>)[],
): Promise<CrashReport> {
  const { seed, onProgress = () => {} } = options;
  const traffic: Traffic = { answered: 0, brokeOff: 0, putOff: 0, open: 0 };
  let isDatabaseUp = true;
  const keysDir = join(database.directory, 'partners');
  await ensureDemoNetwork({ migrateUrl: database.migrateUrl, keysDir, log: { info() {} } });
  const instances = await startInstances(database, options, () => isDatabaseUp);
  started.push(() => Promise.all(instances.map((one) => one.stop())));
  await Promise.all(instances.map((one) => one.ready()));
  const urls = instances.map(({ url }) => url);
  const publicUrl = urls[0]!;
  const key = await readKeyFile(join(keysDir, `${DEMO_ADMIN_SYSTEM}.json`));
  const admin = new Partner({ urls, publicUrl, clientId: DEMO_ADMIN_SYSTEM, key, traffic, first: 0 });
  const world = await buildWorld({ admin, urls, publicUrl, traffic, random: randomOf(seed, 'receivers') });
  started.push(() => Promise.all(world.map(({ receiver }) => receiver.close())));

  const book: Book = { cases: [], kept: [], findings: [], forwarded: 0, newKey: keysOf(seed) };
  const killing = killAtRandom(
    options,
    {
      instances,
      database,
      databaseIsUp(isUp) {
        isDatabaseUp = isUp;
      },
      onRestart() {
        for (const { partner } of world) partner.forgetToken();
      },
    },
    { random: randomOf(seed, 'kills'), traffic, forwarded: () => book.forwarded },
  );
  await work(book, world, options, onProgress);
  const killed = await killing;
  onProgress(
    `${book.forwarded} forwardings, ${killed.kills} kills (${killed.under} requests were under way at them): waiting for quiet`,
  );
  await Promise.all(instances.map((one) => one.ready()));
  const enabledAnew = await becomeQuiet(world, database);
  await Promise.all(world.map(({ reader }) => reader.stop()));
  return { killed, traffic, enabledAnew, ...(await checked(book, world, database, instances)) };
}

async function startInstances(
  database: CrashDatabase,
  { instances, onLog = () => {} }: CrashOptions,
  isDatabaseUp: () => boolean,
): Promise<Instance[]> {
  const ports = await freePorts(instances);
  const environment = {
    DATABASE_URL: database.serviceUrl,
    MASTER_KEY,
    DATA_DIR: join(database.directory, 'service'),
    // One name for both: what an event says of its source is the same whoever tells it.
    PUBLIC_URL: `http://127.0.0.1:${ports[0]}`,
    LOG_LEVEL: 'error',
    WEBHOOK_ALLOWED_NETWORKS: '127.0.0.0/8',
    WEBHOOK_TIMEOUT_MS: '3000',
    // A run asks faster than any agency does.
    RATE_LIMIT_PER_MINUTE: '10000000',
    STRANGERS_PER_MINUTE: '10000000',
  };
  return ports.map((port) => startInstance({ port, environment, isDatabaseUp, onLog }));
}

function keysOf(seed: number): () => string {
  let many = 0;
  return () => {
    many += 1;
    return `crash-${seed}-${many}`;
  };
}

/** Lanes of each agency, until so many forwardings have been begun. */
async function work(
  book: Book,
  world: World,
  { forwardings, seed }: CrashOptions,
  onProgress: (progress: string) => void,
): Promise<void> {
  let left = forwardings;
  let many = 0;
  const lane = async (place: number, random: Random): Promise<void> => {
    while (left > 0) {
      const plan = choosePlan(random);
      if (plan !== 'refused') left -= 1;
      many += 1;
      const [from, to] = [world[place]!, otherOf(world, place)];
      await tellCase({ book, random }, plan, seed * 1_000_000 + many, from, to).catch((error: unknown) => {
        book.findings.push(lost('answers', String(error)));
      });
      if (many % 200 === 0) onProgress(`${book.forwarded} forwardings`);
    }
  };
  await Promise.all(
    world.flatMap((_agency, place) =>
      Array.from({ length: LANES }, (_none, of) => lane(place, randomOf(seed, 'lane', place, of))),
    ),
  );
}

/** Each by itself. */
async function checked(book: Book, world: World, database: CrashDatabase, instances: readonly Instance[]) {
  const feed = await checkFeed(book, world);
  const receivers = checkReceivers(world);
  const findings = [
    ...book.findings,
    ...instances.flatMap(({ failures }) => failures.map((says) => lost('service', says))),
    ...(await checkDatabase(book, database)),
    ...feed.findings,
    ...receivers.findings,
  ];
  for (const kept of book.kept) findings.push(...(await askAgain(kept)));
  return {
    forwardings: book.forwarded,
    events: feed.events,
    deliveries: receivers.taken,
    takenTwice: receivers.again,
    findings,
  };
}
