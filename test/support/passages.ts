/** Walk-throughs of the docs, pasted into a shell as a reader would: what they print has to be what the page says. */
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { ROOT } from './child.ts';

export interface Passage {
  commands: string;
  output: string;
}

/** Times are the only thing that a reader's terminal shows differently. */
export const timeless = (output: string): string => output.replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>').trim();

/** Every bash block with the text block that follows it. */
export function passagesOf(page: string): Passage[] {
  const blocks = /```bash\n(?<commands>.*?)```\n\n```text\n(?<output>.*?)```/gs;
  return [...page.matchAll(blocks)].map(({ groups }) => groups as unknown as Passage);
}

/** How many bash blocks there are, with an output or without. */
export const markedIn = (page: string): number => [...page.matchAll(/^```bash$/gm)].length;

const SEPARATOR = '--- next passage ---';

/** Runs all of them in one shell, in the project's folder; `rewrite` puts the trial's addresses in place of the page's. */
export async function runPassages(
  passages: readonly Passage[],
  rewrite: (script: string) => string,
): Promise<{ printed: string[]; stderr: string; code: number | null }> {
  const script = passages.map(({ commands }) => commands).join(`echo '${SEPARATOR}'\n`);
  const bash = spawn('bash', [], { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => bash.on('close', resolve));
  bash.stdin.end(rewrite(script));
  const [stdout, stderr, code] = await Promise.all([text(bash.stdout), text(bash.stderr), ended]);
  return { printed: stdout.split(`${SEPARATOR}\n`), stderr, code };
}
