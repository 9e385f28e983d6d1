/** From what an agency wrote to entries that can be stored: marks by the catalogue, content sealed. */
import type { Category, PayloadOf } from '../domain/catalogue.ts';
import { marksOf } from '../domain/marks.ts';
import { type FieldError, type Problem, problem } from '../domain/problem.ts';
import { type Deps, type NewEntry, sealedAs } from './ports.ts';

export interface WrittenEntry {
  category: Category;
  /** Valid for its category. */
  payload: PayloadOf<Category>;
  secrecy?: boolean;
  guardFrom?: number | null;
  filedUnder?: readonly string[] | null;
  concerns?: readonly string[];
}

/**
 * @param pointerOf where in the request an entry stands, for errors.
 * @returns the entries, or why one of them may not be recorded like this.
 */
export function newEntries(
  deps: Deps,
  written: readonly WrittenEntry[],
  client: { id: string; wrapped: Buffer; at: number },
  pointerOf: (index: number) => string,
): NewEntry[] | Problem {
  const errors: FieldError[] = [];
  const entries = written.flatMap((one, index): NewEntry[] => {
    const wrong = (pointer: string, detail: string): void => {
      errors.push({ pointer: `${pointerOf(index)}${pointer}`, detail });
    };
    const concerns = [...new Set(one.concerns ?? [client.id])];
    if (!concerns.includes(client.id)) wrong('/concerns', 'must contain the client itself');
    const marks = marksOf({ ...one, at: client.at });
    if (Array.isArray(marks)) {
      for (const error of marks) wrong(error.pointer, error.detail);
      return [];
    }
    const id = deps.newId();
    const context = sealedAs.payload(id, one.category);
    const sealed = deps.vault.seal({ clientId: client.id, wrapped: client.wrapped }, context, one.payload);
    return [{ id, clientId: client.id, category: one.category, ...marks, concerns, sealed }];
  });
  if (errors.length > 0)
    return problem('rule-broken', 'An entry cannot be recorded like this. See errors.', { errors });
  return entries;
}
