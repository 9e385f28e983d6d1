/** Trees of forwardings, what ends them, and what falls with it: told here once more, without the rules of the service. */
import fc from 'fast-check';

export const READINGS = ['NONE', 'ONE', 'ALL'] as const;
/** How far its recipient has handled it. */
export const HANDLINGS = ['NONE', 'ACCEPTED', 'IN_PROGRESS', 'ANSWERED', 'CLOSED'] as const;
export const CAUSES = [
  ...(['EVERYTHING', 'EVERYTHING_BY_HOLDER', 'RECIPIENT', 'DISCLOSER', 'CATEGORY', 'RECALL', 'REJECT'] as const),
  ...(['SUSPENSION', 'TERMINATION', 'CORRECTION', 'ERASURE', 'LINK', 'TIME'] as const),
];
export type Cause = (typeof CAUSES)[number];

export interface Hop {
  /** The place of who sends it: 0 is the author, n the recipient of hop n − 1. */
  from: number;
  /** Of the three entries those that go; the first one is the core. */
  categories: number[];
  reads: (typeof READINGS)[number];
  handling: (typeof HANDLINGS)[number];
}

export interface Tree {
  /** Hop n goes to the agency at place n + 1. */
  hops: Hop[];
  cause: Cause;
  /** The hop, or its recipient, at which it happens. */
  at: number;
  /** The category that it is about. */
  category: number;
}

/** What one hop disclosed of one category. */
export interface Row {
  hop: number;
  category: number;
  isFetched: boolean;
}

const isHandled = ({ reads, handling }: Hop): boolean => reads !== 'NONE' && handling !== 'NONE';

/** Which rows end with the cause, and with the rows that they hang on. */
export function fallen<One extends Row>(tree: Tree, rows: readonly One[]): Set<One> {
  const { hops, cause, at, category } = tree;
  const { from } = hops[at]!;
  const to = at + 1;
  const ends = (row: Row): boolean => {
    const hop = hops[row.hop]!;
    switch (cause) {
      case 'EVERYTHING':
      case 'EVERYTHING_BY_HOLDER':
      case 'ERASURE':
      case 'LINK':
        return true;
      case 'RECIPIENT':
        return row.hop + 1 === to;
      case 'DISCLOSER':
        // Of the author everything stands on what was said to it.
        return from === 0 || hop.from === from;
      case 'CATEGORY':
      case 'CORRECTION':
        return row.category === category;
      case 'RECALL':
      case 'REJECT':
        return row.hop === at;
      case 'SUSPENSION':
        return hop.from === to || row.hop + 1 === to;
      case 'TERMINATION':
        // The agreement of the author and the recipient, on which every hop to the recipient stands.
        return row.hop + 1 === to;
      case 'TIME':
        return !isHandled(hop);
    }
  };
  const over = new Set(rows.filter(ends));
  const hangsOn = (row: Row) =>
    rows.find((one) => one.hop === hops[row.hop]!.from - 1 && one.category === row.category);
  for (const row of rows.toSorted((one, other) => one.hop - other.hop)) {
    const held = hangsOn(row);
    if (held !== undefined && over.has(held)) over.add(row);
  }
  return over;
}

const hop = fc.record({
  place: fc.nat(),
  contact: fc.boolean(),
  language: fc.boolean(),
  reads: fc.constantFrom(...READINGS, 'ALL'),
  handling: fc.constantFrom(...HANDLINGS),
});

/** Nobody passes on what it does not hold; what is recalled or rejected nobody has accepted. */
export const trees: fc.Arbitrary<Tree> = fc
  .record({
    hops: fc.array(hop, { minLength: 1, maxLength: 4 }),
    cause: fc.constantFrom(...CAUSES),
    at: fc.nat(),
    category: fc.nat({ max: 2 }),
  })
  .map((drawn) => {
    const hops: Hop[] = [];
    const at = drawn.at % drawn.hops.length;
    for (const [index, { place, contact, language, reads, handling }] of drawn.hops.entries()) {
      // Long chains rather than wide ones.
      const from = place % 3 === 0 ? place % (index + 1) : index;
      const held = from === 0 ? [0, 1, 2] : hops[from - 1]!.categories;
      const categories = held.filter((one) => one === 0 || (one === 1 ? contact : language));
      const isUntouched = index === at && ['RECALL', 'REJECT'].includes(drawn.cause);
      hops.push({ from, categories, reads, handling: isUntouched ? 'NONE' : handling });
    }
    return { hops, cause: drawn.cause, at, category: drawn.category };
  });
