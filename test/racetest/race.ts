/** The race itself: rounds of stories in several lanes at once, each checked and forgotten when it is over. */

import { randomOf } from '../support/random.ts';
import { GLOBAL, lookOnce, raceOf } from './acts.ts';
import type { EndingName } from './endings.ts';
import { type Lane, newAgreement, newLane, plainly } from './lane.ts';
import { isAudited } from './load.ts';
import { Recorder } from './recorder.ts';
import { type Services, startServices } from './services.ts';
import { deadlocks, emptyReport, type RaceReport, settle } from './settle.ts';
import { CHAIN, type Story, tell } from './story.ts';

export interface RaceOptions {
  /** Stories: one person's slip each. */
  rounds: number;
  seed: number;
  /** How many stories run at once, each in a lane of its own agencies or beside another in its lane. */
  lanes?: number;
  /** Called from time to time with how many rounds are over. */
  onProgress?(rounds: number): void;
}

/** At the end more would only hide the first. */
const MOST_SLICES = 5;
const STORIES_BESIDE_ONE_ANOTHER = 2;
/** Below what an agency may try in a minute; a lane that has used them up makes room for another. */
const MOST_LINKS = 8;

/**
 * Runs the rounds, and checks each. The seed decides what is done; what meets what is up to the machine. Ends early when there
 * are enough violations to look at. Throws when the race itself cannot go on.
 */
export async function race({ rounds, seed, lanes = 3, onProgress }: RaceOptions): Promise<RaceReport> {
  const services = await startServices();
  const report = emptyReport();
  let log = '';
  try {
    let begun = 0;
    await Promise.all(
      Array.from({ length: lanes }, async (_, index) => {
        const random = randomOf(seed * 1_000 + index).next;
        let lane = await newLane(services, String(index));
        for (let generation = 1; begun < rounds && report.slices.length < MOST_SLICES; ) {
          if (lane.links > MOST_LINKS - STORIES_BESIDE_ONE_ANOTHER)
            lane = await newLane(services, `${index}-${generation++}`);
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
  const { services, lane, random, report, many, name } = round;
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
  for (const story of stories) await settle(owner, report, story, since);
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
  if (linking !== 'none') lane.links += 1;
  return tell({ id: name, lane, recorder, marker }, 1 + Math.floor(random() * 3), linking);
}

/** The call stands in the first story's history; the second gets it as one that ended its own. */
function shareEnding([first, ...others]: Story[], name: EndingName): void {
  const call = first!.recorder.calls.find((one) => one.what === name);
  for (const story of others) if (call !== undefined) story.recorder.calls.push({ ...call, story: story.id });
}
