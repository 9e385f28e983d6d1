/** The vocabulary of what is needed for a withheld entry to go; needed-consents.ts finds it out. */
import type { Category, Purpose } from './catalogue.ts';
import type { AgencyId, StatedBy } from './facts.ts';

/** How a yes has to be given. */
export const NEEDED_FORMS = ['ANY', 'WRITTEN_OR_ELECTRONIC'] as const;

/** Who has to say yes, and how. */
interface NeededYes {
  /** The discloser's own handle on the person; null: it holds none. */
  clientId: string | null;
  form: (typeof NEEDED_FORMS)[number];
  /** Whoever of these may speak at the person's age. PERSON alone: a youth said no, whom no guardian overrules. */
  statedBy: readonly StatedBy[];
  /** A no stands: the yes has to be stated after it. */
  supersedes: boolean;
}

/** In the order in which lines are told. */
export const NEEDED_TYPES = ['CONSENT', 'RELEASE', 'AGREEMENT', 'ASK_ORIGIN', 'NOT_POSSIBLE'] as const;
export const OBSTACLES = ['UNREADABLE', 'AGENCY_SUSPENDED', 'RESIDENCE_GUARD'] as const;
export type Obstacle = (typeof OBSTACLES)[number];

type Want =
  | ({
      type: 'CONSENT';
      discloser: AgencyId;
      recipient: AgencyId;
      purpose: Purpose;
      explicitSpecialCategories: boolean;
    } & NeededYes)
  /** From professional secrecy. */
  | ({ type: 'RELEASE'; origin: AgencyId; recipient: AgencyId } & NeededYes)
  /** One in force that lists the purpose and that all of these have signed. */
  | { type: 'AGREEMENT'; parties: readonly AgencyId[]; purpose: Purpose }
  /** What is missing lies with the agency that wrote the entry, or has to be sent by it anew. */
  | { type: 'ASK_ORIGIN'; origin: AgencyId }
  | { type: 'NOT_POSSIBLE'; reason: Obstacle };

/** One line of what is needed, with everything it is needed for. */
export type Needed = Want & { categories: readonly Category[] };
