/** What Stryker's results come to. */

export interface Mutant {
  readonly file: string;
  /** Lines and columns count from 1, as in the report that Stryker writes; the end's column is not part of it. */
  readonly location: { readonly start: Position; readonly end: Position };
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: string;
}

interface Position {
  readonly line: number;
  readonly column: number;
}

/** A mutant that makes the tests run for ever has been noticed as well. */
const NOTICED = ['Killed', 'Timeout'];
const UNNOTICED = ['Survived', 'NoCoverage'];
/** So much of the text, blanks in a row as one, tells which one it is. */
const MOST_CHARACTERS = 120;

export function tally(mutants: readonly Mutant[]): { killed: number; survived: number; percent: number } {
  const killed = mutants.filter((one) => NOTICED.includes(one.status)).length;
  const survived = mutants.filter((one) => UNNOTICED.includes(one.status)).length;
  return { killed, survived, percent: killed + survived === 0 ? 0 : (100 * killed) / (killed + survived) };
}

/** Each survivor of a file as one row of docs/mutation.md begins: file, text and what took its place. Sorted by place. */
export function survivorsIn(file: string, source: string, mutants: readonly Mutant[]): string[] {
  const name = file.split('/').at(-1)!;
  return mutants
    .filter((one) => one.file === file && UNNOTICED.includes(one.status))
    .sort((one, other) => one.location.start.line - other.location.start.line)
    .map((one) => `| ${name} | ${code(textAt(source, one.location))} | ${code(one.replacement)} |`);
}

/** A bar would end the column. */
const code = (text: string): string =>
  `\`${text.replaceAll(/\s+/g, ' ').slice(0, MOST_CHARACTERS).replaceAll('|', '\\|')}\``;

function textAt(source: string, { start, end }: Mutant['location']): string {
  const lines = source.split('\n').slice(start.line - 1, end.line);
  lines[lines.length - 1] = lines.at(-1)!.slice(0, end.column - 1);
  lines[0] = lines[0]!.slice(start.column - 1);
  return lines.join('\n');
}
