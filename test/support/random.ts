/** A seeded generator of pseudo-random numbers (sfc32), so that a seed tells a whole run. Never for secrets. */

export interface Random {
  /** 0 ≤ x < 1 */
  next(): number;
  /** A whole number, 0 ≤ n < below. */
  below(below: number): number;
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Each with this probability, in their order. */
  some<T>(from: readonly T[], probability: number): T[];
  /** One of them, as often as its weight says. */
  weighted<T>(from: readonly (readonly [weight: number, value: T])[]): T;
}

/** @param seed what makes this generator another one than all others: numbers and names. */
export function randomOf(...seed: readonly (number | string)[]): Random {
  let [a, b, c, d] = mixed(seed.join('\0'));
  const next = (): number => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return (sum >>> 0) / 4_294_967_296;
  };
  for (let warm = 0; warm < 12; warm++) next();
  const below = (limit: number): number => Math.floor(next() * limit);
  const pick = <T>(from: readonly T[]): T => from[below(from.length)]!;
  return {
    next,
    below,
    pick,
    chance: (probability) => next() < probability,
    some: (from, probability) => from.filter(() => next() < probability),
    weighted(from) {
      let left = next() * from.reduce((sum, [weight]) => sum + weight, 0);
      for (const [weight, value] of from) {
        left -= weight;
        if (left < 0) return value;
      }
      return from.at(-1)![1];
    },
  };
}

/** Four words of 32 bits that any change of the text changes (after cyrb128). */
function mixed(text: string): [number, number, number, number] {
  let [one, two, three, four] = [1_779_033_703, 3_144_134_277, 1_013_904_242, 2_773_480_762];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    one = two ^ Math.imul(one ^ code, 597_399_067);
    two = three ^ Math.imul(two ^ code, 2_869_860_233);
    three = four ^ Math.imul(three ^ code, 951_274_213);
    four = one ^ Math.imul(four ^ code, 2_716_044_179);
  }
  return [one ^ two, two ^ three, three ^ four, four ^ one];
}
