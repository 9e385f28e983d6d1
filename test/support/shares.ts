/**
 * Test files in few processes: each takes the next that none of its like has taken, until it has had its share. Starting the
 * service from nothing costs more than most files test, and the next file in a process finds it loaded.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The files, one a line; beside it stands an empty file for each that somebody took. */
const LIST = 'files';
/** What a file leaves behind in its process burdens the next, so there are not many. */
const SHARE = 10;
const MODULE = (name: string) => JSON.stringify(new URL(name, import.meta.url).href);

/** Lays the list down, and makes the programs that share it; as many as it takes. */
export async function makePrograms(files: readonly string[], directory: string): Promise<string[]> {
  await writeFile(join(directory, LIST), files.join('\n'));
  const text = `import { nextOfShare } from ${MODULE('shares.ts')};
import { runFile } from ${MODULE('t.ts')};
for (const file of nextOfShare(${JSON.stringify(directory)})) await runFile(file);
`;
  const programs = Array.from({ length: Math.ceil(files.length / SHARE) }, (_, index) =>
    join(directory, `share-${index + 1}.ts`),
  );
  for (const program of programs) await writeFile(program, text);
  return programs;
}

export function* nextOfShare(directory: string): Generator<string> {
  const files = readFileSync(join(directory, LIST), 'utf8').split('\n');
  let taken = 0;
  for (const [index, file] of files.entries()) {
    if (taken === SHARE) return;
    if (!take(join(directory, `taken-${index}`))) continue;
    taken++;
    yield file;
  }
}

function take(mark: string): boolean {
  try {
    writeFileSync(mark, '', { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
