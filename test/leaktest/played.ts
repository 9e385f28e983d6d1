/** A lane with what it has lived through, and what chance makes of it next. */

import type { Random } from '../support/random.ts';
import { Finding, type Lane } from './lane.ts';
import type { Kind, Move } from './moves.ts';
import type { Tested } from './service.ts';
import { KINDS, live, type Part } from './story.ts';

/** At most so many moves between two turns. */
const MOVES = 7;
/** So often another kind of move is tried when there is nothing to do one with. */
const TRIES = 6;
const ENTRIES_TO_BEGIN_WITH = 4;
const WEIGHTED: [number, [string, Kind]][] = Object.entries(KINDS).map(([name, kind]) => [kind.weight, [name, kind]]);

export class Played {
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

  /** Nothing more once something was found. */
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

  #choose(): Move | null {
    const opening = this.#opening();
    for (let tried = 0; tried < TRIES; tried++) {
      const [name, kind] = opening === null ? this.#random.weighted(WEIGHTED) : ([opening, KINDS[opening]!] as const);
      const chosen = kind.choose(this.lane, this.#random);
      if (chosen !== null) return { do: name, ...chosen, n: this.parts.length };
    }
    return null;
  }

  /** A client, some entries and a Laufzettel; then chance has something to play with. */
  #opening(): string | null {
    const { handles, entries, slips } = this.lane;
    if (handles.size === 0) return 'createClient';
    if (entries.size < ENTRIES_TO_BEGIN_WITH) return 'addEntry';
    return slips.size === 0 ? 'slip' : null;
  }
}
