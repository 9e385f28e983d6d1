/**
 * What would have to be said, released or agreed for the withheld entries to go: the way out of a refusal. Pure.
 *
 * It is told to the discloser, so it is made of what the discloser may know, and of the reasons that it is told anyway. What
 * a person said to others is neither: for another agency's entry it is told to ask that agency.
 */
import { ARTICLE_9_CATEGORIES, CATEGORIES, type Category } from './catalogue.ts';
import {
  agreementsBetween,
  consentFor,
  countingAmong,
  needs,
  releaseFor,
  releasesAbout,
  statementsAbout,
} from './consent-rules.ts';
import {
  type AgencyId,
  type Decision,
  type EntryMeta,
  type Facts,
  type PersonId,
  type Question,
  type Reason,
  STATED_BY,
  type StatedBy,
  type Withhold,
} from './facts.ts';
import { NEEDED_TYPES, type Needed, type Obstacle } from './needed.ts';
import { categoriesOf, knownAt } from './readable.ts';

interface Asked {
  question: Question;
  /** What the discloser may know of the facts. */
  known: Facts;
  handles: Readonly<Record<PersonId, string | null>>;
}

/**
 * @param decision what `decide` answered to this question upon these facts.
 * @param handles of the discloser, by person.
 * @returns the fewest lines that would make every withheld entry permitted, but for what is NOT_POSSIBLE or lies with its
 *   origin; empty when nothing is withheld.
 */
export function neededFor(
  question: Question,
  facts: Facts,
  decision: Decision,
  handles: Readonly<Record<PersonId, string | null>>,
): Needed[] {
  const withheld = decision.entries.filter((one) => one.outcome === 'WITHHOLD');
  // Facts that cannot be read are not looked at: then every entry is unreadable.
  const readable = withheld.some((one) => !one.reasons.includes('UNREADABLE'));
  const known = readable ? knownTo(question.discloser, knownAt(facts, question.at)) : facts;
  return merged(withheld.flatMap((one) => wantsOf(one, { question, known, handles })));
}

/** The facts that the discloser may know: what was said about itself, and the agreements that it is a party of. */
export const knownTo = (agency: AgencyId, facts: Facts): Facts => ({
  ...facts,
  agreements: facts.agreements.filter((one) => one.parties.some((party) => party.agency === agency)),
  statements: facts.statements.filter((one) => one.discloser === null || one.discloser === agency),
  releases: facts.releases.filter((one) => one.origin === null || one.origin === agency),
});

function wantsOf(withheld: Withhold, asked: Asked): Needed[] {
  const { question, known } = asked;
  const impossible = (reason: Obstacle): Needed[] => [
    { type: 'NOT_POSSIBLE', reason, categories: [withheld.category as Category] },
  ];
  // Where it is not possible anyway, nobody is asked to say yes in vain.
  if (withheld.reasons.includes('UNREADABLE')) return impossible('UNREADABLE');
  if (withheld.reasons.includes('RESIDENCE_GUARD')) return impossible('RESIDENCE_GUARD');
  const entry = question.entries.find((one) => one.id === withheld.entry)!;
  const involved = [question.discloser, question.recipient, entry.origin];
  const suspended = known.agencies.some(
    (one) => involved.includes(one.id) && one.suspendedAt !== null && one.suspendedAt <= question.at,
  );
  if (suspended) return impossible('AGENCY_SUSPENDED');
  return [
    ...consents(entry, asked),
    ...(entry.origin === question.discloser && entry.secrecy ? releases(entry, asked) : []),
    ...agreement(entry, asked),
    ...(liesWithOrigin(entry, withheld.reasons, asked)
      ? [{ type: 'ASK_ORIGIN' as const, origin: entry.origin, categories: [entry.category] }]
      : []),
  ];
}

/** Of an own entry the consents that are missing; of another's those by which a no about the discloser itself is lifted. */
function consents(entry: EntryMeta, { question, known, handles }: Asked): Needed[] {
  const { discloser, recipient, purpose, at } = question;
  return needs(entry).flatMap(({ person, category }): Needed[] => {
    const scope = { person, category, discloser, recipient, purpose };
    const { yeses, nos } = statementsAbout(scope, known);
    const supersedes = nos.length > 0 && countingAmong(yeses, nos).length === 0;
    const missing = entry.origin === discloser ? consentFor(scope, at, known).reasons.length > 0 : supersedes;
    if (!missing || (entry.origin !== discloser && !handles[person])) return [];
    const special = ARTICLE_9_CATEGORIES.includes(category);
    return [
      {
        type: 'CONSENT',
        clientId: handles[person] ?? null,
        discloser,
        recipient,
        purpose,
        categories: [category],
        form: special ? 'WRITTEN_OR_ELECTRONIC' : 'ANY',
        explicitSpecialCategories: special,
        statedBy: speakers(yeses, nos),
        supersedes,
      },
    ];
  });
}

function releases(entry: EntryMeta, { question, known, handles }: Asked): Needed[] {
  const { discloser, recipient, at } = question;
  return needs(entry).flatMap(({ person, category }): Needed[] => {
    const scope = { person, category, origin: discloser, recipient };
    if (releaseFor(scope, at, known).reasons.length === 0) return [];
    const { yeses, nos } = releasesAbout(scope, known);
    return [
      {
        type: 'RELEASE',
        clientId: handles[person] ?? null,
        origin: discloser,
        recipient,
        categories: [category],
        form: 'WRITTEN_OR_ELECTRONIC',
        statedBy: speakers(yeses, nos),
        supersedes: nos.length > 0 && countingAmong(yeses, nos).length === 0,
      },
    ];
  });
}

type Said = Pick<Facts['statements'][number], 'statedBy' | 'ageBand' | 'statedAt' | 'recordedAt'>;

/** A youth's no needs the youth's own word, unless it has been given since. */
function speakers(yeses: readonly Said[], nos: readonly Said[]): readonly StatedBy[] {
  const needsOwnWord = nos.some(
    (no) =>
      no.statedBy === 'PERSON' &&
      no.ageBand === 'FROM_15_TO_17' &&
      !yeses.some((yes) => yes.statedBy === 'PERSON' && yes.statedAt > no.recordedAt),
  );
  return needsOwnWord ? ['PERSON'] : STATED_BY;
}

/** The categories that no agreement between discloser and recipient covers. */
function agreement(entry: EntryMeta, { question, known }: Asked): Needed[] {
  const { discloser, recipient, purpose } = question;
  const categories = uncovered(discloser, entry, question, known);
  return categories.length === 0 ? [] : [{ type: 'AGREEMENT', parties: [discloser, recipient], purpose, categories }];
}

const uncovered = (giver: AgencyId, entry: EntryMeta, question: Question, known: Facts): Category[] =>
  categoriesOf(entry).filter((category) => agreementsBetween(giver, category, question, known).length === 0);

/**
 * Whether something is missing that the discloser can neither see nor mend: what the person said to the origin, the hop by
 * which it came, an agreement of the origin that the discloser is no party of.
 */
function liesWithOrigin(entry: EntryMeta, reasons: readonly Reason[], { question, known, handles }: Asked): boolean {
  if (entry.origin === question.discloser) return false;
  const stopped = reasons.includes('REFUSED') || reasons.includes('WITHDRAWN');
  return (
    reasons.includes('ONWARD_NOT_COVERED') ||
    reasons.includes('ONWARD_NOT_HELD') ||
    (reasons.includes('AGREEMENT') && uncovered(entry.origin, entry, question, known).length > 0) ||
    // A no by somebody concerned whom the discloser has no handle on; it has never read the entry.
    (stopped && entry.concerns.some((person) => !handles[person]))
  );
}

/** Lines that differ in their categories alone are one. */
function merged(lines: readonly Needed[]): Needed[] {
  const byWant = Map.groupBy(lines, ({ categories: _categories, ...want }) => JSON.stringify(want));
  return [...byWant.values()]
    .map((same): Needed => {
      const named = new Set(same.flatMap((line) => line.categories));
      return { ...same[0]!, categories: CATEGORIES.filter((category) => named.has(category)) };
    })
    .sort((one, other) => NEEDED_TYPES.indexOf(one.type) - NEEDED_TYPES.indexOf(other.type));
}
