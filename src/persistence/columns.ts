/**
 * Facts as the hot statements send them: lists of values, in the order in which internal.statement_columns and its neighbours
 * write them. Here they get their names back; whether they can be read with certainty is the domain's to say.
 */
import type { AgencyId, DisclosureRowFact, Facts, ReleaseFact, StatementFact } from '../domain/facts.ts';
import type { StoredEntry } from '../usecases/ports.ts';
import type { InvolvedFacts, Network } from './network.ts';

type Value = string | number | boolean | null | Value[];
/** null: there is none. */
export type Columns = Value[][] | null;

/** What a statement brings for a decision. concerns: pairs of entry and person. readBy: who had read an entry that another corrects. */
export interface FactsJson {
  concerns: [entry: string, person: string][] | null;
  readBy: Record<string, AgencyId[]> | null;
  /** The name of its state. */
  network: string;
  statements: Columns;
  releases: Columns;
  rows: Columns;
}

export const statementsOf = (columns: Columns): StatementFact[] => (columns ?? []).map(statement) as StatementFact[];
export const releasesOf = (columns: Columns): ReleaseFact[] => (columns ?? []).map(release) as ReleaseFact[];
export const rowsOf = (columns: Columns): DisclosureRowFact[] =>
  (columns ?? []).map(row) as unknown as DisclosureRowFact[];

/** The facts about these entries between these agencies; rows: open disclosures of the entries. */
export function factsOf(
  found: Pick<FactsJson, 'statements' | 'releases'>,
  {
    network,
    involved,
    entries,
    rows,
  }: {
    network: Network;
    involved: readonly AgencyId[];
    entries: readonly StoredEntry[];
    rows: DisclosureRowFact[];
  },
): Facts & InvolvedFacts {
  const ends = rows.flatMap((one) => [one.from, one.to]);
  const authors = entries.map((entry) => entry.origin);
  return {
    ...network.among([...involved, ...ends, ...authors]),
    statements: statementsOf(found.statements),
    releases: releasesOf(found.releases),
    rows,
  };
}

function statement(values: Value[]): object {
  const [id, person, decision, discloser, recipient, purpose, categories] = values;
  const said = { id, person, decision, discloser, recipient, purpose, categories, ...statedAt(values, 7) };
  return decision === 'GIVEN' ? { ...said, ...yesAt(values, 12) } : said;
}

function release(values: Value[]): object {
  const [id, person, decision, origin, recipient, categories] = values;
  const said = { id, person, decision, origin, recipient, categories, ...statedAt(values, 6) };
  return decision === 'GIVEN' ? { ...said, ...yesAt(values, 11) } : said;
}

const statedAt = (values: Value[], first: number) => ({
  statedAt: values[first],
  recordedAt: values[first + 1],
  recordedBy: values[first + 2],
  statedBy: values[first + 3],
  ageBand: values[first + 4],
});

const yesAt = (values: Value[], first: number) => ({
  validFrom: values[first],
  validUntil: values[first + 1],
  form: values[first + 2],
  capacityConfirmed: values[first + 3],
  explicitSpecialCategories: values[first + 4],
  language: values[first + 5],
  textHash: values[first + 6],
  // Where the proof lies is not the check's to know.
  evidenceRef: null,
  adultFrom: values[first + 7],
});

function row(values: Value[]): object {
  const [id, entry, from, to, purpose, opened, closed, goodUntil, reliedOn] = values;
  return { id, entry, from, to, purpose, opened, closed, goodUntil, reliedOn };
}

/** Persons by entry, each once. */
export function concernsOf(pairs: FactsJson['concerns']): Map<string, string[]> {
  const concerns = new Map<string, string[]>();
  for (const [entry, person] of pairs ?? []) {
    const persons = concerns.get(entry);
    if (persons === undefined) concerns.set(entry, [person]);
    else if (!persons.includes(person)) persons.push(person);
  }
  return concerns;
}

/** Oldest first; of one instant by id, as PostgreSQL orders them. */
export const byAge = (one: { createdAt: number; id: string }, other: { createdAt: number; id: string }): number =>
  one.createdAt - other.createdAt || (one.id < other.id ? -1 : 1);
