/** What can be done, as values: a story is a list of them, and can be told and lived through again with some left out. */

import type { Random } from '../support/random.ts';
import type { Lane } from './lane.ts';

/** One thing that somebody does. `n` is its number in the lane; what it makes is named by it. */
export interface Move {
  n: number;
  do: string;
  // biome-ignore lint/suspicious/noExplicitAny: each kind of move reads what it wrote
  [more: string]: any;
}

/** How a kind of move is chosen, done and told. */
export interface Kind {
  weight: number;
  /** What is needed for it besides chance; null: there is nothing to do it with. */
  choose(lane: Lane, random: Random): Record<string, unknown> | null;
  /** Does it and tells the oracle. What it names may be missing when moves were left out before it: then it is nothing. */
  perform(lane: Lane, move: Move): Promise<void>;
  tell(move: Move, name: (by: number) => string): string;
}

export const keysOf = <T>(
  map: ReadonlyMap<string, T>,
  which: (one: T, name: string) => boolean = () => true,
): string[] => [...map].filter(([name, one]) => which(one, name)).map(([name]) => name);

/** One of them, mostly a late one: stories go on with what has just happened. */
export function recent(random: Random, names: readonly string[]): string {
  const from = random.chance(0.6) ? Math.max(0, names.length - 3) : 0;
  return names[from + random.below(names.length - from)]!;
}

export const door = (random: Random): 'REST' | 'GraphQL' => (random.chance(0.7) ? 'REST' : 'GraphQL');
