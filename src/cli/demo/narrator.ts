/** Tells the story on a terminal: chapters, steps, what went over the wire, and a mark for everything that was checked. */
import { STATUS_CODES } from 'node:http';
import { isDeepStrictEqual, stripVTControlCharacters, styleText } from 'node:util';
import type { Answer } from './partner.ts';

export interface NarratorOptions {
  write(text: string): void;
  colours: boolean;
  /** Says nothing but what did not go as told. */
  quiet: boolean;
}

export interface Narrator {
  /** A paragraph. */
  says(text: string): void;
  chapter(title: string): void;
  /** Who does what. Throws StoryBroke when a check of the step before failed: what follows would rest on it. */
  step(who: string, what: string): void;
  /** Waits for an answer, shows the request line and the status, and checks that. Without the status nothing follows: throws StoryBroke. */
  told<Body>(asked: Promise<Answer<Body>>, status: number): Promise<Body>;
  /** Lines of what an answer says. */
  shows(...lines: string[]): void;
  check(what: string, actual: unknown, expected: unknown): void;
  /** Throws StoryBroke when anything did not go as told; gives what was counted. */
  end(): { steps: number; checks: number };
}

/** Something did not go as told; it has been said on the terminal. */
export class StoryBroke extends Error {
  override name = 'StoryBroke';
}

export const WIDTH = 100;
type Style = Parameters<typeof styleText>[0];

export function createNarrator({ write, colours, quiet }: NarratorOptions): Narrator {
  let [chapters, steps, checks, failures] = [0, 0, 0, 0];
  let current = '';

  const styled = (style: Style, text: string): string =>
    colours && text !== '' ? styleText(style, text, { validateStream: false }) : text;
  const line = (text: string, indent = '', { style, hang = indent }: { style?: Style; hang?: string } = {}): void => {
    for (const one of wrap(text, indent, hang)) write(`${style ? styled(style, one) : one}\n`);
  };
  const stopIfBroken = (): void => {
    if (failures > 0) throw new StoryBroke(`${failures} of ${checks} did not go as told`);
  };
  const tell = (...parts: Parameters<typeof line>): void => {
    if (!quiet) line(...parts);
  };

  function check(what: string, actual: unknown, expected: unknown): void {
    checks += 1;
    if (isDeepStrictEqual(actual, expected)) {
      tell(`✓ ${what}`, '      ', { style: 'green', hang: '        ' });
      return;
    }
    failures += 1;
    if (quiet) line(current, '   ', { style: 'bold' });
    line(`✗ ${what}`, '      ', { style: 'red', hang: '        ' });
    line(`expected  ${JSON.stringify(expected)}`, '        ', { hang: '                  ' });
    line(`was       ${JSON.stringify(actual)}`, '        ', { hang: '                  ' });
  }

  return {
    says: (text) => tell(text),
    chapter(title) {
      stopIfBroken();
      chapters += 1;
      tell(`\n\n${chapters}. ${title}`, '', { style: ['bold', 'cyan'] });
    },
    step(who, what) {
      stopIfBroken();
      steps += 1;
      current = `${steps}  ${who} ${what}`;
      tell(`\n${steps}  ${styled('bold', who)} ${what}`, steps < 10 ? '   ' : '  ', { hang: '      ' });
    },
    async told(asked, status) {
      const { request, status: actual, problem, body } = await asked;
      tell(request, '      ', { style: 'dim' });
      const asExpected = actual === status && (problem !== null) === status >= 400;
      check(`${actual} ${problem ?? STATUS_CODES[actual]}`, asExpected ? status : { status: actual, problem }, status);
      if (!asExpected) stopIfBroken();
      return body;
    },
    shows(...lines) {
      for (const one of lines) tell(`· ${one}`, '        ', { hang: '          ' });
    },
    check,
    end() {
      stopIfBroken();
      return { steps, checks };
    },
  };
}

/** Letters as a terminal counts them: without colours, a letter with its marks as one. */
const widthOf = (text: string): number => [...new Intl.Segmenter().segment(stripVTControlCharacters(text))].length;

/** Lines of at most WIDTH, the first of a paragraph after `indent`, the others after `hang`. A word longer than a line is cut. */
export function wrap(text: string, indent = '', hang = indent): string[] {
  return text.split('\n').flatMap((paragraph) => {
    if (paragraph === '') return [''];
    const lines: string[] = [];
    let line = indent;
    for (const word of paragraph.split(/(?<=\S)(?= )/).flatMap((one) => pieces(one, WIDTH - widthOf(hang)))) {
      if (line !== indent && widthOf(line + word) > WIDTH) {
        lines.push(line);
        line = hang + word.trimStart();
      } else {
        line += word;
      }
    }
    return [...lines, line];
  });
}

function pieces(word: string, width: number): string[] {
  return widthOf(word) <= width ? [word] : (word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? []);
}
