/**
 * Pairs of worlds as values. Both are lived through by the same visible steps; in each, agencies other than the observer do
 * things that are withheld from it. Whatever a step needs and does not find, it leaves undone, in both worlds alike; so every
 * part can be left out when a failing pair is made smaller.
 */
import fc from 'fast-check';

/** Agencies by number: 0 is the observer, 1 to 4 are the others. For the admin, who is none, 0 is an agency too. */
export type Who = number;

export type Visible =
  | { do: 'open'; by: Who }
  | {
      do: 'send';
      case: number;
      from: Who;
      to: Who;
      categories: string[];
      purpose: string;
      urgency: string;
      due: string | null;
    }
  | { do: 'read'; hop: number }
  | { do: 'handle'; hop: number; how: 'accept' | 'progress' | 'hold' | 'answer' | 'close' | 'reject' | 'recall' }
  | { do: 'pass'; hop: number; to: Who }
  | { do: 'say'; case: number; by: Who; no: 'everything' | 'own' | 'own-language' }
  | { do: 'correct'; hop: number; entry: number }
  | { do: 'end'; hop: number; how: 'complete' | 'cancel' }
  | { do: 'wait'; days: number }
  | { do: 'ask'; case: number; from: Who; to: Who }
  | { do: 'propose'; case: number; by: Who; giver: Who; to: Who }
  | { do: 'link'; case: number; from: Who; to: Who };

export const SECRETS = [
  'foreign-case',
  'note',
  'aside',
  'aside-onward',
  'no',
  'yes',
  'agreement',
  'correct',
  'link',
  'erase',
  'refused',
  'proposals',
  'requests',
  'end',
] as const;
/** Done by others than the observer, and told to none but others. `at`: before which visible step. `size`: how much is written. */
export interface Hidden {
  at: number;
  do: (typeof SECRETS)[number];
  case: number;
  from: Who;
  to: Who;
  category: number;
  size: number;
}

export const WAYS = [
  'no-consent',
  'refused',
  'other-recipient',
  'other-purpose',
  'oral',
  'secret',
  'guarded',
  'third-person',
  'not-sent',
  'no-before-read',
  'ended-before-read',
] as const;
/** A further entry on what another agency sends the observer, and what keeps it back. */
export interface Withheld {
  send: number;
  way: (typeof WAYS)[number];
  size: number;
  /** Written before the others, or after. */
  early: boolean;
}

export interface Deeds {
  hidden: Hidden[];
  withheld: Withheld[];
  /** Which sendings of an agency's own entries to the observer go on a Laufzettel that a third agency made. */
  onAnothers: number[];
}

export interface Pair {
  observer: 'arge' | 'caritas' | 'diakonie' | 'tgsh' | 'rantzau' | 'admin';
  position: string;
  visible: Visible[];
  worlds: [Deeds, Deeds];
}

export const SHOWN_CATEGORIES = ['KONTAKT', 'SPRACHE'] as const;

const send = (from: Who, to: Who): Visible => ({
  do: 'send',
  case: 0,
  from,
  to,
  categories: ['KONTAKT'],
  purpose: 'BERATUNG',
  urgency: 'NORMAL',
  due: null,
});
/** How each story begins, so that the observer stands where it is named after. */
const POSITIONS: Record<string, Visible[]> = {
  recipient: [{ do: 'open', by: 1 }, send(1, 0)],
  'onward recipient': [{ do: 'open', by: 1 }, send(1, 2), { do: 'read', hop: 0 }, { do: 'pass', hop: 0, to: 0 }],
  origin: [{ do: 'open', by: 0 }, send(0, 1), { do: 'read', hop: 0 }, { do: 'pass', hop: 0, to: 2 }],
  bystander: [{ do: 'open', by: 1 }, send(1, 2)],
  proposer: [{ do: 'open', by: 1 }, send(1, 0), { do: 'propose', case: 0, by: 0, giver: 2, to: 3 }],
  asker: [{ do: 'open', by: 1 }, send(1, 0), { do: 'ask', case: 0, from: 0, to: 2 }],
  admin: [{ do: 'open', by: 1 }, send(1, 2)],
};

const who = fc.nat(4);
const which = fc.nat(3);
const visible: fc.Arbitrary<Visible> = fc.oneof(
  fc.record({ do: fc.constant('open' as const), by: who }),
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      case: which,
      from: who,
      to: who,
      categories: fc.subarray([...SHOWN_CATEGORIES]),
      purpose: fc.constantFrom('BERATUNG', 'SOZIALRECHT'),
      urgency: fc.constantFrom('NORMAL', 'URGENT'),
      due: fc.constantFrom(null, '2027-02-01', '2027-04-01'),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('read' as const), hop: which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('handle' as const),
      hop: which,
      how: fc.constantFrom('accept', 'progress', 'hold', 'answer', 'close', 'reject', 'recall'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pass' as const), hop: which, to: who }) },
  fc.record({
    do: fc.constant('say' as const),
    case: which,
    by: who,
    no: fc.constantFrom('everything', 'own', 'own-language'),
  }),
  fc.record({ do: fc.constant('correct' as const), hop: which, entry: which }),
  fc.record({ do: fc.constant('end' as const), hop: which, how: fc.constantFrom('complete', 'cancel') }),
  fc.record({ do: fc.constant('wait' as const), days: fc.constantFrom(1, 15, 200) }),
  fc.record({ do: fc.constant('ask' as const), case: which, from: who, to: who }),
  fc.record({ do: fc.constant('propose' as const), case: which, by: who, giver: who, to: who }),
  fc.record({ do: fc.constant('link' as const), case: which, from: who, to: who }),
);
const hidden: fc.Arbitrary<Hidden> = fc.record({
  at: fc.nat(12),
  do: fc.constantFrom(...SECRETS),
  case: which,
  from: who,
  to: who,
  category: fc.nat(9),
  size: fc.nat(200),
});
const withheld: fc.Arbitrary<Withheld> = fc.record({
  send: fc.nat(1),
  way: fc.constantFrom(...WAYS),
  size: fc.nat(200),
  early: fc.boolean(),
});
const deeds: fc.Arbitrary<Deeds> = fc.record({
  hidden: fc.array(hidden, { minLength: 4, maxLength: 12, size: 'max' }),
  withheld: fc.array(withheld, { minLength: 1, maxLength: 3, size: 'max' }),
  onAnothers: fc.subarray([0, 1]),
});
const NONE: Deeds = { hidden: [], withheld: [], onAnothers: [] };
/** Much at once; a failing pair is made smaller by leaving out all of it, or one after the other. */
const some: fc.Arbitrary<Deeds> = fc.oneof(
  { withCrossShrink: true },
  {
    weight: 1,
    arbitrary: fc.record({
      hidden: fc.array(hidden, { maxLength: 2 }),
      withheld: fc.constant<Withheld[]>([]),
      onAnothers: fc.constant<number[]>([]),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      hidden: fc.constant<Hidden[]>([]),
      withheld: fc.array(withheld, { maxLength: 2 }),
      onAnothers: fc.subarray([0, 1]),
    }),
  },
  { weight: 6, arbitrary: deeds },
);

export const pairs: fc.Arbitrary<Pair> = fc.constantFrom('recipient', ...Object.keys(POSITIONS)).chain((position) =>
  fc.record({
    position: fc.constant(position),
    observer:
      position === 'admin'
        ? fc.constant('admin' as const)
        : fc.constantFrom<Pair['observer']>('arge', 'caritas', 'diakonie', 'tgsh', 'rantzau'),
    visible: fc.array(visible, { maxLength: 8, size: 'max' }).map((more) => [...POSITIONS[position]!, ...more]),
    // Often nothing at all against something, else something against something else.
    worlds: fc.tuple(fc.oneof(fc.constant(NONE), deeds), some),
  }),
);
