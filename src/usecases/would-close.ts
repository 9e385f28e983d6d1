/** Asking before something closes for good. What is told depends on nothing that the actor is not shown. */
import { type Problem, problem } from '../domain/problem.ts';
import type { Actor } from './ports.ts';
import { type ReviewedRow, rowsOf } from './review-persons.ts';
import { tellNumber } from './tell-number.ts';

export const tellPersons = (closed: readonly ReviewedRow[]): string =>
  tellNumber(new Set(closed.map((row) => row.person)).size);

/** A party learns the number of disclosures that it has to do with, the admin a rounded number of persons. */
export function whatWouldClose(actor: Actor, closed: readonly ReviewedRow[]): string {
  return actor.agency === null
    ? `what was disclosed under it about ${tellPersons(closed)}`
    : `${rowsOf(actor.agency, closed).length} of the disclosures under it that you made, received, or wrote the entry of`;
}

export const askToConfirm = (detail: string): Problem =>
  problem('confirmation-required', detail, { extra: { confirmWith: { confirm: true } } });
