/** The race itself: rounds of stories in several lanes at once, each checked and forgotten when it is over. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { checkHistory } from './check-history.ts';
import { checkRows } from './check-rows.ts';
import { ENDINGS, type EndingName, ending } from './endings.ts';
import { type Call, printed, succeeded, type Violation } from './history.ts';
import { type Lane, newAgreement, newLane, plainly } from './lane.ts';
import { auditsOf, factsOf, isAudited } from './load.ts';
import { randomFrom } from './random.ts';
import { type Ask, Recorder } from './recorder.ts';
import { type Services, startServices } from './services.ts';
import { CHAIN, forwardTo, readForwarding, readHop, readings, type Story, tell } from './story.ts';

export interface RaceOptions {
  /** Stories: one person's slip each. */
  rounds: number;
  seed: number;
  /** How many stories run at once, each in a lane of its own agencies or beside another in its lane. */
  lanes?: number;
  /** Called from time to time with how many rounds are over. */
  onProgress?(rounds: number): void;
}

export interface RaceReport {
  rounds: number;
  calls: number;
  reads: number;
  /** Readings that showed something: a race in which nobody reads shows nothing. */
  shown: number;
  disclosures: number;
  refusals: number;
  /** Endings that were answered, by name. */
  endings: Record<string, number>;
  /** Forwardings and readings that were under way while an ending was. */
  contested: number;
  /** Forwardings that were sent while an ending was under way, and how each came out. */
  won: number;
  lost: number;
  overloaded: number;
  hungUp: number;
  violations: Violation[];
  /** The histories of the stories with violations, a few of them. */
  slices: string[];
}

/** At the end more would only hide the first. */
const MOST_SLICES = 5;
const STORIES_BESIDE_ONE_ANOTHER = 2;
const SOON_MS = 12;
const GLOBAL = ['a termination', 'a suspension'] as const satisfies EndingName[];
const OF_ONE = (Object.keys(ENDINGS) as EndingName[]).filter((name) => !GLOBAL.some((other) => other === name));

export async function race({ rounds, seed, lanes = 3, onProgress }: RaceOptions): Promise<RaceReport> {
  const services = await startServices();
  const report = emptyReport();
  let log = '';
  try {
    let begun = 0;
    await Promise.all(
      Array.from({ length: lanes }, async (_, index) => {
        const random = randomFrom(seed * 1_000 + index);
        const lane = await newLane(services, String(index));
        while (begun < rounds && report.slices.length < MOST_SLICES) {
          const many = Math.min(STORIES_BESIDE_ONE_ANOTHER, rounds - begun);
          begun += many;
          await oneRound({ services, lane, random, report, name: `${index}-${begun}`, many });
          onProgress?.(report.rounds);
        }
      }),
    );
    report.violations.push(...(await deadlocks(services)));
  } finally {
    log = await services.stop();
  }
  if (/40P01|"level":"(error|fatal)"/.test(log)) {
    report.violations.push({ rule: 'a service failed', says: log.slice(0, 2_000), calls: [] });
  }
  return report;
}

interface Round {
  services: Services;
  lane: Lane;
  random: () => number;
  report: RaceReport;
  name: string;
  many: number;
}

async function oneRound(round: Round): Promise<void> {
  const { services, lane, random, many, name } = round;
  const { owner } = services;
  const { rows } = await owner.query('SELECT api.clock_now() AS at');
  const since: Date = rows[0].at;
  const global = random() < 0.15 ? GLOBAL[Math.floor(random() * GLOBAL.length)]! : null;
  const stories = await Promise.all(
    Array.from({ length: many }, (_, index) => newStory(round, since, `${name}-${index}`)),
  );
  await Promise.all(stories.map((story, index) => raceOf(story, random, index === 0 ? global : null)));
  // An ending for all is one for the story beside it too.
  if (global !== null) shareEnding(stories, global);
  await Promise.all(stories.map((story) => lookOnce(story)));
  if (global === 'a suspension') {
    for (const place of CHAIN)
      await plainly(services, services.admin, `/v1/agencies/${lane.agencies[place]}/reinstate`);
  }
  if (global === 'a termination') lane.agreement = await newAgreement(services, lane);
  // What has ended does not begin again when its basis comes back.
  if (global !== null) await Promise.all(stories.map((story) => lookOnce(story)));
  for (const story of stories) await settle(round, story, since);
}

function newStory({ services, lane, random }: Round, since: Date, name: string): Promise<Story> {
  let calls = 0;
  let markers = 0;
  const newId = (): string => `r${name}-${++calls}`;
  const marker = (): string => `Marke${name.replaceAll('-', 'x')}y${++markers}z`;
  const agencies = Object.values(lane.agencies);
  const recorder = new Recorder({
    services,
    systems: lane.systems,
    random,
    newId,
    isAudited: (call) => isAudited(services.owner, agencies, call, since),
    lookUp: 0.2,
  });
  const linking = random() < 0.2 ? (random() < 0.6 ? 'link' : 'unlink') : 'none';
  return tell({ id: name, lane, recorder, marker }, 1 + Math.floor(random() * 3), linking);
}

/** Everything at once: what ends, what forwards, what reads, what moves a forwarding on. */
async function raceOf(story: Story, random: () => number, global: EndingName | null): Promise<void> {
  const { recorder, depth } = story;
  const soon = (): Promise<void> => sleep(random() * SOON_MS);
  const acts: Promise<unknown>[] = [];
  const links = Array.from({ length: depth }, (_, link) => link);
  acts.push(soon().then(() => end(story, global ?? pick(story, random), Math.floor(random() * depth))));
  if (random() < 0.3) acts.push(soon().then(() => end(story, pick(story, random), Math.floor(random() * depth))));
  if (story.linkId !== null) acts.push(soon().then(() => unlink(story)));
  for (const link of links) {
    acts.push(soon().then(() => forwardOnce(story, link, random)));
    acts.push(soon().then(() => forwardOnce(story, link, random)));
    if (random() < 0.5) acts.push(soon().then(() => stepTwice(story, link)));
    for (const ask of readings(story, CHAIN[link + 1]!)) acts.push(soon().then(() => recorder.send(ask)));
    acts.push(
      soon().then(() => recorder.send({ ...readHop(story, CHAIN[link + 1]!, link), hangUpAfterMs: 1 + random() * 10 })),
    );
  }
  await Promise.all(acts);
}

/** A link can only be made where one was prepared, and once. */
function pick(story: Story, random: () => number): EndingName {
  const name = OF_ONE[Math.floor(random() * OF_ONE.length)]!;
  if (story.link !== null && story.recorder.calls.every((call) => call.what !== 'a link to somebody who said no'))
    return 'a link to somebody who said no';
  return name === 'a link to somebody who said no' ? 'a no to one recipient' : name;
}

async function end(story: Story, name: EndingName, link: number): Promise<void> {
  const { ask, marker } = ending(name, story, link);
  if (marker !== null) story.recorder.markers.set(marker, marker);
  const { call, body } = await story.recorder.send(ask);
  if (marker !== null && succeeded(call)) renamed(story, marker, body.id);
  if (marker !== null && !succeeded(call)) story.recorder.markers.delete(marker);
}

/** A correction's entry has an id once it is answered; who read it before has read the same. */
function renamed({ recorder }: Story, marker: string, entry: string): void {
  recorder.markers.set(marker, entry);
  for (const call of recorder.calls) call.shows = call.shows.map((shown) => (shown === marker ? entry : shown));
}

const unlink = (story: Story): Promise<unknown> =>
  story.recorder.send({
    story: story.id,
    by: 'E',
    act: 'other',
    what: 'end a link',
    method: 'POST',
    path: `/v1/clients/${story.handles.E}/links/${story.linkId}/end`,
    body: { confirm: true },
  });

/** Often under a key, and then once more; or the client hangs up and asks again what came of it. */
async function forwardOnce(story: Story, link: number, random: () => number): Promise<void> {
  const ask = forwardTo(story, CHAIN[link]!, CHAIN[link + 1]!);
  if (random() < 0.5) {
    await story.recorder.send(ask);
    return;
  }
  const keyed: Ask = { ...ask, key: `k${random().toString(36).slice(2)}` };
  await story.recorder.send(random() < 0.6 ? { ...keyed, hangUpAfterMs: 1 + random() * 15 } : keyed);
  for (let attempt = 0; attempt < 100; attempt++) {
    const { call } = await story.recorder.send(keyed);
    const wait = call.code === 'idempotency-in-flight' || call.code === 'overloaded';
    if (!wait) return;
    await sleep(20);
  }
}

/** Both instances take the same step from the same version. */
async function stepTwice(story: Story, link: number): Promise<void> {
  const hop = story.hops[link]!;
  const step: Ask = {
    story: story.id,
    by: CHAIN[link + 1]!,
    act: 'step',
    what: 'accept',
    method: 'POST',
    path: `/v1/forwardings/${hop}/accept`,
    body: { expectedVersion: 2 },
    hop,
    expectedVersion: 2,
  };
  await Promise.all([story.recorder.send({ ...step, instance: 0 }), story.recorder.send({ ...step, instance: 1 })]);
}

/** Once all is answered everybody reads everything, at both instances, each time by either door. */
async function lookOnce(story: Story): Promise<void> {
  const { recorder, depth } = story;
  const asks: Ask[] = [];
  for (let link = 0; link < depth; link++) {
    const by = CHAIN[link + 1]!;
    const later = recorder.calls
      .filter((call) => call.act === 'forward' && call.by === CHAIN[link] && succeeded(call) && call.hop !== null)
      .map((call) => readForwarding(story, by, call.hop!));
    asks.push(...readings(story, by), ...later);
  }
  await Promise.all(asks.flatMap((ask) => ([0, 1] as const).map((instance) => recorder.send({ ...ask, instance }))));
}

/** The call stands in the first story's history; the second gets it as one that ended its own. */
function shareEnding([first, ...others]: Story[], name: EndingName): void {
  const call = first!.recorder.calls.find((one) => one.what === name);
  for (const story of others) if (call !== undefined) story.recorder.calls.push({ ...call, story: story.id });
}

async function settle({ services: { owner }, report }: Round, story: Story, since: Date): Promise<void> {
  const { calls } = story.recorder;
  const [audits, facts] = await Promise.all([auditsOf(owner, story, since), factsOf(owner, story, since)]);
  const rows = facts.rows.map((row) => row.id);
  const violations = [
    ...checkHistory(calls, audits),
    ...checkRows(facts),
    ...(await toldTwice(owner, rows, since)),
    ...notMadeBySomebody(
      calls,
      facts.hops.map((hop) => hop.id),
    ),
  ];
  count(report, calls, rows.length);
  if (violations.length === 0) return;
  report.violations.push(...violations);
  const marked = new Set(violations.flatMap((one) => one.calls));
  const why = violations.map((one) => `  ${one.rule}: ${one.says}`).join('\n');
  report.slices.push(
    `Story ${story.id}\n${why}\n${printed(
      calls.filter((call) => isTold(call, marked)),
      marked,
    )}`,
  );
}

/** Of a story that went wrong: what happened, and not every reading that showed nothing. */
const isTold = (call: Call, marked: ReadonlySet<string>): boolean =>
  marked.has(call.id) || ['forward', 'end', 'step'].includes(call.act) || call.shows.length > 0;

/** Every forwarding that is there was answered to somebody, and every one that was answered is there. */
function notMadeBySomebody(calls: readonly Call[], hops: readonly string[]): Violation[] {
  const answered = new Set(
    calls.filter((call) => call.act === 'forward' && succeeded(call)).map((call) => call.hop ?? ''),
  );
  const wrong = [...hops.filter((hop) => !answered.has(hop)), ...[...answered].filter((hop) => !hops.includes(hop))];
  return wrong.map((hop) => ({ rule: 'a forwarding and its answer', says: `hop ${hop}`, calls: [] }));
}

/** Each closing is one audit record, and one event to each who hears of it. */
async function toldTwice(owner: Pool, rows: readonly string[], since: Date): Promise<Violation[]> {
  const { rows: audited } = await owner.query(
    `SELECT d.id, d.closed_at IS NOT NULL AS closed, count(a.id)::int AS many FROM disclosure d
       LEFT JOIN audit a ON a.at >= $2 AND a.action = 'disclosure.close' AND a.subject -> 'disclosures' ? d.id::text
     WHERE d.id = ANY ($1) GROUP BY d.id`,
    [rows, since],
  );
  const { rows: told } = await owner.query(
    `SELECT subject ->> 'disclosureId' AS id FROM event WHERE at >= $2 AND type = 'disclosure.closed'
       AND subject ->> 'disclosureId' = ANY ($1) GROUP BY 1, agency_id HAVING count(*) > 1`,
    [rows, since],
  );
  return [
    ...audited
      .filter((row) => row.many !== (row.closed ? 1 : 0))
      .map((row) => ({ rule: 'a closing not audited exactly once', says: `row ${row.id}: ${row.many}`, calls: [] })),
    ...told.map((row) => ({ rule: 'a closing told twice', says: `row ${row.id}`, calls: [] })),
  ];
}

async function deadlocks({ owner, databaseName }: Services): Promise<Violation[]> {
  const text = 'SELECT deadlocks::int AS many FROM pg_stat_database WHERE datname = $1';
  const { rows } = await owner.query(text, [databaseName]);
  return rows[0].many === 0 ? [] : [{ rule: 'a deadlock', says: String(rows[0].many), calls: [] }];
}

const emptyReport = (): RaceReport => ({
  rounds: 0,
  calls: 0,
  reads: 0,
  shown: 0,
  disclosures: 0,
  refusals: 0,
  endings: {},
  contested: 0,
  won: 0,
  lost: 0,
  overloaded: 0,
  hungUp: 0,
  violations: [],
  slices: [],
});

function count(report: RaceReport, calls: readonly Call[], disclosures: number): void {
  const of = (passes: (call: Call) => boolean): number => calls.filter(passes).length;
  const ends = calls.filter((call) => call.act === 'end' && succeeded(call));
  const meetsAnEnd = (call: Call): boolean =>
    ends.some((end) => call.sentAt < end.answeredAt && end.sentAt < call.answeredAt);
  report.rounds += 1;
  report.calls += calls.length;
  report.reads += of((call) => call.act === 'read');
  report.shown += of((call) => call.shows.length > 0);
  report.disclosures += disclosures;
  report.refusals += of((call) => call.act === 'forward' && call.code === 'consent-missing' && !call.replayed);
  report.contested += of((call) => ['read', 'forward'].includes(call.act) && meetsAnEnd(call));
  report.won += of((call) => call.act === 'forward' && succeeded(call) && meetsAnEnd(call));
  report.lost += of((call) => call.act === 'forward' && call.code === 'consent-missing' && meetsAnEnd(call));
  report.overloaded += of((call) => call.code === 'overloaded');
  report.hungUp += of((call) => call.status === 0);
  for (const { what } of ends) report.endings[what] = (report.endings[what] ?? 0) + 1;
}
