/** The walk-through of the README, pasted into a shell as a reader would, against the service that a reader starts. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import t from 'tap';
import { ROOT, startChild } from '../support/child.ts';
import { newDataDir } from '../support/data-dir.ts';

t.setTimeout(240_000);

const README = await readFile(join(ROOT, 'README.md'), 'utf8');
const SECTION = '## A first forwarding in ten minutes';
/** Times are the only thing that a reader's terminal shows differently. */
const timeless = (output: string): string => output.replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<time>').trim();

interface Passage {
  commands: string;
  output: string;
}

/** Every bash block of the section with the text block that follows it. */
function passagesOf(readme: string): Passage[] {
  const begin = readme.indexOf(SECTION);
  const section = readme.slice(begin, readme.indexOf('\n## ', begin + 1));
  const blocks = /```bash\n(?<commands>.*?)```\n\n```text\n(?<output>.*?)```/gs;
  return [...section.matchAll(blocks)].map(({ groups }) => groups as unknown as Passage);
}

async function runInBash(script: string): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const bash = spawn('bash', [], { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => bash.on('close', resolve));
  bash.stdin.end(script);
  const [stdout, stderr, code] = await Promise.all([text(bash.stdout), text(bash.stderr), ended]);
  return { stdout, stderr, code };
}

t.test('the first forwarding goes as the README tells it', async (t) => {
  const passages = passagesOf(README);
  const marked = [...README.matchAll(/^```bash$/gm)].length;
  t.ok(passages.length >= 8, 'the section has its passages');
  t.equal(passages.length, marked, 'each bash block of the README is in it, with what it prints');

  const dataDir = await newDataDir(t);
  const service = startChild('src/main.ts', [], { environment: { DATA_DIR: dataDir, PORT: '0' } });
  t.teardown(async () => {
    service.process.kill('SIGTERM');
    await service.ended;
  });
  const url = /http:\/\/[\d.]+:\d+/.exec(await service.lineThat((line) => line.includes('Server listening at')))![0];

  const separator = '--- next passage ---';
  const script = passages.map(({ commands }) => commands).join(`echo '${separator}'\n`);
  const here = script.replaceAll('http://127.0.0.1:8080', url).replaceAll('data/keys', join(dataDir, 'keys'));
  const { stdout, stderr, code } = await runInBash(`${here}`);
  t.equal(code, 0);
  t.equal(stderr, '');
  const printed = stdout.split(`${separator}\n`);
  for (const [index, { output }] of passages.entries()) {
    t.equal(timeless(printed[index] ?? ''), timeless(output), `passage ${index + 1}`);
  }
});

t.test('what the README points at is there', async (t) => {
  const links = [...README.matchAll(/\]\((?!https?:)([^)#]+)/g)].map((match) => match[1]!);
  t.ok(links.length > 10);
  for (const link of links) t.ok(existsSync(join(ROOT, link)), link);
  const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  for (const [, name] of README.matchAll(/npm run (?:--silent )?(\w+)/g)) t.ok(name! in scripts, `npm run ${name}`);
});
