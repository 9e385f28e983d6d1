/** Pages that prove what they say by tests: every test that they name has to be there. */
import { existsSync, readFileSync } from 'node:fs';
import { fromRoot } from '../image/dockerfile.ts';

export interface NamedTest {
  file: string;
  /** Sentences that the page says the file carries. */
  names: string[];
}

const FILE = /`(test\/[\w./-]+\.test\.ts)`/;

/** `` `test/x.test.ts`: *a sentence* · *another* ``, wherever it stands on the page; a list may go on in the next line. */
export function namedTests(page: string): NamedTest[] {
  return page.split(new RegExp(`(?=${FILE.source.replaceAll(/[()]/g, '')})`)).flatMap((part) => {
    const file = part.match(new RegExp(`^${FILE.source}`))?.[1];
    if (file === undefined) return [];
    const list = part.match(/^`[^`]+`:\s*((?:\*[^*]+\*\s*(?:·\s*)?)+)/)?.[1] ?? '';
    return [{ file, names: [...list.matchAll(/\*([^*]+)\*/g)].map(([, name]) => name!.replaceAll(/\s+/g, ' ')) }];
  });
}

/** What is wrong with them: files that are not there, sentences that no test of the file carries. */
export function missing(tests: readonly NamedTest[]): string[] {
  return tests.flatMap(({ file, names }) => {
    if (!existsSync(fromRoot(file))) return [file];
    const source = readFileSync(fromRoot(file), 'utf8');
    return names.filter((name) => !carries(source, name)).map((name) => `${file}: ${name}`);
  });
}

/** As a title: a whole string of the source, in any quotes; a test that is run at each door says so behind it. */
const carries = (source: string, name: string): boolean =>
  [`'${name}'`, `"${name}"`, `\`${name}\``, `\`${name} (\${door})\``].some((quoted) => source.includes(quoted));
