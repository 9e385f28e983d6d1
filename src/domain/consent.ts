/**
 * The consent check: may this agency give these entries to that one, for this purpose, now?
 *
 * `decide` is pure: same question and facts, same answer. There is no way around it, no override and no flag. The rules
 * R1 to R4, R6 and R7 are in `consent-rules.ts`, R0 in `readable.ts`; here are R5, which follows a chain of disclosures,
 * and the rule for a whole forwarding.
 */
import { type Category, CORE_CATEGORIES } from './catalogue.ts';
import {
  agreement,
  consent,
  type Finding,
  type Hop,
  noToDiscloser,
  type Rule,
  residenceGuard,
  secrecy,
} from './consent-rules.ts';
import {
  type Decision,
  type DisclosureRowFact,
  type EntryDecision,
  type EntryMeta,
  type Facts,
  type Instant,
  type Permit,
  type Question,
  REASONS,
  type Reason,
  type ReliedOn,
} from './facts.ts';
import { areReadableFacts, categoriesOf, isReadableEntry, isReadableQuestion, knownAt } from './readable.ts';
import { createStamp } from './stamp.ts';

/** Every rule but R5, which needs these to judge the hops before. */
const RULES_OF_ONE_HOP: readonly Rule[] = [agreement, consent, noToDiscloser, secrecy, residenceGuard];

/**
 * Decides a question.
 *
 * @returns per entry a PERMIT that names what it relied on, or a WITHHOLD with all reasons in the order of `REASONS`;
 *   and whether the forwarding as a whole is refused. Entries whose origin is the recipient get no decision. Never throws:
 *   what cannot be read is withheld.
 */
export function decide(question: Question, facts: Facts): Decision {
  const known = readFacts(question, facts);
  const entries = distinct(question.entries).filter((entry) => entry?.origin !== question.recipient);
  const decided = entries.map((entry) =>
    known === null ? withhold(entry, ['UNREADABLE']) : judge(question, entry, known),
  );
  return { entries: decided, ...judgeForwarding(question, decided, known) };
}

/**
 * When a permitted entry stops being permitted, as far as the facts tell: the first instant after `question.at` at which
 * `decide` withholds it. Every consent ends, so there is one.
 */
export function goodUntil(question: Question, entry: EntryMeta, facts: Facts): Instant {
  const known = readFacts({ ...question, entries: [entry] }, facts);
  return known === null ? question.at : endUpon(question, entry, known);
}

/** `goodUntil` upon facts that `readFacts` has read already. */
export function endUpon(question: Question, entry: EntryMeta, known: Facts): Instant {
  const changes = instantsOfChange(entry, known).filter((instant) => instant > question.at);
  return changes.find((at) => judge({ ...question, at }, entry, known).outcome === 'WITHHOLD') ?? question.at;
}

const permits = createStamp();

/** Whether `decide` made it; a look-alike is none. */
export function isPermit(value: unknown): value is Permit {
  return permits.isOn(value);
}

/** The facts that count, or null when question or facts cannot be read with certainty. */
export function readFacts(question: Question, facts: Facts): Facts | null {
  try {
    if (!isReadableQuestion(question)) return null;
    const known = knownAt(facts, question.at);
    return areReadableFacts(known) ? known : null;
  } catch {
    return null;
  }
}

function judge(question: Question, entry: EntryMeta, facts: Facts): EntryDecision {
  if (!isReadableEntry(entry, question, facts)) return withhold(entry, ['UNREADABLE']);
  const hop: Hop = question;
  const findings = RULES_OF_ONE_HOP.map((rule) => rule(hop, entry, facts));
  const held = entry.origin === question.discloser ? null : liveRowsTo(question, entry, facts);
  if (held?.length === 0) findings.push({ reasons: ['ONWARD_NOT_HELD'] });
  const reasons = findings.flatMap((finding) => finding.reasons);
  if (reasons.length > 0) return withhold(entry, reasons);
  return permit(entry, {
    agreements: sortedIds(findings, 'agreements'),
    statements: sortedIds(findings, 'statements'),
    releases: sortedIds(findings, 'releases'),
    row: held === null ? null : [...held].sort()[0]!,
  });
}

/**
 * R5: the ids of the live rows by which the discloser holds the entry. A row is live when it is neither closed nor over,
 * is for this purpose, and its own hop is permitted; that asks again whether *its* discloser holds the entry. So liveness
 * spreads from the origin along the rows, and a circle of rows that nobody from outside feeds is never reached.
 */
function liveRowsTo(question: Question, entry: EntryMeta, facts: Facts): string[] {
  const { at, purpose, discloser } = question;
  const candidates = facts.rows.filter(
    (row) => row.entry === entry.id && row.purpose === purpose && row.closed === null && at < row.goodUntil,
  );
  const live = new Set<DisclosureRowFact>();
  const holders = new Set([entry.origin]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const row of candidates) {
      if (live.has(row) || !holders.has(row.from) || !isPermittedHop(row, entry, at, facts)) continue;
      live.add(row);
      holders.add(row.to);
      grew = true;
    }
  }
  return [...live].filter((row) => row.to === discloser).map((row) => row.id);
}

function isPermittedHop(row: DisclosureRowFact, entry: EntryMeta, at: Instant, facts: Facts): boolean {
  if (row.from === row.to) return false;
  const hop: Hop = { discloser: row.from, recipient: row.to, purpose: row.purpose, at };
  return RULES_OF_ONE_HOP.every((rule) => rule(hop, entry, facts).reasons.length === 0);
}

/** The rule for a whole forwarding. */
function judgeForwarding(
  question: Question,
  decided: readonly EntryDecision[],
  facts: Facts | null,
): Pick<Decision, 'refused' | 'missingCore'> {
  const core = coreOf(question.kind);
  const permitted = new Set(decided.filter((one) => one.outcome === 'PERMIT').map((one) => one.entry));
  const isMet = (category: Category): boolean =>
    facts !== null &&
    question.entries.some(
      (entry) =>
        isReadableEntry(entry, question, facts) &&
        categoriesOf(entry).includes(category) &&
        (permitted.has(entry.id) || entry.origin === question.recipient),
    );
  const missingCore = (core ?? []).filter((category) => !isMet(category));
  const refused =
    core === null ||
    missingCore.length > 0 ||
    permitted.size === 0 ||
    (question.strict && permitted.size < decided.length);
  return { refused, missingCore };
}

function coreOf(kind: string): readonly Category[] | null {
  return Object.hasOwn(CORE_CATEGORIES, kind) ? CORE_CATEGORIES[kind as keyof typeof CORE_CATEGORIES] : null;
}

function distinct(entries: readonly EntryMeta[]): EntryMeta[] {
  if (!Array.isArray(entries)) return [];
  const seen = new Set<unknown>();
  return entries.filter((entry) => !seen.has(entry?.id) && seen.add(entry?.id));
}

function withhold(entry: EntryMeta, reasons: readonly Reason[]): EntryDecision {
  const told = REASONS.filter((reason) => reasons.includes(reason));
  return { outcome: 'WITHHOLD', entry: entry?.id, category: entry?.category, reasons: told };
}

function permit(entry: EntryMeta, reliedOn: ReliedOn): Permit {
  const made = { outcome: 'PERMIT', entry: entry.id, reliedOn: Object.freeze(reliedOn) };
  return Object.freeze(permits.put(made)) as unknown as Permit;
}

const sortedIds = (findings: readonly Finding[], key: 'agreements' | 'statements' | 'releases'): string[] =>
  [...new Set(findings.flatMap((finding) => finding[key] ?? []))].sort();

/** Between two neighbours of this list nothing can change an answer about the entry. Ascending. */
function instantsOfChange(entry: EntryMeta, facts: Facts): Instant[] {
  const said = [...facts.statements, ...facts.releases];
  const instants = [
    entry.guardFrom,
    ...facts.agencies.map((agency) => agency.suspendedAt),
    ...facts.agreements.flatMap((one) => [
      one.from,
      one.until,
      one.terminatedAt,
      ...one.parties.flatMap((party) => [party.signedAt, party.leftAt]),
    ]),
    ...said.filter((one) => one.decision === 'GIVEN').flatMap((one) => [one.validFrom, one.validUntil]),
    ...facts.rows.filter((row) => row.entry === entry.id).map((row) => row.goodUntil),
  ];
  return [...new Set(instants.filter((instant) => instant !== null))].sort((left, right) => left - right);
}
