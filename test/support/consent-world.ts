/** Small worlds for the consent check: builders whose defaults permit, so that a test names only what it changes. */
import type { Category } from '../../src/domain/catalogue.ts';
import type {
  AgencyFact,
  AgreementFact,
  DisclosureRowFact,
  EntryMeta,
  Facts,
  GivenRelease,
  GivenStatement,
  Instant,
  NoStatement,
  Question,
  WithdrawnRelease,
} from '../../src/domain/facts.ts';

export interface World {
  question: Question;
  facts: Facts;
}

// ── Time ──

/** The moment that questions are asked at unless a test says otherwise: noon in Berlin. */
export const NOW: Instant = Date.parse('2026-06-15T12:00:00+02:00');
/** Noon so many days from NOW; negative is the past. (No clock change lies within sixty days.) */
export const day = (days: number): Instant => NOW + days * 24 * 60 * 60 * 1000;
/** The birthday that youths here come of age on: far enough not to matter. */
export const ADULT_FROM: Instant = Date.parse('2027-01-01T00:00:00+01:00');

// ── Builders ──

export const PUBLIC_AGENCIES = ['jobcenter', 'schule'];

/** mbe writes and discloses, jobcenter receives; jmd and schule stand between them where a test is about passing on. */
export const agency = (change: Partial<AgencyFact> = {}): AgencyFact => {
  const id = change.id ?? 'mbe';
  return { id, publicBody: PUBLIC_AGENCIES.includes(id), suspendedAt: null, ...change };
};
export const AGENCIES: AgencyFact[] = ['mbe', 'jmd', 'schule', 'jobcenter'].map((id) => agency({ id }));

export const party = (name: string, change: { signedAt?: Instant | null; leftAt?: Instant | null } = {}) => ({
  agency: name,
  signedAt: day(-50),
  leftAt: null,
  ...change,
});

export const agreement = (change: Partial<AgreementFact> = {}): AgreementFact => ({
  id: 'k1',
  parties: ['mbe', 'jmd', 'schule', 'jobcenter'].map((name) => party(name)),
  purposes: ['BERATUNG'],
  categories: ['STAMMDATEN', 'KONTAKT', 'GESUNDHEIT', 'BERATUNGSNOTIZ', 'DOKUMENT'],
  from: day(-50),
  until: null,
  terminatedAt: null,
  ...change,
});

const HASH = 'c0ffee'.padEnd(64, '0');

const yes = (change: Partial<GivenStatement | GivenRelease>) => {
  const ageBand = change.ageBand ?? 'ADULT';
  const statedAt = change.statedAt ?? day(-10);
  return {
    person: 'anna',
    decision: 'GIVEN' as const,
    statedAt,
    recordedAt: statedAt,
    statedBy: 'PERSON' as const,
    ageBand,
    recipient: 'jobcenter',
    categories: ['STAMMDATEN'] satisfies Category[] as Category[],
    validFrom: statedAt,
    validUntil: day(30),
    form: 'WRITTEN' as const,
    capacityConfirmed: true,
    explicitSpecialCategories: true,
    language: 'de',
    textHash: HASH,
    evidenceRef: null,
    adultFrom: ageBand === 'ADULT' ? null : ADULT_FROM,
  };
};

export const given = (change: Partial<GivenStatement> = {}): GivenStatement => {
  const discloser = change.discloser ?? 'mbe';
  return { id: 's1', discloser, purpose: 'BERATUNG', ...yes(change), recordedBy: discloser, ...change };
};

const no = (change: { statedAt?: Instant; recordedAt?: Instant }) => {
  const recordedAt = change.recordedAt ?? change.statedAt ?? day(-5);
  return {
    person: 'anna',
    statedAt: recordedAt,
    recordedAt,
    recordedBy: 'jmd',
    statedBy: 'PERSON' as const,
    ageBand: 'ADULT' as const,
    recipient: 'jobcenter',
    categories: ['STAMMDATEN'] satisfies Category[] as Category[],
  };
};

export const refused = (change: Partial<NoStatement> = {}): NoStatement => ({
  id: 'n1',
  decision: 'REFUSED',
  discloser: 'mbe',
  purpose: 'BERATUNG',
  ...no(change),
  ...change,
});

export const withdrawn = (change: Partial<NoStatement> = {}): NoStatement =>
  refused({ decision: 'WITHDRAWN', ...change });

/** "Stop everything": a no that leaves out every part of its scope. */
export const stopEverything = (change: Partial<NoStatement> = {}): NoStatement =>
  withdrawn({ discloser: null, recipient: null, purpose: null, categories: null, ...change });

export const release = (change: Partial<GivenRelease> = {}): GivenRelease => {
  const origin = change.origin ?? 'mbe';
  return { id: 'f1', origin, ...yes(change), recordedBy: origin, ...change };
};

export const withdrawnRelease = (change: Partial<WithdrawnRelease> = {}): WithdrawnRelease => ({
  id: 'w1',
  decision: 'WITHDRAWN',
  origin: 'mbe',
  ...no(change),
  ...change,
});

export const row = (change: Partial<DisclosureRowFact> = {}): DisclosureRowFact => ({
  id: 'r1',
  entry: 'e1',
  from: 'mbe',
  to: 'jmd',
  purpose: 'BERATUNG',
  opened: day(-3),
  closed: null,
  reliedOn: { agreements: ['k1'], statements: ['s2'], releases: [], row: null },
  goodUntil: day(30),
  ...change,
});

export const entry = (change: Partial<EntryMeta> = {}): EntryMeta => ({
  id: 'e1',
  category: 'STAMMDATEN',
  origin: 'mbe',
  concerns: ['anna'],
  secrecy: false,
  guardFrom: null,
  filedUnder: null,
  ...change,
});

export const question = (change: Partial<Question> = {}): Question => ({
  person: 'anna',
  discloser: 'mbe',
  recipient: 'jobcenter',
  purpose: 'BERATUNG',
  at: NOW,
  kind: 'FALLMITTEILUNG',
  strict: false,
  entries: [entry()],
  ...change,
});

/** Nobody has said anything yet; the agencies have agreed. */
export const facts = (change: Partial<Facts> = {}): Facts => ({
  agencies: AGENCIES,
  agreements: [agreement()],
  statements: [],
  releases: [],
  rows: [],
  ...change,
});
