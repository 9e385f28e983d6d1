/**
 * The run: epochs of a few lanes beside each other, in rounds between which something happens to all of them. What an epoch
 * knew is forgotten with it, so the time grows with the number of operations and the memory does not.
 */
import { type Counts, Finding, Lane, type Network } from './lane.ts';
import { markerSource, markersIn } from './markers.ts';
import type { Kind, Move } from './moves.ts';
import { chooseTurn, newNetwork, PARTNERS, type Turn, takeTurn } from './network.ts';
import { type Random, randomOf } from './random.ts';
import { startTested, type Tested } from './service.ts';
import { KINDS, live, liveAgain, type Part, shorten, tell } from './story.ts';

const LANES = 6;
const ROUNDS = 40;
/** At most so many moves of a lane between two turns. */
const MOVES = 7;
/** After so many epochs a network is done with; its agencies are asked for nothing any more. */
const EPOCHS_OF_A_NETWORK = 6;

export interface Report extends Counts {
  seed: number;
  findings: string[];
  /** What had to happen for the finding, made short. */
  story: readonly Part[];
  tables: number;
  bytes: number;
  peakMegabytes: number;
}

export interface Options {
  operations: number;
  seed: number;
  say(line: string): void;
  /** false: what was found is told as it was, and not made short. */
  shorten?: boolean;
  /** SQL that breaks something, to see it found. */
  plant?: string;
}

export async function leaktest({
  operations,
  seed,
  say,
  shorten: isShortened = true,
  plant,
}: Options): Promise<Report> {
  const counts: Counts = { operations: 0, reads: 0, disclosures: 0, refusals: 0 };
  const findings: string[] = [];
  let story: readonly Part[] = [];
  const found = (place: string, text: string): void => {
    if (findings.length < 50) findings.push(`leak: a marker stands in ${place}: ${text.slice(0, 300)}`);
  };
  const tested = await startTested(found, plant);
  const newMarker = markerSource();
  const proofs = new Map<number, number>();
  let agencies = 0;
  let lanes = 0;
  let peak = 0;
  try {
    let network: Network | null = null;
    // The exchange's own clock begins now, and only goes on.
    let now = Math.floor(Date.now() / 1000) * 1000;
    for (let epoch = 0; counts.operations < operations && findings.length === 0; epoch++) {
      if (network === null || epoch % EPOCHS_OF_A_NETWORK === 0) {
        await tested.setClock(now);
        proofs.clear();
        network = await newNetwork(tested, agencies, now);
        agencies += PARTNERS;
      }
      const common = { network, tested, counts, newMarker, proofs };
      const played = Array.from({ length: LANES }, (_, index) => {
        lanes += 1;
        return new Played(new Lane({ ...common, offset: lanes }), randomOf(seed, epoch, index));
      });
      const broken = await playEpoch(
        tested,
        network,
        played,
        randomOf(seed, epoch, 'turns'),
        () => counts.operations >= operations,
      );
      now = network.world.now;
      await searchMetrics(tested, found);
      peak = Math.max(peak, process.memoryUsage().rss);
      say(
        `${counts.operations} operations, ${counts.reads} reads, ${counts.disclosures} disclosures, ${counts.refusals} refusals; ${Math.round(process.memoryUsage().rss / 1e6)} MB`,
      );
      if (broken === null) continue;
      findings.push(`${broken.finding.kind}: ${broken.finding.message}`);
      const again = async (parts: readonly Part[]): Promise<boolean> => {
        lanes += 1;
        agencies += PARTNERS;
        const setting = {
          tested,
          newMarker,
          proofs,
          offset: lanes,
          counts: { operations: 0, reads: 0, disclosures: 0, refusals: 0 },
        };
        return (await liveAgain(parts, setting, agencies - PARTNERS, now))?.kind === broken.finding.kind;
      };
      const parts = isShortened && (await again(broken.parts)) ? await shorten(broken.parts, again) : broken.parts;
      story = parts;
      say(
        `\nThe story of it, ${parts.length} of ${broken.parts.length} parts:\n${tell(parts, (index) => index < 2)}\n`,
      );
    }
  } catch (error) {
    await tested.abandon();
    throw error;
  }
  const searched = await tested.stopAndSearch();
  return { ...counts, ...searched, seed, findings, story, peakMegabytes: Math.round(peak / 1e6) };
}

async function searchMetrics(tested: Tested, found: (place: string, text: string) => void): Promise<void> {
  const text = await tested.metrics();
  if (!text.includes('laufzettel_')) throw new Error('the metrics are not there');
  if (markersIn(text).length > 0) found('the metrics', text);
}

/** A lane with what it has lived through. */
class Played {
  readonly lane: Lane;
  readonly parts: Part[] = [];
  readonly #random: Random;
  finding: Finding | null = null;

  constructor(lane: Lane, random: Random) {
    this.lane = lane;
    this.#random = random;
  }

  async play(tested: Tested): Promise<void> {
    const many = 1 + this.#random.below(MOVES);
    for (let done = 0; done < many; done++) {
      const move = this.#choose();
      if (move !== null) await this.live({ move }, tested);
    }
  }

  /** A lane begins with a client, some entries and a Laufzettel; then chance has something to play with. */
  #choose(): Move | null {
    const { handles, entries, slips } = this.lane;
    const opening =
      handles.size === 0 ? 'createClient' : entries.size < 4 ? 'addEntry' : slips.size === 0 ? 'slip' : null;
    for (let tried = 0; tried < 6; tried++) {
      const [name, kind] = opening === null ? this.#random.weighted(WEIGHTED) : ([opening, KINDS[opening]!] as const);
      const chosen = kind.choose(this.lane, this.#random);
      if (chosen !== null) return { do: name, ...chosen, n: this.parts.length };
    }
    return null;
  }

  async live(part: Part, tested: Tested): Promise<void> {
    if (this.finding !== null) return;
    this.parts.push(part);
    try {
      await live(this.lane, part, tested);
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      this.finding = error;
    }
  }
}

const WEIGHTED: [number, [string, Kind]][] = Object.entries(KINDS).map(([name, kind]) => [kind.weight, [name, kind]]);

interface Broken {
  finding: Finding;
  parts: Part[];
}

async function playEpoch(
  tested: Tested,
  network: Network,
  played: readonly Played[],
  random: Random,
  enough: () => boolean,
): Promise<Broken | null> {
  const broken = (): Broken | null => {
    const one = played.find(({ finding }) => finding !== null);
    return one === undefined ? null : { finding: one.finding!, parts: one.parts };
  };
  for (let round = 0; round < ROUNDS && !enough(); round++) {
    await Promise.all(played.map((one) => one.play(tested)));
    if (broken() !== null) return broken();
    const turn: Turn = chooseTurn(network, random, round + 1000 * network.agreements.size);
    for (const one of played) one.parts.push({ turn });
    await takeTurn(
      tested,
      network,
      turn,
      played.map(({ lane }) => lane.oracle),
    );
    if (round % 12 === 11) await Promise.all(played.map((one) => one.live({ sweep: true }, tested)));
  }
  await Promise.all(played.map((one) => one.live({ sweep: true }, tested)));
  return broken();
}
