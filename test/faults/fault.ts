/** A fault that somebody could make, as a value: where it is planted, and which check has to find it. */

/** In a file of the tree: the text has to occur there exactly once, so a fault that has lost its place is an error. */
export interface Edit {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/** In a function of the database, as the last migration that defines it has it; written anew by one more migration. */
export interface Redefinition {
  /** With its schema: `api.read_forwarding`. */
  readonly sqlFunction: string;
  readonly find: string;
  readonly replace: string;
}

/** One more migration. */
export interface Migration {
  readonly sql: string;
}

export type Change = Edit | Redefinition | Migration;

/**
 * What may find a fault: a test file; `types`, the compiler; `coverage:domain`.
 */
export type Check = `${string}.test.ts` | 'types' | 'coverage:domain';

export interface Fault {
  /** A sentence about what goes wrong. */
  readonly name: string;
  readonly changes: readonly Change[];
  /** One of these has to find it; they are tried in this order, so the cheapest comes first. */
  readonly checks: readonly Check[];
}

export const isEdit = (change: Change): change is Edit => 'file' in change;
export const isRedefinition = (change: Change): change is Redefinition => 'sqlFunction' in change;

/** Whether it needs a database of its own. */
export const isOfDatabase = ({ changes }: Fault): boolean => changes.some((change) => !isEdit(change));

/** The text with the one occurrence of `find` replaced. Throws when there is none, or more than one. */
export function replaceOnce(text: string, find: string, replace: string, where: string): string {
  const occurrences = text.split(find).length - 1;
  if (occurrences !== 1) {
    throw new Error(`${where} has ${occurrences} times what should stand there once:\n${find}`);
  }
  return text.replace(find, () => replace);
}
