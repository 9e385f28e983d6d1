/** What has to come out at each turn of the story, and nothing else. */
import type { Category } from '../../domain/catalogue.ts';
import type { Reason } from '../../domain/facts.ts';

type Reasons = Partial<Record<Category, Reason[]>>;
type Whole = readonly Category[];

export interface Expected {
  /** Without any yes. */
  refusedAtFirst: Reasons;
  missingCore: Whole;
  /** After a spoken yes that names four categories, one of them health. */
  goesAfterSpokenYes: Whole;
  staysAfterSpokenYes: Reasons;
  /** After a written yes that names health expressly. */
  goesAfterWrittenYes: Whole;
  /** The way back needs a yes of its own. */
  answerRefusedAtFirst: Reasons;
  goesBack: Whole;
  staysWithCounsellor: Reasons;
  /** After the no. */
  refusedAtLast: Reasons;
  /** What the account of the exchange names, in the order of events. */
  account: Whole;
}

export const EXPECTED: Expected = {
  refusedAtFirst: {
    STAMMDATEN: ['NO_CONSENT'],
    KONTAKT: ['NO_CONSENT'],
    SPRACHE: ['NO_CONSENT'],
    LEISTUNG: ['NO_CONSENT'],
    GESUNDHEIT: ['NO_CONSENT'],
  },
  missingCore: ['STAMMDATEN', 'KONTAKT'],
  goesAfterSpokenYes: ['STAMMDATEN', 'KONTAKT', 'SPRACHE'],
  staysAfterSpokenYes: { LEISTUNG: ['NO_CONSENT'], GESUNDHEIT: ['FORM_INSUFFICIENT'] },
  goesAfterWrittenYes: ['STAMMDATEN', 'KONTAKT', 'GESUNDHEIT'],
  answerRefusedAtFirst: {
    RUECKMELDUNG: ['NO_CONSENT'],
    BERATUNGSNOTIZ: ['NO_CONSENT', 'SECRECY_RELEASE_MISSING'],
    AUFENTHALT: ['NO_CONSENT', 'RESIDENCE_GUARD'],
  },
  goesBack: ['RUECKMELDUNG'],
  staysWithCounsellor: {
    BERATUNGSNOTIZ: ['NO_CONSENT', 'SECRECY_RELEASE_MISSING'],
    AUFENTHALT: ['RESIDENCE_GUARD'],
  },
  refusedAtLast: {
    STAMMDATEN: ['WITHDRAWN'],
    KONTAKT: ['WITHDRAWN'],
    SPRACHE: ['WITHDRAWN'],
    LEISTUNG: ['WITHDRAWN'],
    GESUNDHEIT: ['WITHDRAWN'],
  },
  account: ['STAMMDATEN', 'KONTAKT', 'SPRACHE', 'STAMMDATEN', 'KONTAKT', 'GESUNDHEIT', 'RUECKMELDUNG'],
};
