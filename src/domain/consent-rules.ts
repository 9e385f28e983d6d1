/**
 * R1 to R7 for one entry on one hop: each rule says why not, or what it relied on.
 *
 * A hop is "discloser gives to recipient, for a purpose, at an instant". The rules of a hop never look at another hop
 * but for R5, which is in `consent.ts` because it follows the chain of disclosures back to the origin.
 */
import { ARTICLE_9_CATEGORIES, type Category, type Purpose } from './catalogue.ts';
import type {
  AgencyId,
  EntryMeta,
  Facts,
  GivenRelease,
  GivenStatement,
  Instant,
  NoStatement,
  PersonId,
  Reason,
  ReleaseFact,
  StatementFact,
  WithdrawnRelease,
} from './facts.ts';
import { categoriesOf } from './readable.ts';

export interface Hop {
  discloser: AgencyId;
  recipient: AgencyId;
  purpose: Purpose;
  at: Instant;
}

/** What a rule found: reasons to withhold, and the facts it relied on where there are none. */
export interface Finding {
  reasons: readonly Reason[];
  agreements?: readonly string[];
  statements?: readonly string[];
  releases?: readonly string[];
}

export type Rule = (hop: Hop, entry: EntryMeta, facts: Facts) => Finding;

const HOLDS: Finding = { reasons: [] };
const smallest = (ids: readonly string[]): string => ids.reduce((least, id) => (id < least ? id : least));
const every = (findings: readonly Finding[]): Finding => ({
  reasons: findings.flatMap((finding) => finding.reasons),
  agreements: findings.flatMap((finding) => finding.agreements ?? []),
  statements: findings.flatMap((finding) => finding.statements ?? []),
  releases: findings.flatMap((finding) => finding.releases ?? []),
});

/** R1: a signed agreement in force covers both, for the purpose and each category; nobody involved is suspended. */
export const agreement: Rule = (hop, entry, facts) => {
  const involved = [hop.discloser, hop.recipient, entry.origin];
  const suspended = facts.agencies.some(
    (agency) => involved.includes(agency.id) && agency.suspendedAt !== null && agency.suspendedAt <= hop.at,
  );
  if (suspended) return { reasons: ['AGREEMENT'] };
  const givers = [...new Set([hop.discloser, entry.origin])];
  return every(
    givers.flatMap((giver) =>
      categoriesOf(entry).map((category) => {
        const serving = agreementsBetween(giver, category, hop, facts);
        return serving.length > 0 ? { reasons: [], agreements: [smallest(serving)] } : { reasons: ['AGREEMENT'] };
      }),
    ),
  );
};

export const agreementsBetween = (giver: AgencyId, category: Category, hop: Hop, facts: Facts): string[] =>
  inForceBetween(giver, hop, facts)
    .filter((one) => one.categories.includes(category))
    .map((one) => one.id);

/** The agreements in force between the two, for the purpose, whatever their categories. */
export function inForceBetween(
  giver: AgencyId,
  { at, recipient, purpose }: Pick<Hop, 'at' | 'recipient' | 'purpose'>,
  facts: Pick<Facts, 'agreements'>,
): Facts['agreements'] {
  return facts.agreements.filter((one) => {
    const isParty = (agency: AgencyId): boolean =>
      one.parties.some(
        (party) =>
          party.agency === agency &&
          party.signedAt !== null &&
          party.signedAt <= at &&
          !(party.leftAt !== null && party.leftAt <= at),
      );
    const inForce =
      one.from <= at &&
      (one.until === null || at < one.until) &&
      !(one.terminatedAt !== null && one.terminatedAt <= at);
    return inForce && one.purposes.includes(purpose) && isParty(giver) && isParty(recipient);
  });
}

type Given = GivenStatement | GivenRelease;
type No = NoStatement | WithdrawnRelease;

/** R2: a yes beats a no when it was stated after the no was recorded; a guardian alone does not lift a youth's no. */
function beats(yes: Given, no: No, yeses: readonly Given[]): boolean {
  if (yes.statedAt <= no.recordedAt) return false;
  if (no.statedBy !== 'PERSON' || no.ageBand !== 'FROM_15_TO_17') return true;
  return yeses.some((other) => other.statedBy === 'PERSON' && other.statedAt > no.recordedAt);
}

export const countingAmong = <Yes extends Given>(yeses: readonly Yes[], nos: readonly No[]): Yes[] =>
  yeses.filter((yes) => nos.every((no) => beats(yes, no, yeses)));

/** Of the counting yeses that have begun, the latest by `statedAt`; several when tied. */
export function takenAmong<Yes extends Given>(counting: readonly Yes[], at: Instant): Yes[] {
  const begun = counting.filter((yes) => yes.validFrom <= at);
  const latest = Math.max(...begun.map((yes) => yes.statedAt));
  return begun.filter((yes) => yes.statedAt === latest);
}

/** The latest no by `recordedAt` says which reason; both when tied. */
function reasonsOf(nos: readonly NoStatement[]): Reason[] {
  const latest = Math.max(...nos.map((no) => no.recordedAt));
  return nos.filter((no) => no.recordedAt === latest).map((no) => no.decision);
}

/** R3, § 36 SGB I by analogy: who could say it. */
function isCapable(yes: Given): boolean {
  switch (yes.ageBand) {
    case 'UNDER_15':
      return yes.statedBy === 'GUARDIAN';
    case 'FROM_15_TO_17':
      return yes.statedBy === 'GUARDIAN' || (yes.statedBy === 'PERSON' && yes.capacityConfirmed);
    case 'ADULT':
      return yes.statedBy === 'PERSON' || yes.statedBy === 'LEGAL_REPRESENTATIVE';
  }
}

const isInText = (yes: Given): boolean => yes.form === 'WRITTEN' || yes.form === 'ELECTRONIC';

/** R4, § 67b(2) SGB X and Art. 9(2)(a) GDPR. */
const hasForm = (yes: GivenStatement, category: Category): boolean =>
  !ARTICLE_9_CATEGORIES.includes(category) || (isInText(yes) && yes.explicitSpecialCategories);

export interface Scope {
  person: PersonId;
  discloser: AgencyId;
  recipient: AgencyId;
  purpose: Purpose;
  category: Category;
}

const isOrAll = <T>(named: T | null, value: T): boolean => named === null || named === value;

export function statementsAbout(scope: Scope, facts: Facts): { yeses: GivenStatement[]; nos: NoStatement[] } {
  const yeses: GivenStatement[] = [];
  const nos: NoStatement[] = [];
  for (const said of facts.statements) {
    const about =
      said.person === scope.person &&
      isOrAll(said.discloser, scope.discloser) &&
      isOrAll(said.recipient, scope.recipient) &&
      isOrAll(said.purpose, scope.purpose) &&
      (said.categories === null || said.categories.includes(scope.category));
    if (!about) continue;
    if (said.decision === 'GIVEN') yeses.push(said);
    else nos.push(said);
  }
  return { yeses, nos };
}

/** R2, R3 and R4 together, for one person and one category: one taken yes must fulfil all three. */
export function consentFor(scope: Scope, at: Instant, facts: Facts): Finding {
  const { yeses, nos } = statementsAbout(scope, facts);
  const counting = countingAmong(yeses, nos);
  if (counting.length === 0) return { reasons: nos.length > 0 ? reasonsOf(nos) : ['NO_CONSENT'] };
  const taken = takenAmong(counting, at);
  if (taken.length === 0) return { reasons: ['NOT_YET_VALID'] };
  const judged = taken.map((yes) => {
    const reasons: Reason[] = [];
    if (yes.validUntil <= at) reasons.push('EXPIRED');
    if (!isCapable(yes)) reasons.push('CAPACITY');
    if (!hasForm(yes, scope.category)) reasons.push('FORM_INSUFFICIENT');
    return { id: yes.id, reasons };
  });
  const serving = judged.filter((yes) => yes.reasons.length === 0);
  return serving.length > 0
    ? { reasons: [], statements: [smallest(serving.map((yes) => yes.id))] }
    : { reasons: judged.flatMap((yes) => yes.reasons) };
}

export const needs = (entry: EntryMeta): { person: PersonId; category: Category }[] =>
  [...new Set(entry.concerns)].flatMap((person) => categoriesOf(entry).map((category) => ({ person, category })));

/**
 * R2 to R4: everybody concerned agreed that the **origin** gives it. When somebody else passes it on, a failure is told as
 * ONWARD_NOT_COVERED: an agency that passes data on learns nothing about what the person said to others.
 */
export const consent: Rule = (hop, entry, facts) => {
  const found = every(
    needs(entry).map((need) =>
      consentFor({ ...need, discloser: entry.origin, recipient: hop.recipient, purpose: hop.purpose }, hop.at, facts),
    ),
  );
  return hideFromOthers(hop, entry, found);
};

/** R2, onward: a no about the discloser itself stands against it until a yes about the same scope counts. */
export const noToDiscloser: Rule = (hop, entry, facts) => {
  if (entry.origin === hop.discloser) return HOLDS;
  return every(
    needs(entry).map((need) => {
      const { yeses, nos } = statementsAbout(
        { ...need, discloser: hop.discloser, recipient: hop.recipient, purpose: hop.purpose },
        facts,
      );
      // Where nobody has said no there is no reason among them.
      return countingAmong(yeses, nos).length === 0 ? { reasons: reasonsOf(nos) } : HOLDS;
    }),
  );
};

/** R6: what was written under professional secrecy needs each person's release, in text (§ 203 StGB, § 76 SGB X). */
export const secrecy: Rule = (hop, entry, facts) => {
  if (!entry.secrecy) return HOLDS;
  const found = every(
    needs(entry).map((need) => releaseFor({ ...need, origin: entry.origin, recipient: hop.recipient }, hop.at, facts)),
  );
  return hideFromOthers(hop, entry, found);
};

export interface ReleaseScope {
  person: PersonId;
  origin: AgencyId;
  recipient: AgencyId;
  category: Category;
}

export function releasesAbout(scope: ReleaseScope, facts: Facts): { yeses: GivenRelease[]; nos: WithdrawnRelease[] } {
  const about = facts.releases.filter(
    (release) =>
      release.person === scope.person &&
      isOrAll(release.origin, scope.origin) &&
      isOrAll(release.recipient, scope.recipient) &&
      (release.categories === null || release.categories.includes(scope.category)),
  );
  return {
    yeses: about.filter((release) => release.decision === 'GIVEN'),
    nos: about.filter((release) => release.decision === 'WITHDRAWN'),
  };
}

export function releaseFor(scope: ReleaseScope, at: Instant, facts: Facts): Finding {
  const { yeses, nos } = releasesAbout(scope, facts);
  const serving = takenAmong(countingAmong(yeses, nos), at).filter(
    (release) => at < release.validUntil && isInText(release) && isCapable(release),
  );
  return serving.length > 0
    ? { reasons: [], releases: [smallest(serving.map((release) => release.id))] }
    : { reasons: ['SECRECY_RELEASE_MISSING'] };
}

/**
 * Until when the yeses to the scope of this one serve for a category: the first instant, not before `at`, at which consent
 * (or release) would be missing; `at` itself when it is missing now.
 */
export function servesUntil(
  yes: GivenStatement | GivenRelease,
  category: Category,
  facts: Facts,
  at: Instant,
): Instant {
  const holdsAt = (instant: Instant): boolean =>
    ('discloser' in yes
      ? consentFor({ ...yes, category }, instant, facts)
      : releaseFor({ ...yes, category }, instant, facts)
    ).reasons.length === 0;
  const said: readonly (StatementFact | ReleaseFact)[] = 'discloser' in yes ? facts.statements : facts.releases;
  const changes = said
    .filter((one) => one.decision === 'GIVEN')
    .flatMap((one) => [one.validFrom, one.validUntil])
    .filter((instant) => instant > at)
    .sort((left, right) => left - right);
  // Every yes ends, so at the last of these instants none serves any more.
  return [at, ...changes].find((instant) => !holdsAt(instant))!;
}

const hideFromOthers = (hop: Hop, entry: EntryMeta, found: Finding): Finding =>
  found.reasons.length > 0 && entry.origin !== hop.discloser ? { reasons: ['ONWARD_NOT_COVERED'] } : found;

/** R7: what a public body might have to report never goes to one (§§ 87, 88(2) AufenthG, the cautious reading). */
export const residenceGuard: Rule = (hop, entry, facts) => {
  const guarded = entry.guardFrom !== null && entry.guardFrom <= hop.at;
  const knownPrivate = facts.agencies.some((agency) => agency.id === hop.recipient && !agency.publicBody);
  return guarded && !knownPrivate ? { reasons: ['RESIDENCE_GUARD'] } : HOLDS;
};
