/** Keyset pages: stable order, opaque cursors that are bound to the caller and the list. */
import { type Problem, problem } from '../domain/problem.ts';
import type { Answer } from './answer.ts';
import type { Actor, Position, Vault } from './ports.ts';

export interface PageQuery {
  limit: number;
  cursor?: string;
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface List<T> {
  /** Names the list and what it is a list of; a cursor of another one does not open. */
  name: string;
  /** At most that many after the position; null: what it is a list of is not the actor's. */
  load(after: Position | null, most: number): Promise<T[] | null>;
  positionOf(item: T): Position;
  /** The problem when `load` gives null. */
  missing?: Problem;
}

/** The name of a list as its filter narrows it: a cursor serves the filter that it was given for, and no other. */
export function narrowed(name: string, filter: object): string {
  const members = Object.entries(filter).map(([member, value]): [string, unknown] => [
    member,
    Array.isArray(value) ? [...new Set(value)].sort() : value,
  ]);
  members.sort(([one], [other]) => (one < other ? -1 : 1));
  return members.length === 0 ? name : `${name}:${JSON.stringify(members)}`;
}

export async function paged<T>(vault: Vault, actor: Actor, query: PageQuery, list: List<T>): Promise<Answer<Page<T>>> {
  const caller = actor.agency ?? 'admin';
  const after = query.cursor === undefined ? null : vault.openCursor(caller, list.name, query.cursor);
  if (query.cursor !== undefined && after === null) {
    return problem('bad-request', 'The cursor is none that this list gave you; start again without one.', {
      errors: [{ pointer: '/query/cursor', detail: 'not a cursor of this list' }],
    });
  }
  // One more than asked for says whether there is a next page.
  const found = await list.load(after, query.limit + 1);
  if (found === null) return list.missing ?? problem('not-found', 'There is no such list.');
  const items = found.slice(0, query.limit);
  const last = items.at(-1);
  const nextCursor =
    found.length > query.limit && last !== undefined
      ? vault.sealCursor(caller, list.name, list.positionOf(last))
      : null;
  return { items, nextCursor };
}
