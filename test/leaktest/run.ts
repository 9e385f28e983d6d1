/**
 * The run: epochs of a few lanes beside each other, in rounds between which something happens to all of them. What an epoch
 * knew is forgotten with it, so the time grows with the number of operations and the memory does not.
 */

import { type Random, randomOf } from '../support/random.ts';
import { AMENDING } from './amendments.ts';
import { type Counts, type Finding, Lane, type Network, type Setting } from './lane.ts';
import { markerSource, markersIn } from './markers.ts';
import { chooseTurn, isPublic, newNetwork, PARTNERS, takeTurn } from './network.ts';
import { Played } from './played.ts';
import type { Found } from './search.ts';
import { startTested, type Tested } from './service.ts';
import { liveAgain, type Part, shorten, tell } from './story.ts';

const LANES = 6;
const ROUNDS = 40;
/** Every so many rounds everybody reads everything. */
const ROUNDS_OF_A_SWEEP = 13;
/** After so many epochs a network is done with; its agencies are asked for nothing any more. */
const EPOCHS_OF_A_NETWORK = 6;
const MOST_FINDINGS = 50;
const LONGEST_QUOTATION = 300;

export interface Options {
  operations: number;
  seed: number;
  say(line: string): void;
  /** false: what was found is told as it was, and not made short. */
  shorten?: boolean;
  /** SQL that breaks something, to see it found. */
  plant?: string;
}

export interface Report extends Counts {
  seed: number;
  findings: readonly string[];
  /** What had to happen for the finding, made short. */
  story: readonly Part[];
  /** How much was searched at the end. */
  tables: number;
  bytes: number;
  peakMegabytes: number;
}

export async function leaktest({ operations, seed, say, shorten: short = true, plant }: Options): Promise<Report> {
  const findings: string[] = [];
  const found: Found = (place, text) => {
    if (findings.length >= MOST_FINDINGS) return;
    findings.push(`leak: a marker stands in ${place}: ${text.slice(0, LONGEST_QUOTATION)}`);
  };
  const tested = await startTested(found, plant);
  const run = new Run(tested, seed, say);
  try {
    while (run.counts.operations < operations && findings.length === 0) {
      const broken = await run.epoch(operations);
      await searchMetrics(tested, found);
      if (broken === null) continue;
      findings.push(`${broken.finding.kind}: ${broken.finding.message}`);
      if (short) await run.tellShort(broken);
      else run.tellAll(broken.parts, broken.parts.length);
    }
  } catch (error) {
    await tested.abandon();
    throw error;
  }
  const searched = await tested.stopAndSearch();
  return {
    ...run.counts,
    ...searched,
    seed,
    findings,
    story: run.story,
    peakMegabytes: Math.round(run.peakBytes / 1e6),
  };
}

async function searchMetrics(tested: Tested, found: Found): Promise<void> {
  const text = await tested.metrics();
  if (!text.includes('laufzettel_')) throw new Error('the metrics are not there');
  if (markersIn(text).length > 0) found('the metrics', text);
}

interface Broken {
  finding: Finding;
  parts: readonly Part[];
}

class Run {
  readonly counts: Counts = newCounts();
  story: readonly Part[] = [];
  peakBytes = 0;
  readonly #tested: Tested;
  readonly #seed: number;
  readonly #say: (line: string) => void;
  readonly #newMarker = markerSource();
  readonly #proofs = new Map<number, number>();
  #network: Network | null = null;
  /** The exchange's own clock begins now, and only goes on. */
  #now = Math.floor(Date.now() / 1000) * 1000;
  #epochs = 0;
  #agencies = 0;
  #lanes = 0;

  constructor(tested: Tested, seed: number, say: (line: string) => void) {
    this.#tested = tested;
    this.#seed = seed;
    this.#say = say;
  }

  /** New persons, what happens to them until it is enough, and that everybody reads everything at the end. */
  async epoch(operations: number): Promise<Broken | null> {
    const network = await this.#networkOf(this.#epochs);
    const played = Array.from({ length: LANES }, (_, index) => {
      const setting = { ...this.#setting(this.counts), network };
      return new Played(new Lane(setting), randomOf(this.#seed, this.#epochs, index));
    });
    const turns = randomOf(this.#seed, this.#epochs, 'turns');
    for (let round = 1; round <= ROUNDS && this.counts.operations < operations; round++) {
      await Promise.all(played.map((one) => one.play(this.#tested)));
      if (brokenOf(played) !== null) break;
      await this.#turn(network, played, turns, round);
      if (round % ROUNDS_OF_A_SWEEP === 0)
        await Promise.all(played.map((one) => one.live({ sweep: true }, this.#tested)));
    }
    await Promise.all(played.map((one) => one.live({ sweep: true }, this.#tested)));
    this.#epochs += 1;
    this.#now = network.world.now;
    this.#progress();
    return brokenOf(played);
  }

  async #turn(network: Network, played: readonly Played[], random: Random, round: number): Promise<void> {
    const turn = chooseTurn(network, random, `${this.#epochs}-${round}`, endsAhead(network, played));
    for (const one of played) one.parts.push({ turn });
    const before = versionsInForce(network);
    await takeTurn(
      this.#tested,
      network,
      turn,
      played.map(({ lane }) => lane.oracle),
    );
    const { tally } = this.counts;
    const count = (what: string): void => void tally.set(what, (tally.get(what) ?? 0) + 1);
    if (AMENDING.includes(turn.do)) count(`agreement: ${turn.do}`);
    if (versionsInForce(network) > before) count('agreement amended');
  }

  async #networkOf(epoch: number): Promise<Network> {
    if (this.#network === null || epoch % EPOCHS_OF_A_NETWORK === 0) {
      await this.#tested.setClock(this.#now);
      this.#proofs.clear();
      this.#network = await newNetwork(this.#tested, this.#nextAgencies(), this.#now);
    }
    return this.#network;
  }

  #nextAgencies(): number {
    this.#agencies += PARTNERS;
    return this.#agencies - PARTNERS;
  }

  #setting(counts: Counts): Omit<Setting, 'network'> {
    this.#lanes += 1;
    return { tested: this.#tested, newMarker: this.#newMarker, proofs: this.#proofs, offset: this.#lanes, counts };
  }

  #progress(): void {
    const { operations, reads, disclosures, refusals } = this.counts;
    const { rss } = process.memoryUsage();
    this.peakBytes = Math.max(this.peakBytes, rss);
    const megabytes = Math.round(rss / 1e6);
    this.#say(
      `${operations} operations, ${reads} reads, ${disclosures} disclosures, ${refusals} refusals; ${megabytes} MB`,
    );
  }

  /** Lives through it again by itself, and with ever more left out, as long as something of the same kind is found. */
  async tellShort({ finding, parts }: Broken): Promise<void> {
    const again = async (some: readonly Part[]): Promise<boolean> => {
      const found = await liveAgain(some, this.#setting(newCounts()), this.#nextAgencies(), this.#now);
      return found?.kind === finding.kind;
    };
    this.tellAll((await again(parts)) ? await shorten(parts, again) : parts, parts.length);
  }

  tellAll(parts: readonly Part[], of: number): void {
    this.story = parts;
    this.#say(`\nThe story of it, ${parts.length} of ${of} parts:\n${tell(parts, isPublic)}\n`);
  }
}

/** Of the first of each agreement and of all that came into force since. */
const versionsInForce = (network: Network): number =>
  [...network.agreements.values()].reduce((sum, one) => sum + one.number - 1, 0);

const ENDS_AT_HAND = 5;

/** The next instants at which something of a lane may end. */
const endsAhead = (network: Network, played: readonly Played[]): number[] =>
  played.flatMap(({ lane }) =>
    lane.oracle
      .boundaries()
      .filter((one) => one > network.world.now)
      .slice(0, ENDS_AT_HAND),
  );

const newCounts = (): Counts => ({ operations: 0, reads: 0, disclosures: 0, refusals: 0, tally: new Map() });

function brokenOf(played: readonly Played[]): Broken | null {
  const one = played.find(({ finding }) => finding !== null);
  return one === undefined ? null : { finding: one.finding!, parts: one.parts };
}
