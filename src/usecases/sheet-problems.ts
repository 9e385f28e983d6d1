/** Why a sheet is not recorded: rules that its lines break, all at once; or what its yeses would take away, unconfirmed. */
import type { Category } from '../domain/catalogue.ts';
import { beyondText } from '../domain/consent-text.ts';
import type { Facts, ReleaseFact, StatementFact } from '../domain/facts.ts';
import { type FieldError, type Problem, problem } from '../domain/problem.ts';
import { problemsOfYes } from '../domain/recording.ts';
import type { Review } from '../domain/review.ts';
import { contradictions, endedByYeses } from '../domain/sheet.ts';
import { weakens } from '../domain/weakens.ts';
import { agencyOf } from './answer.ts';
import type { Actor, ConsentTextRecord } from './ports.ts';
import { type Reviewed, rowsOf } from './review-persons.ts';
import { GIVER, type Line, type RecordedLine, type Sheet } from './sheet.ts';

/** Own texts by their hash. */
export type NamedTexts = ReadonlyMap<string, ConsentTextRecord>;

interface WhatIsKnown {
  at: number;
  unknownAgencies: string[];
  /** Whom it is recorded for. */
  clientId: string;
  /** Of the own texts those that a yes names. */
  texts: NamedTexts;
}

/** Everything that forbids recording, told at once. */
export function problemOf(actor: Actor, { lines }: Sheet, locked: WhatIsKnown): Problem | null {
  const errors = lines.flatMap((line) => faultsOf(agencyOf(actor), line, locked));
  for (const { yes, no } of contradictions(lines)) {
    errors.push({
      pointer: lines[yes]!.pointerOf('decision'),
      detail: `line ${no} says no to the same, and a no beats every yes stated before it; record what the client said last`,
    });
  }
  if (errors.length === 0) return null;
  return problem('rule-broken', 'This cannot be recorded; nothing was stored. See errors.', {
    errors: distinct(errors),
  });
}

function faultsOf(own: string, line: Line, { at, unknownAgencies, clientId, texts }: WhatIsKnown): FieldError[] {
  const errors: FieldError[] = [];
  const broken = (field: string, detail: string): void => {
    errors.push({ pointer: line.pointerOf(field), detail });
  };
  const giver = GIVER[line.type];
  const mustExist = (field: string, agency: string | null): void => {
    if (agency !== null && unknownAgencies.includes(agency)) broken(field, 'no agency of this exchange');
  };
  mustExist(giver, line.giver);
  mustExist('recipient', line.recipient);
  if (line.decision !== 'GIVEN') return errors;
  if (line.giver !== null && line.giver !== own) {
    broken(
      giver,
      'only that agency itself records it, for it has to be able to prove it; propose it to that agency with POST /v1/clients/{clientId}/proposals',
    );
  }
  if (line.recipient === own) broken('recipient', 'must be another agency than your own');
  for (const { pointer, detail } of problemsOfYes(line, at)) broken(pointer.slice(1), detail);
  const text = texts.get(line.textHash);
  const faults = text === undefined ? [] : beyondText(text, clientId, line);
  for (const { pointer, detail } of faults) broken(pointer.slice(1), detail);
  return errors;
}

/** What is wrong with a part that all lines share is told once. */
const distinct = (errors: readonly FieldError[]): FieldError[] => [
  ...new Map(errors.map((error) => [`${error.pointer} ${error.detail}`, error])).values(),
];

interface Consequences {
  recorded: readonly RecordedLine[];
  /** With the sheet's noes alone, and with everything on it. */
  before: Facts;
  after: Facts;
  at: number;
  noesAlone: Review;
  review: Review;
  reviewed: Reviewed;
}

/** What has to be confirmed: everything that the yeses of the sheet would withhold, told once for the whole sheet. */
export function confirmationOf(
  actor: Actor,
  { confirm, isForm }: Sheet,
  { recorded, before, after, at, noesAlone, review, reviewed }: Consequences,
): Problem | null {
  if (confirm || recorded.every(({ stored }) => stored.decision !== 'GIVEN')) return null;
  const facts = new Map<string, StatementFact | ReleaseFact>(
    [...after.statements, ...after.releases].map((fact) => [fact.id, fact]),
  );
  const weaker = recorded.map(({ stored }) => {
    const fact = facts.get(stored.id);
    return fact?.decision === 'GIVEN' ? weakens(fact, before, after, at) : [];
  });
  const ended = endedByYeses(review, noesAlone);
  const closed = rowsOf(actor.agency, reviewed.closed).filter((row) => ended.closed.has(row.id)).length;
  const shortened = rowsOf(actor.agency, reviewed.shortened).filter((row) => ended.moved.has(row.id)).length;
  if (weaker.every((categories) => categories.length === 0) && closed === 0 && shortened === 0) return null;
  return problem(
    'confirmation-required',
    'Recording this would withhold something that is permitted now. Nothing was stored. Send the request again with "confirm": true if that is what the client said.',
    {
      extra: {
        confirmWith: { confirm: true },
        weakerFor: [...new Set(weaker.flat())],
        ...(isForm ? { weakerLines: weakerLines(weaker) } : {}),
        disclosuresClosed: closed,
        disclosuresEndingEarlier: shortened,
      },
    },
  );
}

const weakerLines = (weaker: readonly Category[][]): { line: number; weakerFor: Category[] }[] =>
  weaker.flatMap((weakerFor, line) => (weakerFor.length > 0 ? [{ line, weakerFor }] : []));
